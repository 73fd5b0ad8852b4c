// What a run came to: a fold over its events, and the exit code that follows.
import { exitCodeOf, type Problem } from './errors.ts';
import type { Event, Report, StepResult } from './events.ts';
import type { Plan } from './plan.ts';

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
        case 'status-read':
        case 'step-started':
        case 'deployment-progressed':
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
        ({ id }) => results.get(id) ?? { step: id, status: 'skipped', blockedBy: applying ? 'defect' : 'not-applied' },
      ),
      problems,
      interruptedBy,
    }),
  };
}

export function foldReport(events: Iterable<Event>): Report {
  const fold = createReportFold();
  for (const event of events) fold.add(event);
  return fold.report();
}

/**
 * The most serious wins: 6, 3, 1, then an interrupt, then 4, 5, 75, and with `detailed` 2.
 * @param options.detailed tell differences and changes by 2.
 */
export function exitCodeOfReport(report: Report, options: { readonly detailed: boolean }): number {
  const exit = exitCodeOf(report.problems);
  if (exit === 6 || exit === 3 || exit === 1) return exit;
  if (report.interruptedBy !== undefined) return report.interruptedBy === 'SIGINT' ? 130 : 143;
  // What a guard blocks is a difference to a diff, which refuses nothing.
  if (options.detailed && report.command === 'diff' && (exit === 0 || exit === 5) && hasDifferences(report.plan))
    return 2;
  if (exit !== 0) return exit;
  return options.detailed && report.results.some((result) => result.status === 'succeeded') ? 2 : 0;
}

function hasDifferences(plan: Plan | undefined): boolean {
  if (plan === undefined) return false;
  const same = new Set(['unchanged', 'orphaned']);
  return (
    plan.steps.length + plan.settingsChanges.length > 0 || plan.addresses.some((address) => !same.has(address.action))
  );
}
