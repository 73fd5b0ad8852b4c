// What keeps a sync from an address besides what is there: the same change was rolled back elsewhere, or an earlier wave is blocked.
import type { AddressStatus } from '../assess/address-status.ts';
import type { Verdict } from '../assess/verdict.ts';
import { unknownAccountRegion } from '../model/account-region.ts';
import { emptyPlan } from '../plan/empty-plan.ts';
import { type PlannedWave, plannedAddress } from '../plan/plan.ts';
import type { Problem } from '../problem/problem.ts';
import { count } from '../problem/quantity.ts';
import type { Settings } from '../settings/settings.ts';
import { planWaves } from './assign-waves.ts';

/** A status, and the verdict that it comes from. */
export interface JudgedStatus {
  readonly status: AddressStatus;
  readonly verdict: Pick<Verdict, 'action' | 'reason' | 'changes' | 'changeGroup' | 'rolledBack'>;
}

/** The statuses, with the problem of each address that a sync would not deploy because of another one. */
export function withBlockedElsewhere(
  judged: readonly JudgedStatus[],
  settings: Pick<Settings, 'waves' | 'tenants'>,
): readonly AddressStatus[] {
  const addresses = judged.map(({ status: { address, accountRegion }, verdict }) => {
    const { action, reason, changes, changeGroup, rolledBack } = verdict;
    return plannedAddress({
      ...{ address, accountRegion, action, reason, application: address.tenant },
      changeGroup: changes === undefined ? undefined : changeGroup,
      ...(rolledBack === undefined ? {} : { rolledBack }),
    });
  });
  const plan = { ...emptyPlan('sync', '', unknownAccountRegion), addresses };
  const blocked = planWaves(plan, { settings, wave: undefined, isRestricted: false });
  return judged.map(({ status }, index) => {
    if (status.problem !== undefined || !isToDeploy(status)) return status;
    const planned = blocked.addresses[index];
    const problem = planned?.blockedBy ?? waveProblem(planned?.wave, blocked.waves);
    return problem === undefined ? status : { ...status, problem };
  });
}

function isToDeploy({ state }: AddressStatus): boolean {
  return state === 'missing' || state === 'out-of-sync';
}

function waveProblem(wave: string | undefined, waves: readonly PlannedWave[]): Problem | undefined {
  const index = waves.findIndex(({ name }) => name === wave);
  const blocking = waves.slice(0, Math.max(0, index)).find(({ blocked, maxFailures }) => blocked > maxFailures);
  if (wave === undefined || blocking === undefined) return undefined;
  const { name, maxFailures, blocked } = blocking;
  const allowed = count(maxFailures, 'failed or blocked address', 'failed or blocked addresses');
  return {
    code: 'wave-blocked',
    severity: 'warning',
    message: `wave "${wave}" is blocked: wave "${name}" allows ${allowed} and has ${blocked} blocked`,
    hint: { text: 'change what is blocked there, or raise `maxFailures` of that wave' },
  };
}
