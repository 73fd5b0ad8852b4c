// Changes on terminals of different widths.
import { expect, test } from 'vitest';
import type { Change } from '../../../src/core/document/diff-values.ts';
import { changeRows } from '../../../src/report/style/changes.ts';
import { noColours } from '../../../src/report/style/style.ts';

const rows = (changes: readonly Change[], width: number, verbose = false) =>
  changeRows(changes, { style: noColours, width, verbose });

const at = (file: string, line: number) => ({ file, line });

const long = 'The search page on the new index, which is the one that was built last';

test('paths, values and sources are aligned in columns', () => {
  const changes: Change[] = [
    { op: 'replace', path: '/limits/rate', before: '100', after: '150', source: at('tenants/one/dev/Limits.yml', 4) },
    { op: 'add', path: '/limits/burst_of_a_day', after: '20', source: at('tenants/one/dev/Limits.yml', 5) },
    { op: 'remove', path: '/old', before: 'true' },
  ];
  expect(rows(changes, 100)).toEqual([
    '  ~ /limits/rate             100 → 150  tenants/one/dev/Limits.yml:4',
    '  + /limits/burst_of_a_day   20         tenants/one/dev/Limits.yml:5',
    '  - /old                     true',
  ]);
});

test('on a narrow terminal first the source, then the values move to lines of their own', () => {
  const change: Change = {
    op: 'replace',
    path: '/limits/rate',
    before: '100',
    after: '150',
    source: at('a/b/c.yml', 4),
  };
  expect(rows([change], 36)).toEqual(['  ~ /limits/rate   100 → 150', '      a/b/c.yml:4']);
  expect(rows([change], 24)).toEqual(['  ~ /limits/rate', '      - 100', '      + 150', '      a/b/c.yml:4']);
});

test('a long value that is cut still shows what changes', () => {
  const change: Change = { op: 'replace', path: '/text', before: `"${long} year"`, after: `"${long} week"` };
  expect(rows([change], 60)).toEqual([
    '  ~ /text',
    '      - …t was built last year"',
    '      + …t was built last week"',
  ]);
  expect(rows([change], 60, true)).toEqual(['  ~ /text', `      - "${long} year"`, `      + "${long} week"`]);
  expect(rows([change], Number.POSITIVE_INFINITY)).toEqual([`  ~ /text   "${long} year" → "${long} week"`]);
});

test('a change of the whole content has words instead of a path', () => {
  expect(rows([{ op: 'replace', path: '', before: '1', after: '2' }], 80)).toEqual(['  ~ (the whole content)   1 → 2']);
});
