// Tidied trees render to the same bytes as before, and nothing is left to tidy. Where writing ends between two files, every address
// still has the same digest.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineText } from '../../src/core/document/write-json.ts';
import type { Value } from '../../src/core/model/value.ts';
import { tidyProfile } from '../../src/core/tidy/tidy-profile.ts';
import { writeOrder } from '../../src/core/tidy/write-order.ts';
import { type Json, type Whims, whims, written } from '../support/arbitraries.ts';
import { holds, times } from '../support/properties.ts';
import { mergedTexts, profileTreeFrom } from '../support/tidied-trees.ts';
import { createWorld } from '../support/world.ts';

const digits = (text: string): Json => ({ digits: text });
const leaf = fc.constantFrom<Json>(digits('1'), digits('1'), digits('2'), 'on', null, new Map(), [digits('1')]);
const inner = fc
  .array(fc.tuple(fc.constantFrom('x', 'y'), leaf), { maxLength: 2 })
  .map((entries): Json => new Map(entries));
const list = fc.subarray(['1', '2', '3']).map((items): Json => items.map(digits));
/** Few keys and values, so that many files repeat others. */
const documents = fc
  .record(
    { a: leaf, b: fc.constantFrom<Json>(digits('1'), digits('2'), 'on'), m: fc.oneof(inner, inner, leaf), l: list },
    { requiredKeys: [] },
  )
  .map((members): Json => new Map(Object.entries(members)));

const tenants = ['one', 'two', 'three', 'four'];
const folders = ['template', 'template/dev', 'template/prod'].concat(
  tenants.flatMap((tenant) => [tenant, `${tenant}/dev`, `${tenant}/prod`]),
);
/** Environments of many tenants have few different files. */
const files = fc
  .record({
    pool: fc.array(documents, { minLength: 1, maxLength: 3 }),
    picks: fc.array(fc.nat(5), { minLength: folders.length, maxLength: folders.length }),
    base: documents,
  })
  .map(({ pool, picks, base }) =>
    Object.fromEntries(
      folders.flatMap((folder, index): [string, Json][] => {
        if (folder === 'template') return [[folder, base]];
        const found = pool[picks[index] ?? 0];
        return found === undefined ? [] : [[folder, found]];
      }),
    ),
  );
const settings = fc.record({
  merge: fc.constantFrom('merge' as const, 'merge' as const, 'merge' as const, 'replace' as const),
  null: fc.constantFrom('delete' as const, 'delete' as const, 'keep' as const),
  list: fc.constantFrom(undefined, 'append' as const, 'union' as const),
  format: fc.constantFrom('json', 'yaml'),
});

function textOf(json: Json, hand: Whims, keeps: boolean): string {
  const text = written(json, hand);
  return keeps ? text.replace(/^(a: [^#\n[{]*)$/m, '$1 # appcfg: keep') : text;
}

function plain(json: Json): unknown {
  if (json instanceof Map) return Object.fromEntries([...json].map(([key, value]) => [key, plain(value)]));
  if (Array.isArray(json)) return json.map(plain);
  return typeof json === 'object' && json !== null ? Number((json as { digits: string }).digits) : json;
}

test('a tidied tree renders to the same bytes, has fewer leaves, and nothing is left to tidy', async () => {
  await holds(
    fc.asyncProperty(
      files,
      settings,
      whims,
      fc.boolean(),
      async (of, { merge, null: nulls, list: rule, format }, hand, keeps) => {
        const isMerged = merge === 'merge';
        const rules = [
          `merge: ${merge}, format: ${format}`,
          ...(isMerged ? [`null: ${nulls}`] : []),
          ...(isMerged && rule !== undefined ? [`lists: { /l: ${rule} }`] : []),
        ];
        const world = createWorld({
          'appcfg.yml': `project: p\nprofiles: { P: { ${rules.join(', ')} } }\n`,
          ...Object.fromEntries(
            tenants.flatMap((tenant) => ['dev', 'prod'].map((name) => [`tenants/${tenant}/${name}/.gitkeep`, ''])),
          ),
          ...Object.fromEntries(
            Object.entries(of).map(([folder, json], index) => {
              const path = `${folder.startsWith('template') ? '' : 'tenants/'}${folder}/P`;
              const isJson = (hand[0] ?? 0) % 3 === 0 && index % 2 === 0;
              return isJson
                ? [`${path}.json`, JSON.stringify(plain(json), null, 2)]
                : [`${path}.yml`, textOf(json, [index, ...hand], keeps)];
            }),
          ),
        });
        const before = await world.appcfg('render', '-o', 'json');
        const first = await world.appcfg('tidy', '--write', '-o', 'json');
        expect(first.exitCode).toBe(before.exitCode);
        fc.pre(before.exitCode === 0);
        const after = await world.appcfg('render', '-o', 'json');
        expect(after.json.configurations).toEqual(before.json.configurations);
        const { leavesBefore, leavesAfter } = first.json.proof;
        expect(leavesAfter).toBeLessThanOrEqual(leavesBefore);
        const second = await world.appcfg('tidy', '-o', 'json');
        expect(second.json).toMatchObject({ files: [], removals: [], moves: [], summary: { redundantOverrides: 0 } });
        expect(second.json.proof.leavesBefore).toBe(leavesAfter);
      },
    ),
    // A few, or at least 200.
    times === 1 ? 8 : Math.ceil(200 / times),
    60,
  );
}, 300_000);

test('every address has the same digest after each file that is written', async () => {
  await holds(
    fc.property(files, settings, (of, { merge, null: nulls, list: rule }) => {
      const tree = profileTreeFrom(
        Object.fromEntries(Object.entries(of).map(([path, json]) => [path, written(json, [7])])),
        {
          tenants,
          settings: { merge, null: nulls, lists: new Map(rule === undefined ? [] : [['/l', rule]]) },
        },
      );
      const before = mergedTexts(tree);
      const { files: changed } = tidyProfile(tree);
      const now = new Map<string, Value | undefined>();
      for (const { file, value } of writeOrder(tree, changed)) {
        now.set(file, value);
        expect(mergedTexts(tree, now)).toEqual(before);
      }
      const texts = (of: ReadonlyMap<string, Value | undefined>) =>
        [...of].map(([file, value]) => `${file} ${value === undefined ? '' : lineText(value)}`).sort();
      expect(texts(now)).toEqual(texts(changed));
    }),
    300,
  );
});
