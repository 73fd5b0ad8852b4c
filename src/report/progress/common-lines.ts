// What both kinds of progress print, so that a log and a terminal use the same words.
import type { NoteOutcome, RunTarget } from '../../core/events/event.ts';
import { type EventHandlers, type EventOf, ignored } from '../../core/events/event-handlers.ts';
import { accountRegionId } from '../../core/model/account-region.ts';
import { isDeployment } from '../../core/plan/operations.ts';
import type { Step } from '../../core/plan/step.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { visible } from '../style/escape.ts';
import { timeOfDay } from '../style/quantities.ts';
import { someOf } from '../style/shortened.ts';
import { notDoneTexts } from '../text/waves.ts';
import type { WaveRow } from '../view/wave-view.ts';
import { heartbeatMs, Throttle } from './pacing.ts';
import type { Tally } from './tally.ts';

/** Accounts and Regions that are named. */
const mostNamed = 5;

/** The rows of a table of handlers that both have. @param print writes a line that stays */
export function commonHandlers(print: (line: string) => void, now: () => number) {
  const throttling = new Throttle(now);
  return {
    'run-started': ({ targets: [target, ...others] }) => {
      if (target !== undefined) print(targetText(target, others));
    },
    'call-throttled': ({ operation }) => {
      if (throttling.passes(heartbeatMs)) print(`AppConfig throttles ${operation}; slowing down`);
    },
    'note-kept': (event) => print(noteText(event)),
    ...ignored(
      'schedule-made',
      'prune-planned',
      'problem-found',
      'tree-validated',
      'tree-tidied',
      'content-rendered',
      'configuration-pulled',
      'tree-imported',
      'pipeline-generated',
      'jobs-read',
      'file-written',
      'files-written',
      'files-changed',
      'checks-made',
    ),
    ...ignored('configuration-explained', 'server-started'),
  } as const satisfies Partial<EventHandlers<void>>;
}

/** `AWS AppConfig, eu-west-1, account 111122223333, project acme/config`. */
function targetText(target: RunTarget, others: readonly RunTarget[]): string {
  const clock = target.clockSpeed === 1 ? '' : ` (clock × ${target.clockSpeed})`;
  const service = target.local ? `local AppConfig${clock}` : (target.endpoint ?? 'AWS AppConfig');
  return visible(`${service}, ${whereText(target, others)}, project ${target.project}`);
}

function whereText(target: RunTarget, others: readonly RunTarget[]): string {
  if (others.length === 0) {
    return target.account === undefined ? target.region : `${target.region}, account ${target.account}`;
  }
  const ids = [target, ...others].map(accountRegionId);
  return `${ids.length} accounts and Regions: ${someOf(ids, mostNamed)}`;
}

/** What it came to, and how to get one where there is none. */
function noteText({ outcome, scope, url }: EventOf<'note-kept'>): string {
  const text = {
    created: 'created',
    updated: 'updated',
    unchanged: 'unchanged',
    newer: 'left to a newer pipeline of the merge request',
    'no-token':
      'not sent: set the CI/CD variable APPCFG_GITLAB_TOKEN, masked and not protected, to a project access token with the role Developer and the scope api',
    'no-merge-request': 'not sent: this is not a merge request pipeline of GitLab',
  } as const satisfies Record<NoteOutcome, string>;
  const where = url === undefined ? '' : `: ${url}`;
  // The scope distinguishes the notes of several trees. That of one tree means nothing to a reader.
  const name = scope === '.' ? 'GitLab note' : `GitLab note "${scope}"`;
  return visible(`${name} ${text[outcome]}${where}`);
}

export function readingText({ applications, of }: EventOf<'reading-progressed'>): string {
  return `reading live state: ${number(applications)} of ${count(of, 'application')}`;
}

/** @param starts deployments of it that are to be started: none of a wave that an earlier run began */
export function begunText({ wave }: EventOf<'wave-begun'>, starts: number): string {
  return `wave "${visible(wave)}" ${starts > 0 ? 'starts' : 'continues'}`;
}

/** `wave "canary" is done: 9 of 9 addresses`. */
export function doneText(row: WaveRow): string {
  return endedText(row, row.inFlight > 0 ? 'is started' : 'is done');
}

function endedText(row: WaveRow, how: string): string {
  const { name, done, of } = row;
  const text = `wave "${visible(name)}" ${how}: ${number(done)} of ${count(of, 'address', 'addresses')}`;
  return [text, ...notDoneTexts(row)].join(', ');
}

/** `wave "canary" deployed: 9 of 9 addresses; soaking until 12:12:00 UTC`. */
export function soakingText(row: WaveRow, endsAt: number): string {
  return `${endedText(row, row.inFlight > 0 ? 'is started' : 'deployed')}; soaking until ${timeOfDay(endsAt)}`;
}

export function stoppingText({ steps }: Pick<Tally, 'steps'>): string {
  return `stopping${steps.size === 0 ? '' : ': no new steps are started'}; a second signal exits at once`;
}

/** Whether the end of a step is worth a line: deployments, and what a rollback stops or reverts. */
export function isReported(step: Step): boolean {
  return isDeployment(step) || (step.operation === 'StopDeployment' && step.rollsBack !== undefined);
}

export function succeededText(
  step: Step,
  { note, running }: { readonly note?: string; readonly running?: number },
): string {
  if (note === undefined) return 'complete';
  return running === undefined && isDeployment(step) ? `complete, ${visible(note)}` : visible(note);
}
