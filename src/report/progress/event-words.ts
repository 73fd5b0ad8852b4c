// Words for events, for lines and live rows alike.
import type { RunTarget } from '../../core/events/event.ts';
import { accountRegionId } from '../../core/model/account-region.ts';
import { isDeployment } from '../../core/plan/operations.ts';
import type { Step } from '../../core/plan/step.ts';
import { visible } from '../style/escape.ts';
import { count, number } from '../style/quantities.ts';
import type { EventOf } from '../view/handlers.ts';

/** Accounts and Regions that are named. */
const mostNamed = 5;

/** `AWS AppConfig, eu-west-1, account 111122223333, project acme/config`. Undefined for a command without a target. */
export function targetText({ target, otherTargets: others = [] }: EventOf<'run-started'>): string | undefined {
  if (target === undefined) return undefined;
  const clock = target.clockSpeed === 1 ? '' : ` (clock × ${target.clockSpeed})`;
  const service = target.local ? `local AppConfig${clock}` : (target.endpoint ?? 'AWS AppConfig');
  return visible(`${service}, ${whereText(target, others)}, project ${target.project}`);
}

function whereText(target: RunTarget, others: readonly RunTarget[]): string {
  if (others.length === 0) {
    return target.account === undefined ? target.region : `${target.region}, account ${target.account}`;
  }
  const ids = [target, ...others].map(accountRegionId);
  const named = ids.length > mostNamed ? [...ids.slice(0, mostNamed), '…'] : ids;
  return `${ids.length} accounts and Regions: ${named.join(', ')}`;
}

export function readingText({ applications, of }: EventOf<'reading-progressed'>): string {
  return `reading live state: ${number(applications)} of ${count(of, 'application')}`;
}

export function throttledText({ operation }: EventOf<'call-throttled'>): string {
  return `AppConfig throttles ${operation}; slowing down`;
}

export function waveStartedText({ wave }: EventOf<'wave-begun'>): string {
  return `wave "${visible(wave)}" starts`;
}

/** @param time `until 12:12:00 UTC`, or `9 min left` */
export function soakingText({ wave }: EventOf<'wave-soaking'>, time: string): string {
  return `wave "${visible(wave)}" is complete and soaking, ${time}`;
}

export const stoppingText = 'stopping: no new steps are started; a second signal exits at once';

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
