// What AppConfig rolled back at an address that wants something else by now: its like is held back elsewhere all the same.
import type { ApplicationAssessment, Verdict } from './assess.ts';
import { changeClassOf } from './change-classes.ts';
import { changesBetween } from './changes.ts';
import { wasSuperseded } from './guards.ts';
import type { Facts, LiveApplication, LiveDeployment } from './live.ts';
import { desiredValue, liveValue } from './live-content.ts';
import type { DesiredConfiguration } from './model.ts';
import type { PutBack } from './plan.ts';
import type { Policy } from './policy.ts';
import { createRedactor } from './redact.ts';

type Live = { readonly application: LiveApplication; readonly facts: Facts };

/** Counts, by profile, addresses that are to change: only for these it matters what was rolled back elsewhere. */
export class ChangingProfiles {
  readonly #counts = new Map<string, number>();

  add({ verdicts }: Pick<ApplicationAssessment, 'verdicts'>): void {
    for (const verdict of verdicts) {
      const { configurationProfile } = verdict.desired.address;
      if (changes(verdict)) this.#counts.set(configurationProfile, (this.#counts.get(configurationProfile) ?? 0) + 1);
    }
  }

  /** Whether an address beside this one is to change. */
  besides(verdict: Verdict): boolean {
    const count = this.#counts.get(verdict.desired.address.configurationProfile) ?? 0;
    return count > (changes(verdict) ? 1 : 0);
  }
}

function changes({ action }: Verdict): boolean {
  return action === 'create' || action === 'update';
}

/** Whether the newest deployment at an address was rolled back, and is not what the address is blocked for anyway. */
export function mayBePutBack(verdict: Verdict, application: LiveApplication, policy: Policy): boolean {
  return verdict.rolledBack === undefined && !policy.retryRolledBack && newestOf(verdict, application) !== undefined;
}

function newestOf({ desired, profile }: Verdict, application: LiveApplication) {
  const environment = application.environments.get(desired.address.environment);
  const history = profile && environment?.histories.get(profile.id);
  if (environment === undefined || profile === undefined || history === undefined) return undefined;
  const { state } = history.newest;
  return state === 'ROLLED_BACK' || state === 'ROLLING_BACK' ? { environment, profile, history } : undefined;
}

/** Asks for facts; as long as facts are wanted, the answer is preliminary. */
export function putBackAt(verdict: Verdict, live: Live, policy: Policy): PutBack | undefined {
  const { application, facts } = live;
  const found = newestOf(verdict, application);
  if (found === undefined) return undefined;
  const { profile, history } = found;
  const { newest, completed } = history;
  const around = { application, facts, policy, warnings: [] };
  if (wasSuperseded(newest, { ...found, around })) return undefined;
  const { desired } = verdict;
  const { configurationProfile } = desired.address;
  const versionLabel = newest.versionLabel ?? '';
  const classOf = (how: Parameters<typeof changeClassOf>[0]['changes']): PutBack => ({
    deploymentNumber: newest.number,
    changeClass: changeClassOf({ configurationProfile, versionLabel, changes: how }),
  });
  if (completed === undefined) return classOf('new');
  const textValue = ({ versionNumber }: LiveDeployment) =>
    valueOfVersion(versionNumber, { profileId: profile.id, desired, facts });
  const before = verdict.isLive ? desiredValue(desired) : textValue(completed);
  const after = textValue(newest);
  if (before === undefined || after === undefined) return classOf([]);
  const differences = changesBetween(before, after, { redact: createRedactor([]) });
  return differences.length === 0 ? undefined : classOf(differences);
}

function valueOfVersion(
  versionNumber: number,
  about: { readonly profileId: string; readonly desired: DesiredConfiguration; readonly facts: Facts },
) {
  const { profileId, desired, facts } = about;
  const version = facts.get({ kind: 'version', profileId, versionNumber });
  return version === undefined || version === 'missing' ? undefined : liveValue(version.text, desired.profileType);
}
