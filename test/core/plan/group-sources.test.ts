// The lines of a change group, from two trees as plain values.
import { expect, test } from 'vitest';
import { formatSource } from '../../../src/core/model/source-position.ts';
import { withSources } from '../../../src/core/plan/group-sources.ts';
import { compareRevisions } from '../../../src/core/planners/compare-revisions.ts';
import { settingsFrom, type TreeTexts, treeFrom } from '../../support/reviewed-trees.ts';

const fleet = { t1: ['dev', 'prod'], t2: ['dev'] };

/** `PATH SOURCE`, with the number of files where they are several. */
async function linesOf(base: TreeTexts['files'], head: TreeTexts['files'], settingsText = 'project: p\n') {
  const settings = await settingsFrom(settingsText);
  const [before, after] = [
    await treeFrom({ files: base, tenants: fleet, settings }),
    await treeFrom({ files: head, tenants: fleet, settings }),
  ];
  return compareRevisions(before, after, 'p').changeGroups.flatMap((group) =>
    withSources(group, { base: before, head: after }).changes.map(({ path, source, sourceFiles }) =>
      [path, source && formatSource(source), sourceFiles].filter((each) => each !== undefined).join(' '),
    ),
  );
}

test('a value of the template has its line, however many addresses change', async () => {
  expect(await linesOf({ 'template/L.yml': 'a: 1\nb: 1\n' }, { 'template/L.yml': 'a: 1\nb: 2\n' })).toEqual([
    '/b template/L.yml:2',
  ]);
});

test('a value that the tree no longer has is at its line in the base', async () => {
  expect(await linesOf({ 'template/L.yml': 'a: 1\nb: 1\n' }, { 'template/L.yml': 'a: 1\n' })).toEqual([
    '/b template/L.yml:2@base',
  ]);
  const own = { 'template/L.yml': 'a: 1\n', 'tenants/t1/L.yml': 'c: 1\nb: 1\n', 'tenants/t2/L.yml': 'c: 1\nb: 1\n' };
  expect(await linesOf(own, { ...own, 'tenants/t1/L.yml': 'c: 1\n', 'tenants/t2/L.yml': 'c: 1\n' })).toEqual([
    '/b tenants/t1/L.yml:2@base 2',
  ]);
  expect(
    await linesOf({ 'template/L.yml': 'a: 1\n', 'template/M.yml': 'm: 1\n' }, { 'template/L.yml': 'a: 1\n' }),
  ).toEqual([' template/M.yml:1@base']);
});

test('a value that a null deletes is at the null', async () => {
  const base = { 'template/L.yml': 'a: 1\nb: 1\n' };
  expect(await linesOf(base, { ...base, 'tenants/t1/prod/L.yml': 'b: null\n' })).toEqual([
    '/b tenants/t1/prod/L.yml:1',
  ]);
});

test('the files of several tenants are counted, and the first is named', async () => {
  const base = { 'template/L.yml': 'a: 1\n' };
  const head = { ...base, 'tenants/t1/L.yml': 'a: 2\n', 'tenants/t2/dev/L.yml': 'x: 1\n' };
  expect(await linesOf({ ...base, 'tenants/t2/dev/L.yml': 'x: 1\n' }, head)).toEqual(['/a tenants/t1/L.yml:1']);
  expect(
    await linesOf({ ...base, 'tenants/t2/dev/L.yml': 'a: 1\n' }, { ...head, 'tenants/t2/dev/L.yml': '# more\na: 2\n' }),
  ).toEqual(['/a tenants/t1/L.yml:1 2']);
});

test('an item of a combined list is at its line, and a new map where its first value is', async () => {
  const settings = 'project: p\nprofiles: { L: { lists: { /nets: append } } }\n';
  const base = {
    'template/L.yml': 'nets:\n  - a\n',
    'tenants/t1/L.yml': 'nets:\n  - x\n',
    'tenants/t2/L.yml': 'nets:\n  - x\n',
  };
  expect(await linesOf(base, { ...base, 'tenants/t1/L.yml': 'nets:\n  - x\n  - y\n' }, settings)).toEqual([
    expect.stringContaining('tenants/t1/L.yml:3'),
  ]);
  expect(
    await linesOf(
      { 'template/L.yml': 'a: 1\n' },
      { 'template/L.yml': 'a: 1\nm:\n  x:\n    y: 1\n', 'tenants/t1/L.yml': 'z: 1\n', 'tenants/t2/L.yml': 'z: 1\n' },
    ),
  ).toEqual(['/m template/L.yml:4', '/z tenants/t1/L.yml:1 2']);
});

test('with merge: replace the most specific file has it', async () => {
  const settings = 'project: p\nprofiles: { L: { merge: replace } }\n';
  expect(
    await linesOf(
      { 'template/L.yml': 'a: 1\n' },
      { 'template/L.yml': 'a: 1\n', 'tenants/t1/L.yml': 'b: 1\n' },
      settings,
    ),
  ).toEqual(['/a tenants/t1/L.yml:1', '/b tenants/t1/L.yml:1']);
});
