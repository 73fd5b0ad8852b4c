// Whatever tree was deployed, import gives a tree that renders to the same, with hardly more values, and deploys nothing.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from '../../src/core/document/parse-yaml.ts';
import { canonicalText } from '../../src/core/document/write-json.ts';
import { factorProfile, mergeSettings } from '../../src/core/factor/factor-profile.ts';
import { finished } from '../../src/core/factor/interruptible.ts';
import { leavesOf as leavesOfValue } from '../../src/core/factor/part.ts';
import type { Value } from '../../src/core/model/value.ts';
import { mergeLayer } from '../../src/core/render/merge-layers.ts';
import { defaultProfileSettings } from '../../src/core/settings/settings.ts';
import { type LayeredProfile, type LayeredTree, layeredTrees, leavesOf, merged } from '../support/layered-trees.ts';
import { holds, times } from '../support/properties.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

test('the files of a profile give each address its value, with at most 1.2 times the values of those that were deployed', async () => {
  await holds(
    fc.property(layeredTrees, ({ tenants, profiles }) => {
      for (const profile of profiles.values()) {
        const rendered = renderedBy(profile, tenants);
        const files = finished(factorProfile(rendered));
        const settings = { ...defaultProfileSettings, ...mergeSettings[files.merging] };
        for (const { tenant, values } of rendered) {
          for (const [environment, value] of values) {
            const own = files.tenants.get(tenant);
            const layers = [
              files.template,
              files.environments.get(environment),
              own?.own,
              own?.environments.get(environment),
            ];
            const given = layers.reduce<Value | undefined>(
              (above, layer) => (layer === undefined ? above : mergeLayer(above, layer, settings)),
              undefined,
            );
            expect(given && canonicalText(given)).toBe(canonicalText(value));
          }
        }
        expect(files.leaves).toBeLessThanOrEqual(1.2 * leavesOfProfile(profile));
      }
    }),
    150,
  );
});

/** Which of three environments a tenant has: at least one. */
const subsets = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 6, maxLength: 6 });

test('tenants that lack environments make the files no larger', async () => {
  await holds(
    fc.property(layeredTrees, subsets, ({ tenants, environments, profiles }, having) => {
      for (const profile of profiles.values()) {
        const has = (index: number) => {
          const some = environments.filter((_, at) => ((having[index] ?? 7) >> at) % 2 === 1);
          return some.length === 0 ? environments : some;
        };
        const lacking: LayeredProfile = {
          ...profile,
          tenants: profile.tenants.map(({ own, environments: leaves }, index) => ({
            own,
            environments: new Map(has(index).map((name) => [name, leaves.get(name)])),
          })),
        };
        // A file of the template that no tenant applies is not counted.
        const used = new Set(lacking.tenants.flatMap((tenant) => [...tenant.environments.keys()]));
        const shared = new Map([...lacking.environments].filter(([name]) => used.has(name)));
        const { leaves } = finished(factorProfile(renderedBy(lacking, tenants)));
        expect(leaves).toBeLessThanOrEqual(1.2 * leavesOfProfile({ ...lacking, environments: shared }));
      }
    }),
    150,
  );
});

function renderedBy({ template, environments, tenants }: LayeredProfile, names: readonly string[]) {
  return tenants.map(({ own, environments: leaves }, index) => ({
    tenant: names[index] ?? '',
    environments: [...leaves.keys()],
    values: new Map(
      [...leaves].map(
        ([name, leaf]) => [name, asValue(merged([template, environments.get(name), own, leaf]))] as const,
      ),
    ),
  }));
}

function asValue(plain: unknown): Value {
  return parseDocument(JSON.stringify(plain), { path: '' }).value as Value;
}

function leavesOfProfile({ template, environments, tenants }: LayeredProfile): number {
  const files = [
    template,
    ...environments.values(),
    ...tenants.flatMap((each) => [each.own, ...each.environments.values()]),
  ];
  return files.reduce((sum, file) => sum + (file === undefined ? 0 : leavesOf(file)), 0);
}

const kinds = fc.constantFrom('', 'profiles: { Limits: { format: yaml } }\n', "applicationName: '{tenant}-config'\n");

test(
  'an account that a tree made is imported as a tree of at most 1.2 times its values, which deploys nothing',
  async () => {
    await holds(
      fc.asyncProperty(layeredTrees, kinds, async (tree, settings) => {
        const world = createWorld(
          {
            ...tree.files,
            'appcfg.yml': `project: acme/config\ndeploymentStrategy: AppConfig.AllAtOnce\n${settings}`,
          },
          { ...inPipeline, APPCFG_RATES: 'none' },
        );
        try {
          await expectImport(world, tree);
        } finally {
          rmSync(world.directory, { recursive: true });
        }
      }),
      times === 1 ? 3 : Math.ceil(200 / times),
      times === 1 ? 60 : 600,
    );
  },
  90_000 + 360_000 * (times - 1),
);

async function expectImport(world: World, tree: LayeredTree): Promise<void> {
  const synced = await world.appcfg('sync');
  expect(synced.exitCode, synced.stdout + synced.stderr).toBe(0);
  const imported = await world.appcfg('import', '--out', 'out', '-o', 'json');
  expect(imported.exitCode, imported.stdout + imported.stderr).toBe(0);
  expect(errorsOf(imported.json)).toEqual([]);
  const { leaves, addresses } = imported.json.summary;
  expect(leaves).toBeLessThanOrEqual(1.2 * tree.leaves);
  const { json } = await world.appcfg('diff', '--adopt', '-o', 'json', '-C', join(world.directory, 'out'));
  expect(errorsOf(json)).toEqual([]);
  expect(json.addresses.map(({ action }: { action: string }) => action)).toEqual(Array(addresses).fill('unchanged'));
  expect(json.steps).toEqual([]);
  const [before, after] = [await rendered(world, '.'), await rendered(world, 'out')];
  expect(after).toEqual(before);
}

function errorsOf({ problems }: { readonly problems: readonly { readonly severity: string }[] }) {
  return problems.filter(({ severity }) => severity === 'error');
}

async function rendered(world: World, directory: string): Promise<ReadonlyMap<string, string>> {
  const { json } = await world.appcfg('render', '-o', 'json', '-C', directory);
  return new Map(
    json.configurations.map(({ address, versionLabel }: { address: string; versionLabel: string }) => [
      address,
      versionLabel,
    ]),
  );
}

test('the values of a file are counted as a reader counts them', () => {
  for (const text of ['{}', '[]', '1', '{"a": {}}', '{"a": [1, 2], "b": {"c": null, "d": {"e": 1}}}']) {
    expect(leavesOfValue(asValue(JSON.parse(text)))).toBe(leavesOf(JSON.parse(text)));
  }
});
