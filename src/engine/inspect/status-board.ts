import { pollDeployment } from '../../appconfig/read/await-deployment.ts';
import { liveDeployment } from '../../appconfig/read/read-deployments.ts';
import { answerFacts, deploymentFact } from '../../appconfig/read/read-facts.ts';
import { type LaneInFlight, lanesInFlight, watchLanes } from '../../appconfig/read/watch-lanes.ts';
import { type AddressStatus, blockedStatus, statusOf } from '../../core/assess/address-status.ts';
import { type ApplicationAssessment, assessApplication } from '../../core/assess/assess-application.ts';
import { orphanedApplicationWarnings, orphanWarnings } from '../../core/assess/orphans.ts';
import type { Verdict } from '../../core/assess/verdict.ts';
import type { Emit } from '../../core/events/event.ts';
import { owner } from '../../core/guards/owner.ts';
import { withDeployment } from '../../core/live/apply-observation.ts';
import { type DeploymentDescription, parseDescription } from '../../core/live/deployment-description.ts';
import type { Facts } from '../../core/live/facts.ts';
import type { LiveApplication } from '../../core/live/live-state.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { blockingProblems } from '../../core/planners/plan-sync.ts';
import { mergeProblems } from '../../core/problem/merge-problems.ts';
import type { Problem } from '../../core/problem/problem.ts';
import type { JudgedStatus } from '../../core/rollout/blocked-statuses.ts';
import type { ReachedAccountRegion } from '../connect/reach.ts';
import type { LoadedProject } from '../load-project.ts';
import type { ReadAccountRegion } from './read-account-regions.ts';

interface BoardOptions extends Pick<LoadedProject, 'relationTo'> {
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly known: KnownStatuses;
  /** Called with each content that is read. */
  readonly onContent: (application: string, text: string) => void;
}

type OnSeen = Parameters<typeof watchLanes>[2]['onSeen'];

/** What of the statuses was read and emitted before, over all reads of a run. */
export class KnownStatuses {
  readonly #emit: Emit;
  /** By account and Region, environment id and deployment number: a deployment keeps its description. */
  readonly descriptions = new Map<string, Promise<DeploymentDescription>>();
  /** The last emitted status of each address. */
  readonly #statuses = new Map<string, AddressStatus>();
  /** Emitted problems, as JSON: each is emitted once. */
  readonly #problems = new Set<string>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** They are emitted together. */
  add(statuses: readonly AddressStatus[]): void {
    for (const each of statuses) this.#statuses.set(formatAddress(each.address), each);
  }

  /** Emits those that differ from what is known. */
  change(statuses: readonly AddressStatus[]): void {
    for (const status of statuses) {
      const address = formatAddress(status.address);
      if (JSON.stringify(this.#statuses.get(address)) === JSON.stringify(status)) continue;
      this.#statuses.set(address, status);
      this.#emit({ type: 'status-changed', status });
    }
  }

  /** The same for some of the addresses: what blocks them because of others stays until all are read again. */
  update(statuses: readonly AddressStatus[]): void {
    this.change(
      statuses.map((status) => {
        const known = this.#statuses.get(formatAddress(status.address));
        return known?.state === status.state ? { ...status, problem: status.problem ?? known.problem } : status;
      }),
    );
  }

  report(problem: Problem): void {
    const json = JSON.stringify(problem);
    if (this.#problems.has(json)) return;
    this.#problems.add(json);
    this.#emit({ type: 'problem-found', problem });
  }
}

/** The statuses of all addresses of one account and Region, kept up to date while its deployments are polled. */
export class StatusBoard {
  /** Environments that had a deployment in flight when they were read. */
  readonly lanes: readonly LaneInFlight[];
  readonly #accountRegion: ReadAccountRegion;
  readonly #options: BoardOptions;
  /** By name, updated with each observed deployment. */
  readonly #applications: Map<string, { readonly application: LiveApplication; readonly facts: Facts }>;
  readonly #desired: ReadonlyMap<string, DesiredApplication>;
  #statuses: readonly JudgedStatus[] = [];

  constructor(accountRegion: ReadAccountRegion, options: BoardOptions) {
    this.#accountRegion = accountRegion;
    this.#options = options;
    this.#applications = new Map(accountRegion.live.applications);
    this.#desired = new Map(accountRegion.at.desired.map((application) => [application.name, application]));
    this.lanes = lanesInFlight(accountRegion.live);
  }

  get at(): ReachedAccountRegion {
    return this.#accountRegion.at;
  }

  /** As they were before watch(). */
  get statuses(): readonly JudgedStatus[] {
    return this.#statuses;
  }

  /** Reads what the lists of AppConfig do not contain: the descriptions of live deployments. @throws CallFailure */
  async read(): Promise<void> {
    // The connection limits how many calls are in flight.
    const statuses = await Promise.all(
      this.at.desired.map((desired) => this.#statusesOf(desired, this.#assess(desired))),
    );
    this.#statuses = statuses.flat();
  }

  /** Emits, as warnings, what would block a sync, and what the tree does not have. */
  reportProblems(): void {
    const { at, live, policy } = this.#accountRegion;
    const orphans: Problem[] = [];
    for (const desired of at.desired) {
      const assessment = this.#assess(desired);
      this.#reportBlocking(assessment);
      orphans.push(...orphanWarnings(desired, assessment));
      for (const problem of assessment.warnings) if (describesLive(problem)) this.#report(problem);
    }
    orphans.push(...orphanedApplicationWarnings(live, policy));
    for (const problem of mergeProblems(orphans)) this.#report(problem);
  }

  /** Emits each change of a status, until no deployment is in flight. @throws CallFailure; the signal's reason */
  async watch(signal: AbortSignal): Promise<void> {
    const updates: Promise<void>[] = [];
    const onSeen: OnSeen = (...seen) => {
      const desired = this.#observe(...seen);
      if (desired === undefined) return;
      const update = this.#emitChanges(desired);
      // Awaited below. Where watching fails first, a rejection must not be unhandled.
      update.catch(() => {});
      updates.push(update);
    };
    try {
      await watchLanes(this.at.connection, this.lanes, { signal, onSeen });
    } finally {
      // A later reading must not be followed by what an earlier one found.
      await Promise.allSettled(updates);
    }
    await Promise.all(updates);
  }

  /** Records what was seen of a deployment. @returns the application of the tree that it concerns */
  #observe(...[lane, progress, response]: Parameters<OnSeen>): DesiredApplication | undefined {
    const known = this.#applications.get(lane.application);
    const desired = this.#desired.get(lane.application);
    const environment = known?.application.environments.get(lane.environment);
    if (known === undefined || desired === undefined || environment === undefined) return undefined;
    const address = {
      tenant: desired.tenant,
      environment: lane.environment,
      configurationProfile: response.ConfigurationName ?? '',
    };
    this.#options.emit({ type: 'deployment-polled', address, ...progress });
    const environments = new Map(known.application.environments);
    environments.set(lane.environment, withDeployment(environment, liveDeployment(response, new Map())));
    this.#applications.set(lane.application, { ...known, application: { ...known.application, environments } });
    const { environmentId } = lane;
    const { deploymentNumber } = progress;
    // The fact of a deployment in flight does not include how it ended.
    known.facts.learn({ kind: 'deployment', environmentId, deploymentNumber }, deploymentFact(response));
    const description = parseDescription(response.Description ?? '');
    this.#options.known.descriptions.set(this.#keyOf(environmentId, deploymentNumber), Promise.resolve(description));
    return desired;
  }

  async #emitChanges(desired: DesiredApplication): Promise<void> {
    const { relationTo, signal, onContent } = this.#options;
    const { at, policy } = this.#accountRegion;
    const known = this.#applications.get(desired.name);
    if (known === undefined) return;
    const { application: live, facts } = known;
    const options = { policy, relationTo, signal, onContent };
    const assessment = await answerFacts(at.connection, { wanted: desired, live, facts, options });
    const statuses = await this.#statusesOf(desired, assessment);
    // A newer observation arrived meanwhile: its own update emits it.
    if (this.#applications.get(desired.name) !== known) return;
    this.#options.known.update(statuses.map(({ status }) => status));
    this.#reportBlocking(assessment);
  }

  #assess(desired: DesiredApplication): ApplicationAssessment {
    return assessApplication(desired, this.#applications.get(desired.name), this.#accountRegion.policy);
  }

  #statusesOf(desired: DesiredApplication, assessment: ApplicationAssessment): Promise<readonly JudgedStatus[]> {
    const application = this.#applications.get(desired.name)?.application;
    return Promise.all(
      assessment.verdicts.map(async (verdict) => ({ verdict, status: await this.#statusOf(verdict, application) })),
    );
  }

  async #statusOf(verdict: Verdict, application: LiveApplication | undefined): Promise<AddressStatus> {
    const accountRegion = this.at.accountRegion.id;
    const { blockedBy, isLive } = verdict;
    if (blockedBy?.code === owner.code && !isLive) {
      return blockedStatus(verdict.desired.address, accountRegion, blockedBy);
    }
    const environment = application?.environments.get(verdict.desired.address.environment);
    const live = verdict.profile && environment?.histories.get(verdict.profile.id)?.completed;
    if (application === undefined || environment === undefined || live === undefined) {
      return statusOf(verdict, environment, { description: {}, accountRegion });
    }
    const { descriptions } = this.#options.known;
    const key = this.#keyOf(environment.id, live.number);
    let description = descriptions.get(key);
    if (description === undefined) {
      description = this.#readDescription(application, environment.id, live.number);
      descriptions.set(key, description);
      // What could not be read is read again the next time.
      description.catch(() => descriptions.delete(key));
    }
    return statusOf(verdict, environment, { description: await description, accountRegion });
  }

  #keyOf(environmentId: string, deploymentNumber: number): string {
    return `${this.at.accountRegion.id} ${environmentId} ${deploymentNumber}`;
  }

  async #readDescription(
    { id: applicationId, name }: LiveApplication,
    environmentId: string,
    deploymentNumber: number,
  ): Promise<DeploymentDescription> {
    const deployment = { applicationId, environmentId, deploymentNumber, what: name };
    const response = await pollDeployment(this.at.connection, deployment);
    return parseDescription(response.Description ?? '');
  }

  /** As warnings: status refuses nothing. */
  #reportBlocking(assessment: ApplicationAssessment): void {
    for (const problem of blockingProblems(assessment)) this.#report({ ...problem, severity: 'warning' });
  }

  #report(problem: Problem): void {
    this.#options.known.report({ accountRegion: this.at.accountRegion.id, ...problem });
  }
}

/** Other warnings are about a deployment that a sync would start. */
function describesLive({ code }: Problem): boolean {
  return code === 'address-drifted' || code === 'environment-in-experiment';
}
