// What changes between two trees, as plain values.
import { expect, test } from 'vitest';
import { compareRevisions } from '../../../src/core/planners/compare-revisions.ts';
import { settingsFrom, type TreeTexts, treeFrom } from '../../support/reviewed-trees.ts';

const texts: TreeTexts = { files: { 'template/L.yml': 'a: 1\n' }, tenants: { one: ['dev'], two: ['dev'] } };

async function compared(settings: string) {
  const changed = { ...texts, settings: await settingsFrom(`project: p\n${settings}`) };
  return compareRevisions(await treeFrom(texts), await treeFrom(changed), 'p');
}

test('content that another application gets does not change: the reason names both applications', async () => {
  const { addresses, changeGroups } = await compared('applicationName: "x-{tenant}"\n');
  expect(changeGroups).toEqual([]);
  expect(addresses.map(({ action, changeGroup, reason }) => [action, changeGroup, reason])).toEqual([
    ['update', undefined, 'application "one" → "x-one"'],
    ['update', undefined, 'application "two" → "x-two"'],
  ]);
});

test('the same values in another format are a change of the format', async () => {
  const { changeGroups } = await compared('profiles: { L: { format: yaml } }\n');
  expect(changeGroups).toMatchObject([
    { changes: [{ op: 'replace', path: '', before: '"application/json"', after: '"application/x-yaml"' }] },
  ]);
  expect(changeGroups[0]?.addresses).toHaveLength(2);
});
