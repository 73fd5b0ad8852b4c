import { expect, test } from 'vitest';
import type { Inventory, InventoryApplication, InventoryEnvironment } from '../../../src/core/live/inventory.ts';
import { tagsOfAdopted, tagsOfCreated } from '../../../src/core/live/ownership.ts';
import type { Tags } from '../../../src/core/model/resource.ts';
import type { CleanupTarget } from '../../../src/core/planners/cleanup-selection.ts';
import { type CleanupPolicy, planCleanup } from '../../../src/core/planners/plan-cleanup.ts';
import { desiredApplication } from '../../support/desired.ts';
import { policy as runPolicy } from '../../support/guard-inputs.ts';

const { project, accountRegion } = runPolicy;
const managed = tagsOfCreated(project, {});
const adopted = tagsOfAdopted(project, {});

const policy: CleanupPolicy = {
  project,
  includeAdopted: false,
  tenantOf: (name) => name,
  maxDeletes: { percent: 100 },
};

/** With the profile `Limits`, which has the versions 1 and 2, in the environments. */
function application(name: string, environments: readonly string[], tags: Tags = managed): InventoryApplication {
  return {
    id: name,
    name,
    tags,
    environments: environments.map((each) => environment(each, tags)),
    configurationProfiles: [{ id: 'p', name: 'Limits', tags, versions: [1, 2] }],
  };
}

function environment(name: string, tags: Tags = managed): InventoryEnvironment {
  return { id: name, name, tags, inFlight: undefined };
}

function cleanup(
  applications: readonly InventoryApplication[],
  target: CleanupTarget,
  how: Partial<CleanupPolicy> & Partial<Pick<Inventory, 'deploymentStrategies'>> = {},
) {
  const { deploymentStrategies = [], ...rules } = how;
  const inventory = { applications, deploymentStrategies };
  return planCleanup([{ accountRegion, isOwn: true, inventory, target }], { ...policy, ...rules });
}

const all: CleanupTarget = { kind: 'all' };

/** @param literal the names that were given without a glob */
function named(names: readonly string[], literal = names): CleanupTarget {
  return { kind: 'applications', names: new Set(names), literal: new Set(literal) };
}

function ids(plan: ReturnType<typeof cleanup>): readonly string[] {
  return plan.steps.map(({ id }) => id);
}

test('an application is deleted from the inside: environments, versions, profiles, itself', () => {
  const plan = cleanup([application('one', ['dev'])], named(['one']));
  expect(plan.steps.map(({ id, after }) => [id, ...after])).toEqual([
    ['DeleteEnvironment one/dev'],
    ['DeleteHostedConfigurationVersion one/*/Limits 1', 'DeleteEnvironment one/dev'],
    ['DeleteHostedConfigurationVersion one/*/Limits 2', 'DeleteEnvironment one/dev'],
    [
      'DeleteConfigurationProfile one/*/Limits',
      'DeleteHostedConfigurationVersion one/*/Limits 1',
      'DeleteHostedConfigurationVersion one/*/Limits 2',
    ],
    ['DeleteApplication one', 'DeleteEnvironment one/dev', 'DeleteConfigurationProfile one/*/Limits'],
  ]);
  expect(plan.addresses).toMatchObject([{ address: { tenant: 'one', environment: 'dev' }, action: 'delete' }]);
  expect(plan).toMatchObject({ problems: [], refusals: [] });
});

test('a deployment in flight is stopped before its environment is deleted', () => {
  const inFlight = { deploymentNumber: 7, configurationProfileId: 'p' };
  const busy = { ...application('one', []), environments: [{ ...environment('dev'), inFlight }] };
  const [stop, remove] = cleanup([busy], all).steps;
  expect(stop).toMatchObject({ operation: 'StopDeployment', deploymentNumber: 7 });
  expect(remove).toMatchObject({ operation: 'DeleteEnvironment', after: [stop?.id] });
});

test('only what was asked for is deleted', () => {
  const both = [application('one', ['dev']), application('two', ['dev'])];
  expect(ids(cleanup(both, named(['two']))).at(-1)).toBe('DeleteApplication two');
  expect(ids(cleanup(both, named(['two']))).filter((id) => id.includes('one'))).toEqual([]);
  expect(ids(cleanup(both, all)).filter((id) => id.startsWith('DeleteApplication'))).toHaveLength(2);
});

test('of orphans, the parts that the tree has are kept', () => {
  const found = [application('one', ['dev', 'qa']), application('two', ['dev'])];
  const plan = cleanup(found, { kind: 'orphans', desired: [desiredApplication('one', 'dev')] });
  expect(ids(plan).filter((id) => / one\b/.test(id))).toEqual(['DeleteEnvironment one/qa']);
  expect(ids(plan).at(-1)).toBe('DeleteApplication two');
  expect(plan.refusals).toEqual([]);
});

test('an application of another project is kept: an error if it was named literally, otherwise a warning', () => {
  const otherProject = [application('one', ['dev'], tagsOfCreated('acme/other', {}))];
  const literally = cleanup(otherProject, named(['one']));
  expect(literally).toMatchObject({ steps: [], problems: [{ code: 'guard-owner', severity: 'error' }] });
  const byGlob = cleanup(otherProject, named(['one'], []));
  expect(byGlob).toMatchObject({ steps: [], problems: [{ code: 'deletion-skipped', severity: 'warning' }] });
});

test('an application with an unmanaged part is kept whole', () => {
  const mixed = { ...application('one', []), environments: [environment('dev'), environment('scratch', {})] };
  const plan = cleanup([mixed], all);
  expect(plan).toMatchObject({ steps: [], problems: [{ code: 'guard-owner', severity: 'error' }] });
  expect(plan.problems[0]?.message).toContain('"scratch"');
});

test('what was adopted is kept, unless the user includes it', () => {
  const found = [application('one', ['dev'], adopted)];
  expect(cleanup(found, all)).toMatchObject({ steps: [], problems: [{ code: 'deletion-skipped' }] });
  expect(ids(cleanup(found, all, { includeAdopted: true }))).toContain('DeleteApplication one');
});

test('an orphaned environment that was adopted is kept, and the one beside it deleted', () => {
  const found = { ...application('one', ['dev']), environments: [environment('old'), environment('legacy', adopted)] };
  const plan = cleanup([found], { kind: 'orphans', desired: [desiredApplication('one', 'dev')] });
  expect(ids(plan)).toEqual(['DeleteEnvironment one/old']);
  expect(plan.problems).toMatchObject([
    { code: 'deletion-skipped', hint: { command: { args: ['--include-adopted'] } } },
  ]);
});

test('globs and orphans delete no more environments than the limit; literal names and --all do', () => {
  const found = [application('one', ['dev', 'qa']), application('two', ['dev'])];
  const limit = { maxDeletes: { count: 1 } };
  expect(cleanup(found, named(['one'], []), limit).refusals).toMatchObject([{ code: 'guard-deletes' }]);
  expect(cleanup(found, named(['two'], []), limit).refusals).toEqual([]);
  expect(cleanup(found, named(['one']), limit).refusals).toEqual([]);
  expect(cleanup(found, all, limit).refusals).toEqual([]);
});

test('an application without environments counts as one environment', () => {
  const found = [application('one', []), application('two', [])];
  const glob = named(['one', 'two'], []);
  expect(cleanup(found, glob, { maxDeletes: { count: 1 } }).refusals).toMatchObject([{ code: 'guard-deletes' }]);
  expect(cleanup(found, glob, { maxDeletes: { count: 2 } }).refusals).toEqual([]);
});

test('the guards judge all accounts and Regions together', () => {
  const elsewhere = { ...accountRegion, id: '111122223333/eu-west-1', region: 'eu-west-1' } as const;
  const at = (where: typeof accountRegion, name: string, isOwn: boolean) => ({
    accountRegion: where,
    isOwn,
    inventory: { applications: [application(name, ['dev'])], deploymentStrategies: [] },
    target: named([name], []),
  });
  const plan = planCleanup([at(accountRegion, 'one', true), at(elsewhere, 'two', false)], {
    ...policy,
    maxDeletes: { count: 1 },
  });
  expect(plan.refusals).toMatchObject([{ code: 'guard-deletes', message: expect.stringContaining('delete 2 of 2') }]);
});

test('orphans of a tree without tenants are refused', () => {
  const plan = cleanup([application('one', ['dev'])], { kind: 'orphans', desired: [] });
  expect(plan.refusals).toMatchObject([{ code: 'guard-empty' }]);
});

test('managed strategies are deleted last, and only with every managed application', () => {
  const numbers = { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: 'LINEAR' } as const;
  const strategy = (id: string, tags: Tags) => ({ id, name: 'instant', numbers, tags });
  const deploymentStrategies = [strategy('s1', managed), strategy('s2', {})];
  const found = [application('one', []), application('two', [])];
  const [last] = cleanup(found, all, { deploymentStrategies }).steps.slice(-1);
  expect(last).toMatchObject({
    id: 'DeleteDeploymentStrategy instant s1',
    after: ['DeleteApplication one', 'DeleteApplication two'],
  });
  const isStrategy = (id: string) => id.includes('instant');
  expect(ids(cleanup(found, all, { deploymentStrategies })).filter(isStrategy)).toHaveLength(1);
  expect(ids(cleanup(found, named(['one', 'two']), { deploymentStrategies })).filter(isStrategy)).toEqual([]);
  const withAdopted = [...found, application('three', [], adopted)];
  expect(ids(cleanup(withAdopted, all, { deploymentStrategies })).filter(isStrategy)).toEqual([]);
});
