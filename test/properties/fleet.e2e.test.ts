// The end of a sync of many tenants, whatever other clients did before, and whatever fails during it.

import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../src/core/model/address.ts';
import type { DesiredConfiguration } from '../../src/core/model/desired-state.ts';
import { createEngineWorld, type EngineRun, type EngineWorld, syncFleet } from '../support/engine.ts';
import {
  contentIn,
  contents,
  type Happening,
  happen,
  happenings,
  pagesOfDeployments,
  runOf,
  type Shape,
  shapes,
} from '../support/fleet-history.ts';
import { type HeldDeployment, type HeldProfile, type Inventory, inventoryOf } from '../support/inventory.ts';
import { OtherClient } from '../support/other-client.ts';
import { holds, times } from '../support/properties.ts';
import { killedAfter } from '../support/request-handlers.ts';

const faults = fc.record({
  operation: fc.constantFrom(
    '*',
    'CreateApplication',
    'CreateEnvironment',
    'CreateConfigurationProfile',
    'CreateHostedConfigurationVersion',
    'StartDeployment',
    'StartDeployment',
    'GetDeployment',
    'ListDeployments',
  ),
  kind: fc.constantFrom('throttle', 'error', 'drop-before', 'drop-after', 'slow', 'race'),
  // Two of them together never hit one call more often than a client must tolerate.
  times: fc.integer({ min: 1, max: 2 }),
  after: fc.nat(5),
  every: fc.integer({ min: 1, max: 3 }),
  delayMs: fc.constant(20_000),
});

const wants = fc.array(contents, { minLength: 1, maxLength: 5 });
const rounds = fc.record({
  wants,
  happenings: fc.oneof(
    { weight: 24, arbitrary: fc.array(happenings, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.tuple(pagesOfDeployments, happenings).map((both): Happening[] => both) },
  ),
  // A sync that is killed, or one whose deployments an alarm rolls back in one environment.
  before: fc.oneof(
    { weight: 10, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('killed' as const), calls: fc.nat(40), acting: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rolled back' as const), environment: fc.nat(99), wants }) },
  ),
  faults: fc.array(faults, { maxLength: 2 }),
  supersede: fc.boolean(),
  retryRolledBack: fc.boolean(),
});
type Round = typeof rounds extends fc.Arbitrary<infer T> ? T : never;

test(
  'after a sync every address is live, nothing was done twice, and the next plan is empty',
  async () => {
    let fleets = 0;
    await holds(
      fc.asyncProperty(shapes, fc.array(rounds, { minLength: 2, maxLength: 6 }), async (shape, history) => {
        const empty = createEngineWorld();
        const world = { ...empty, others: new OtherClient(empty.emulator) };
        await world.others.createStrategy('theirs');
        for (const round of history) {
          for (const happening of round.happenings) await happen(happening, world, shape);
          await runBefore(round, world, shape);
          await expectSync(round, world, shape);
        }
        fleets += 1;
      }),
      50,
      200,
    );
    // A run that its time limit cuts short proves less.
    expect(fleets).toBe(50 * times);
  },
  120_000 * times,
);

async function runBefore({ before, ...round }: Round, world: EngineWorld, shape: Shape): Promise<void> {
  if (before === undefined) return;
  const run = runOf(shape, before.kind === 'killed' ? round.wants : before.wants);
  if (before.kind === 'killed') {
    await syncFleet(world, { ...run, requestHandler: killedAfter(world, before.calls, before.acting) });
    return;
  }
  const environments = inventoryOf(world.emulator).applications.flatMap(({ name, environments }) =>
    environments.map((environment) => ({ application: name, environment: environment.name })),
  );
  const environment = environments[before.environment % environments.length];
  if (environment === undefined) return;
  world.emulator.setAlarm({ ...environment, state: 'ALARM' });
  await syncFleet(world, run);
  world.emulator.setAlarm({ ...environment, state: 'OK' });
  // A deployment that was started while it was on is still rolled back; that must not happen to the sync under test.
  world.clock.advance(60_000);
}

async function expectSync(round: Round, world: EngineWorld, shape: Shape): Promise<void> {
  const { supersede, retryRolledBack } = round;
  const { emulator } = world;
  const run: EngineRun = { ...runOf(shape, round.wants), options: { supersede, retryRolledBack } };
  const before = inventoryOf(emulator);
  for (const fault of round.faults) {
    // No other operation can lose that race.
    emulator.injectFault(fault.kind === 'race' ? { ...fault, operation: 'StartDeployment' } : fault);
  }
  const outcome = await syncFleet(world, run);
  emulator.clearFaults();
  const after = inventoryOf(emulator);
  const blocked = new Set(
    outcome.plan?.addresses.filter(({ action }) => action === 'blocked').map(({ address }) => formatAddress(address)),
  );
  const reasons = new Map(outcome.plan?.addresses.map(({ address, reason }) => [formatAddress(address), reason]));
  expect(outcome.errors.filter((error) => !error.startsWith('guard-rolled-back'))).toEqual([]);
  expect(outcome.exitCode).toBe(blocked.size === 0 ? 0 : 5);
  expect(emulator.violations()).toEqual([]);
  let started = 0;
  for (const desired of configurationsOf(run)) {
    const was = findHeld(before, desired);
    const is = findHeld(after, desired);
    const address = is.name;
    const made = is.deployments.filter(({ number }) => number > (was.deployments[0]?.number ?? 0));
    started += made.length;
    if (blocked.has(address)) {
      expect(retryRolledBack, address).toBe(false);
      // It was rolled back here, or the same change was at another address.
      const [, elsewhere = ''] = /^the same change was rolled back at (\S+)/.exec(reasons.get(address) ?? '') ?? [];
      const other = parseAddress(elsewhere);
      // That address is blocked itself only if it still wants that content.
      const { deployments, profile } = other === undefined ? was : findHeld(before, { address: other });
      const isRolledBack = deployments.some((d) => d.ending !== undefined && carries(d, profile, desired));
      expect(isRolledBack || blocked.has(elsewhere), address).toBe(true);
      expect(made, address).toEqual([]);
      continue;
    }
    expect(receivedBy(world, desired), address).toEqual(wantedBy(desired));
    // A deployment in flight may be stopped for another profile of the environment, and the earlier version is live again.
    if (!(supersede && made.length === 0 && was.busy))
      expect(made.length, address).toBe(isToCome(was, desired) ? 0 : 1);
  }
  expect(deploymentsIn(after) - deploymentsIn(before), 'deployments of content that is not desired').toBe(started);
  expectVersions(before, after, run);
  const { plan } = await syncFleet(world, run, true);
  expect(plan?.steps).toEqual([]);
  expect(
    new Set(plan?.addresses.filter(({ action }) => action === 'blocked').map(({ address }) => formatAddress(address))),
  ).toEqual(blocked);
}

function configurationsOf({ desired }: EngineRun): readonly DesiredConfiguration[] {
  return desired.flatMap(({ environments }) => environments.flatMap(({ configurations }) => configurations));
}

interface Held {
  readonly name: string;
  readonly profile: HeldProfile | undefined;
  /** Of this profile in this environment, newest first. */
  readonly deployments: readonly HeldDeployment[];
  /** The newest deployment of the environment may be in flight. */
  readonly busy: boolean;
}

function findHeld({ applications }: Inventory, { address }: Pick<DesiredConfiguration, 'address'>): Held {
  const { tenant, environment, configurationProfile } = address;
  const application = applications.find(({ name }) => name === tenant);
  const found = application?.environments.find(({ name }) => name === environment);
  const profile = application?.profiles.find(({ name }) => name === configurationProfile);
  return {
    name: `${tenant}/${environment}/${configurationProfile}`,
    profile,
    deployments: (found?.deployments ?? []).filter(({ profileId }) => profileId === profile?.id).reverse(),
    busy: found?.deployments.at(-1)?.ending === undefined,
  };
}

/** The desired content is live, or will be when the deployment in flight has ended. */
function isToCome({ profile, deployments }: Held, desired: DesiredConfiguration): boolean {
  const lasting = deployments.find(({ ending }) => ending === undefined);
  return lasting !== undefined && carries(lasting, profile, desired);
}

/** Compared by the label, where it is appcfg's; else by value. */
function carries(
  deployment: HeldDeployment,
  profile: HeldProfile | undefined,
  { content }: DesiredConfiguration,
): boolean {
  if (deployment.label?.startsWith('sha256-')) return deployment.label === content.versionLabel;
  const version = profile?.versions.find(({ number }) => String(number) === deployment.version);
  if (version === undefined) return false;
  return contentIn(Buffer.from(version.content, 'base64').toString()) === contentIn(content.text);
}

/** What a client receives: as rendered if appcfg deployed it, in its own form if another client did. */
function receivedBy({ emulator }: EngineWorld, { address, profileType, content }: DesiredConfiguration): unknown {
  const { tenant: application, environment, configurationProfile: profile } = address;
  const received = emulator.configuration({ application, environment, profile }, 'a client');
  const text = received.content.toString();
  if (received.label === content.versionLabel && profileType === 'AWS.Freeform') expect(text).toBe(content.text);
  const value = load(text);
  if (profileType === 'AWS.Freeform') return value;
  // During an experiment clients receive the flag's own value as a variant.
  const flags = Object.entries(value as Record<string, Record<string, unknown>>);
  return Object.fromEntries(flags.map(([key, { _variant, ...flag }]) => [key, flag]));
}

function wantedBy({ profileType, content }: DesiredConfiguration): unknown {
  const value = load(content.text);
  // Clients of flags receive their values alone.
  return profileType === 'AWS.Freeform' ? value : (value as { readonly values: unknown }).values;
}

function deploymentsIn({ applications }: Inventory): number {
  return applications.flatMap(({ environments }) => environments.flatMap(({ deployments }) => deployments)).length;
}

/** One version for each content, and no others. */
function expectVersions(before: Inventory, after: Inventory, run: EngineRun): void {
  const known = new Map(
    before.applications.flatMap(({ profiles }) => profiles.map(({ id, versions }) => [id, versions.length] as const)),
  );
  for (const application of after.applications) {
    for (const profile of application.profiles) {
      const labels = profile.versions.flatMap(({ label }) => (label?.startsWith('sha256-') ? [label] : []));
      expect(labels, `${application.name} ${profile.name}`).toEqual([...new Set(labels)]);
      const wanted = configurationsOf(run)
        .filter(({ address }) => address.tenant === application.name && address.configurationProfile === profile.name)
        .map(({ content }) => content.versionLabel);
      const made = profile.versions.slice(known.get(profile.id) ?? 0);
      expect(wanted, `${application.name} ${profile.name}`).toEqual(
        expect.arrayContaining(made.map(({ label }) => label)),
      );
    }
  }
}
