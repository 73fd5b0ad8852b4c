// The result of a run: a fold over its events, and the exit code that follows from it.

import type { AddressState, AddressStatus } from '../assess/address-status.ts';
import { formatAddress } from '../model/address.ts';
import { isRecord } from '../plan/operations.ts';
import type { Plan } from '../plan/plan.ts';
import { MergedProblems } from '../problem/merge-problems.ts';
import { exitCodeOf, type Problem } from '../problem/problem.ts';
import type { Review } from '../review/review.ts';
import type { WaveChange } from '../rollout/wave-messages.ts';
import type { Event, StepResult } from './event.ts';
import { answerEvents, type EventHandlers, handleEvent, ignored } from './event-handlers.ts';

/** What all reporters and the exit code are made from. */
export interface Report {
  /** Undefined in a run that ended before it started to work. */
  readonly command: string | undefined;
  readonly plan: Plan | undefined;
  /** Of a plan that comes from the tree. */
  readonly review?: Review | undefined;
  /** One for each step of the plan. */
  readonly results: readonly StepResult[];
  /** How far the waves of the plan came, in their order; empty of a plan that was not applied. */
  readonly waves: readonly WaveChange[];
  /** The first of each code and severity, and all others up to a bound. */
  readonly problems: readonly Problem[];
  /** How many more there were. */
  readonly omittedProblems: number;
  /** What `status` found. */
  readonly addresses: readonly AddressStatus[];
  /** Their environments, in the order of reports. */
  readonly environments: readonly string[];
  /** With `status --fail-on`: an address is in one of the states. */
  readonly hasFailingState: boolean;
  /** `doctor` has found a fault. */
  readonly hasFault: boolean;
  readonly interruptedBy: 'SIGINT' | 'SIGTERM' | undefined;
}

/** A hostile tree has more problems than memory should hold. */
const mostProblems = 10_000;

class KeptProblems {
  readonly #merged = new MergedProblems();
  omitted = 0;
  readonly #kinds = new Set<string>();

  add(problem: Problem): void {
    // The exit code follows from the kinds of problems.
    const kind = `${problem.severity} ${problem.code}`;
    const isKept = this.#merged.size < mostProblems || !this.#kinds.has(kind) || this.#merged.has(problem);
    if (isKept) this.#merged.add(problem);
    else this.omitted += 1;
    this.#kinds.add(kind);
  }

  get kept(): readonly Problem[] {
    return this.#merged.problems();
  }
}

export interface ReportFold {
  add(event: Event): void;
  /** The report on the events so far. */
  report(): Report;
}

export function createReportFold(): ReportFold {
  let command: string | undefined;
  let plan: Plan | undefined;
  let review: Review | undefined;
  let interruptedBy: Report['interruptedBy'];
  let isApplied = false;
  let hasFault = false;
  let failOn: readonly AddressState[] = [];
  let environments: readonly string[] = [];
  const results = new Map<string, StepResult>();
  const problems = new KeptProblems();
  const addresses = new Map<string, AddressStatus>();
  const waves = new Map<string, WaveChange>();
  const addStatus = (status: AddressStatus) => {
    addresses.set(formatAddress(status.address), status);
  };
  const handlers: EventHandlers<void> = {
    'run-started': (event) => {
      command = event.command;
    },
    'plan-made': (event) => {
      plan = event.plan;
      review = event.review;
    },
    'prune-planned': (event) => {
      if (plan !== undefined) plan = { ...plan, steps: [...plan.steps, ...event.plan.steps] };
    },
    'phase-started': ({ phase }) => {
      isApplied ||= phase === 'applying-plan';
    },
    'step-finished': ({ type: _type, ...result }) => {
      results.set(result.step, result);
      if (result.status === 'failed') problems.add(result.problem);
    },
    'status-read': (event) => {
      failOn = event.failOn ?? [];
      environments = event.environments;
      event.addresses.forEach(addStatus);
    },
    'status-changed': ({ status }) => addStatus(status),
    'wave-changed': ({ wave, state, noLongerLive }) => void waves.set(wave, { wave, state, noLongerLive }),
    'problem-found': ({ problem }) => {
      problems.add(problem);
    },
    interrupted: ({ signal }) => {
      interruptedBy = signal;
    },
    ...ignored(...answerEvents),
    'jobs-read': (event) => {
      plan = event.plan;
      isApplied = true;
      interruptedBy = event.interruptedBy;
      for (const result of event.results) {
        results.set(result.step, result);
        if (result.status === 'failed') problems.add(result.problem);
      }
    },
    'checks-made': ({ checks }) => {
      hasFault ||= checks.some(({ result }) => result === 'fault');
    },
    ...ignored('reading-progressed', 'call-throttled', 'schedule-made', 'step-started', 'deployment-progressed'),
    ...ignored('deployment-polled', 'wave-begun', 'wave-soaking', 'server-started', 'note-kept'),
  };
  // A step without a result was never reached.
  const unreached = (step: string): StepResult => ({
    step,
    status: 'skipped',
    blockedBy: isApplied ? 'internal-error' : notApplied,
  });
  return {
    add: (event) => handleEvent(handlers, event),
    report: () => ({
      command,
      plan,
      review,
      results: (plan?.steps ?? []).map(({ id }) => results.get(id) ?? unreached(id)),
      waves: [...waves.values()],
      problems: problems.kept,
      omittedProblems: problems.omitted,
      addresses: [...addresses.values()],
      environments,
      hasFailingState: [...addresses.values()].some(({ state }) => failOn.includes(state)),
      hasFault,
      interruptedBy,
    }),
  };
}

/** Whether anything of the plan was begun. */
export function wasApplied(report: Report): boolean {
  return report.results.some((result) => result.status !== 'skipped' || result.blockedBy !== notApplied);
}

/** `blockedBy` of every step of a plan that was not applied: a dry run, a refusal, a confirmation that was declined. */
const notApplied = 'not-applied';

/**
 * The exit code. The most serious one counts: 6, 3, 1, then an interrupt, then 4, 5, 75, and with `detailed` 2.
 * @param options.detailed 2 for differences, or changes that were made
 */
export function exitCodeOfReport(report: Report, options: { readonly detailed: boolean }): number {
  const worst = exitCodeOf(report.problems);
  if (worst === 6 || worst === 3 || worst === 1) return worst;
  if (report.hasFault) return 6;
  if (report.interruptedBy !== undefined) return report.interruptedBy === 'SIGINT' ? 130 : 143;
  // Where every address is blocked, nothing ran, so that nothing failed.
  const exit = worst === 4 && isBlocked(report) ? 5 : worst;
  // A diff reports blocked addresses as differences, and refuses nothing.
  const refusesNothing = exit === 0 || (exit === 5 && report.command === 'diff');
  if (options.detailed && refusesNothing && (wasApplied(report) ? hasChanged(report) : hasDifferences(report))) {
    return 2;
  }
  return exit === 0 && report.hasFailingState ? 2 : exit;
}

/** Whether the plan has no steps because its addresses are blocked. */
function isBlocked({ plan }: Report): boolean {
  return plan?.steps.length === 0 && plan.addresses.some(({ blockedBy }) => blockedBy !== undefined);
}

function hasChanged({ plan, results }: Report): boolean {
  const records = new Set(plan?.steps.filter(isRecord).map(({ id }) => id));
  return results.some(
    (result) => result.status === 'succeeded' && result.unchanged !== true && !records.has(result.step),
  );
}

function hasDifferences({ plan, addresses }: Report): boolean {
  if (addresses.some(({ state }) => state !== 'synced' && state !== 'deploying')) return true;
  if (plan === undefined) return false;
  const same = new Set(['unchanged', 'orphaned']);
  return (
    // Against what is live, a setting is a difference where it makes a step.
    (plan.kind === 'comparison' && plan.settingsChanges.length > 0) ||
    !plan.steps.every(isRecord) ||
    plan.addresses.some((address) => !same.has(address.action))
  );
}
