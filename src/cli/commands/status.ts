import { look } from '../../appconfig/await-deployment.ts';
import type { Connection } from '../../appconfig/client.ts';
import { answerFacts, deploymentFact, liveDeployment, readLiveState } from '../../appconfig/read-live-state.ts';
import { lanesInFlight, watchLanes } from '../../appconfig/watch-lanes.ts';
import { type ApplicationAssessment, assessApplication, type Verdict } from '../../core/assess.ts';
import type { Problem } from '../../core/errors.ts';
import type { AddressStatus } from '../../core/events.ts';
import type { Facts, LiveApplication, LiveState } from '../../core/live.ts';
import { withDeployment } from '../../core/live-update.ts';
import { blockingProblems, orphanedApplicationWarnings, orphanWarnings } from '../../core/make-plan.ts';
import type { DesiredApplication } from '../../core/model.ts';
import type { Policy } from '../../core/policy.ts';
import { type Provenance, parseDescription } from '../../core/provenance.ts';
import { statusOf } from '../../core/status.ts';
import type { Context } from '../context.ts';
import type { StatusOptions } from '../options.ts';
import { type Prepared, policyOf, prepare, readingProgress } from '../prepare.ts';
import { withSession } from '../session.ts';

/** Shows every address: what is live, since when, from which commit, and whether that is what the tree wants. */
export async function status(options: StatusOptions, context: Context): Promise<void> {
  const prepared = await prepare(options, context);
  if (prepared === undefined) return;
  const { settings, project, desired, relationTo } = prepared;
  await withSession({ options, settings, project, access: 'read', context }, async ({ connection, place, signal }) => {
    context.emit({ type: 'run-started', command: 'status', place });
    context.emit({ type: 'phase-started', phase: 'reading-live-state' });
    const policy = policyOf(prepared, place, options);
    const live = await readLiveState(connection, desired, {
      policy,
      relationTo,
      signal,
      onProgress: readingProgress(context),
    });
    const board = new StatusBoard(connection, live, { desired, policy, relationTo, signal, context });
    await board.tell(options.watch);
    if (options.watch) await board.watch();
  });
}

interface BoardOptions extends Pick<Prepared, 'desired' | 'relationTo'> {
  readonly policy: Policy;
  readonly signal: AbortSignal;
  readonly context: Context;
}

/** How every address stands, and what was told of it. */
class StatusBoard {
  readonly #connection: Connection;
  readonly #live: LiveState;
  readonly #options: BoardOptions;
  /** As they are known by now. */
  readonly #applications: Map<string, { readonly application: LiveApplication; readonly facts: Facts }>;
  readonly #desired: ReadonlyMap<string, DesiredApplication>;
  /** What deployments say, by application, environment and number. */
  readonly #provenances = new Map<string, Promise<Provenance>>();
  readonly #told = new Map<string, string>();
  readonly #problemsTold = new Set<string>();

  constructor(connection: Connection, live: LiveState, options: BoardOptions) {
    this.#connection = connection;
    this.#live = live;
    this.#options = options;
    this.#applications = new Map(live.applications);
    this.#desired = new Map(options.desired.map((application) => [application.name, application]));
  }

  /** All of them. */
  async tell(isWatched: boolean): Promise<void> {
    const { desired, policy, context } = this.#options;
    const addresses: AddressStatus[] = [];
    for (const wanted of desired) {
      const assessment = assessApplication(wanted, this.#applications.get(wanted.name), policy);
      const statuses = await this.#statusesOf(wanted, assessment);
      for (const each of statuses) this.#told.set(each.address, JSON.stringify(each));
      addresses.push(...statuses);
      this.#tellProblems(assessment, orphanWarnings(wanted, assessment));
    }
    for (const problem of orphanedApplicationWarnings(this.#live, policy)) this.#tellProblem(problem);
    const watched = isWatched ? lanesInFlight(this.#live).length : 0;
    context.emit({ type: 'status-read', addresses, watched });
  }

  /** What changes, until nothing is in flight. */
  async watch(): Promise<void> {
    const { signal, context } = this.#options;
    const updates: Promise<void>[] = [];
    await watchLanes(this.#connection, lanesInFlight(this.#live), {
      signal,
      onSeen: (lane, progress, answer) => {
        const known = this.#applications.get(lane.application);
        const wanted = this.#desired.get(lane.application);
        const environment = known?.application.environments.get(lane.environment);
        if (known === undefined || wanted === undefined || environment === undefined) return;
        const address = `${wanted.tenant}/${lane.environment}/${answer.ConfigurationName}`;
        context.emit({ type: 'deployment-watched', address, ...progress });
        const environments = new Map(known.application.environments);
        environments.set(lane.environment, withDeployment(environment, liveDeployment(answer, new Map())));
        const application = { ...known.application, environments };
        this.#applications.set(lane.application, { ...known, application });
        // What it said while it ran is not why it ended.
        known.facts.learn(
          { kind: 'deployment', environmentId: lane.environmentId, deploymentNumber: progress.deploymentNumber },
          deploymentFact(answer),
        );
        this.#provenances.set(
          `${lane.applicationId} ${lane.environmentId} ${progress.deploymentNumber}`,
          Promise.resolve(parseDescription(answer.Description ?? '')),
        );
        const update = this.#tellChanges(wanted);
        // Looked at below, but for a watch that ends before.
        update.catch(() => {});
        updates.push(update);
      },
    });
    await Promise.all(updates);
  }

  async #tellChanges(wanted: DesiredApplication): Promise<void> {
    const { policy, relationTo, signal, context } = this.#options;
    const known = this.#applications.get(wanted.name);
    if (known === undefined) return;
    const { application: live, facts } = known;
    const assessment = await answerFacts(this.#connection, {
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
      if (this.#told.get(each.address) === said) continue;
      this.#told.set(each.address, said);
      context.emit({ type: 'status-changed', status: each });
    }
    this.#tellProblems(assessment, []);
  }

  #statusesOf(wanted: DesiredApplication, assessment: ApplicationAssessment): Promise<readonly AddressStatus[]> {
    const application = this.#applications.get(wanted.name)?.application;
    return Promise.all(assessment.verdicts.map((verdict) => this.#statusOf(verdict, application)));
  }

  /** The commit stands in the live deployment's description, which the lists do not carry. */
  async #statusOf(verdict: Verdict, application: LiveApplication | undefined): Promise<AddressStatus> {
    const environment = application?.environments.get(verdict.desired.address.environment);
    const live = verdict.profile && environment?.histories.get(verdict.profile.id)?.completed;
    if (application === undefined || environment === undefined || live === undefined) {
      return statusOf(verdict, environment, {});
    }
    const key = `${application.id} ${environment.id} ${live.number}`;
    let provenance = this.#provenances.get(key);
    if (provenance === undefined) {
      provenance = look(this.#connection, {
        applicationId: application.id,
        environmentId: environment.id,
        deploymentNumber: live.number,
        what: application.name,
      }).then((answer) => parseDescription(answer.Description ?? ''));
      this.#provenances.set(key, provenance);
    }
    return statusOf(verdict, environment, await provenance);
  }

  #tellProblems(assessment: ApplicationAssessment, others: readonly Problem[]): void {
    // To a status, which refuses nothing, what blocks a sync is a thing to know.
    for (const problem of blockingProblems(assessment)) this.#tellProblem({ ...problem, severity: 'warning' });
    for (const problem of others) this.#tellProblem(problem);
  }

  #tellProblem(problem: Problem): void {
    const key = JSON.stringify(problem);
    if (this.#problemsTold.has(key)) return;
    this.#problemsTold.add(key);
    this.#options.context.emit({ type: 'problem-found', problem });
  }
}
