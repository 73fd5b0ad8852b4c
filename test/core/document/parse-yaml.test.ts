import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentDigest, contentOf } from '../../../src/core/document/content-of.ts';
import { equalByValue } from '../../../src/core/document/equality.ts';
import { locateValues, parseDocument, parseLiveContent } from '../../../src/core/document/parse-yaml.ts';
import { canonicalText, lineText } from '../../../src/core/document/write-json.ts';
import { formatSource } from '../../../src/core/model/source-position.ts';
import { ExactNumber, mapOf, type Value } from '../../../src/core/model/value.ts';

function parsed(text: string): string {
  const { value, problems } = parseDocument(text, { path: 'f.yml' });
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0 || value === undefined) throw new Error(JSON.stringify(errors));
  return lineText(value);
}

function problemsOf(text: string, format: 'yaml' | 'json' = 'yaml'): string[] {
  return parseDocument(text, { path: 'f.yml', format }).problems.map(
    (p) => `${p.code} ${p.source && formatSource(p.source)} ${p.message}`,
  );
}

function hintsOf(text: string): (string | undefined)[] {
  return parseDocument(text, { path: 'f.yml' }).problems.map(({ hint }) => hint?.text);
}

test.each(['|', '>', '|-', '|+'])(
  'a block scalar %s at the end of a file is the same with and without a final newline',
  (style) => {
    expect(parsed(`a: ${style}\n  x`)).toBe(parsed(`a: ${style}\n  x\n`));
  },
);

test.each([
  ['a: 9007199254740993', '{ "a": 9007199254740993 }'],
  ['a: 123456789012345678901234567890', '{ "a": 123456789012345678901234567890 }'],
  ['a: 1.0', '{ "a": 1.0 }'],
  ['a: 1e3', '{ "a": 1e3 }'],
  ['a: 0.1000000000000000055511151231257827', '{ "a": 0.1000000000000000055511151231257827 }'],
  ['a: 0x1F', '{ "a": 31 }'],
  ['a: 0o17', '{ "a": 15 }'],
  ['a: +5', '{ "a": 5 }'],
  ['a: .5', '{ "a": 0.5 }'],
  ['a: -.5', '{ "a": -0.5 }'],
  ['a: 1.', '{ "a": 1.0 }'],
  ['a: 1.e5', '{ "a": 1.0e5 }'],
  ['a: -0', '{ "a": -0 }'],
  ['a: 007', '{ "a": 7 }'],
  ['a: "1.0"', '{ "a": "1.0" }'],
  ['a: !!str 5', '{ "a": "5" }'],
])('the number in %s comes out as %s', (text, expected) => {
  expect(parsed(text)).toBe(expected);
});

test.each([
  ['{a: ~, b: null, c: NULL, d: , e: "null"}', '{ "a": null, "b": null, "c": null, "d": null, "e": "null" }'],
  ['[true, False, TRUE, yes_, "on"]', '[true, false, true, "yes_", "on"]'],
  ['1: a\ntrue: b\nnull: c', '{ "1": "a", "true": "b", "null": "c" }'],
  ['a: &x {b: 1}\nc: *x', '{ "a": { "b": 1 }, "c": { "b": 1 } }'],
  ['d: &d {x: 1, y: 2}\na: {<<: *d, y: 3}', '{ "d": { "x": 1, "y": 2 }, "a": { "x": 1, "y": 3 } }'],
  ['a: {y: 3, <<: [{x: 1, y: 2}, {x: 9, z: 4}]}', '{ "a": { "y": 3, "x": 1, "z": 4 } }'],
  ['a: {"<<": 1}', '{ "a": { "<<": 1 } }'],
  ['a: |\n  one\n  two\n', '{ "a": "one\\ntwo\\n" }'],
  ['"10": a\n"9": b\n__proto__: c\nconstructor: d', '{ "10": "a", "9": "b", "__proto__": "c", "constructor": "d" }'],
  ['a: 2024-01-01', '{ "a": "2024-01-01" }'],
])('%j is read as %s', (text, expected) => {
  expect(parsed(text)).toBe(expected);
});

test.each(['', '# only a comment\n', '---\n', '--- # nothing\n...\n', '\n\n'])('%j is an empty document', (text) => {
  expect(parseDocument(text, { path: 'f.yml' })).toEqual({ value: undefined, problems: [] });
});

test.each([
  ['a: 1\na: 2', 'key-duplicate f.yml:2:1 duplicate key "a"'],
  ['a: 1\n---\nb: 2', 'document-multiple f.yml:3:1 the file contains 2 YAML documents'],
  ['a:\n\tb: 1', 'syntax-invalid f.yml:2:1 '],
  ['a: [1, 2', 'syntax-invalid f.yml:1:9 '],
  ['a: .nan', 'value-unsupported f.yml:1:4 JSON cannot represent the number ".nan"'],
  ['a: -.inf', 'value-unsupported f.yml:1:4 JSON cannot represent the number "-.inf"'],
  [
    'a: 1e400',
    'number-inexact f.yml:1:4 the number "1e400" is beyond the range of a 64-bit float: clients read infinity',
  ],
  ['a: !!binary aGk=', 'value-unsupported f.yml:1:13 the tag "binary" has no JSON equivalent'],
  ['a: !!set {x}', 'value-unsupported f.yml:1:10 the tag "set" has no JSON equivalent'],
  ['a: !secret x', 'value-unsupported f.yml:1:12 the tag "!secret" has no JSON equivalent'],
  ['a: !!int 1.5', 'value-unsupported f.yml:1:10 "1.5" does not match its tag "int"'],
  ['%YAML 3.0\n---\na: 1', 'syntax-invalid f.yml:2:1 '],
  ['a: !!int x', 'value-unsupported f.yml:1:10 "x" does not match its tag "int"'],
  ['? [a, b]\n: c', 'value-unsupported f.yml:1:3 the key is not a string; JSON allows only string keys'],
  ['null', 'null-document f.yml:1:1 the whole document is null'],
  ['--- ~', 'null-document f.yml:1:5 the whole document is null'],
  ['a: *b', 'syntax-invalid f.yml:1:5 the alias "*b" has no anchor before it'],
  ['a: &a [*a]', 'alias-cycle f.yml:1:9 the alias "*a" contains itself'],
  ['a: {<<: 5}', 'value-unsupported f.yml:1:5 the merge key "<<" needs a map or a list of maps'],
  [`${'['.repeat(10_000)}`, 'nesting-too-deep f.yml:1:'],
  [`${'a: {'.repeat(10_000)}`, 'nesting-too-deep f.yml:1:'],
])('%j is reported with its position', (text, expected) => {
  const [problem = ''] = problemsOf(text);
  expect(problem.slice(0, expected.length)).toBe(expected);
});

test.each([
  ['a: {}\n<<: {x: 1}\n<<: {y: 2}', '3:1'],
  ['s: &s {x: 1}\nm: { <<: *s, <<: *s }', '2:14'],
  ['s: &s {x: 1}\nm:\n  - <<: *s\n    k: 1\n    <<: [*s]', '5:5'],
])('a second merge key in %j is a duplicate key, like any other', (text, position) => {
  expect(problemsOf(text)).toEqual([`key-duplicate f.yml:${position} duplicate key "<<"`]);
  expect(hintsOf(text)).toEqual(['merge several maps by one key with a list: <<: [*first, *second]']);
});

test.each([
  's: &s {x: 1}\nt: &t {y: 1}\nm: {<<: [*s, *t]}',
  's: &s {x: 1}\nm: [{<<: *s}, {<<: *s}]',
  's: &s {x: 1}\nm: {<<: *s, "<<": 1}',
])('the merge keys in %j are one in each map', (text) => {
  expect(problemsOf(text)).toEqual([]);
});

test.each([
  ['6E-578', '0'],
  ['-1e-400', '0'],
  ['.5e-400', '0'],
  [`0.${'0'.repeat(400)}1`, '0'],
  ['1e400', 'infinity'],
  ['1'.repeat(310), 'infinity'],
  [`-${'9'.repeat(400)}`, 'infinity'],
  [`0x${'f'.repeat(300)}`, 'infinity'],
])('every client reads the number %s as %s', (number, read) => {
  expect(problemsOf(`a: ${number}`)).toEqual([expect.stringMatching(`^number-inexact f\\.yml:1:4 .* read ${read}$`)]);
  expect(hintsOf(`a: ${number}`)).toEqual(['quote it if it is a string']);
  if (/^-?[1-9]/.test(number))
    expect(problemsOf(`[${number}]`, 'json')).toEqual([expect.stringMatching(/^number-inexact/)]);
});

test.each(['0', '-0', '0.000', '5e-324', '1.7e+308', '0x0', '1e-10', `0.${'0'.repeat(400)}`, '"6E-578"'])(
  'a double holds the number %s, or it is a string',
  (number) => {
    expect(problemsOf(`a: ${number}`).filter((problem) => problem.startsWith('number'))).toEqual([]);
  },
);

test.each([
  ['\ufeffrequests: 1', '1:1 a byte-order mark (U+FEFF) inside the file'],
  ['# by a script\n\ufeffrequests: 1', '2:1 a byte-order mark (U+FEFF) inside the file'],
  ['a: "x\ufeff"', '1:6 a byte-order mark (U+FEFF) inside the file'],
  ['a: |\n  x\n  \ufeffy', '3:3 a byte-order mark (U+FEFF) inside the file'],
  ['api:\n\u00a0\u00a0requests: 1', '2:1 a no-break space (U+00A0) in the key "\u00a0\u00a0requests"'],
  ['re\u200bquests: 1', '1:3 a zero-width space (U+200B) in the key "re\u200bquests"'],
  ['a: {b\u3000: 1}', '1:6 an ideographic space (U+3000) in the key "b\u3000"'],
  ['a: x\u00a0', '1:5 a no-break space (U+00A0) at the end of a value'],
  ['a: \u202fx', '1:4 a narrow no-break space (U+202F) at the start of a value'],
  ['- x\u200d # joined', '1:4 a zero-width joiner (U+200D) at the end of a value'],
  ['a:\n  b:\u00a01', '2:5 a no-break space (U+00A0) after the colon of a key'],
  ['a:\n  -\u00a0x', '2:4 a no-break space (U+00A0) after the dash of a list item'],
  ['a: 5\u2003', '1:5 another space (U+2003) at the end of a value'],
])('in %j a character that cannot be seen is reported', (text, expected) => {
  expect(problemsOf(text)).toEqual([`character-invisible f.yml:${expected}`]);
});

test.each([
  'title: "10\u00a0000\u00a0"',
  "'\u00a0a': 1",
  'title: 10\u00a0000 €',
  'prix: Total :\u00a0100',
  'icon: ❤\ufe0f',
  '❤\ufe0f: 1',
  'family: 👨\u200d👩\u200d👧',
  'key: 1\ufe0f\u20e3',
  'font: \ue001',
  'text: |\n  a\u00a0',
  'note: Grüße # \u00a0comment\u00a0',
])('in %j every character is content, or can be seen', (text) => {
  expect(problemsOf(text)).toEqual([]);
});

test('content that AppConfig holds may have invisible characters', () => {
  expect(parseLiveContent(Buffer.from('{"a\u00a0": "\ufeffx"}'))).toEqual(mapOf([['a\u00a0', '\ufeffx']]));
  expect(parseLiveContent(Buffer.from('a\u00a0: x\ufeff'))).toEqual(mapOf([['a\u00a0', 'x\ufeff']]));
});

test.each([
  ['a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> main\n', 2],
  ['a: 1\r\n<<<<<<< HEAD\r\nb: 1\r\n=======\r\nb: 2\r\n>>>>>>> main\r\n', 2],
  ['<<<<<<< HEAD\na: 1\n||||||| base\na: 0\n=======\na: 2\n>>>>>>> x\na: 1\n<<<<<<< HEAD\n=======\n>>>>>>> x', 1],
  ['a: 1\nb: 2\n>>>>>>> main\n', 3],
  ['a: 1\n=======\nb: 2\n', 2],
  ['l:\n- a\n||||||| base\n- b', 3],
  ['m: {\n  a: 1,\n<<<<<<< HEAD\n  b: 1 }', 3],
  ['{\n"a": 1,\n<<<<<<< HEAD\n"b": 1\n}', 3],
])('in %j the first conflict marker is the only problem', (text, line) => {
  for (const format of ['yaml', 'json'] as const) {
    expect(problemsOf(text, format)).toEqual([
      `syntax-invalid f.yml:${line} the file has conflict markers of an unresolved merge`,
    ]);
  }
});

const pointer =
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n';

test.each([
  ['a pointer', pointer],
  ['one with Windows line ends', pointer.replaceAll('\n', '\r\n')],
  ['one of an older version', pointer.replace('git-lfs', 'hawser')],
  ['one of http and another version', pointer.replace('https', 'http').replace('v1', 'v2')],
  ['one with an extension', pointer.replace('\noid', '\next-0-foo sha256:aa\noid')],
  ['one behind a byte-order mark', `\ufeff${pointer}`],
  ['one without a final newline', pointer.trimEnd()],
])('%s of Git LFS is named as such', (_what, text) => {
  for (const format of ['yaml', 'json'] as const) {
    expect(problemsOf(text, format)).toEqual([
      'lfs-pointer f.yml:1:1 the file is a pointer of Git LFS: its content was not fetched',
    ]);
  }
});

test.each([
  ['a key of this name', 'version: https://git-lfs.github.com/spec/v1\noid: 1\n'],
  ['a pointer in a string', `a: |\n  ${pointer.replaceAll('\n', '\n  ')}`],
  ['a comment', '# version https://git-lfs.github.com/spec/v1\n# oid sha256:x\na: 1'],
  ['another version', 'version https://example.com/v1 oid x'],
])('%s is no pointer of Git LFS', (_what, text) => {
  expect(problemsOf(text)).toEqual([]);
});

test('content that AppConfig holds may be a pointer of Git LFS', () => {
  expect(parseLiveContent(Buffer.from(pointer))).toContain('git-lfs');
});

test.each(['a: |\n  <<<<<<< HEAD\n  >>>>>>> x', '# <<<<<<< HEAD\n# >>>>>>> x\na: 1', 'a: ======='])(
  'what looks like a conflict marker in %j is content or a comment',
  (text) => {
    expect(problemsOf(text)).toEqual([]);
  },
);

test.each([
  ['hosts: [\n  a,\n  b\n]', '4:1', 'indent the closing bracket by at least one space more than its key'],
  ['m:\n  n: {\n    a: 1\n  }', '4:3', 'indent the closing brace by at least one space more than its key'],
  ['a:\n- b: [\n   1\n  ]', '4:3', 'indent the closing bracket by at least one space more than its key'],
  ['a: [{\n  b: 1\n}]', '3:1', 'indent the closing brace by at least one space more than its key'],
  ['a: [\n1\n]', '2:1', 'indent this line by at least one space more than its key'],
  ['a: "x\ny"', '2:1', 'indent this line by at least one space more than its key'],
  ['a: [\n\t1\n ]', '2:2', 'indent with spaces, not tabs'],
])('the hint for %j names what to indent', (text, position, hint) => {
  expect(problemsOf(text)).toEqual([expect.stringMatching(`^syntax-invalid f\\.yml:${position} `)]);
  expect(hintsOf(text)).toEqual([hint]);
});

test.each([
  ['a: [1,\t2,\t\t3]', '{ "a": [1, 2, 3] }'],
  ['a: {b: 1,\tc:\t2}', '{ "a": { "b": 1, "c": 2 } }'],
  ['a: ["x,\ty",\t"z"]', '{ "a": ["x,\\ty", "z"] }'],
  ['a: [\n  1,\t# one\n  2,\t3\n  ]', '{ "a": [1, 2, 3] }'],
])('tabs between the items in %j are no mistake', (text, expected) => {
  expect(parsed(text)).toBe(expected);
});

test.each([
  ['{"a": 1}\nx', '2:1 invalid JSON: unexpected text after the end of the value'],
  ['{}\n---\n{}', '2:1 invalid JSON: unexpected text after the end of the value'],
  ['{"a": [1, 2}', '1:12 invalid JSON: expected a comma'],
  ['{"a": \'x}', '1:7 invalid JSON: JSON has double quotes only'],
  ["{'a': 1}", '1:2 invalid JSON: JSON has double quotes only'],
  ['{"a": [1, 2, ]}', '1:14 invalid JSON: a comma before the closing bracket'],
  ['{"a": 1,\n}', '2:1 invalid JSON: a comma before the closing bracket'],
  ['{"a": NaN}', '1:7 invalid JSON: JSON has no such number'],
  ['[-Infinity]', '1:2 invalid JSON: JSON has no such number'],
  ['{"a": none}', '1:7 invalid JSON: text without quotes'],
  ['{"a": 1 "b": 2}', '1:9 invalid JSON: expected a comma'],
])('the syntax error in %j is one of JSON', (text, expected) => {
  expect(problemsOf(text, 'json')).toEqual([`syntax-invalid f.yml:${expected}`]);
});

test.each([
  ['yes', 'a boolean, appcfg as a string', 'quote it if it is a string; otherwise write true'],
  ['off', 'a boolean, appcfg as a string', 'quote it if it is a string; otherwise write false'],
  ['1e3', 'a string, appcfg as the number 1000', 'quote it if it is a string; otherwise write 1000'],
  [
    '0755',
    'an octal number, appcfg as the number 755',
    'quote it if it is a string; otherwise write 755, or 493 for the octal number',
  ],
  ['0o17', 'a string, appcfg as the number 15', 'quote it if it is a string; otherwise write 15'],
  ['22:30', 'a number in base 60, appcfg as a string', 'quote it if it is a string'],
  ['2024-01-01', 'a date, appcfg as a string', 'quote it if it is a string'],
  ['1_000', 'a number, appcfg as a string', 'quote it if it is a string; otherwise write its decimal digits'],
])('what appcfg reads %s as is in the warning, and how to write it', (text, message, hint) => {
  const { problems } = parseDocument(`a: ${text}`, { path: 'f.yml' });
  expect(problems.map((each) => [each.message, each.hint?.text])).toEqual([
    [`YAML 1.1 clients read "${text}" as ${message}`, hint],
  ]);
});

test.each([
  ['{\u00a0"a": 1}', '1:2 invalid JSON: a no-break space (U+00A0) outside of a string'],
  ['{"a":\u00a01}', '1:6 invalid JSON: a no-break space (U+00A0) outside of a string'],
  ['{"a": 1}\u200b', '1:9 invalid JSON: a zero-width space (U+200B) outside of a string'],
])('the invisible character in %j is a syntax error of JSON', (text, expected) => {
  expect(problemsOf(text, 'json')).toEqual([`syntax-invalid f.yml:${expected}`]);
});

test.each(['a: "x{tenant\n}"', "a: 'x\n}'", 'a: "x [\n]"', 'l: [ "a\n]" ]'])(
  'the string of several lines in %j is named, not a bracket',
  (text) => {
    const [problem] = parseDocument(text, { path: 'f.yml' }).problems;
    expect(problem?.hint?.text).toBe('close the string, write it in one line, or indent its other lines');
  },
);

test('keys are read by YAML 1.1 clients only where YAML is deployed', () => {
  const text = 'on: 1\n22:30: 2\n"off": 3\n';
  const options = { path: 'f.yml', deployedAs: 'yaml' } as const;
  expect(problemsOf(text)).toEqual([]);
  expect(parseDocument(text, options).problems.map(({ message }) => message)).toEqual([
    'YAML 1.1 clients read "on" as a boolean, appcfg as a string',
    'YAML 1.1 clients read "22:30" as a number in base 60, appcfg as a string',
  ]);
});

test('all duplicate keys of a file are reported, not only the first', () => {
  expect(problemsOf('a: 1\na: 2\nb: {c: 1, c: 2}').map((p) => p.split(' ')[1])).toEqual(['f.yml:2:1', 'f.yml:3:11']);
});

test('an alias bomb is reported before it expands', () => {
  const levels = Array.from({ length: 9 }, (_, i) =>
    i === 0
      ? 'l0: &l0 [x, x, x, x, x, x, x, x, x]'
      : `l${i}: &l${i} [${Array(9)
          .fill(`*l${i - 1}`)
          .join(', ')}]`,
  );
  expect(problemsOf(levels.join('\n'))).toEqual([
    expect.stringMatching(/^expansion-too-large f\.yml:7:\d+ aliases expand to more than 1,000,000 values$/),
  ]);
});

test.each([
  ['values', `t: &t ${'x'.repeat(1_000_000)}\nl: [${Array(10).fill('*t').join(', ')}]`],
  ['keys', `? &t ${'x'.repeat(1_000)}\n: 1\nl: [${Array(9_000).fill('{*t : 1}').join(', ')}]`],
  ['keys of maps', `m: &m {? ${'x'.repeat(1_000)} : 1}\nl: [${Array(9_000).fill('*m').join(', ')}]`],
])('long strings multiplied by aliases are reported, as %s too', (_what, text) => {
  expect(problemsOf(text).at(-1)).toMatch(/^expansion-too-large .* aliases expand to more than 8,388,608 characters$/);
});

test('nesting is counted through aliases', () => {
  const chain = ['a0: &a0 [x]', ...Array.from({ length: 150 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`)].join('\n');
  expect(problemsOf(chain)[0]).toMatch(
    /^nesting-too-deep f\.yml:\d+:\d+ nesting exceeds 100 levels after alias expansion$/,
  );
});

test.each([
  ['a: yes', 'a boolean'],
  ['a: off', 'a boolean'],
  ['a: 0644', 'an octal number'],
  ['a: 22:30', 'a number in base 60'],
  ['a: 1_000', 'a number'],
  ['a: 0b11', 'a number'],
  ['a: -0x1F', 'a number'],
  ['a: 1e3', 'a string'],
  ['a: 1e+3', 'a string'],
  ['a: 1.5e3', 'a string'],
  ['a: 12e03', 'a string'],
  ['a: 0o17', 'a string'],
  ['a: 08', 'a string'],
  ['a: 2024-01-01', 'a date'],
])('%s is a warning, because YAML 1.1 reads it as %s', (text, reading) => {
  expect(problemsOf(text)).toEqual([expect.stringContaining(`as ${reading}`)]);
});

test('a JSON file gets no warning about YAML 1.1', () => {
  expect(problemsOf('{"a": 1e3}', 'json')).toEqual([]);
});

test('the hint about tabs is given only for a tab', () => {
  const hintOf = (text: string) => parseDocument(text, { path: 'f.yml' }).problems[0]?.hint?.text;
  expect(hintOf('a:\n\tb: 1')).toMatch(/tabs/);
  expect(hintOf('%YAML 3.0\n---\na: 1')).not.toMatch(/tabs/);
});

test('every character of a content can be read back, also by YAML parsers', () => {
  const value = mapOf([['k\u007f\u0085', 'a\u007fb\u0085c\u2028d\ufeffe\ufffe']]);
  for (const format of ['json', 'yaml'] as const) {
    expect(equalByValue(parseLiveContent(Buffer.from(contentOf(value, format).text)) ?? null, value)).toBe(true);
  }
});

test('exponents are written so that YAML 1.1 parsers read numbers, and mean the same in both formats', () => {
  const { value = null } = parseDocument('[1e3, 1.5E3, 2.5e-3, 1e+21, 1.0]', { path: 'f.yml' });
  expect(contentOf(value, 'yaml').text).toBe('- 1.0e+3\n- 1.5e+3\n- 2.5e-3\n- 1.0e+21\n- 1.0\n');
  expect(contentOf(value, 'json').text).toContain('1e3,\n  1.5E3');
  const content = contentOf(value, 'yaml');
  expect(contentDigest(content.text, content.contentType)).toBe(content.digest);
});

test.each([
  'a: "yes"',
  'a: 1.5e+3',
  'a: -5',
  'a: +5',
  'a: 0x1F',
  'a: 0',
  'a: 0.5',
  'a: yesterday',
  'a: "0644"',
  'a: 1.5',
  'a: 10',
  'a: north',
  'a: 10.0.0.0/8',
  'a: 1.2.3',
])('%s is no warning', (text) => {
  expect(problemsOf(text)).toEqual([]);
});

test('JSON is read with tabs, and YAML syntax is an error in a .json file', () => {
  expect(parseDocument('{\n\t"a": 1\n}', { path: 'f.json', format: 'json' }).problems).toEqual([]);
  expect(problemsOf('{a: 1}', 'json')[0]).toMatch(/^syntax-invalid f\.yml.* invalid JSON/);
  expect(problemsOf('{"a": 1,}', 'json')[0]).toMatch(/^syntax-invalid f\.yml.* invalid JSON/);
});

test('the position of a merged member is that of its merge key', () => {
  const positions = locateValues('d: &d\n  x: {y: 1}\na:\n  <<: *d\nb:\n  <<: {z: 1}\n  w: 2\n');
  expect(positions.get('/a/x')).toEqual({ line: 4, column: 3 });
  expect(positions.get('/b/z')).toEqual({ line: 6, column: 8 });
  expect(positions.get('/b/w')).toEqual({ line: 7, column: 3 });
});

test('positions are those of keys and items', () => {
  const positions = locateValues('a:\n  b: 1\n  c: [x, "y"]\n');
  expect(positions.get('/a/b')).toEqual({ line: 2, column: 3 });
  expect(positions.get('/a/c/1')).toEqual({ line: 3, column: 10 });
});

const scalars = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  fc.constantFrom<Value>(
    null,
    true,
    false,
    0,
    -1.5,
    1e21,
    'yes',
    'null',
    '~',
    '',
    ' x',
    'x ',
    'a: b',
    '# c',
    '- d',
    '0x1F',
    '1.0',
    '\u2028',
    '\ufeff',
    "it's",
  ),
  fc.constantFrom('1.0', '1e3', '9007199254740993', '-0').map((text) => new ExactNumber(text)),
);
const trees: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalars as fc.Arbitrary<Value>,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 }).map((entries) => mapOf(new Map(entries))),
  ),
})).value;

test('what is rendered as JSON or as YAML reads back as the same value', () => {
  fc.assert(
    fc.property(trees, fc.constantFrom('json', 'yaml') as fc.Arbitrary<'json' | 'yaml'>, (value, format) => {
      const { text } = contentOf(value, format);
      const back = parseLiveContent(Buffer.from(text));
      if (value === null) return;
      expect(back === undefined ? text : canonicalText(back)).toBe(canonicalText(value));
      if (format === 'json') JSON.parse(text);
    }),
    { numRuns: 1500 },
  );
});

test('the digest does not depend on the order of keys', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), scalars as fc.Arbitrary<Value>), { maxLength: 6 }), (entries) => {
      const unique = [...new Map(entries)];
      expect(contentOf(mapOf(unique.toReversed()), 'json').digest).toBe(contentOf(mapOf(unique), 'json').digest);
    }),
  );
});

test('different contents and content types have different digests', () => {
  const one = contentOf(mapOf([['a', 1]]), 'json');
  expect(one.versionLabel).toMatch(/^sha256-[0-9a-f]{32}$/);
  expect(one.text).toBe('{\n  "a": 1\n}\n');
  expect(contentOf(mapOf([['a', 1]]), 'yaml').digest).not.toBe(one.digest);
  expect(contentOf(mapOf([['a', new ExactNumber('1.0')]]), 'json').digest).not.toBe(one.digest);
});

test.each([
  ['1', '1.0', true],
  ['100', '1e2', true],
  ['0.1', '1e-1', true],
  ['0', '-0.0', true],
  ['9007199254740993', '9007199254740992', false],
  ['1', '"1"', false],
  ['{a: 1, b: 2}', '{b: 2.0, a: 1}', true],
  ['{a: 1}', '{a: 1, b: 2}', false],
  ['[1, 2]', '[2, 1]', false],
])('%s and %s are equal by value: %s', (a, b, expected) => {
  const value = (text: string) => parseDocument(text, { path: '' }).value as Value;
  expect(equalByValue(value(a), value(b))).toBe(expected);
});
