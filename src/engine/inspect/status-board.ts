import { pollDeployment } from '../../appconfig/read/await-deployment.ts';
import { liveDeployment } from '../../appconfig/read/list-resources.ts';
import { answerFacts, deploymentFact } from '../../appconfig/read/read-facts.ts';
import { lanesInFlight, type WatchedLane, watchLanes } from '../../appconfig/read/watch-lanes.ts';
import { type AddressStatus, statusOf } from '../../core/assess/address-status.ts';
import { type ApplicationAssessment, assessApplication, type Verdict } from '../../core/assess/assess-application.ts';
import { orphanedApplicationWarnings, orphanWarnings } from '../../core/assess/orphans.ts';
import { withDeployment } from '../../core/live/apply-observation.ts';
import { type DeploymentDescription, parseDescription } from '../../core/live/deployment-description.ts';
import type { Facts } from '../../core/live/facts.ts';
import type { LiveApplication } from '../../core/live/live-state.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { blockingProblems } from '../../core/planners/plan-sync.ts';
import type { Problem } from '../../core/problem/problem.ts';
import type { ReachedAccountRegion } from '../connect/reach.ts';
import type { Context } from '../context.ts';
import type { Prepared } from '../load-project.ts';
import type { ReadAccountRegion } from './plan-run.ts';

interface BoardOptions extends Pick<Prepared, 'relationTo'> {
  readonly signal: AbortSignal;
  readonly context: Context;
  /** The run is about other places, too. */
  readonly several: boolean;
}

/** How every address of a place stands, and what was told of it. */
export class Board {
  /** Those that had something in flight when they were read. */
  readonly lanes: readonly WatchedLane[];
  readonly #place: ReadAccountRegion;
  readonly #options: BoardOptions;
  /** As they are known by now. */
  readonly #applications: Map<string, { readonly application: LiveApplication; readonly facts: Facts }>;
  readonly #desired: ReadonlyMap<string, DesiredApplication>;
  /** What deployments say, by environment and number. */
  readonly #provenances = new Map<string, Promise<DeploymentDescription>>();
  #statuses: readonly AddressStatus[] = [];
  readonly #told = new Map<string, string>();
  readonly #problemsTold = new Set<string>();

  constructor(place: ReadAccountRegion, options: BoardOptions) {
    this.#place = place;
    this.#options = options;
    this.#applications = new Map(place.live.applications);
    this.#desired = new Map(place.at.desired.map((application) => [application.name, application]));
    this.lanes = lanesInFlight(place.live);
  }

  get at(): ReachedAccountRegion {
    return this.#place.at;
  }

  /** As they were read first. */
  get statuses(): readonly AddressStatus[] {
    return this.#statuses;
  }

  /** Asks for what the lists do not carry. @throws CallFailure */
  async read(): Promise<void> {
    // How many calls are in flight is the connection's to bound.
    const statuses = await Promise.all(
      this.#place.at.desired.map((wanted) => this.#statusesOf(wanted, this.#assess(wanted))),
    );
    this.#statuses = statuses.flat();
    for (const each of this.#statuses) this.#told.set(formatAddress(each.address), JSON.stringify(each));
  }

  /** What was wrong when all was read. */
  tellFirstProblems(): void {
    const { at, live, policy } = this.#place;
    for (const wanted of at.desired) {
      const assessment = this.#assess(wanted);
      this.#tellProblems(assessment);
      for (const problem of orphanWarnings(wanted, assessment)) this.#tellProblem(problem);
    }
    for (const problem of orphanedApplicationWarnings(live, policy)) this.#tellProblem(problem);
  }

  #assess(wanted: DesiredApplication): ApplicationAssessment {
    return assessApplication(wanted, this.#applications.get(wanted.name), this.#place.policy);
  }

  /** Tells what changes, until nothing is in flight. */
  async watch(): Promise<void> {
    const { signal } = this.#options;
    const updates: Promise<void>[] = [];
    const onSeen: Parameters<typeof watchLanes>[2]['onSeen'] = (lane, progress, answer) => {
      const known = this.#applications.get(lane.application);
      const wanted = this.#desired.get(lane.application);
      const environment = known?.application.environments.get(lane.environment);
      if (known === undefined || wanted === undefined || environment === undefined) return;
      const address = {
        tenant: wanted.tenant,
        environment: lane.environment,
        configurationProfile: answer.ConfigurationName ?? '',
      };
      this.#options.context.emit({ type: 'deployment-polled', address, ...progress });
      const environments = new Map(known.application.environments);
      environments.set(lane.environment, withDeployment(environment, liveDeployment(answer, new Map())));
      this.#applications.set(lane.application, { ...known, application: { ...known.application, environments } });
      const { environmentId } = lane;
      const { deploymentNumber } = progress;
      // What it said while it ran is not why it ended.
      known.facts.learn({ kind: 'deployment', environmentId, deploymentNumber }, deploymentFact(answer));
      const provenance = parseDescription(answer.Description ?? '');
      this.#provenances.set(`${environmentId} ${deploymentNumber}`, Promise.resolve(provenance));
      const update = this.#tellChanges(wanted);
      // Looked at below, but for a watch that ends before.
      update.catch(() => {});
      updates.push(update);
    };
    await watchLanes(this.#place.at.connection, this.lanes, { signal, onSeen });
    await Promise.all(updates);
  }

  async #tellChanges(wanted: DesiredApplication): Promise<void> {
    const { relationTo, signal, context } = this.#options;
    const { at, policy } = this.#place;
    const known = this.#applications.get(wanted.name);
    if (known === undefined) return;
    const { application: live, facts } = known;
    const assessment = await answerFacts(at.connection, {
      wanted,
      live,
      facts,
      options: { policy, relationTo, signal },
    });
    const statuses = await this.#statusesOf(wanted, assessment);
    // Something newer was seen meanwhile, and is told next.
    if (this.#applications.get(wanted.name) !== known) return;
    for (const each of statuses) {
      const said = JSON.stringify(each);
      if (this.#told.get(formatAddress(each.address)) === said) continue;
      this.#told.set(formatAddress(each.address), said);
      context.emit({ type: 'status-changed', status: each });
    }
    this.#tellProblems(assessment);
  }

  #statusesOf(wanted: DesiredApplication, assessment: ApplicationAssessment): Promise<readonly AddressStatus[]> {
    const application = this.#applications.get(wanted.name)?.application;
    return Promise.all(assessment.verdicts.map((verdict) => this.#statusOf(verdict, application)));
  }

  /** The commit stands in the live deployment's description, which the lists do not carry. */
  async #statusOf(verdict: Verdict, application: LiveApplication | undefined): Promise<AddressStatus> {
    const accountRegion = this.#place.at.accountRegion.id;
    const environment = application?.environments.get(verdict.desired.address.environment);
    const live = verdict.profile && environment?.histories.get(verdict.profile.id)?.completed;
    if (application === undefined || environment === undefined || live === undefined) {
      return statusOf(verdict, environment, { provenance: {}, accountRegion });
    }
    const key = `${environment.id} ${live.number}`;
    let provenance = this.#provenances.get(key);
    if (provenance === undefined) {
      provenance = pollDeployment(this.#place.at.connection, {
        applicationId: application.id,
        environmentId: environment.id,
        deploymentNumber: live.number,
        what: application.name,
      }).then((answer) => parseDescription(answer.Description ?? ''));
      this.#provenances.set(key, provenance);
    }
    return statusOf(verdict, environment, { provenance: await provenance, accountRegion });
  }

  /** To a status, which refuses nothing, what blocks a sync is a thing to know. */
  #tellProblems(assessment: ApplicationAssessment): void {
    for (const problem of blockingProblems(assessment)) this.#tellProblem({ ...problem, severity: 'warning' });
  }

  #tellProblem(problem: Problem): void {
    const told = { accountRegion: this.#place.at.accountRegion.id, ...problem };
    const key = JSON.stringify(told);
    if (this.#problemsTold.has(key)) return;
    this.#problemsTold.add(key);
    this.#options.context.emit({ type: 'problem-found', problem: told });
  }
}
