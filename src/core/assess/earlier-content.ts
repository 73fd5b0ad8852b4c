import { uniqBy } from 'es-toolkit/array/uniqBy';
import type { DeploymentDescription } from '../live/deployment-description.ts';
import type { LiveDeployment } from '../live/live-state.ts';
import { formatVersionReference, referenceTo, refersTo, type VersionReference } from '../live/version-reference.ts';
import type { Address } from '../model/address.ts';
import { appcfgLabel, type RollbackHistory } from './rollback-history.ts';
import {
  type Blocked,
  type EarlierVersion,
  isPending,
  type Pending,
  type RollbackOptions,
  type RollbackOutcome,
  type RollbackWay,
  type Unchanged,
} from './rollback-verdict.ts';

/** AppConfig reverts for 72 hours after completion. The last minutes are not relied on. */
const revertMs = (72 * 60 - 10) * 60_000;

interface Before {
  /** Deployments that are stopped first. */
  readonly first: readonly LiveDeployment[];
  /** Deployments whose content is not deployed again. */
  readonly isExcluded: (deployment: LiveDeployment) => boolean | Pending;
}

/** Finds the content to roll an address back to, and the way there. */
export class EarlierContent {
  readonly #address: Address;
  readonly #history: RollbackHistory;
  readonly #options: RollbackOptions;

  constructor(address: Address, history: RollbackHistory, options: RollbackOptions) {
    this.#address = address;
    this.#history = history;
    this.#options = options;
  }

  /** From a deployment in flight to what is live: stopping is enough. */
  stopping(running: LiveDeployment, known?: LiveDeployment): RollbackWay | Pending {
    const live = known ?? this.#history.newest(({ state }) => state === 'COMPLETE');
    if (isPending(live)) return live;
    const to = live && this.#history.versionOf(live);
    if (isPending(to)) return to;
    const content = this.#history.content(running.versionNumber);
    if (isPending(content)) return content;
    return { kind: 'roll back', undo: [running], from: running, to, start: undefined };
  }

  /** From a complete deployment to the newest other content before it. Content that an earlier rollback quarantined is skipped. */
  before(live: LiveDeployment, how: Before): RollbackWay | Unchanged | Blocked | Pending {
    const { first, isExcluded } = how;
    const quarantines = this.#history.quarantinesOf(live);
    if (isPending(quarantines)) return quarantines;
    const replaced = [...first, live];
    let isNext = true;
    for (const deployment of this.#history.after(live)) {
      if (deployment.state !== 'COMPLETE') continue;
      const role = this.#roleOf(deployment, { live, quarantines, isExcluded });
      if (isPending(role)) return role;
      if (role === 'same' && this.#options.request.kind === 'commit') {
        // The commit deployed what was live before.
        return first[0] === undefined ? changedNothing(live) : this.stopping(first[0], live);
      }
      if (role === 'other') {
        const quarantined = uniqBy([...replaced.map(referenceTo), ...quarantines], formatVersionReference);
        return this.#to(deployment, { live, first, isNext, quarantined });
      }
      if (role !== 'quarantined' && !replaced.some((each) => each.versionNumber === deployment.versionNumber)) {
        replaced.push(deployment);
      }
      isNext = false;
    }
    return (
      this.#history.end() ??
      this.missing(
        isNext
          ? `deployment ${live.number} is the first one`
          : 'no older deployment has other content that is not quarantined',
        { hasEarlier: !isNext },
      )
    );
  }

  /** What a deployment before the live one is for a rollback: only *other* content is one to roll back to. */
  #roleOf(
    deployment: LiveDeployment,
    {
      live,
      quarantines,
      isExcluded,
    }: Pick<Before, 'isExcluded'> & {
      readonly live: LiveDeployment;
      readonly quarantines: readonly VersionReference[];
    },
  ): 'quarantined' | 'excluded' | 'same' | 'other' | Pending {
    if (quarantines.some((each) => refersTo(each, versionIn(deployment)))) return 'quarantined';
    const isSkipped = isExcluded(deployment);
    if (isPending(isSkipped)) return isSkipped;
    if (isSkipped) return 'excluded';
    const isSame = this.#history.haveSameContent(deployment, live);
    if (isPending(isSame)) return isSame;
    return isSame ? 'same' : 'other';
  }

  #to(
    deployment: LiveDeployment,
    way: Pick<Before, 'first'> & {
      readonly live: LiveDeployment;
      /** Nothing was deployed between the two. */
      readonly isNext: boolean;
      readonly quarantined: readonly VersionReference[];
    },
  ): RollbackWay | Blocked | Pending {
    const { live, first, isNext, quarantined } = way;
    const to = this.#history.versionOf(deployment);
    if (isPending(to)) return to;
    const content = this.#history.content(live.versionNumber);
    if (isPending(content)) return content;
    const isRevertible = isNext && this.#isRevertible(live);
    const undo = isRevertible ? [...first, live] : first;
    if (to.stored === undefined) {
      return isRevertible
        ? { kind: 'roll back', undo, from: live, to, start: undefined }
        : this.missing(`version ${to.number}, which was live before, was deleted`, { hasEarlier: true });
    }
    const described = this.#history.described(deployment);
    if (isPending(described)) return described;
    const quarantines = quarantined.filter((each) => !refersTo(each, to));
    const description: DeploymentDescription = { ...described, supersedes: undefined, quarantines };
    return { kind: 'roll back', undo, from: live, to, start: { needed: !isRevertible, description } };
  }

  /** To a version that the user named. */
  at(
    to: EarlierVersion,
    current: {
      /** Of other content, and not being rolled back. */
      readonly running: LiveDeployment | undefined;
      readonly inFlight: LiveDeployment | undefined;
      readonly live: LiveDeployment | undefined;
    },
  ): RollbackOutcome {
    const { running, inFlight, live } = current;
    const undo = running === undefined ? [] : [running];
    const from = running ?? live;
    const content = from && this.#history.content(from.versionNumber);
    if (isPending(content)) return content;
    if (live?.versionNumber === to.number) {
      return running === undefined
        ? { kind: 'unchanged', reason: `version ${to.number} is live already` }
        : { kind: 'roll back', undo, from, to, start: undefined };
    }
    const carried = live === undefined ? [] : this.#history.quarantinesOf(live);
    if (isPending(carried)) return carried;
    const origin = this.#history.deployments.find(({ versionNumber }) => versionNumber === to.number);
    const described = origin && this.#history.described(origin);
    if (isPending(described)) return described;
    const replaced = [inFlight, live].filter((deployment) => deployment !== undefined);
    const quarantines = uniqBy([...replaced.map(referenceTo), ...carried], formatVersionReference).filter(
      (each) => !refersTo(each, to),
    );
    return { kind: 'roll back', undo, from, to, start: { needed: true, description: { ...described, quarantines } } };
  }

  /** @param known.hasEarlier whether the history has an earlier version, for `--to` */
  missing(why: string, { hasEarlier }: { readonly hasEarlier: boolean }): Blocked {
    return {
      kind: 'blocked',
      problem: {
        code: 'rollback-target-missing',
        severity: 'error',
        message: `nothing to roll back to: ${why}`,
        hint: hasEarlier
          ? {
              text: 'fix the content and sync, or deploy an older version with --to; to see them',
              command: { run: 'history', args: [], selects: this.#address },
            }
          : { text: 'fix the content and sync' },
        subject: this.#address,
      },
    };
  }

  #isRevertible({ completedAt }: LiveDeployment): boolean {
    return completedAt !== undefined && this.#options.now - Date.parse(completedAt) < revertMs;
  }
}

function changedNothing({ number }: LiveDeployment): Unchanged {
  return { kind: 'unchanged', reason: `deployment ${number} changed nothing` };
}

function versionIn({ versionNumber, versionLabel }: LiveDeployment): Pick<EarlierVersion, 'number' | 'label'> {
  return { number: versionNumber, label: appcfgLabel(versionLabel) };
}
