import { expect, test } from 'vitest';
import { markerLine, markerOf, textOfNote } from '../../../src/core/discussion/note-marker.ts';

const marker = { scope: 'config/prod', pipeline: 4711, meaning: 'ab12' };

test('a marker is one comment, and is read as it was written', () => {
  expect(markerLine(marker)).toBe('<!-- appcfg:note scope=config%2Fprod pipeline=4711 meaning=ab12 -->\n');
  expect(markerOf(`${markerLine(marker)}### appcfg`)).toEqual(marker);
});

test.each(['a-->b', '--', 'a b', 'x\ty', 'ü/名', 'a%20b', '<script>', '\ud800', 'pipeline=9', '.'])(
  'the scope %j neither ends the comment nor becomes another one',
  (scope) => {
    const line = markerLine({ ...marker, scope });
    expect(line.indexOf('-->')).toBe(line.length - 4);
    expect(line.trimEnd()).not.toContain('\n');
    expect(markerOf(line)?.scope).toBe(scope.toWellFormed());
    expect(markerOf(line)?.pipeline).toBe(4711);
  },
);

test.each([
  ['on another line', `text\n${markerLine(marker)}`],
  ['after a blank', ` ${markerLine(marker)}`],
  ['in a quotation', `> ${markerLine(marker)}`],
  ['with more on its line', `${markerLine(marker).trimEnd()} text`],
  ['of another form', '<!-- appcfg:note scope=a -->\n'],
  ['with a scope that is no percent-encoding', '<!-- appcfg:note scope=%zz pipeline=1 meaning=a -->\n'],
  ['with a pipeline that is no number', '<!-- appcfg:note scope=a pipeline=1e9 meaning=a -->\n'],
  ['with a number that no pipeline has', `<!-- appcfg:note scope=a pipeline=${'9'.repeat(16)} meaning=a -->\n`],
])('a marker %s is none', (_how, body) => {
  expect(markerOf(body)).toBeUndefined();
});

test('the text of a note is what GitLab keeps of it', () => {
  expect(textOfNote(`${markerLine(marker)}a\r\nb\n\n`)).toBe('a\nb');
  expect(textOfNote(`${markerLine({ ...marker, pipeline: 1 })}a\nb`)).toBe('a\nb');
  expect(textOfNote(`${markerLine(marker).trimEnd()}\r\na`)).toBe('a');
  expect(textOfNote(`a\n${markerLine(marker)}`)).toContain('<!--');
});
