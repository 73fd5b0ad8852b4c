// What a run has done at each address: for reports by wave and by reason.
import { countBy } from 'es-toolkit/array/countBy';
import type { StepResult } from '../../core/events/event.ts';
import type { Report } from '../../core/events/report.ts';
import { formatAddress } from '../../core/model/address.ts';
import { groupMap } from '../../core/model/groups-by.ts';
import { isDeployment } from '../../core/plan/operations.ts';
import type { PlannedAddress } from '../../core/plan/plan.ts';
import type { Step, StepId } from '../../core/plan/step.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { count, number } from '../../core/problem/quantity.ts';

/** How a run has ended at an address, in the order of reports. */
export const runOutcomes = ['succeeded', 'in flight', 'failed', 'rolled back', 'skipped', 'blocked'] as const;
export type RunOutcome = (typeof runOutcomes)[number];

export interface RunResult {
  readonly planned: PlannedAddress;
  readonly outcome: RunOutcome;
  /** Of what failed, or of what it waited for; of a blocked address, of the guard. */
  readonly problem: Problem | undefined;
  /** Why it was skipped, where no problem does: `interrupted`, `timeout`, or a clause. */
  readonly cause: string | undefined;
}

/** How a run that was applied has ended, in the word that its summary begins with. */
export function endingOf(
  { interruptedBy }: Pick<Report, 'interruptedBy'>,
  hasFailed: boolean,
): 'Interrupted' | 'Failed' | 'Done' {
  if (interruptedBy !== undefined) return 'Interrupted';
  return hasFailed ? 'Failed' : 'Done';
}

/** Whether something went wrong in a run: an error, or a step that failed. */
export function hasFailed({ problems, results }: Report): boolean {
  return problems.some(({ severity }) => severity === 'error') || results.some(({ status }) => status === 'failed');
}

/** Of addresses where a run did something or should have. */
export function runResults({ plan, results }: Report): readonly RunResult[] {
  if (plan === undefined) return [];
  const resultOf = new Map(results.map((result) => [result.step, result]));
  const own = stepsByAddress(plan.steps);
  return plan.addresses.flatMap((planned): RunResult[] => {
    if (planned.blockedBy !== undefined) {
      return [{ planned, outcome: 'blocked', problem: planned.blockedBy, cause: undefined }];
    }
    const steps = own.get(formatAddress(planned.address)) ?? [];
    const ended = steps.flatMap(({ id }) => resultOf.get(id) ?? []);
    const decisive = ended.find(({ status }) => status !== 'succeeded') ?? ended.at(-1);
    if (decisive === undefined) return [];
    return [{ planned, ...endOf(decisive, resultOf) }];
  });
}

/** `1 of 12 addresses rolled back`, `2 skipped`: what was not done, of all. */
export function lossParts(results: readonly RunResult[]): readonly string[] {
  const counts = countBy(results, ({ outcome }) => outcome);
  const found = runOutcomes.filter((outcome) => outcome !== 'succeeded' && counts[outcome] !== undefined);
  const all = ` of ${count(results.length, 'address', 'addresses')}`;
  return found.map((outcome, index) => `${number(counts[outcome] ?? 0)}${index === 0 ? all : ''} ${outcome}`);
}

/** Deployments by their address; where a stage has none, what is uploaded for it. */
function stepsByAddress(steps: readonly Step[]): ReadonlyMap<string, readonly Step[]> {
  const own = steps.filter((step) => isDeployment(step) || step.operation === 'StopDeployment');
  return groupMap(own, ({ subject }) => formatAddress(subject));
}

type End = Omit<RunResult, 'planned'>;

function endOf(result: StepResult, resultOf: ReadonlyMap<StepId, StepResult>): End {
  const none = { problem: undefined, cause: undefined };
  if (result.status === 'succeeded')
    return { ...none, outcome: result.running === undefined ? 'succeeded' : 'in flight' };
  if (result.status === 'failed') {
    const { problem } = result;
    return { ...none, problem, outcome: problem.code === 'deployment-rolled-back' ? 'rolled back' : 'failed' };
  }
  const outcome = result.running === undefined ? 'skipped' : 'in flight';
  return { outcome, problem: causeOf(result, resultOf), cause: result.note ?? result.blockedBy };
}

/** The problem of the step that it waited for, through all that waited in between. */
function causeOf(skipped: StepResult, resultOf: ReadonlyMap<StepId, StepResult>): Problem | undefined {
  const root = rootOf(skipped, resultOf);
  return root.status === 'failed' ? root.problem : undefined;
}

/** What a step was skipped for, through all that was skipped in between: the failed one, or the last that was skipped for another reason. */
export function rootOf(result: StepResult, resultOf: ReadonlyMap<StepId, StepResult>): StepResult {
  const seen = new Set<StepId>();
  let root = result;
  while (root.status === 'skipped' && root.note === undefined && !seen.has(root.step)) {
    seen.add(root.step);
    const next = resultOf.get(root.blockedBy);
    if (next === undefined || next.status === 'succeeded') return root;
    root = next;
  }
  return root;
}
