// Two syncs at the same time, with their calls and responses in any order, have the same end as one after the other.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDescription } from '../../src/core/live/deployment-description.ts';
import { formatAddress } from '../../src/core/model/address.ts';
import type { CommitRelation } from '../../src/core/model/origin.ts';
import {
  createEngineWorld,
  type EngineOutcome,
  type EngineRun,
  type EngineWorld,
  syncFleet,
} from '../support/engine.ts';
import { contents, runOf, shapes } from '../support/fleet-history.ts';
import { endOf, inventoryOf } from '../support/inventory.ts';
import { holds } from '../support/properties.ts';
import { faraway } from '../support/request-handlers.ts';

const wants = fc.array(contents, { minLength: 1, maxLength: 5 });
const delays = fc.array(fc.constantFrom(0, 0, 1, 20, 300, 2_000, 15_000, 90_000), { minLength: 1, maxLength: 12 });
const both = fc.record({
  before: fc.option(wants, { nil: undefined }),
  wants: fc.tuple(wants, wants),
  delays: fc.tuple(delays, delays),
});

test('two syncs of one tree at once have the same end as one after the other, with no environment deployed twice', async () => {
  await holds(
    fc.asyncProperty(shapes, both, async (shape, { before, wants: [wanted], delays: [first, second] }) => {
      const run = asOf(runOf(shape, wanted), 1);
      const [together, apart] = [createEngineWorld(), createEngineWorld()];
      for (const world of [together, apart]) await prepare(world, before && runOf(shape, before));
      const outcomes = await Promise.all(
        [first, second].map((each) => syncFleet(together, { ...run, requestHandler: faraway(together, each) })),
      );
      await syncFleet(apart, run);
      expect(outcomes.map(({ errors }) => errors)).toEqual([[], []]);
      expect(together.emulator.violations()).toEqual([]);
      const end = endOf(together.emulator);
      // Names of strategies are not unique in AppConfig, so both may have created it. The one with the lower id is used from then on.
      expect({ ...end, strategies: end.strategies.slice(0, 1) }).toEqual(endOf(apart.emulator));
      expect((await syncFleet(together, run, true)).plan?.steps).toEqual([]);
    }),
    15,
  );
});

test('of two pipelines at once, the newer one decides wherever both deploy', async () => {
  await holds(
    fc.asyncProperty(shapes, both, fc.boolean(), async (shape, { before, wants: [old, young], delays }, git) => {
      const world = createEngineWorld();
      await prepare(world, before && runOf(shape, before));
      const runs = [asOf(runOf(shape, old), 1, git), asOf(runOf(shape, young), 2, git)] as const;
      const [older, newer] = await Promise.all(
        runs.map((run, index) => syncFleet(world, { ...run, requestHandler: faraway(world, delays[index] ?? []) })),
      );
      expect(world.emulator.violations()).toEqual([]);
      expect(newer?.errors).toEqual([]);
      expect(older?.errors.filter((error) => !error.startsWith('guard-newer'))).toEqual([]);
      expectOrder(world, runs[1], newer);
    }),
    15,
  );
});

/** The run of a pipeline. Where Git does not know the other's commit, the pipelines' numbers decide. */
function asOf(run: EngineRun, pipeline: number, git = true): EngineRun {
  const origin = { commit: commitOf(pipeline), dirty: false, pipeline, url: undefined };
  const relationTo = async (commit: string): Promise<CommitRelation> => {
    if (!git) return 'unknown';
    const order = [0, 1, 2].map(commitOf).indexOf(commit) - pipeline;
    return order === 0 ? 'same' : order < 0 ? 'older' : 'newer';
  };
  return { ...run, origin, relationTo };
}

function commitOf(pipeline: number): string {
  return String(pipeline).repeat(40);
}

async function prepare(world: EngineWorld, run: EngineRun | undefined): Promise<void> {
  if (run !== undefined) expect((await syncFleet(world, asOf(run, 0))).errors).toEqual([]);
}

/** Each run deployed an address once at most, the older one never after the newer, and what the newer one deployed is live. */
function expectOrder(world: EngineWorld, newer: EngineRun, outcome: EngineOutcome | undefined): void {
  const deployed = new Set(
    outcome?.plan?.addresses
      .filter(({ action }) => action !== 'unchanged')
      .map(({ address }) => formatAddress(address)),
  );
  for (const { name: tenant, environments, profiles } of inventoryOf(world.emulator).applications) {
    for (const environment of environments) {
      for (const profile of profiles) {
        const address = `${tenant}/${environment.name}/${profile.name}`;
        const own = environment.deployments.filter(({ profileId }) => profileId === profile.id);
        const pipelines = own.map(({ description = '' }) => parseDescription(description).pipeline ?? 0);
        expect(pipelines, address).toEqual([...new Set(pipelines)].sort());
        const wanted = newer.desired
          .flatMap((application) => application.environments.flatMap(({ configurations }) => configurations))
          .find(({ address: { environment: e, configurationProfile: p, tenant: t } }) => `${t}/${e}/${p}` === address);
        if (deployed.has(address)) expect(own.at(-1)?.label, address).toBe(wanted?.content.versionLabel);
      }
    }
  }
}
