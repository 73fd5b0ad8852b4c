// What AppConfig rolled back at an address that went back to its old content: its like is held back elsewhere all the same.
import type { ApplicationAssessment, Verdict } from './assess.ts';
import { changeClassOf } from './change-classes.ts';
import { changesBetween } from './changes.ts';
import { wasSuperseded } from './guards.ts';
import type { Facts, LiveApplication } from './live.ts';
import { desiredValue, liveValue } from './live-content.ts';
import type { PutBack } from './plan.ts';
import type { Policy } from './policy.ts';
import { createRedactor } from './redact.ts';

type Live = { readonly application: LiveApplication; readonly facts: Facts };

/** Profiles of which some address is to change: only for these it matters what was rolled back. */
export class ChangingProfiles {
  readonly #names = new Set<string>();

  add({ verdicts }: Pick<ApplicationAssessment, 'verdicts'>): void {
    for (const { action, desired } of verdicts) {
      if (action === 'create' || action === 'update') this.#names.add(desired.address.configurationProfile);
    }
  }

  has({ desired }: Verdict): boolean {
    return this.#names.has(desired.address.configurationProfile);
  }
}

/**
 * Whether an address has what the tree wants, and had something else rolled back last. One that gets a third content is
 * mended, and holds nothing back any more.
 */
export function mayBePutBack(verdict: Verdict, application: LiveApplication, policy: Policy): boolean {
  return verdict.isLive && !policy.retryRolledBack && newestOf(verdict, application) !== undefined;
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
  const { newest } = history;
  const around = { application, facts, policy, warnings: [] };
  if (wasSuperseded(newest, { ...found, around })) return undefined;
  const { desired } = verdict;
  const version = facts.get({ kind: 'version', profileId: profile.id, versionNumber: newest.versionNumber });
  const after =
    version === undefined || version === 'missing' ? undefined : liveValue(version.text, desired.profileType);
  const differences =
    after === undefined ? [] : changesBetween(desiredValue(desired), after, { redact: createRedactor([]) });
  if (after !== undefined && differences.length === 0) return undefined;
  const changeClass = changeClassOf({
    configurationProfile: desired.address.configurationProfile,
    versionLabel: newest.versionLabel ?? '',
    changes: differences,
  });
  return { deploymentNumber: newest.number, changeClass };
}
