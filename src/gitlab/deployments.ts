// Deployments as GitLab's environments show them, recorded with the job's token. Requests are sent while the run continues: nothing
// waits for them but the end, and that not for long.
import type { DeploymentRecord } from '../core/deployment-records/wave-records.ts';
import type { Problem } from '../core/problem/problem.ts';
import { type GitlabApi, GitlabFailure, mayBeDone } from './api.ts';
import { failureProblem } from './failure-problem.ts';
import { idIn, idOf, isObject } from './response-shape.ts';

/** What is deployed. */
export interface DeployedRef {
  readonly projectId: string;
  readonly sha: string;
  readonly ref: string;
  readonly tag: boolean;
}

/** What is known of a deployment: its id; or that it may have been created, and why its id is unknown. */
type Created = number | { readonly unanswered: GitlabFailure };

export class Deployments {
  readonly #api: GitlabApi;
  readonly #of: DeployedRef;
  readonly #onProblem: (problem: Problem) => void;
  /** By environment, its last request: the deployment, if it was created. */
  readonly #last = new Map<string, Promise<Created | undefined>>();
  /** The kinds of failures that were reported: one cause is one problem. */
  readonly #reported = new Set<string>();
  /** GitLab has refused the token. */
  #isRefused = false;

  constructor(api: GitlabApi, of: DeployedRef, onProblem: (problem: Problem) => void) {
    this.#api = api;
    this.#of = of;
    this.#onProblem = onProblem;
  }

  /** Sends it after what was recorded of the same environment before. */
  record(record: DeploymentRecord): void {
    const { environment } = record;
    const before = this.#last.get(environment) ?? Promise.resolve(undefined);
    this.#last.set(
      environment,
      before.then((created) => this.#send(record, created)),
    );
  }

  /** When all requests have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#last.values());
  }

  async #send({ environment, status }: DeploymentRecord, created: Created | undefined): Promise<Created | undefined> {
    const path = `/projects/${encodeURIComponent(this.#of.projectId)}/deployments`;
    try {
      if (status === 'running' && !this.#isRefused) return await this.#create(path, environment);
      // A deployment that could not be created has no end.
      const id = typeof created === 'object' ? await this.#find(path, environment) : created;
      if (id !== undefined) await this.#api.put(`${path}/${id}`, { status });
      else if (typeof created === 'object') this.#fail(created.unanswered);
    } catch (error) {
      this.#fail(error);
    }
    return created;
  }

  async #create(path: string, environment: string): Promise<Created> {
    const { projectId: _, ...of } = this.#of;
    try {
      return idOf(await this.#api.post(path, { environment, ...of, status: 'running' }), `POST ${path}`);
    } catch (error) {
      if (error instanceof GitlabFailure && mayBeDone(error.kind)) return { unanswered: error };
      throw error;
    }
  }

  /** The newest deployment that is running, and that no job but this one can have created: those of jobs themselves have a `deployable`. */
  async #find(path: string, environment: string): Promise<number | undefined> {
    const { sha, ref } = this.#of;
    const isOwn = (json: unknown) =>
      isObject(json) &&
      isObject(json.environment) &&
      json.environment.name === environment &&
      json.sha === sha &&
      json.ref === ref &&
      json.status === 'running' &&
      (json.deployable ?? undefined) === undefined;
    const ids = await this.#api.list(path, (json) => (isOwn(json) ? idIn(json) : undefined), {
      environment,
      status: 'running',
    });
    return ids.length === 0 ? undefined : Math.max(...ids);
  }

  #fail(error: unknown): void {
    // What is no error is the reason of the signal.
    const failure =
      error instanceof Error ? error : new GitlabFailure({ is: 'unfinished' }, 'the deployments of the project');
    const kind = failure instanceof GitlabFailure ? failure.kind : undefined;
    this.#isRefused ||= kind?.is === 'status' && [401, 403, 404].includes(kind.status);
    const key = JSON.stringify(kind ?? failure.message);
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#onProblem(failureProblem(failure, recorded));
  }
}

const recorded = {
  what: 'a deployment is not recorded in GitLab',
  ifRefused:
    'give the user who starts the pipeline the role Developer and, for a protected environment, permission to deploy to it',
  ifMissing: 'check that the project has environments and deployments (Settings, General, Visibility)',
  ifTemporary: 'the rollout is not affected, and the next one is recorded again',
} as const;
