// What AppConfig rolled back at an address that went back to its old content: its like is held back elsewhere all the same.
import { changesBetween } from '../document/diff-values.ts';
import { createRedactor } from '../document/redact.ts';
import { wasSuperseded } from '../guards/rolled-back.ts';
import type { Facts } from '../live/facts.ts';
import { desiredValue, liveValue } from '../live/live-content.ts';
import type { LiveApplication, ProfileHistory, RolledBackChange } from '../live/live-state.ts';
import { formatAddress } from '../model/address.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { changeGroupOf } from '../plan/change-groups.ts';
import type { Policy } from '../settings/policy.ts';
import { assessApplication, type Verdict } from './assess-application.ts';

type Live = { readonly application: LiveApplication; readonly facts: Facts };

/**
 * Of one application the addresses that have what the tree wants, and had something else rolled back last. One that gets
 * a third content is mended, and holds nothing back any more. Asks for facts; as long as facts are wanted, the answer is
 * preliminary.
 * @param about.changing names of profiles: only where one of them changes somewhere it matters what was rolled back
 */
export function rolledBackChangesIn(
  desired: DesiredApplication,
  live: Live,
  about: { readonly policy: Policy; readonly changing: ReadonlySet<string> },
): ReadonlyMap<string, RolledBackChange> {
  const { policy, changing } = about;
  if (changing.size === 0 || policy.retryRolledBack || !hasRolledBackLast(live.application)) return new Map();
  return new Map(
    assessApplication(desired, live, policy).verdicts.flatMap((verdict) => {
      const { address } = verdict.desired;
      const isAsked = verdict.isLive && changing.has(address.configurationProfile);
      const putBack = isAsked ? putBackAt(verdict, live, policy) : undefined;
      return putBack === undefined ? [] : [[formatAddress(address), putBack]];
    }),
  );
}

function hasRolledBackLast({ environments }: LiveApplication): boolean {
  return [...environments.values()].some(({ histories }) => [...histories.values()].some(wasRolledBackLast));
}

function wasRolledBackLast({ newest: { state } }: ProfileHistory): boolean {
  return state === 'ROLLED_BACK' || state === 'ROLLING_BACK';
}

function putBackAt({ desired, profile }: Verdict, live: Live, policy: Policy): RolledBackChange | undefined {
  const { application, facts } = live;
  const environment = application.environments.get(desired.address.environment);
  const history = profile && environment?.histories.get(profile.id);
  if (environment === undefined || profile === undefined || history === undefined) return undefined;
  if (!wasRolledBackLast(history)) return undefined;
  const { newest } = history;
  const around = { application, facts, policy, warnings: [] };
  if (wasSuperseded(newest, { environment, history, around })) return undefined;
  const version = facts.get({ kind: 'version', profileId: profile.id, versionNumber: newest.versionNumber });
  const after =
    version === undefined || version === 'missing' ? undefined : liveValue(version.text, desired.profileType);
  const differences =
    after === undefined ? [] : changesBetween(desiredValue(desired), after, { redact: createRedactor([]) });
  if (after !== undefined && differences.length === 0) return undefined;
  const changeGroup = changeGroupOf({
    configurationProfile: desired.address.configurationProfile,
    versionLabel: newest.versionLabel ?? '',
    changes: differences,
  });
  return { deploymentNumber: newest.number, changeGroup };
}
