// The end of a sync, whatever happened in AppConfig before: a few runs of the whole program; fleet.test.ts runs its engine a thousand times.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { edited, edits, type SmallTree, smallTrees } from '../support/arbitraries.ts';
import { OtherClient, type Served } from '../support/other-client.ts';
import { holds } from '../support/properties.ts';
import { killedAfter } from '../support/request-handlers.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

interface PlannedAddress {
  readonly address: string;
  readonly action: string;
  readonly changeGroup: string | null;
  readonly blockedBy: string | null;
}

/** The content of the tree, by address. */
async function rendered(world: World): Promise<Map<string, { text: string; versionLabel: string }>> {
  const { json, stderr } = await world.appcfg('render', '-o', 'json');
  expect(json.configurations.length, stderr).toBeGreaterThan(0);
  return new Map(json.configurations.map((each: { address: string }) => [each.address, each]));
}

/** Clients receive the content of the tree at every address; `except` are addresses that a guard blocks. */
async function expectServed(world: World, except: readonly string[] = []): Promise<Map<string, Served>> {
  const served = await new OtherClient(world.emulator).served();
  for (const [address, { text, versionLabel }] of await rendered(world)) {
    if (except.includes(address)) continue;
    const found = served.get(address);
    // Content that other clients deployed is compared by value.
    if (found?.versionLabel === undefined) expect(load(found?.text ?? ''), address).toEqual(load(text));
    else expect(found, address).toMatchObject({ text, versionLabel });
  }
  return served;
}

function write(world: World, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) world.write(path, text);
}

const writes = (calls: Record<string, number>) =>
  Object.keys(calls).filter((operation) => !/^(List|Get|Assume)/.test(operation));

test('after a sync clients receive what the tree has, and the next plan is empty and writes nothing', async () => {
  await holds(
    fc.asyncProperty(smallTrees, fc.array(edits, { maxLength: 2 }), async (tree, changes) => {
      const world = createWorld(tree.files, inPipeline);
      for (const files of [tree.files, ...changes.map((change) => edited(tree, change))]) {
        write(world, files);
        const sync = await world.appcfg('sync');
        expect(sync.exitCode, sync.stderr).toBe(0);
        await expectServed(world);
        world.takeCalls();
        const diff = await world.appcfg('diff', '--detailed-exitcode', '-o', 'json');
        expect(diff.exitCode).toBe(0);
        expect(diff.json.steps).toEqual([]);
        expect((await world.appcfg('sync', '--detailed-exitcode')).exitCode).toBe(0);
        expect(writes(world.takeCalls())).toEqual([]);
      }
      expect(world.emulator.violations()).toEqual([]);
    }),
    2,
  );
});

test('a run that is killed anywhere, and repeated, has the same end, with nothing done twice', async () => {
  const cuts = fc.array(fc.record({ calls: fc.nat(60), acting: fc.boolean() }), { minLength: 1, maxLength: 3 });
  await holds(
    fc.asyncProperty(smallTrees, edits, cuts, async (tree, change, times) => {
      const worlds = [createWorld(tree.files, inPipeline), createWorld(tree.files, inPipeline)];
      const ends: unknown[] = [];
      for (const [index, world] of worlds.entries()) {
        for (const files of [tree.files, edited(tree, change)]) {
          write(world, files);
          for (const { calls, acting } of index === 0 ? [] : times) {
            await world.appcfgWith({ requestHandler: killedAfter(world, calls, acting) }, 'sync');
          }
          const sync = await world.appcfg('sync');
          expect(sync.exitCode, sync.stderr).toBe(0);
        }
        expect(world.emulator.violations()).toEqual([]);
        const served = await expectServed(world);
        ends.push({ ...countsOf(world), served: [...served].map(([address, { text }]) => [address, text]).sort() });
      }
      expect(ends[1]).toEqual(ends[0]);
    }),
    2,
  );
});

interface Named {
  readonly name: string;
  readonly tags: Record<string, string>;
}

interface Snapshot {
  readonly accountRegions: readonly {
    readonly applications: readonly (Named & {
      readonly environments: readonly (Named & { readonly deployments: readonly unknown[] })[];
      readonly profiles: readonly (Named & { readonly versions: readonly unknown[] })[];
    })[];
    readonly strategies: readonly Named[];
  }[];
}

/** Counts of everything, by name. */
function countsOf(world: World) {
  // The snapshot is plain data; this is the part of it that is checked.
  const { accountRegions } = world.emulator.snapshot() as Snapshot;
  const applications = accountRegions.flatMap((accountRegion) => accountRegion.applications);
  const named = (parts: [string, number][]) => Object.fromEntries(parts.sort());
  return {
    deployments: named(
      applications.flatMap((a) =>
        a.environments.map((e): [string, number] => [`${a.name}/${e.name}`, e.deployments.length]),
      ),
    ),
    versions: named(
      applications.flatMap((a) => a.profiles.map((p): [string, number] => [`${a.name}/${p.name}`, p.versions.length])),
    ),
    strategies: accountRegions.flatMap((accountRegion) => accountRegion.strategies.map(({ name }) => name)),
  };
}

/** What may happen in AppConfig between two syncs. */
const happenings = fc.oneof(
  fc.record({ kind: fc.constant('edit' as const), contents: edits }),
  fc.record({
    kind: fc.constant('sync' as const),
    flags: fc.constantFrom<string[]>(
      [],
      ['--no-wait'],
      ['--supersede'],
      ['--retry-rolled-back'],
      ['--only', 'update'],
      ['--timeout', '40s'],
    ),
    profile: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('killed' as const), calls: fc.nat(40), acting: fc.boolean() }),
  fc.record({
    kind: fc.constant('others deploy' as const),
    content: fc.constantFrom('{"a": 1}', 'a: 2', '{a: 1.0, b: 1}', 'nonsense: [', '{"a": 7}'),
    target: fc.nat(99),
  }),
  fc.record({ kind: fc.constant('others stop' as const), target: fc.nat(99) }),
  fc.record({ kind: fc.constant('rollback' as const), contents: edits, target: fc.nat(99) }),
  fc.record({
    kind: fc.constant('alarm' as const),
    target: fc.nat(99),
    state: fc.constantFrom('ALARM' as const, 'OK' as const),
  }),
  fc.record({ kind: fc.constant('time' as const), minutes: fc.constantFrom(0.3, 1.2, 3, 20) }),
);
type Happening = typeof happenings extends fc.Arbitrary<infer T> ? T : never;

async function happen(happening: Happening, world: World, tree: SmallTree): Promise<void> {
  const others = new OtherClient(world.emulator);
  const pick = (names: readonly string[], target: number) => names[target % names.length] ?? '';
  const environmentOf = (target: number): [string, string] => [
    pick(tree.tenants, target),
    pick(tree.environments, Math.floor(target / 2)),
  ];
  switch (happening.kind) {
    case 'edit':
      return write(world, edited(tree, happening.contents));
    case 'sync': {
      const { flags, profile } = happening;
      await world.appcfg('sync', ...flags, ...(profile ? ['-p', tree.profiles[0] ?? ''] : []));
      return;
    }
    case 'killed':
      await world.appcfgWith({ requestHandler: killedAfter(world, happening.calls, happening.acting) }, 'sync');
      return;
    case 'others deploy': {
      const [application, environment] = environmentOf(happening.target);
      const configurationProfile = pick(tree.profiles, happening.target);
      await refusable(others.deploy({ application, environment, configurationProfile, content: happening.content }));
      return;
    }
    case 'rollback':
      write(world, edited(tree, happening.contents));
      await world.appcfg('sync', '--no-wait', '-p', tree.profiles[0] ?? '');
      return refusable(others.stop(...environmentOf(happening.target)));
    case 'others stop':
      return refusable(others.stop(...environmentOf(happening.target)));
    case 'alarm': {
      const [application, environment] = environmentOf(happening.target);
      if (!(await others.environments()).includes(`${application}/${environment}`)) return;
      return world.emulator.setAlarm({ application, environment, state: happening.state });
    }
    case 'time':
      return world.clock.advance(happening.minutes * 60_000);
    default:
      return happening satisfies never;
  }
}

/** AppConfig refuses what cannot be done at that time: a busy environment, nothing to stop. */
async function refusable(doing: Promise<void>): Promise<void> {
  await doing.catch((error: { $metadata?: { httpStatusCode?: number } }) => {
    if ((error.$metadata?.httpStatusCode ?? 500) >= 500) throw error;
  });
}

const histories = fc.array(happenings, { minLength: 3, maxLength: 9 });

test('whatever happened before, a sync deploys what no guard blocks, and blocks only what was rolled back', async () => {
  await holds(
    fc.asyncProperty(smallTrees, histories, async (tree, history) => {
      const world = createWorld(tree.files, inPipeline);
      for (const happening of history) await happen(happening, world, tree);
      await clearAlarms(world);
      const quarantined = history.some((each) => each.kind === 'sync' && each.flags.includes('--supersede'))
        ? []
        : await rolledBack(world);
      const sync = await world.appcfg('sync', '--adopt', '--overwrite-drift', '-o', 'json');
      const diff = await world.appcfg('diff', '--adopt', '--overwrite-drift', '-o', 'json');
      const blocked = (diff.json.addresses as PlannedAddress[]).filter(({ action }) => action === 'blocked');
      expect(sync.exitCode, sync.stderr).toBe(blocked.length === 0 ? 0 : 5);
      expect(blocked.map(({ blockedBy }) => blockedBy)).toEqual(blocked.map(() => 'guard-rolled-back'));
      expect(diff.json.steps, 'nothing is left to do beside what is blocked').toEqual([]);
      await expectServed(
        world,
        blocked.map(({ address }) => address),
      );
      // Or the same change was, at another address.
      for (const { address, changeGroup } of blocked) {
        const like = blocked.filter((each) => each.address === address || each.changeGroup === changeGroup);
        const rolled = await Promise.all(like.map((each) => wasRolledBack(world, each.address)));
        expect(rolled, address).toContain(true);
      }
      expect(blocked.map(({ address }) => address)).toEqual(expect.arrayContaining(quarantined));
      const retried = await world.appcfg('sync', '--adopt', '--overwrite-drift', '--retry-rolled-back');
      expect(retried.exitCode, retried.stderr).toBe(0);
      await expectServed(world);
      world.takeCalls();
      expect((await world.appcfg('sync')).exitCode).toBe(0);
      expect(writes(world.takeCalls())).toEqual([]);
      expect(world.emulator.violations()).toEqual([]);
    }),
    4,
  );
});

async function clearAlarms(world: World): Promise<void> {
  for (const path of await new OtherClient(world.emulator).environments()) {
    const [application = '', environment = ''] = path.split('/');
    world.emulator.setAlarm({ application, environment, state: 'OK' });
  }
  // A deployment that was started while an alarm was on is still rolled back; that must not happen to the sync under test.
  world.clock.advance(60_000);
}

/** Addresses whose newest deployment was of the desired content and was rolled back, and that do not serve it otherwise. */
async function rolledBack(world: World): Promise<string[]> {
  const others = new OtherClient(world.emulator);
  const known = await others.environments();
  const served = await others.served();
  const found: string[] = [];
  for (const [address, { versionLabel }] of await rendered(world)) {
    const [application, environment] = address.split('/');
    if (!known.includes(`${application}/${environment}`)) continue;
    const [newest] = await others.deploymentsOf(address);
    if (newest?.state !== 'ROLLED_BACK' && newest?.state !== 'REVERTED') continue;
    if (newest.versionLabel === versionLabel && served.get(address)?.versionLabel !== versionLabel) found.push(address);
  }
  return found;
}

/** A deployment of the desired content to the address was rolled back. */
async function wasRolledBack(world: World, address: string): Promise<boolean> {
  const wanted = (await rendered(world)).get(address);
  const deployments = await new OtherClient(world.emulator).deploymentsOf(address);
  return deployments.some(
    ({ state, versionLabel, text }) =>
      (state === 'ROLLING_BACK' || state === 'ROLLED_BACK' || state === 'REVERTED') &&
      (versionLabel === wanted?.versionLabel || sameValue(text, wanted?.text ?? '')),
  );
}

function sameValue(text: string, wanted: string): boolean {
  try {
    expect(load(text)).toEqual(load(wanted));
    return true;
  } catch {
    return false;
  }
}

const commands = fc.array(
  fc.oneof(
    fc.record({ edit: edits }),
    fc.record({ leaves: fc.constantFrom('one', 'two') }),
    fc.record({
      run: fc.constantFrom(
        'sync',
        'sync --supersede',
        'sync --retry-rolled-back',
        'cleanup --all --yes',
        'cleanup --all --include-adopted --yes',
        'cleanup --orphans --max-deletes 100% --yes',
        'cleanup --tenant one --yes',
        'cleanup --tenant * --include-adopted --max-deletes 100% --yes',
      ),
    }),
  ),
  { minLength: 2, maxLength: 6 },
);

test('nothing unmanaged is ever changed or deleted', async () => {
  await holds(
    fc.asyncProperty(smallTrees, commands, fc.boolean(), async (tree, happenings, inside) => {
      const tenantOfOthers = {
        'appcfg.yml': 'project: other/config\n',
        'template/A.yml': 'a: 1',
        'tenants/three/dev/.gitkeep': '',
      };
      const world = createWorld(tenantOfOthers, inPipeline);
      const others = new OtherClient(world.emulator);
      await world.appcfg('sync');
      world.write('tenants', undefined);
      world.write('template', undefined);
      write(world, tree.files);
      const content = 'a: 1';
      await others.deploy({ application: 'stranger', environment: 'dev', configurationProfile: 'A', content });
      // One of the tree's applications existed before it.
      await others.deploy({ application: 'two', environment: 'dev', configurationProfile: 'A', content });
      await others.createStrategy('own');
      if (inside) {
        await world.appcfg('sync');
        await others.deploy({ application: 'one', environment: 'theirs', configurationProfile: 'Theirs', content });
      }
      world.clock.advance(3 * 60_000);
      const before = unmanagedResources(world);
      for (const happening of happenings) {
        if ('edit' in happening) write(world, edited(tree, happening.edit));
        else if ('run' in happening) await world.appcfg(...happening.run.split(' '));
        else if (existsSync(join(world.directory, 'tenants', happening.leaves))) {
          world.write(`tenants/${happening.leaves}`, undefined);
          world.write('tenants/.gitkeep', '');
        }
        expect(unmanagedResources(world)).toEqual(before);
      }
    }),
    15,
  );
});

/** Everything that `acme/config` must not touch, in full. */
function unmanagedResources(world: World): unknown {
  const isManaged = ({ tags }: Named) => tags['appcfg:project'] === 'acme/config';
  const { accountRegions } = world.emulator.snapshot() as Snapshot;
  const applications = accountRegions.flatMap((accountRegion) => accountRegion.applications);
  return structuredClone([
    applications.filter((application) => !isManaged(application)),
    applications.flatMap(({ environments }) => environments.filter((environment) => !isManaged(environment))),
    applications.flatMap(({ profiles }) => profiles.filter((profile) => !isManaged(profile))),
    accountRegions.flatMap(({ strategies }) => strategies.filter((strategy) => !isManaged(strategy))),
  ]);
}
