import type { RollbackApplication, RollbackVerdict, RollbackWay } from '../assess/rollback-verdict.ts';
import { formatDescription } from '../live/deployment-description.ts';
import { versionDigest } from '../live/live-content.ts';
import type { LiveDeployment } from '../live/live-state.ts';
import { tagsOfCreated } from '../live/ownership.ts';
import { formatAddress } from '../model/address.ts';
import { isStoppable, profileTypeOf } from '../model/resource.ts';
import { awaitStep, supersedeStep } from '../plan/deployment-steps.ts';
import type { FallbackDeployment, Step, StepId } from '../plan/step.ts';
import { StepList } from '../plan/step-list.ts';
import { deploymentParametersOf, type Target } from '../settings/effective-settings.ts';
import type { Policy } from '../settings/policy.ts';
import type { StrategySteps } from './strategy-steps.ts';

/** What a rollback does at one address. */
export interface AddressRollback {
  readonly application: RollbackApplication;
  readonly verdict: RollbackVerdict;
}

interface Options {
  readonly policy: Policy;
  /** Name or id of the strategy for an address. */
  readonly strategyFor: (target: Target) => string;
}

/** In each lane the stops come first, then the waits for deployments in flight, then the starts. */
export class RollbackSteps {
  readonly #all: readonly AddressRollback[];
  readonly #strategies: StrategySteps;
  readonly #options: Options;
  readonly #stops: StepList;
  readonly #supersedes: StepList;
  readonly #awaits: StepList;
  readonly #starts: StepList;

  /** @param all what the rollback does in every lane: a lane has the deployments of several profiles */
  constructor(all: readonly AddressRollback[], strategies: StrategySteps, options: Options) {
    const { id } = options.policy.accountRegion;
    this.#all = all;
    this.#strategies = strategies;
    this.#options = options;
    this.#stops = new StepList(id);
    this.#supersedes = new StepList(id);
    this.#awaits = new StepList(id);
    this.#starts = new StepList(id);
  }

  all(): readonly Step[] {
    return [this.#strategies, this.#stops, this.#supersedes, this.#awaits, this.#starts].flatMap(({ steps }) => steps);
  }

  add(rollback: AddressRollback): void {
    const { outcome } = rollback.verdict;
    if (outcome.kind === 'await') {
      const { application, verdict } = rollback;
      const step = awaitStep(application.name, verdict.address, outcome.deployment);
      this.#awaits.add({ ...step, reason: 'already in flight' });
    }
    if (outcome.kind !== 'roll back') return;
    const start = this.#startOf(rollback.verdict, outcome);
    const stopped = this.#undo(rollback, outcome, start);
    if (outcome.start?.needed === true && start !== undefined) this.#start(rollback, start, stopped);
  }

  /** Stops and reverts one deployment after the other. @returns the last step */
  #undo(
    { application, verdict }: AddressRollback,
    outcome: RollbackWay,
    start: FallbackDeployment | undefined,
  ): StepId | undefined {
    const { address: subject, environment, profile } = verdict;
    const isStarted = outcome.start?.needed === true;
    let last: StepId | undefined;
    for (const deployment of outcome.undo) {
      const isLast = deployment === outcome.undo.at(-1);
      last = this.#stops.add({
        subject,
        target: `${formatAddress(subject)} ${deployment.number}`,
        after: [last],
        reason: undoReason(deployment, outcome),
        operation: 'StopDeployment',
        application: application.name,
        environment: environment.name,
        deploymentNumber: deployment.number,
        inFavourOf: undefined,
        rollsBack: {
          configurationProfile: profile.name,
          state: deployment.state,
          newest: newestOf(verdict),
          versionNumber: isStarted || !isLast ? undefined : outcome.to?.number,
          fallback: isLast && !isStarted ? start : undefined,
        },
      });
    }
    return last;
  }

  /** How the earlier version is deployed; undefined where it cannot be. */
  #startOf({ address, profile }: RollbackVerdict, { to, start }: RollbackWay): FallbackDeployment | undefined {
    if (to?.stored === undefined || start === undefined) return undefined;
    const profileType = profileTypeOf(profile.type);
    const { policy, strategyFor } = this.#options;
    const strategy = strategyFor(address);
    return {
      version: {
        profileType,
        versionLabel: to.label,
        versionNumber: to.number,
        digest: versionDigest(to.stored, profileType),
      },
      strategy: this.#strategies.referenceTo(strategy),
      numbers: this.#strategies.numbersOf(strategy),
      description: formatDescription({ ...start.description, project: policy.project }),
      tags: tagsOfCreated(policy.project, policy.settings.tags),
      ...deploymentParametersOf(policy, address),
    };
  }

  #start(rollback: AddressRollback, start: FallbackDeployment, stopped: StepId | undefined): void {
    const { application, verdict } = rollback;
    const { address, environment, outcome, profile } = verdict;
    const strategy = this.#strategies.stepFor(this.#options.strategyFor(address));
    this.#supersede(rollback, start);
    const version = outcome.kind === 'roll back' ? outcome.to?.number : undefined;
    this.#starts.add({
      subject: address,
      after: [stopped, strategy],
      reason: `version ${version} was live before`,
      operation: 'StartDeployment',
      application: application.name,
      environment: environment.name,
      configurationProfile: profile.name,
      ...start,
      replaces: newestOf(verdict),
    });
  }

  /** With `--supersede`, stops the deployment of another profile that keeps the lane busy. */
  #supersede({ application, verdict }: AddressRollback, { version }: FallbackDeployment): void {
    const { address, environment } = verdict;
    const running = environment.deployments.find(({ state }) => isStoppable(state));
    if (!this.#options.policy.supersede || running === undefined) return;
    if (this.#all.some((each) => each.verdict.environment === environment && isPartOf(running, each.verdict))) return;
    const stop = { deploymentNumber: running.number, version };
    const step = supersedeStep(application.name, address, stop);
    this.#supersedes.add({ ...step, target: `${formatAddress(step.subject)} ${running.number}` });
  }
}

/** Whether the rollback of an address waits for the deployment, or stops it, anyway. */
function isPartOf({ number }: LiveDeployment, { outcome }: RollbackVerdict): boolean {
  if (outcome.kind === 'await') return outcome.deployment.number === number;
  return outcome.kind === 'roll back' && outcome.undo.some((each) => each.number === number);
}

/** What a rollback does to a deployment. */
export function undoText({ number, state }: LiveDeployment): string {
  return `deployment ${number} will be ${state === 'COMPLETE' ? 'reverted' : 'stopped'}`;
}

function undoReason(deployment: LiveDeployment, { start, to }: RollbackWay): string {
  const done = undoText(deployment);
  return start?.needed === true || to === undefined ? done : `${done}; version ${to.number} will be live again`;
}

/** Number of the profile's newest deployment. */
function newestOf({ environment, profile }: RollbackVerdict): number {
  return environment.deployments.find(({ profileId }) => profileId === profile.id)?.number ?? 0;
}
