// `--gitlab-deployments`: the waves of a sync as deployments in GitLab. It neither fails nor delays the run.
import { WaveRecords } from '../../core/deployment-records/wave-records.ts';
import type { Emit } from '../../core/events/event.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { GitlabApi, GitlabFailure } from '../../gitlab/api.ts';
import { Deployments } from '../../gitlab/deployments.ts';
import type { Context } from '../context.ts';

export interface RecordedRun {
  /** Emits, and records. */
  readonly emit: Emit;
  /** Records how the run ended, and waits a moment for GitLab. The end of --timeout is no problem any more. */
  close(): Promise<void>;
}

/** How long the end of a run waits for GitLab, in milliseconds; after an interrupt it must not take longer than a second. */
const longestMs = { ended: 10_000, interrupted: 1_000 } as const;

/** @param environment what the names of all of them begin with */
export function recordDeployments(
  plan: Plan,
  environment: string,
  context: Pick<Context, 'emit' | 'job' | 'environment' | 'clock' | 'signal' | 'expectTimeout'>,
): RecordedRun {
  const { emit, signal } = context;
  const closing = new AbortController();
  const onProblem = (problem: Problem) => emit({ type: 'problem-found', problem });
  const deployments = openDeployments(context, closing.signal, onProblem);
  if (deployments === undefined) return { emit, close: async () => {} };
  const records = new WaveRecords(plan, environment);
  const run = () => ({ isInterrupted: signal.aborted });
  return {
    emit: (event) => {
      for (const record of records.after(event, run())) deployments.record(record);
      emit(event);
    },
    close: async () => {
      context.expectTimeout();
      for (const record of records.atEnd(run())) deployments.record(record);
      const closeAfter = (ms: number) => setTimeout(() => closing.abort('closed'), ms);
      const timers = [closeAfter(longestMs.ended)];
      const onAbort = () => timers.push(closeAfter(longestMs.interrupted));
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      await deployments.ended();
      signal.removeEventListener('abort', onAbort);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Undefined outside of a job of GitLab, which is reported. */
function openDeployments(
  { job, environment, clock }: Pick<Context, 'job' | 'environment' | 'clock'>,
  signal: AbortSignal,
  onProblem: (problem: Problem) => void,
): Deployments | undefined {
  const { apiUrl, projectId, commit, ref, isTag } = job;
  const token = environment.CI_JOB_TOKEN?.trim() ?? '';
  if (apiUrl === undefined || projectId === undefined || commit === undefined || ref === undefined || token === '') {
    onProblem(outsideOfJob);
    return undefined;
  }
  try {
    const api = new GitlabApi({ url: apiUrl, header: 'JOB-TOKEN', token, clock, signal });
    return new Deployments(api, { projectId, sha: commit, ref, tag: isTag }, onProblem);
  } catch (error) {
    if (!(error instanceof GitlabFailure)) throw error;
    onProblem(outsideOfJob);
    return undefined;
  }
}

const outsideOfJob: Problem = {
  code: 'note-failed',
  severity: 'warning',
  message: 'deployments are not recorded in GitLab: this run is not in a GitLab job',
  hint: { text: 'use --gitlab-deployments in a job, where GitLab sets CI_API_V4_URL, CI_JOB_TOKEN and the commit' },
};
