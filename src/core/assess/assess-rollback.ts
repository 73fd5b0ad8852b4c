// How each address goes back: a function of what was read of AppConfig's history. It asks for facts and for older
// deployments where they decide; as long as it does, the answer is preliminary.

import { equalByValue } from '../document/equality.ts';
import { accountProblem } from '../guards/account.ts';
import { type DeploymentDescription, parseDescription } from '../live/deployment-description.ts';
import type { Facts } from '../live/facts.ts';
import { liveValue } from '../live/live-content.ts';
import type { LiveDeployment, LiveProfile } from '../live/live-state.ts';
import { ownerOf } from '../live/ownership.ts';
import { type Address, formatAddress } from '../model/address.ts';
import { isAppcfgLabel } from '../model/content.ts';
import { isInFlight, type Monitor, type ProfileType } from '../model/resource.ts';
import type { Hint } from '../problem/hint.ts';
import type { Problem } from '../problem/problem.ts';
import type { Policy } from '../settings/policy.ts';

/** What is to be gone back from. */
export type RollbackRequest =
  /** The newest deployment of each address. */
  | { readonly kind: 'newest' }
  /** Whatever came from a commit; at least seven digits of it. */
  | { readonly kind: 'commit'; readonly commit: string }
  /** Whatever is there, to a version by its number or label. */
  | { readonly kind: 'version'; readonly version: string };

/** One application with addresses that are to go back, as far as it was read. */
export interface RollbackApplication {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly environments: readonly RollbackEnvironment[];
  readonly facts: Facts;
}

export interface RollbackEnvironment {
  readonly id: string;
  readonly name: string;
  readonly monitors: readonly Monitor[];
  /** Those that are to go back. */
  readonly configurationProfiles: readonly LiveProfile[];
  /** Of all profiles, newest first. */
  readonly deployments: readonly LiveDeployment[];
  /** There are no older ones. */
  readonly complete: boolean;
}

export interface RollbackVerdict {
  readonly address: Address;
  readonly environment: RollbackEnvironment;
  readonly profile: LiveProfile;
  /** What clients receive, or will when nothing more happens. */
  readonly live: LiveDeployment | undefined;
  readonly outcome: RollbackOutcome;
}

export type RollbackOutcome =
  /** Not known yet; `older`: for lack of older deployments. */
  | { readonly kind: 'open'; readonly older: boolean }
  /** It has nothing to do with the commit. */
  | { readonly kind: 'unconcerned' }
  | { readonly kind: 'unchanged'; readonly reason: string; readonly warning?: Problem }
  | { readonly kind: 'blocked'; readonly problem: Problem }
  /** A rollback that is running already. */
  | { readonly kind: 'await'; readonly deployment: LiveDeployment }
  | GoingBack;

export interface GoingBack {
  readonly kind: 'back';
  /** Deployments to stop or to revert, in this order. */
  readonly undo: readonly LiveDeployment[];
  /** Whose content goes. */
  readonly from: LiveDeployment | undefined;
  /** The version that is live then; undefined where nothing is. */
  readonly to: Version | undefined;
  /** How the version is deployed: needed, or only where AppConfig refuses to revert. Undefined where it cannot be. */
  readonly start: { readonly needed: boolean; readonly provenance: DeploymentDescription } | undefined;
}

export interface Version {
  readonly number: number;
  /** One of ours. */
  readonly label: string | undefined;
  /** Undefined where the version was deleted. */
  readonly text: string | undefined;
}

export interface RollbackOptions {
  readonly request: RollbackRequest;
  readonly policy: Policy;
  /** Milliseconds since 1970, by the service's clock. */
  readonly now: number;
}

/** AppConfig reverts for 72 hours; what is almost over is not counted on. */
const revertMs = (72 * 60 - 10) * 60_000;

/** A verdict for each address; those of an application that is not ours are blocked where they would change something. */
export function assessRollback(application: RollbackApplication, options: RollbackOptions): readonly RollbackVerdict[] {
  const verdicts = application.environments.flatMap((environment) =>
    environment.configurationProfiles.map((profile) =>
      new Assessing(application, environment, profile, options).verdict(),
    ),
  );
  if (!verdicts.some(({ outcome }) => outcome.kind === 'back')) return verdicts;
  const tags = application.facts.get({ kind: 'tags' });
  const owner = tags && ownerOf(tags, options.policy.project);
  if (owner?.kind === 'ours') return verdicts;
  return verdicts.map((verdict): RollbackVerdict => {
    if (verdict.outcome.kind !== 'back') return verdict;
    if (owner === undefined) return { ...verdict, outcome: open };
    const whose = owner.kind === 'nobody' ? 'was not made by appcfg' : `belongs to project "${owner.project}"`;
    const problem = problemAt(verdict.address, 'guard-owner', `the application "${application.name}" ${whose}`, {
      hint:
        owner.kind === 'nobody'
          ? { text: `take it over first`, command: { run: 'sync', args: ['--adopt', '--tenant', application.tenant] } }
          : { text: `this is project "${options.policy.project}": roll it back from the repository of its own` },
    });
    return { ...verdict, outcome: { kind: 'blocked', problem } };
  });
}

const open: RollbackOutcome = { kind: 'open', older: false };

/** A question was noted: the answer is not known yet. */
class Open extends Error {
  readonly older: boolean;

  constructor(older: boolean) {
    super('not known yet');
    this.older = older;
  }
}

class Assessing {
  readonly #facts: Facts;
  readonly #environment: RollbackEnvironment;
  readonly #profile: LiveProfile;
  readonly #address: Address;
  readonly #options: RollbackOptions;
  /** Of this profile, newest first. */
  readonly #rows: readonly LiveDeployment[];

  constructor(
    application: RollbackApplication,
    environment: RollbackEnvironment,
    profile: LiveProfile,
    options: RollbackOptions,
  ) {
    this.#facts = application.facts;
    this.#environment = environment;
    this.#profile = profile;
    this.#options = options;
    this.#address = { tenant: application.tenant, environment: environment.name, configurationProfile: profile.name };
    this.#rows = environment.deployments.filter((row) => row.profileId === profile.id);
  }

  verdict(): RollbackVerdict {
    return {
      address: this.#address,
      environment: this.#environment,
      profile: this.#profile,
      live: this.#rows.find(isComplete),
      outcome: this.#outcome(),
    };
  }

  #outcome(): RollbackOutcome {
    const { request, policy } = this.#options;
    try {
      const place = accountProblem(this.#address, this.#environment.name, policy);
      if (place !== undefined && request.kind !== 'commit') return blockedBy({ ...place, subject: this.#address });
      const newest = this.#newest();
      if (newest === undefined) {
        return request.kind === 'commit'
          ? { kind: 'unconcerned' }
          : this.#nothingToGoBackTo('it was never deployed there');
      }
      const outcome =
        request.kind === 'version'
          ? this.#toVersion(request.version, newest)
          : request.kind === 'commit'
            ? this.#fromCommit(request.commit, newest)
            : this.#fromNewest(this.#newestOfContent());
      if (outcome.kind !== 'back') return outcome;
      if (place !== undefined) return blockedBy({ ...place, subject: this.#address });
      return this.#profile.locationUri === 'hosted' ? outcome : this.#notHosted();
    } catch (error) {
      if (error instanceof Open) return { kind: 'open', older: error.older };
      throw error;
    }
  }

  #newest(): LiveDeployment | undefined {
    const [newest] = this.#rows;
    if (newest === undefined) this.#wantOlder();
    return newest;
  }

  /** The newest deployment, but for rollbacks that came to nothing: what they were to take back is still there. */
  #newestOfContent(): LiveDeployment | undefined {
    const newest = this.#rows.find((row) => !isTakenBack(row) || this.#asideOf(row).length === 0);
    if (newest === undefined) this.#wantOlder();
    return newest;
  }

  #fromNewest(newest: LiveDeployment | undefined): RollbackOutcome {
    if (newest === undefined) return this.#nothingToGoBackTo('all that was deployed there was taken back');
    const running = this.#running(newest);
    if (running !== undefined) return running;
    if (isInFlight(newest.state)) return this.#stopping(newest, undefined);
    if (newest.state !== 'COMPLETE') {
      const how = newest.state === 'REVERTED' ? 'reverted' : 'rolled back';
      return { kind: 'unchanged', reason: `deployment ${newest.number} was ${how} already${goFurther}` };
    }
    if (this.#asideOf(newest).length > 0) {
      return { kind: 'unchanged', reason: `deployment ${newest.number} is a rollback already${goFurther}` };
    }
    return this.#goingBackFrom(newest, { first: [], isPassedOver: () => false });
  }

  #fromCommit(commit: string, newest: LiveDeployment): RollbackOutcome {
    const isFrom = (row: LiveDeployment) => this.#described(row).commit?.startsWith(commit) ?? false;
    const live = this.#completed();
    const liveIsFrom = live !== undefined && isFrom(live);
    const isRollingBack = newest.state === 'ROLLING_BACK';
    const inFlight = isInFlight(newest.state) && !isRollingBack ? newest : undefined;
    if (!liveIsFrom && (inFlight === undefined || !isFrom(inFlight))) {
      return (isRollingBack && isFrom(newest) && this.#running(newest)) || { kind: 'unconcerned' };
    }
    if (inFlight === undefined) {
      return live === undefined
        ? { kind: 'unconcerned' }
        : this.#goingBackFrom(live, { first: [], isPassedOver: isFrom });
    }
    if (isFrom(inFlight)) {
      if (live === undefined || !liveIsFrom) return this.#stopping(inFlight, live);
      return this.#goingBackFrom(live, { first: [inFlight], isPassedOver: isFrom });
    }
    const running = this.#running(inFlight);
    if (running !== undefined) return running;
    if (live === undefined) return { kind: 'unconcerned' };
    if (this.#options.policy.supersede) {
      return this.#goingBackFrom(live, { first: [inFlight], isPassedOver: isFrom });
    }
    const reason = `deployment ${inFlight.number} of other content is replacing it`;
    return {
      kind: 'unchanged',
      reason,
      warning: {
        ...problemAt(this.#address, 'deployment-in-progress', reason, {
          hint: { text: 'to stop that one, and go back: --supersede' },
        }),
        severity: 'warning',
      },
    };
  }

  #toVersion(asked: string, newest: LiveDeployment): RollbackOutcome {
    const number = /^[0-9]+$/.test(asked)
      ? Number(asked)
      : this.#facts.get({ kind: 'label', profileId: this.#profile.id, versionLabel: asked });
    if (number === undefined) throw new Open(false);
    const version = number === 'missing' ? 'missing' : this.#content(number);
    if (number === 'missing' || version === 'missing') {
      const what = /^[0-9]+$/.test(asked) ? `no version ${asked}` : `no version with the label ${asked}`;
      return blockedBy(
        problemAt(this.#address, 'version-missing', `${this.#profile.name} has ${what}`, {
          hint: { text: `see what there was: appcfg history ${formatAddress(this.#address)}` },
        }),
      );
    }
    const to: Version = { number, label: ours(version.versionLabel), text: version.text };
    const inFlight = isInFlight(newest.state) ? newest : undefined;
    if (inFlight !== undefined && inFlight.versionNumber === number && inFlight.state !== 'ROLLING_BACK') {
      return { kind: 'await', deployment: inFlight };
    }
    const live = this.#completed();
    const undo = inFlight === undefined || inFlight.state === 'ROLLING_BACK' ? [] : [inFlight];
    const from = undo[0] ?? live;
    if (from !== undefined) this.#content(from.versionNumber);
    if (live?.versionNumber === number) {
      return undo.length === 0
        ? { kind: 'unchanged', reason: `version ${number} is live already` }
        : { kind: 'back', undo, from, to, start: undefined };
    }
    const gone = [inFlight, live].filter((row) => row !== undefined);
    const carried = live === undefined ? [] : this.#asideOf(live);
    const origin = this.#rows.find((row) => row.versionNumber === number);
    const provenance = {
      ...(origin === undefined ? {} : this.#described(origin)),
      quarantines: [...new Set([...gone.map(tokenOf), ...carried])].filter((token) => !isToken(token, to)),
    };
    return { kind: 'back', undo, from, to, start: { needed: true, provenance } };
  }

  /** What is on its way back already; undefined for a deployment that is not. */
  #running(newest: LiveDeployment): RollbackOutcome | undefined {
    if (newest.state === 'ROLLING_BACK') {
      return { kind: 'unchanged', reason: `deployment ${newest.number} is being rolled back already` };
    }
    if (!isInFlight(newest.state) || this.#asideOf(newest).length === 0) return undefined;
    return { kind: 'await', deployment: newest };
  }

  #stopping(inFlight: LiveDeployment, live: LiveDeployment | undefined = this.#completed()): GoingBack {
    const to = live && this.#versionOf(live);
    this.#content(inFlight.versionNumber);
    return { kind: 'back', undo: [inFlight], from: inFlight, to, start: undefined };
  }

  /**
   * From a completed deployment to what was live before. Versions that an earlier rollback put aside, and what `isPassedOver`
   * says, are not gone back to.
   */
  #goingBackFrom(
    live: LiveDeployment,
    how: { readonly first: readonly LiveDeployment[]; readonly isPassedOver: (row: LiveDeployment) => boolean },
  ): Exclude<RollbackOutcome, { kind: 'open' }> {
    const { first, isPassedOver } = how;
    const aside = this.#asideOf(live);
    const gone = [...first, live];
    let isNext = true;
    for (const row of this.#rows.slice(this.#rows.indexOf(live) + 1)) {
      if (!isComplete(row)) continue;
      const isAside = aside.some((token) => isToken(token, versionNamed(row)));
      const isSkipped = isAside || isPassedOver(row);
      if (!isSkipped && this.#sameContent(row, live) && this.#options.request.kind === 'commit') {
        // What the commit deployed there was there before.
        return first[0] === undefined ? sameAsBefore(live) : this.#stopping(first[0], live);
      }
      if (isSkipped || this.#sameContent(row, live)) {
        if (!isAside && !gone.some((each) => each.versionNumber === row.versionNumber)) gone.push(row);
        isNext = false;
        continue;
      }
      const to = this.#versionOf(row);
      this.#content(live.versionNumber);
      const revertible = isNext && this.#isRevertible(live);
      if (to.text === undefined && !revertible) {
        return this.#nothingToGoBackTo(`version ${to.number}, which was live before, was deleted`);
      }
      const provenance: DeploymentDescription = {
        ...this.#described(row),
        supersedes: undefined,
        quarantines: [...new Set([...gone.map(tokenOf), ...aside])].filter((token) => !isToken(token, to)),
      };
      return {
        kind: 'back',
        undo: revertible ? [...first, live] : first,
        from: live,
        to,
        start: to.text === undefined ? undefined : { needed: !revertible, provenance },
      };
    }
    this.#wantOlder();
    return this.#nothingToGoBackTo(
      isNext ? `deployment ${live.number} is the first one` : 'nothing older has other content that was not put aside',
    );
  }

  #isRevertible(live: LiveDeployment): boolean {
    return live.completedAt !== undefined && this.#options.now - Date.parse(live.completedAt) < revertMs;
  }

  /** The newest completed one. */
  #completed(): LiveDeployment | undefined {
    const completed = this.#rows.find(isComplete);
    if (completed === undefined) this.#wantOlder();
    return completed;
  }

  #wantOlder(): void {
    if (!this.#environment.complete) throw new Open(true);
  }

  #asideOf(row: LiveDeployment): readonly string[] {
    return this.#described(row).quarantines ?? [];
  }

  #described(row: LiveDeployment): DeploymentDescription {
    const detail = this.#facts.get({
      kind: 'deployment',
      environmentId: this.#environment.id,
      deploymentNumber: row.number,
    });
    if (detail === undefined) throw new Open(false);
    return detail === 'missing' ? {} : parseDescription(detail.description);
  }

  #versionOf(row: LiveDeployment): Version {
    const version = this.#content(row.versionNumber);
    const label = ours(row.versionLabel);
    // A number may have been given again, to another version.
    const isSame = version !== 'missing' && (label === undefined || version.versionLabel === label);
    return { number: row.versionNumber, label, text: isSame ? version.text : undefined };
  }

  #content(versionNumber: number) {
    // What is not hosted has no versions to read.
    if (this.#profile.locationUri !== 'hosted') return 'missing';
    const version = this.#facts.get({ kind: 'version', profileId: this.#profile.id, versionNumber });
    if (version === undefined) throw new Open(false);
    return version;
  }

  /** Scripts make a new version of the same content each time: going back to that would change nothing. */
  #sameContent(a: LiveDeployment, b: LiveDeployment): boolean {
    if (a.versionNumber === b.versionNumber) return true;
    if (isAppcfgLabel(a.versionLabel) && isAppcfgLabel(b.versionLabel)) {
      return a.versionLabel === b.versionLabel;
    }
    const [one, other] = [this.#content(a.versionNumber), this.#content(b.versionNumber)];
    if (one === 'missing' || other === 'missing') return false;
    const [before, after] = [one, other].map(({ text }) => liveValue(text, profileTypeOf(this.#profile)));
    return before === undefined || after === undefined ? one.text === other.text : equalByValue(before, after);
  }

  #nothingToGoBackTo(why: string): Extract<RollbackOutcome, { kind: 'blocked' }> {
    return blockedBy(
      problemAt(this.#address, 'rollback-target-missing', `there is nothing to go back to: ${why}`, {
        hint: {
          text: `deploy a version by its number or label: appcfg rollback ${formatAddress(this.#address)} --to <version>; or change the content: appcfg sync`,
        },
      }),
    );
  }

  #notHosted(): RollbackOutcome {
    const { name, locationUri } = this.#profile;
    return blockedBy(
      problemAt(
        this.#address,
        'guard-owner',
        `the configuration profile "${name}" takes its content from ${locationUri}`,
        {
          hint: { text: 'roll it back where its content comes from' },
        },
      ),
    );
  }
}

function sameAsBefore(live: LiveDeployment): RollbackOutcome & { readonly kind: 'unchanged' } {
  return { kind: 'unchanged', reason: `deployment ${live.number} changed nothing` };
}

/** The profile's type, for comparing its contents. */
export function profileTypeOf({ type }: LiveProfile): ProfileType {
  return type === 'AWS.AppConfig.FeatureFlags' ? type : 'AWS.Freeform';
}

function isComplete(row: LiveDeployment): boolean {
  return row.state === 'COMPLETE';
}

const goFurther = '; --to goes further back';

function isTakenBack({ state }: LiveDeployment): boolean {
  return state === 'ROLLED_BACK' || state === 'REVERTED';
}

/** How a description names a version that was put aside. */
function tokenOf(row: LiveDeployment): string {
  return ours(row.versionLabel) ?? String(row.versionNumber);
}

function isToken(token: string, version: Pick<Version, 'number' | 'label'>): boolean {
  return token === version.label || token === String(version.number);
}

function versionNamed(row: LiveDeployment): Pick<Version, 'number' | 'label'> {
  return { number: row.versionNumber, label: ours(row.versionLabel) };
}

function ours(label: string | undefined): string | undefined {
  return isAppcfgLabel(label) ? label : undefined;
}

function blockedBy(problem: Problem): Extract<RollbackOutcome, { kind: 'blocked' }> {
  return { kind: 'blocked', problem };
}

function problemAt(
  address: Address,
  code: Problem['code'],
  message: string,
  details: { readonly hint: Hint },
): Problem {
  return { code, severity: 'error', message, ...details, subject: address };
}
