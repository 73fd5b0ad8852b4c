// What of a plan is worth showing, as data. Words, colors and widths are for those who draw it.

import type { AccountRegionId } from '../../core/model/account-region.ts';
import { type Address, formatAddress, type Subject } from '../../core/model/address.ts';
import { groupsBy } from '../../core/model/groups-by.ts';
import type { ApplicationEnvironment } from '../../core/model/lane.ts';
import { applicationKey } from '../../core/model/lane.ts';
import { isRecord } from '../../core/plan/operations.ts';
import type { ChangeGroup, Plan, PlannedAddress, PlannedWave } from '../../core/plan/plan.ts';
import type { Operation, Step } from '../../core/plan/step.ts';
import { addressesWith, countOf, summaryOf } from './plan-summary.ts';

/** What a line is about; the account and Region only where a run is in several. */
export interface Located {
  readonly subject: Subject;
  readonly accountRegion?: AccountRegionId | undefined;
}

/** What an address or a step of the plan is about; a single account and Region is not worth showing. */
export function locatedIn({ accountRegions }: Plan): (item: Step | PlannedAddress) => Located {
  return (item) => ({
    subject: 'subject' in item ? item.subject : item.address,
    accountRegion: accountRegions.length === 1 ? undefined : item.accountRegion,
  });
}

/** An environment by the name of its application; a single account and Region is not worth showing. */
export function environmentName(of: ApplicationEnvironment, { accountRegions }: Plan): string {
  const where = accountRegions.length === 1 ? '' : `${of.accountRegion} `;
  return `${where}${of.application}/${of.environment}`;
}

/** `nothing-in-stage`: this stage has nothing to do, and the next has. */
export type Verdict =
  | 'comparison'
  | 'rollback'
  | 'nothing-to-roll-back'
  | 'refused'
  | 'nothing-in-stage'
  | 'nothing-to-do'
  | 'nothing-to-delete'
  | 'plan';

export function verdictOf(plan: Plan): Verdict {
  const { kind, steps, refusals } = plan;
  const { blocked, drifted } = summaryOf(plan);
  if (kind === 'comparison') return 'comparison';
  if (kind === 'rollback') return steps.length + blocked > 0 ? 'rollback' : 'nothing-to-roll-back';
  if (refusals.length > 0) return 'refused';
  if (!steps.every(isRecord)) return 'plan';
  if (kind === 'cleanup') return 'nothing-to-delete';
  if (blocked + drifted > 0) return 'plan';
  return leftForNextStage(plan) > 0 ? 'nothing-in-stage' : 'nothing-to-do';
}

/** Of a sync without steps: addresses that another stage deploys. */
export function leftForNextStage(plan: Plan): number {
  return plan.addresses.length - addressesWith(plan, 'unchanged', 'adopt', 'drifted', 'orphaned').length;
}

export interface ChangeGroupView {
  readonly first: Located;
  /** The other addresses by account and Region, those of the first address's own before the rest. */
  readonly others: readonly {
    readonly accountRegion: AccountRegionId | undefined;
    readonly addresses: readonly Address[];
  }[];
  readonly addresses: number;
  readonly blocked: number;
  readonly drifted: number;
  /** `opaque`: the live content cannot be compared. */
  readonly what: 'new' | 'removed' | 'opaque' | 'changed';
  /** Of the new content; undefined where reports must not show it. */
  readonly bytes: number | undefined;
  readonly changes: ChangeGroup['changes'];
}

export function changeGroupViews(plan: Plan): readonly ChangeGroupView[] {
  const planned = new Map(plan.addresses.map((each) => [formatAddress(each.address), each]));
  const plannedAt = (address: Address | undefined) => address && planned.get(formatAddress(address));
  const located = locatedIn(plan);
  return plan.changeGroups.map(({ addresses, changes }) => {
    const [address, ...others] = addresses;
    const first = plannedAt(address);
    const own = first?.accountRegion;
    const byAccountRegion = groupsBy(others, (other) => plannedAt(other)?.accountRegion)
      .map((there) => ({ accountRegion: plannedAt(there[0])?.accountRegion, addresses: there }))
      .sort((a, b) => Number(b.accountRegion === own) - Number(a.accountRegion === own));
    return {
      first: first === undefined ? { subject: address ?? {} } : located(first),
      others: byAccountRegion.map((each) =>
        each.accountRegion === own ? { ...each, accountRegion: undefined } : each,
      ),
      addresses: addresses.length,
      blocked: addresses.filter((each) => plannedAt(each)?.action === 'blocked').length,
      drifted: addresses.filter((each) => plannedAt(each)?.action === 'drifted').length,
      what: kindOfChange(first, changes),
      bytes: first?.desired?.bytes,
      changes,
    };
  });
}

function kindOfChange(first: PlannedAddress | undefined, changes: ChangeGroup['changes']): ChangeGroupView['what'] {
  if (first?.action === 'create' && changes.every(({ op }) => op === 'add')) return 'new';
  if (first?.action === 'delete') return 'removed';
  return changes.length === 0 ? 'opaque' : 'changed';
}

export interface WaveView extends PlannedWave {
  readonly starts: number;
  readonly inFlight: number;
  /** The earlier wave with so many blocked addresses that this one does not start. */
  readonly blockedBy: string | undefined;
}

/** None where no deployment waits for a wave. */
export function waveViews({ waves, steps }: Plan): readonly WaveView[] {
  if (!waves.some(({ name }) => steps.some(({ wave }) => wave === name))) return [];
  return waves.map((wave, index) => {
    const own = steps.filter((step) => step.wave === wave.name);
    const starts = countOf(own, 'StartDeployment');
    const blocking = waves.slice(0, index).find(({ blocked, maxFailures }) => blocked > maxFailures);
    return {
      ...wave,
      starts,
      inFlight: countOf(own, 'AwaitDeployment'),
      blockedBy: starts === 0 ? undefined : blocking?.name,
    };
  });
}

/** The plan's part in each account and Region, where there are several and something is to be done. */
export function partsByAccountRegion(plan: Plan): readonly { readonly id: string; readonly part: Plan }[] {
  const { accountRegions, steps, addresses, refusals } = plan;
  if (accountRegions.length === 1 || steps.length === 0 || refusals.length > 0) return [];
  return accountRegions.map(({ id }) => {
    const here = <T extends Pick<Step, 'accountRegion'>>(items: readonly T[]) =>
      items.filter(({ accountRegion }) => accountRegion === id);
    return { id, part: { ...plan, steps: here(steps), addresses: here(addresses) } };
  });
}

export const deletions = [
  'DeleteApplication',
  'DeleteEnvironment',
  'DeleteConfigurationProfile',
  'DeleteDeploymentStrategy',
] as const satisfies readonly Operation[];

/** What an operation deletes, without what is deleted with its application. Applications by their own name. */
export function deletedBy(operation: (typeof deletions)[number], plan: Plan): readonly Located[] {
  const located = locatedIn(plan);
  const applications = plan.steps.filter((step) => step.operation === 'DeleteApplication');
  if (operation === 'DeleteApplication') {
    return applications.map((step) => ({ ...located(step), subject: { tenant: step.application } }));
  }
  const whole = new Set(applications.map(applicationKey));
  return plan.steps
    .filter((step) => step.operation === operation && !('application' in step && whole.has(applicationKey(step))))
    .map(located);
}

/** A profile of which only versions are deleted. */
export interface PrunedView extends Located {
  readonly versions: readonly number[];
}

export function prunedProfiles(plan: Plan): readonly PrunedView[] {
  const located = locatedIn(plan);
  const pruned = new Map<string, { of: Located; versions: number[] }>();
  for (const step of plan.steps) {
    if (step.operation !== 'DeleteHostedConfigurationVersion' || step.unlessDeployed === undefined) continue;
    const key = `${applicationKey(step)} ${step.configurationProfile}`;
    const known = pruned.get(key);
    if (known === undefined) pruned.set(key, { of: located(step), versions: [step.versionNumber] });
    else known.versions.push(step.versionNumber);
  }
  return [...pruned.values()].map(({ of, versions }) => ({ ...of, versions }));
}
