// Deployments as GitLab's environments show them, recorded with the job's token. Requests are sent while the run continues: nothing
// waits for them but the end, and that not for long.
import type { DeploymentRecord } from '../core/deployment-records/wave-records.ts';
import type { Problem } from '../core/problem/problem.ts';
import { type GitlabApi, GitlabFailure } from './api.ts';
import { failureProblem } from './failure-problem.ts';
import { idOf } from './response-shape.ts';

/** What is deployed. */
export interface DeployedRef {
  readonly projectId: string;
  readonly sha: string;
  readonly ref: string;
  readonly tag: boolean;
}

export class Deployments {
  readonly #api: GitlabApi;
  readonly #of: DeployedRef;
  readonly #onProblem: (problem: Problem) => void;
  /** By environment, its last request: the id of the deployment, if it was created. */
  readonly #last = new Map<string, Promise<number | undefined>>();
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
      before.then((id) => this.#send(record, id)),
    );
  }

  /** When all requests have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#last.values());
  }

  async #send({ environment, status }: DeploymentRecord, id: number | undefined): Promise<number | undefined> {
    const { projectId, ...of } = this.#of;
    const path = `/projects/${encodeURIComponent(projectId)}/deployments`;
    try {
      if (status === 'running' && !this.#isRefused) {
        return idOf(await this.#api.post(path, { environment, ...of, status }), `POST ${path}`);
      }
      // A deployment that could not be created has no end.
      if (id !== undefined) await this.#api.put(`${path}/${id}`, { status });
    } catch (error) {
      this.#fail(error);
    }
    return id;
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
