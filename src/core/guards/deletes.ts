import type { InventoryApplication } from '../live/inventory.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import type { Subject } from '../model/address.ts';
import type { PlannedAddress } from '../plan/plan.ts';
import type { CleanupPolicy, CleanupTarget, DoomedParts } from '../planners/plan-cleanup.ts';
import type { Problem } from '../problem/problem.ts';

/** The guard *deletes*: counts the environments that go, of those that are ours. */
export function deletesRefusal(
  touched: number,
  owned: number,
  about: { readonly target: CleanupTarget; readonly policy: CleanupPolicy },
): readonly Problem[] {
  const { target, policy } = about;
  const explicit =
    target.kind === 'all' ||
    (target.kind === 'applications' && [...target.names].every((name) => target.literal.has(name)));
  const { maxDeletes } = policy;
  const limit = 'count' in maxDeletes ? maxDeletes.count : Math.max(1, Math.floor((owned * maxDeletes.percent) / 100));
  if (explicit || touched <= limit) return [];
  return [
    {
      code: 'guard-deletes',
      severity: 'error',
      message: `this counts as ${touched} of ${owned} environments, and at most ${limit} may go`,
      hint: { text: `if that is meant: --max-deletes ${touched}` },
    },
  ];
}

/** A whole application's environments stand for it; of single parts each is named. */
export function deletedPlaces(
  application: InventoryApplication,
  doomed: DoomedParts,
  { tenant, accountRegion }: { readonly tenant: string; readonly accountRegion: AccountRegionId },
): PlannedAddress[] {
  const deleted = (address: Subject, environment: string) =>
    deletedAddress({ address, application: application.name, environment, accountRegion });
  const environments = doomed.environments.map(({ name }) => deleted({ tenant, environment: name }, name));
  if (doomed.whole) return environments.length > 0 ? environments : [deleted({ tenant }, '')];
  return [
    ...environments,
    ...doomed.configurationProfiles.map(({ name }) => deleted({ tenant, configurationProfile: name }, '*')),
  ];
}

function deletedAddress(
  of: Pick<PlannedAddress, 'address' | 'application' | 'environment' | 'accountRegion'>,
): PlannedAddress {
  return {
    ...of,
    action: 'delete',
    changeGroup: undefined,
    live: undefined,
    desired: undefined,
    deploymentStrategy: undefined,
    reason: 'cleanup',
    blockedBy: undefined,
  };
}
