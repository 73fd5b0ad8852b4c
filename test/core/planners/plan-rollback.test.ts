// How a lane's history decides what a rollback does: small random histories, and a model of what AppConfig makes of the plan.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assessRollback } from '../../../src/core/assess/assess-rollback.ts';
import type { RollbackRequest } from '../../../src/core/assess/rollback-verdict.ts';
import {
  type DeploymentDescription,
  formatDescription,
  parseDescription,
} from '../../../src/core/live/deployment-description.ts';
import { Facts, type FactValues } from '../../../src/core/live/facts.ts';
import type { LiveDeployment } from '../../../src/core/live/live-state.ts';
import {
  formatVersionReference,
  parseVersionReference,
  type VersionReference,
} from '../../../src/core/live/version-reference.ts';
import { formatAddress, type Subject } from '../../../src/core/model/address.ts';
import type { DeploymentState } from '../../../src/core/model/resource.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import { planRollback, type RollbackState } from '../../../src/core/planners/plan-rollback.ts';
import type { Policy } from '../../../src/core/settings/policy.ts';
import { policy as syncPolicy } from '../../support/guard-inputs.ts';
import { holds } from '../../support/properties.ts';

const hour = 3_600_000;
const now = Date.parse('2026-03-01T12:00:00Z');
const profiles = ['A', 'B'];
const bad = 'bad0000000000000000000000000000000000000';

interface Row {
  readonly number: number;
  readonly profile: string;
  readonly version: number;
  readonly state: DeploymentState;
  readonly provenance: DeploymentDescription;
  readonly completedAt: number;
}

/** Versions 1 and 2 have labels of appcfg; 3 to 6 were made by scripts, and 4 has the content of 1, 5 that of 2. */
function labelOf(version: number): string | undefined {
  return version <= 2 ? `sha256-${String(version).repeat(32)}` : undefined;
}

function textOf(version: number): string {
  return `{"v": ${version % 3}}`;
}

const policy: Policy = {
  ...syncPolicy,
  accountRegion: { id: 'unknown/us-east-1', account: undefined, region: 'us-east-1', roleArn: undefined },
  origin: { commit: bad, dirty: false, pipeline: undefined, url: undefined },
};

interface Situation {
  readonly rows: readonly Row[];
  readonly deleted: readonly number[];
  readonly owner: string;
}

function stateOf({ rows, deleted, owner }: Situation): RollbackState {
  const facts = new Facts();
  const learn = <K extends keyof FactValues>(fact: Parameters<Facts['learn']>[0], answer: FactValues[K]) =>
    facts.learn(fact, answer);
  learn<'tags'>({ kind: 'tags' }, { 'appcfg:project': owner });
  for (const { number, provenance } of rows) {
    learn<'deployment'>(
      { kind: 'deployment', environmentId: 'e', deploymentNumber: number },
      { description: formatDescription(provenance), rollbackReason: undefined },
    );
  }
  for (const profileId of profiles) {
    for (let versionNumber = 1; versionNumber <= 7; versionNumber += 1) {
      const versionLabel = labelOf(versionNumber);
      const isThere = versionNumber <= 6 && !deleted.includes(versionNumber);
      learn<'version'>(
        { kind: 'version', profileId, versionNumber },
        isThere ? { text: textOf(versionNumber), contentType: 'application/json', versionLabel } : 'missing',
      );
      if (versionLabel !== undefined) {
        learn<'label'>({ kind: 'label', profileId, versionLabel }, isThere ? versionNumber : 'missing');
      }
    }
  }
  const deployments = rows.map(
    (row): LiveDeployment => ({
      number: row.number,
      profileId: row.profile,
      versionNumber: row.version,
      versionLabel: labelOf(row.version),
      state: row.state,
      strategy: { durationMinutes: 1, bakeMinutes: 1, growthFactor: 50, growthType: 'LINEAR' },
      startedAt: undefined,
      completedAt: row.state === 'COMPLETE' ? new Date(row.completedAt).toISOString() : undefined,
    }),
  );
  const configurationProfiles = profiles.map((name) => ({
    id: name,
    name,
    type: 'AWS.Freeform',
    locationUri: 'hosted',
  }));
  const environment = { id: 'e', name: 'dev', monitors: [], configurationProfiles, deployments, complete: true };
  return {
    applications: [{ tenant: 'one', id: 'a', name: 'one', environments: [environment], facts }],
    deploymentStrategies: undefined,
    strategyNumbers: new Map(),
  };
}

function planOf(situation: Situation, request: RollbackRequest, how: Partial<Policy> = {}): Plan {
  const options = { request, policy: { ...policy, ...how }, now, deploymentStrategy: undefined };
  const state = stateOf(situation);
  const plan = planRollback(state, options);
  for (const application of state.applications) {
    expect(assessRollback(application, options).map(({ outcome }) => outcome.kind)).not.toContain('pending');
    expect(application.facts.takeWanted(), 'unknown facts').toEqual([]);
  }
  expect(JSON.parse(JSON.stringify(plan))).toEqual(JSON.parse(JSON.stringify(structuredClone(plan))));
  expect(new Set(plan.steps.map(({ id }) => id)).size).toBe(plan.steps.length);
  return plan;
}

/** What AppConfig's history is after the plan. */
function carriedOut(plan: Plan, situation: Situation): Situation {
  let rows = [...situation.rows];
  for (const step of plan.steps) {
    if (step.operation === 'StopDeployment') {
      rows = rows.map((row) =>
        row.number !== step.deploymentNumber
          ? row
          : { ...row, state: row.state === 'COMPLETE' ? 'REVERTED' : 'ROLLED_BACK' },
      );
    } else if (step.operation === 'AwaitDeployment') {
      rows = rows.map((row) => (row.number === step.deploymentNumber ? { ...row, state: 'COMPLETE' } : row));
    } else if (step.operation === 'StartDeployment') {
      // What of another profile keeps the lane busy is waited for; of this one there must be nothing left.
      rows = rows.map((each) =>
        isRunning(each.state) && each.profile !== step.configurationProfile ? { ...each, state: 'COMPLETE' } : each,
      );
      expect(
        rows.some(({ state }) => isRunning(state)),
        'two in flight in one lane',
      ).toBe(false);
      const version = step.version.versionNumber ?? 0;
      expect(labelOf(version)).toBe(step.version.versionLabel);
      expect(situation.deleted).not.toContain(version);
      const provenance = parseDescription(step.description);
      const number = (rows[0]?.number ?? 0) + 1;
      rows.unshift({
        number,
        profile: step.configurationProfile,
        version,
        state: 'COMPLETE',
        provenance,
        completedAt: now,
      });
    }
  }
  return { ...situation, rows };
}

function isRunning(state: DeploymentState): boolean {
  return state === 'DEPLOYING' || state === 'BAKING' || state === 'VALIDATING';
}

function live(situation: Situation, profile: string): Row | undefined {
  return situation.rows.find((row) => row.profile === profile && row.state === 'COMPLETE');
}

function newest(situation: Situation, profile: string): Row | undefined {
  return situation.rows.find((row) => row.profile === profile);
}

const row = fc.record({
  profile: fc.constantFrom(...profiles),
  version: fc.integer({ min: 1, max: 6 }),
  state: fc.constantFrom<DeploymentState>('COMPLETE', 'COMPLETE', 'COMPLETE', 'ROLLED_BACK', 'REVERTED'),
  commit: fc.constantFrom(undefined, bad, bad, 'good100000000000000000000000000000000000'),
  quarantines: fc.constantFrom<readonly VersionReference[] | undefined>(
    undefined,
    undefined,
    undefined,
    [{ label: labelOf(2) ?? '' }],
    [{ number: 4 }],
  ),
  hours: fc.constantFrom(1, 71, 73, 500),
});
const situations: fc.Arbitrary<Situation> = fc
  .record({
    rows: fc.array(row, { maxLength: 8 }),
    running: fc.constantFrom<DeploymentState | undefined>(undefined, undefined, 'DEPLOYING', 'BAKING'),
    deleted: fc.constantFrom<readonly number[]>([], [], [1], [4, 2]),
  })
  .map(({ rows, running, deleted }) => ({
    deleted,
    owner: 'acme/config',
    rows: rows.map(({ commit, quarantines, hours, ...each }, index) => ({
      ...each,
      // An older one does not run while newer ones are over.
      state: index === 0 && running !== undefined ? running : each.state,
      number: rows.length - index,
      provenance: { commit, quarantines },
      completedAt: now - hours * hour,
    })),
  }));

test('a rollback of the newest deployments restores what the plan shows, and a second one does nothing', async () => {
  await holds(
    fc.property(situations, (situation) => {
      const plan = planOf(situation, { kind: 'newest' });
      expect(plan.addresses.map(({ address }) => formatAddress(address))).toEqual(['one/dev/A', 'one/dev/B']);
      const after = carriedOut(plan, situation);
      for (const { address, action, desired } of plan.addresses) {
        const profile = address.configurationProfile ?? '';
        const [was, is] = [live(situation, profile), live(after, profile)];
        if (action !== 'update') {
          if (action !== 'await') expect(is).toEqual(was);
          continue;
        }
        expect(is?.version).toBe(desired?.versionNumber);
        const isStop = isRunning(newest(situation, profile)?.state ?? 'COMPLETE');
        const isReported = ![is, was].some((each) => situation.deleted.includes(each?.version ?? 0));
        if (!isStop && isReported) expect(textOf(is?.version ?? 0)).not.toBe(textOf(was?.version ?? 0));
      }
      expect(planOf(after, { kind: 'newest' }).steps).toEqual([]);
    }),
    150,
  );
});

test('what a commit deployed is neither live nor in flight after it was rolled back', async () => {
  await holds(
    fc.property(situations, fc.boolean(), (situation, supersede) => {
      const request: RollbackRequest = { kind: 'commit', commit: bad.slice(0, 7) };
      const plan = planOf(situation, request, { supersede });
      const after = carriedOut(plan, situation);
      const plannedBy = new Map(plan.addresses.map((each) => [formatAddress(each.address), each]));
      for (const profile of profiles) {
        const planned = plannedBy.get(`one/dev/${profile}`);
        const isFrom = (each: Row | undefined) => each?.provenance.commit === bad;
        const [top, is] = [newest(after, profile), live(after, profile)];
        const unchanged = after.rows.some(
          (each) =>
            each.profile === profile &&
            each.state === 'COMPLETE' &&
            !isFrom(each) &&
            textOf(each.version) === textOf(is?.version ?? 0),
        );
        const stays = (isFrom(is) && !unchanged) || (isRunning(top?.state ?? 'COMPLETE') && isFrom(top));
        if (planned === undefined) {
          expect(stays).toBe(false);
          // Other profiles end by themselves.
          if (!isRunning(newest(situation, profile)?.state ?? 'COMPLETE')) expect(is).toEqual(live(situation, profile));
        }
        if (planned?.action === 'update') {
          expect(stays).toBe(false);
          const put = live(situation, profile)?.provenance.quarantines ?? [];
          const isBack = is !== undefined && is.number !== live(situation, profile)?.number;
          if (isBack) expect(put.map(formatVersionReference)).not.toContain(labelOf(is.version) ?? String(is.version));
        }
      }
      const isBlocked = (address: Subject) => plannedBy.get(formatAddress(address))?.action === 'blocked';
      expect(planOf(after, request, { supersede }).steps.filter(({ subject: address }) => !isBlocked(address))).toEqual(
        [],
      );
    }),
    150,
  );
});

test('--to deploys exactly that version, once', async () => {
  await holds(
    fc.property(situations, fc.integer({ min: 1, max: 7 }), fc.boolean(), (situation, version, byLabel) => {
      const asked = (byLabel ? labelOf(version) : undefined) ?? String(version);
      const request: RollbackRequest = { kind: 'version', version: parseVersionReference(asked) };
      const plan = planOf(situation, request);
      const after = carriedOut(plan, situation);
      for (const { address, action, blockedBy } of plan.addresses) {
        const is = live(after, address.configurationProfile ?? '');
        if (action === 'blocked') {
          expect(['version-missing', 'rollback-target-missing']).toContain(blockedBy?.code);
          expect(is).toEqual(live(situation, address.configurationProfile ?? ''));
        } else expect(is?.version).toBe(version);
      }
      expect(planOf(after, request).steps).toEqual([]);
    }),
    150,
  );
});

test('an unmanaged application stays as it is', async () => {
  await holds(
    fc.property(situations, (situation) => {
      const plan = planOf({ ...situation, owner: 'other/config' }, { kind: 'newest' });
      expect(plan.steps.filter(({ operation }) => operation !== 'AwaitDeployment')).toEqual([]);
    }),
    100,
  );
});

test('every replaced version is quarantined, the newest first', () => {
  const rows = [
    { version: 2, commit: bad, quarantines: [{ number: 6 }] },
    { version: 3, commit: bad },
    { version: 1, commit: 'good1' },
  ].map(
    ({ version, commit, quarantines }, index): Row => ({
      number: 3 - index,
      profile: 'A',
      version,
      state: 'COMPLETE',
      provenance: { commit, quarantines },
      completedAt: now - hour,
    }),
  );
  const plan = planOf({ rows, deleted: [], owner: 'acme/config' }, { kind: 'commit', commit: bad });
  const [start] = plan.steps.filter((step) => step.operation === 'StartDeployment');
  expect(parseDescription(start?.description ?? '')).toMatchObject({
    commit: 'good1',
    quarantines: [{ label: labelOf(2) }, { number: 3 }, { number: 6 }],
    project: 'acme/config',
  });
});
