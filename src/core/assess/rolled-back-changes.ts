// What AppConfig rolled back at an address that has its old content again: the same change stays blocked elsewhere.
import { redactNothing } from '../document/redact.ts';
import { isSuperseded } from '../guards/rolled-back.ts';
import { liveValue } from '../live/live-content.ts';
import type { LiveApplication, ProfileHistory, RolledBackChange } from '../live/live-state.ts';
import { formatAddress } from '../model/address.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { isRolledBack } from '../model/resource.ts';
import { contentChange } from '../plan/change-groups.ts';
import type { Policy } from '../settings/policy.ts';
import { assessApplication, type KnownApplication } from './assess-application.ts';
import type { Verdict } from './verdict.ts';

/**
 * Of one application: the addresses that have the desired content, and whose newest deployment had other content and was
 * rolled back. An address that gets a third content was fixed: it blocks nothing any more. Asks for facts; while facts are
 * wanted, the result is preliminary.
 * @param options.changing names of the profiles that change somewhere: only of these it matters what was rolled back
 */
export function rolledBackChangesIn(
  desired: DesiredApplication,
  live: KnownApplication,
  options: { readonly policy: Policy; readonly changing: ReadonlySet<string> },
): ReadonlyMap<string, RolledBackChange> {
  const { policy, changing } = options;
  if (changing.size === 0 || policy.retryRolledBack || !hasRolledBackLast(live.application)) return new Map();
  return new Map(
    assessApplication(desired, live, policy).verdicts.flatMap((verdict) => {
      const { address } = verdict.desired;
      const isRelevant = verdict.isLive && changing.has(address.configurationProfile);
      const change = isRelevant ? rolledBackChangeAt(verdict, live) : undefined;
      return change === undefined ? [] : [[formatAddress(address), change]];
    }),
  );
}

function hasRolledBackLast({ environments }: LiveApplication): boolean {
  return [...environments.values()].some(({ histories }) => [...histories.values()].some(wasRolledBackLast));
}

/** A deployment that a user reverted does not count: AppConfig had completed it. */
function wasRolledBackLast({ newest: { state } }: ProfileHistory): boolean {
  return isRolledBack(state) && state !== 'REVERTED';
}

function rolledBackChangeAt(
  { desired, profile }: Verdict,
  { application, facts }: KnownApplication,
): RolledBackChange | undefined {
  const environment = application.environments.get(desired.address.environment);
  const history = profile && environment?.histories.get(profile.id);
  if (environment === undefined || profile === undefined || history === undefined) return undefined;
  if (!wasRolledBackLast(history)) return undefined;
  const { newest } = history;
  if (isSuperseded(newest, { environment, history, facts }) === true) return undefined;
  const version = facts.get({ kind: 'version', profileId: profile.id, versionNumber: newest.versionNumber });
  const after =
    version === undefined || version === 'missing' ? undefined : liveValue(version.text, desired.profileType);
  const { changes, changeGroup } = contentChange({
    profile: desired.address.configurationProfile,
    profileType: desired.profileType,
    label: newest.versionLabel ?? '',
    before: after === undefined ? undefined : desired.value,
    after,
    redact: redactNothing,
  });
  if (after !== undefined && changes.length === 0) return undefined;
  return { deploymentNumber: newest.number, changeGroup };
}
