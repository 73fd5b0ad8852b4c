// A content before and after, as rows of a table.
import { expect, test } from 'vitest';
import type { Change } from '../../../src/core/document/diff-values.ts';
import type { ExplainedValue } from '../../../src/core/render/explain.ts';
import { contentsHtml } from '../../../src/report/page/contents.ts';

const value = (path: string, text: string): ExplainedValue => ({
  path,
  value: text,
  source: { file: 'template/A.yml', line: 1 },
  overrode: [],
});

/** `op path before after` of each row. */
async function rowsOf(values: readonly ExplainedValue[], changes: readonly Change[]): Promise<readonly string[]> {
  const html = String(await contentsHtml(values, changes));
  return [...html.matchAll(/<tr class="(\w+)"><td class="path">(.*?)<td>(.*?)<td>(.*?)<td/g)].map((row) =>
    row
      .slice(1)
      .map((cell) => cell.replace(/<[^>]*>/g, ''))
      .join(' '),
  );
}

test('a value that changes has what it was, others are the same on both sides', async () => {
  const rows = await rowsOf(
    [value('/a', '1'), value('/b', '2')],
    [{ op: 'replace', path: '/b', before: '3', after: '2' }],
  );
  expect(rows).toEqual(['same /a 1 1', 'replace /b 3 2']);
});

test('a removed value comes after the value that it was next to', async () => {
  const rows = await rowsOf([value('/a/x', '1'), value('/b/x', '2')], [{ op: 'remove', path: '/a/y', before: '3' }]);
  expect(rows).toEqual(['same /a/x 1 1', 'remove /a/y 3 ', 'same /b/x 2 2']);
});

test('a list whose items change is shown by its items', async () => {
  const rows = await rowsOf(
    [value('/hosts', '["a","c"]'), value('/port', '80')],
    [{ op: 'replace', path: '/hosts/1', before: '"b"', after: '"c"' }],
  );
  expect(rows).toEqual(['same /port 80 80', 'replace /hosts/1 &quot;b&quot; &quot;c&quot;']);
});

test('a map that is new as a whole is one row', async () => {
  const rows = await rowsOf(
    [value('/new/a', '1'), value('/new/b', '2'), value('/old', '3')],
    [{ op: 'add', path: '/new', after: '{"a":1,"b":2}' }],
  );
  expect(rows).toEqual(['same /old 3 3', 'add /new  {&quot;a&quot;:1,&quot;b&quot;:2}']);
});

test('of a large content the values around the changes are shown, and the others counted', async () => {
  const values = Array.from({ length: 3_000 }, (_, index) => value(`/${index}`, String(index)));
  const changes: Change[] = [{ op: 'replace', path: '/1500', before: '0', after: '1500' }];
  const rows = await rowsOf(values, changes);
  expect(rows).toHaveLength(17);
  expect(rows[8]).toBe('replace /1500 0 1500');
  expect(String(await contentsHtml(values, changes))).toContain('2,983 values that stay the same are not shown.');
});

test('changes that are not shown are counted apart', async () => {
  const values = Array.from({ length: 300 }, (_, index) => value(`/${index}`, '1'));
  const changes: Change[] = values.map(({ path }) => ({ op: 'replace', path, before: '0', after: '1' }));
  expect(await rowsOf(values, changes)).toHaveLength(200);
  expect(String(await contentsHtml(values, changes))).toContain('100 changes and 0 other values are not shown.');
});
