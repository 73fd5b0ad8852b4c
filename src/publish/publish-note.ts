// The note of a merge request: made from a report, and sent to GitLab. It never fails a run.
import { createHash } from 'node:crypto';
import type { WantedNote } from '../core/discussion/judge-discussions.ts';
import { mustBeAnswered } from '../core/discussion/must-be-answered.ts';
import { wholeRepository } from '../core/discussion/note-marker.ts';
import type { Emit } from '../core/events/event.ts';
import type { Report } from '../core/events/report.ts';
import type { Clock } from '../core/model/clock.ts';
import type { SpellCommand } from '../core/problem/hint.ts';
import { GitlabApi, GitlabFailure } from '../gitlab/api.ts';
import type { CiJob } from '../gitlab/ci-job.ts';
import { failureProblem } from '../gitlab/failure-problem.ts';
import { keepNote } from '../gitlab/keep-note.ts';
import { MergeRequest } from '../gitlab/merge-request.ts';
import { noteText } from '../report/note/note.ts';

export interface NoteRun {
  readonly job: CiJob;
  /** The value of APPCFG_GITLAB_TOKEN. */
  readonly token: string | undefined;
  readonly spell: SpellCommand;
  /** Where the HTML page of the same run is. */
  readonly htmlUrl: string | undefined;
  readonly emit: Emit;
  readonly clock: Clock;
  /** All requests end then, or sooner, in milliseconds from now. */
  readonly timeLeftMs?: number | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** All requests together, in milliseconds. */
const longestMs = 30_000;

const needs =
  'a project access token with the role Developer and the scope api, in the CI/CD variable APPCFG_GITLAB_TOKEN';

/** @param scope which note of the merge request: runs with the same scope write the same note */
export async function publishNote(report: Report, scope: string, run: NoteRun): Promise<void> {
  const { job, token = '', timeLeftMs = longestMs, emit, clock, signal } = run;
  if (signal.aborted || timeLeftMs <= 0) return;
  const { mergeRequest, apiUrl, pipelineId } = job;
  const iid = numberOf(mergeRequest?.iid);
  const projectId = numberOf(mergeRequest?.projectId);
  const pipeline = numberOf(pipelineId);
  if (apiUrl === undefined || iid === undefined || projectId === undefined || pipeline === undefined) {
    emit({ type: 'note-kept', scope, outcome: 'no-merge-request' });
    return;
  }
  if (token.trim() === '') {
    emit({ type: 'note-kept', scope, outcome: 'no-token' });
    return;
  }
  const totalMs = Math.min(longestMs, timeLeftMs);
  const longest = AbortSignal.timeout(totalMs);
  try {
    const access = { url: apiUrl, header: 'PRIVATE-TOKEN', token: token.trim(), clock };
    const api = new GitlabApi({ ...access, signal: AbortSignal.any([signal, longest]) });
    const note = wantedNote(report, { scope, pipeline }, run);
    const { outcome, id } = await keepNote(note, new MergeRequest(api, { projectId, iid }));
    const url = id === undefined ? undefined : mergeRequest?.url && `${mergeRequest.url}#note_${id}`;
    emit({ type: 'note-kept', scope, outcome, ...(url && { url }) });
  } catch (error) {
    if (signal.aborted) return;
    const failure =
      error === longest.reason ? new GitlabFailure({ is: 'timeout', seconds: totalMs / 1000 }, 'all requests') : error;
    emit({ type: 'problem-found', problem: failureProblem(failure, recorded) });
  }
}

/** GitLab numbers merge requests, projects and pipelines. */
function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

const recorded = {
  what: 'the note of the merge request was not updated',
  ifRefused: `use ${needs}: masked, not protected, and not expired`,
  ifMissing: `check that the token is of this project and may see the merge request: use ${needs}`,
  ifTemporary: 'run the job again later; nothing else depends on it, and -o markdown=FILE has the same text',
} as const;

function wantedNote(
  report: Report,
  as: Pick<WantedNote, 'scope' | 'pipeline'>,
  { spell, htmlUrl }: Pick<NoteRun, 'spell' | 'htmlUrl'>,
): WantedNote {
  const title = as.scope === wholeRepository ? undefined : as.scope;
  const text = noteText(report, { title, spell, htmlUrl });
  // Each job has a page of its own: another link means nothing new, also in the commands of hints.
  const spellWithoutLink: SpellCommand = (command) => spell(command).map((word) => word.replaceAll(htmlUrl ?? '', ''));
  const withoutLinks =
    htmlUrl === undefined ? text : noteText(report, { title, spell: spellWithoutLink, htmlUrl: undefined });
  const isOpen = mustBeAnswered(report);
  const meaning = createHash('sha256').update(`${isOpen} ${withoutLinks}`).digest('hex').slice(0, 32);
  return { ...as, text, meaning, isOpen };
}
