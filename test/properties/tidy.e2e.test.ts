// Tidied trees render to the same bytes as before, and nothing is left to tidy. Where writing ends between two files, every address
// still has the same digest.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepsOf, valueAt } from '../../src/core/document/json-pointer.ts';
import { parseDocument } from '../../src/core/document/parse-yaml.ts';
import { lineText } from '../../src/core/document/write-json.ts';
import { withoutValue } from '../../src/core/edit/place-value.ts';
import { entriesOf, isMap, type Value } from '../../src/core/model/value.ts';
import { tidiedText } from '../../src/core/tidy/tidied-text.ts';
import { tidyProfile } from '../../src/core/tidy/tidy-profile.ts';
import { writeOrder } from '../../src/core/tidy/write-order.ts';
import { type Json, type Whims, whims, written } from '../support/arbitraries.ts';
import { oddlyWritten } from '../support/odd-yaml.ts';
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

function isEmptyMap(value: Value): boolean {
  return isMap(value) && entriesOf(value).length === 0;
}

/** Whether a text can be made from another by deleting characters. `{}` may be put where a block was. */
function isLeftOf(text: string, original: string): boolean {
  let at = 0;
  const rest = text.replace(/ \{\}/g, '');
  for (const character of original.replace(/ \{\}/g, '')) if (character === rest[at]) at += 1;
  return at === rest.length;
}

test('whatever the form of the files, nothing redundant is left, and comments and formatting elsewhere stay', async () => {
  await holds(
    fc.asyncProperty(files, whims, async (of, hand) => {
      const texts = new Map(
        Object.entries(of).map(([folder, json], index) => {
          const path = `${folder.startsWith('template') ? '' : 'tenants/'}${folder}/P.yml`;
          return [path, oddlyWritten(json, [index, ...hand])] as const;
        }),
      );
      const world = createWorld({
        'appcfg.yml': 'project: p\n',
        ...Object.fromEntries(
          tenants.flatMap((tenant) => ['dev', 'prod'].map((name) => [`tenants/${tenant}/${name}/.gitkeep`, ''])),
        ),
        ...Object.fromEntries([...texts].map(([path, { text }]) => [path, text])),
      });
      const before = await world.appcfg('render', '-o', 'json');
      fc.pre(before.exitCode === 0);
      const first = await world.appcfg('tidy', '--write', '-o', 'json');
      const after = await world.appcfg('render', '-o', 'json');
      expect(after.json.configurations).toEqual(before.json.configurations);
      const second = await world.appcfg('tidy', '-o', 'json');
      expect(second.json).toMatchObject({
        files: [],
        removals: [],
        moves: [],
        problems: [],
        summary: { redundantOverrides: 0, left: 0 },
      });
      const moved = new Set<string>(
        first.json.moves.flatMap(({ to, from, kept }: { to: string; from: string[]; kept: string[] }) => [
          to,
          ...from,
          ...kept,
        ]),
      );
      for (const [path, { text, comments }] of texts) {
        const file = join(world.directory, path);
        if (moved.has(path) || !existsSync(file)) continue;
        const left = readFileSync(file, 'utf8');
        expect([path, isLeftOf(left, text)]).toEqual([path, true]);
        const { value } = parseDocument(left, { path });
        for (const [pointer, comment] of comments) {
          if (valueAt(value, pointer) !== undefined) expect(left).toContain(comment);
        }
      }
    }),
    times === 1 ? 20 : 100,
    60,
  );
}, 600_000);

test('any members can be taken out of a text, whatever its form', async () => {
  const gone = fc.subarray(['/a', '/b', '/m', '/m/x', '/m/y', '/l'], { minLength: 1 });
  await holds(
    fc.property(documents, whims, gone, (json, hand, pointers) => {
      const { text, comments } = oddlyWritten(json, hand);
      const { value: before, problems } = parseDocument(text, { path: 'P.yml' });
      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      const after = pointers.reduce((value, pointer) => withoutValue(value, stepsOf(pointer), 'stay'), before);
      fc.pre(after === undefined || !isEmptyMap(after));
      const edited = tidiedText(text, { path: 'P.yml', before, after });
      expect([text, edited === undefined]).toEqual([text, false]);
      if (after === undefined) return;
      const left = edited?.text ?? '';
      expect([text, left, isLeftOf(left, text)]).toEqual([text, left, true]);
      for (const [pointer, comment] of comments) {
        if (valueAt(after, pointer) !== undefined) expect(left).toContain(comment);
      }
    }),
    1000,
  );
});

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
