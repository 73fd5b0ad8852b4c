// What a run came to: a fold over its events, and the exit code that follows.

import type { AddressStatus } from '../assess/address-status.ts';
import { formatAddress } from '../model/address.ts';
import type { Plan } from '../plan/plan.ts';
import { exitCodeOf, type Problem } from '../problem/problem.ts';
import type { Event, StepResult } from './event.ts';

/** What a run came to; a fold over its events. */
export interface Report {
  /** Known once the run has reached its place. */
  readonly command: string | undefined;
  readonly plan: Plan | undefined;
  /** One for each step of the plan. */
  readonly results: readonly StepResult[];
  readonly problems: readonly Problem[];
  /** What `status` found. */
  readonly addresses: readonly AddressStatus[];
  readonly interruptedBy: 'SIGINT' | 'SIGTERM' | undefined;
}

export interface ReportFold {
  add(event: Event): void;
  report(): Report;
}

export function createReportFold(): ReportFold {
  let command: string | undefined;
  let plan: Plan | undefined;
  let interruptedBy: Report['interruptedBy'];
  let applying = false;
  const results = new Map<string, StepResult>();
  const problems: Problem[] = [];
  const addresses = new Map<string, AddressStatus>();
  return {
    add: (event) => {
      switch (event.type) {
        case 'run-started':
          command = event.command;
          break;
        case 'plan-made':
          plan = event.plan;
          break;
        case 'phase-started':
          applying ||= event.phase === 'applying-plan';
          break;
        case 'step-finished': {
          const { type: _type, ...result } = event;
          results.set(event.step, result);
          if (event.status === 'failed') problems.push(event.problem);
          break;
        }
        case 'status-read':
          for (const status of event.addresses) addresses.set(formatAddress(status.address), status);
          break;
        case 'status-changed':
          addresses.set(formatAddress(event.status.address), event.status);
          break;
        case 'problem-found':
          problems.push(event.problem);
          break;
        case 'interrupted':
          interruptedBy = event.signal;
          break;
        case 'tree-validated':
        case 'content-rendered':
        case 'files-written':
        case 'configuration-explained':
        case 'history-read':
        case 'reading-progressed':
        case 'call-throttled':
        case 'schedule-made':
        case 'step-started':
        case 'deployment-progressed':
        case 'deployment-watched':
        case 'wave-begun':
        case 'wave-soaking':
        case 'server-started':
          break;
        default:
          event satisfies never;
      }
    },
    report: () => ({
      command,
      plan,
      // Steps that were never reached are named all the same.
      results: (plan?.steps ?? []).map(
        ({ id }) =>
          results.get(id) ?? { step: id, status: 'skipped', blockedBy: applying ? 'internal-error' : notApplied },
      ),
      problems,
      addresses: [...addresses.values()],
      interruptedBy,
    }),
  };
}

/** Whether anything of a plan was begun. */
export function wasApplied(report: Report): boolean {
  return report.results.some((result) => result.status !== 'skipped' || result.blockedBy !== notApplied);
}

/** Stands for what kept a plan from being carried out at all: a dry run, a refusal, a question answered with no. */
export const notApplied = 'not-applied';

/**
 * The most serious wins: 6, 3, 1, then an interrupt, then 4, 5, 75, and with `detailed` 2.
 * @param options.detailed tell differences and changes by 2.
 */
export function exitCodeOfReport(report: Report, options: { readonly detailed: boolean }): number {
  const exit = exitCodeOf(report.problems);
  if (exit === 6 || exit === 3 || exit === 1) return exit;
  if (report.interruptedBy !== undefined) return report.interruptedBy === 'SIGINT' ? 130 : 143;
  // What a guard blocks is a difference to a diff, which refuses nothing.
  const refusesNothing = exit === 0 || (exit === 5 && report.command === 'diff');
  if (options.detailed && refusesNothing && (wasApplied(report) ? hasChanged(report) : hasDifferences(report))) {
    return 2;
  }
  return exit;
}

function hasChanged(report: Report): boolean {
  return report.results.some((result) => result.status === 'succeeded' && result.unchanged !== true);
}

function hasDifferences({ plan, addresses }: Report): boolean {
  if (addresses.some(({ state }) => state !== 'synced')) return true;
  if (plan === undefined) return false;
  const same = new Set(['unchanged', 'orphaned']);
  return (
    plan.steps.length + plan.settingsChanges.length > 0 || plan.addresses.some((address) => !same.has(address.action))
  );
}
