// How each address is rolled back, from what was read of AppConfig's history. Asks for facts and for older deployments
// where they decide; while it does, the outcome is pending.

import { uniq } from 'es-toolkit';
import { account } from '../guards/account.ts';
import { owner } from '../guards/owner.ts';
import { profile as profileGuard } from '../guards/profile.ts';
import type { LiveDeployment, LiveProfile } from '../live/live-state.ts';
import { ownerOf } from '../live/ownership.ts';
import type { VersionReference } from '../live/version-reference.ts';
import type { Address } from '../model/address.ts';
import { isInFlight, isRolledBack, isStoppable } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import { listNames } from '../problem/suggest.ts';
import { EarlierContent } from './earlier-content.ts';
import { appcfgLabel, RollbackHistory } from './rollback-history.ts';
import {
  type Blocked,
  isPending,
  pending,
  type RollbackApplication,
  type RollbackEnvironment,
  type RollbackOptions,
  type RollbackOutcome,
  type RollbackVerdict,
} from './rollback-verdict.ts';

/** A verdict for each address; in an application that the project does not manage, a rollback is blocked. */
export function assessRollback(application: RollbackApplication, options: RollbackOptions): readonly RollbackVerdict[] {
  const { name, tenant, facts } = application;
  const { project } = options.policy;
  const tags = facts.get({ kind: 'tags' });
  const found = tags && ownerOf(tags, project);
  const problem = owner.check({ application: name, tenant, owner: found, project, command: 'rollback' });
  return application.environments.flatMap((environment) =>
    environment.configurationProfiles.map((profile): RollbackVerdict => {
      const address = { tenant, environment: environment.name, configurationProfile: profile.name };
      const unread = { address, environment, profile, live: undefined };
      if (problem === 'pending') return { ...unread, outcome: pending };
      if (problem !== undefined) return { ...unread, outcome: blocked({ ...problem, subject: address }) };
      return assessAddress(application, { environment, profile }, options);
    }),
  );
}

function assessAddress(
  { tenant, facts }: RollbackApplication,
  { environment, profile }: { readonly environment: RollbackEnvironment; readonly profile: LiveProfile },
  options: RollbackOptions,
): RollbackVerdict {
  const address = { tenant, environment: environment.name, configurationProfile: profile.name };
  const history = new RollbackHistory(environment, profile, facts);
  const outcomeOf = (): RollbackOutcome => {
    const elsewhere = account.check({ ...address, policy: options.policy });
    const refused = elsewhere && blocked({ ...elsewhere, subject: address });
    // A commit may be deployed in several accounts and Regions: an address elsewhere is no error.
    if (refused !== undefined && options.request.kind !== 'commit') return refused;
    const outcome = new Rollback(address, history, options).outcome();
    if (outcome.kind !== 'roll back') return outcome;
    if (refused !== undefined) return refused;
    const problem = profileGuard.check({ address, profile, profileType: undefined });
    return problem === undefined ? outcome : blocked({ ...problem, subject: address });
  };
  return { address, environment, profile, live: history.deployments.find(isComplete), outcome: outcomeOf() };
}

class Rollback {
  readonly #address: Address;
  readonly #history: RollbackHistory;
  readonly #options: RollbackOptions;
  readonly #earlier: EarlierContent;

  constructor(address: Address, history: RollbackHistory, options: RollbackOptions) {
    this.#address = address;
    this.#history = history;
    this.#options = options;
    this.#earlier = new EarlierContent(address, history, options);
  }

  outcome(): RollbackOutcome {
    const { request } = this.#options;
    const newest = this.#history.newest(() => true);
    if (isPending(newest)) return newest;
    if (newest === undefined) {
      return request.kind === 'commit'
        ? { kind: 'unaffected' }
        : this.#earlier.missing('the profile was never deployed there', { hasEarlier: false });
    }
    switch (request.kind) {
      case 'version':
        return this.#toVersion(request.version, newest);
      case 'commit':
        return this.#fromCommit(request.commit, newest);
      case 'newest':
        return this.#fromNewest();
    }
  }

  #fromNewest(): RollbackOutcome {
    // A rollback that was itself rolled back is ignored: what it should have replaced is still live.
    const newest = this.#history.newest((deployment) => {
      if (isInFlight(deployment.state) || !isRolledBack(deployment.state)) return true;
      const quarantines = this.#history.quarantinesOf(deployment);
      return isPending(quarantines) ? quarantines : quarantines.length === 0;
    });
    if (isPending(newest)) return newest;
    if (newest === undefined)
      return this.#earlier.missing('every deployment there was rolled back', { hasEarlier: false });
    const running = this.#runningRollback(newest);
    if (running !== undefined) return running;
    if (isInFlight(newest.state)) return this.#earlier.stopping(newest);
    if (newest.state !== 'COMPLETE') {
      const how = newest.state === 'REVERTED' ? 'reverted' : 'rolled back';
      return { kind: 'unchanged', reason: `deployment ${newest.number} is already ${how}${goFurther}` };
    }
    const quarantines = this.#history.quarantinesOf(newest);
    if (isPending(quarantines)) return quarantines;
    if (quarantines.length > 0) {
      return { kind: 'unchanged', reason: `deployment ${newest.number} is already a rollback${goFurther}` };
    }
    return this.#earlier.before(newest, { first: [], isExcluded: () => false });
  }

  #fromCommit(commit: string, newest: LiveDeployment): RollbackOutcome {
    const isExcluded = (deployment: LiveDeployment) => {
      const description = this.#history.described(deployment);
      return isPending(description) ? description : (description.commit?.startsWith(commit) ?? false);
    };
    const live = this.#history.newest(isComplete);
    if (isPending(live)) return live;
    const isLive = live === undefined ? false : isExcluded(live);
    if (isPending(isLive)) return isLive;
    const isRunning = isInFlight(newest.state) && isExcluded(newest);
    if (isPending(isRunning)) return isRunning;
    if (!isStoppable(newest.state)) {
      if (live !== undefined && isLive) return this.#earlier.before(live, { first: [], isExcluded });
      return (isRunning ? this.#runningRollback(newest) : undefined) ?? { kind: 'unaffected' };
    }
    if (isRunning) {
      return live === undefined || !isLive
        ? this.#earlier.stopping(newest, live)
        : this.#earlier.before(live, { first: [newest], isExcluded });
    }
    if (live === undefined || !isLive) return { kind: 'unaffected' };
    const rollback = this.#runningRollback(newest);
    if (rollback !== undefined) return rollback;
    return this.#options.policy.supersede
      ? this.#earlier.before(live, { first: [newest], isExcluded })
      : this.#replacedBy(newest);
  }

  /** Other content is on its way: whether it is stopped is the user's decision. */
  #replacedBy({ number }: LiveDeployment): RollbackOutcome {
    const reason = `deployment ${number} of other content is replacing it`;
    const warning: Problem = {
      code: 'deployment-in-progress',
      severity: 'warning',
      message: reason,
      hint: {
        text: 'to stop that deployment and roll back',
        command: { run: 'same', args: ['--supersede'] },
      },
      subject: this.#address,
    };
    return { kind: 'unchanged', reason, warning };
  }

  #toVersion(requested: VersionReference, newest: LiveDeployment): RollbackOutcome {
    const number = this.#history.versionNumberOf(requested);
    if (isPending(number)) return number;
    const version = number === 'missing' ? 'missing' : this.#history.content(number);
    if (isPending(version)) return version;
    if (number === 'missing' || version === 'missing') return this.#versionMissing(requested);
    const to = { number, label: appcfgLabel(version.versionLabel), stored: version };
    const running = isStoppable(newest.state) ? newest : undefined;
    if (running?.versionNumber === number) return { kind: 'await', deployment: running };
    const live = this.#history.newest(isComplete);
    if (isPending(live)) return live;
    return this.#earlier.at(to, { running, inFlight: isInFlight(newest.state) ? newest : undefined, live });
  }

  #versionMissing(requested: VersionReference): Blocked {
    const { configurationProfile } = this.#address;
    const what = 'number' in requested ? `version ${requested.number}` : `version with label "${requested.label}"`;
    const versions = uniq(this.#history.deployments.map(({ versionNumber }) => String(versionNumber)));
    return blocked({
      code: 'version-missing',
      severity: 'error',
      message: `${configurationProfile} has no ${what}`,
      hint: {
        text: `choose one that was deployed there (${listNames(versions)}); to see them`,
        command: { run: 'history', args: [], selects: this.#address },
      },
      subject: this.#address,
    });
  }

  /** Of a deployment that is a rollback, or is rolled back already; undefined for any other. */
  #runningRollback(newest: LiveDeployment): RollbackOutcome | undefined {
    if (newest.state === 'ROLLING_BACK') {
      return { kind: 'unchanged', reason: `deployment ${newest.number} is being rolled back already` };
    }
    if (!isInFlight(newest.state)) return undefined;
    const quarantines = this.#history.quarantinesOf(newest);
    if (isPending(quarantines)) return quarantines;
    return quarantines.length === 0 ? undefined : { kind: 'await', deployment: newest };
  }
}

const goFurther = '; roll back further with --to';

function isComplete({ state }: LiveDeployment): boolean {
  return state === 'COMPLETE';
}

function blocked(problem: Problem): Blocked {
  return { kind: 'blocked', problem };
}
