// What a run that changes AppConfig has not done: a line for each cause.

import type { StepResult } from '../../core/events/event.ts';
import { groupsBy } from '../../core/model/groups-by.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Step } from '../../core/plan/step.ts';
import { count } from '../../core/problem/quantity.ts';
import { locatedText } from '../style/address-text.ts';
import { visible } from '../style/escape.ts';
import { attemptText, failureText } from '../style/operation-words.ts';
import { firstOf, someOf } from '../style/shortened.ts';
import type { TextOptions } from '../style/text-options.ts';
import { locatedIn } from '../view/plan-view.ts';
import { rootOf } from '../view/run-results.ts';

export type Failed = Extract<StepResult, { status: 'failed' }>;
export type Skipped = Extract<StepResult, { status: 'skipped' }>;

/** Named in one line. */
export const mostNamed = 5;
/** Causes that are listed without -v. */
const mostListed = 20;

/** `failed   2 deployments (a/dev/Limits, b/dev/Limits): rolled back by AppConfig`. */
export function failedLines(failed: readonly Failed[], plan: Plan, { style, verbose }: TextOptions): readonly string[] {
  const steps = stepsOf(plan);
  const causes = groupsBy(failed, (each) => (verbose ? each.step : causeOf(each, steps)));
  const { shown, more } = firstOf(causes, verbose ? causes.length : mostListed, 'cause');
  const lines = shown.map(
    (those) => `${style.error('failed')}   ${whatText(those, plan)}: ${visible(reasonOf(those))}`,
  );
  return [...lines, ...more];
}

/** The operation and its problem; messages name deployments, so they differ where the cause does not. */
function causeOf({ step: id, problem }: Failed, steps: ReadonlyMap<string, Step>): string {
  return JSON.stringify([steps.get(id)?.operation, problem.code, problem.hint?.text]);
}

/** The message that all have; else what their messages have in common, or the code. */
function reasonOf(failed: readonly [Failed, ...Failed[]]): string {
  const [{ problem }] = failed;
  const isSame = failed.every((each) => each.problem.message === problem.message);
  return isSame ? problem.message : (problem.common ?? problem.code);
}

/** Steps that failed for one cause are one. @param results of all steps */
export function skippedLines(
  skipped: readonly Skipped[],
  { results, plan }: { readonly results: readonly StepResult[]; readonly plan: Plan },
  { style, verbose }: TextOptions,
): readonly string[] {
  const steps = stepsOf(plan);
  const resultOf = new Map(results.map((result) => [result.step, result]));
  const keyOf = (root: StepResult): string => {
    if (root.status === 'failed') return verbose ? root.step : causeOf(root, steps);
    return root.status === 'skipped' ? (root.note ?? root.blockedBy) : root.step;
  };
  const causes = groupsBy(skipped, (each) => keyOf(rootOf(each, resultOf)));
  const { shown, more } = firstOf(causes, verbose ? causes.length : mostListed, 'cause');
  const lines = shown.map((those) => {
    const roots = those.map((each) => rootOf(each, resultOf));
    return `${style.warning('skipped')}  ${whatText(those, plan)}: ${visible(whyText(roots, plan))}`;
  });
  return [...lines, ...more];
}

/** Causes that are not steps. */
export const causeWords: ReadonlyMap<string, string> = new Map([
  ['interrupted', 'the run was interrupted'],
  ['timeout', 'the run did not end within --timeout'],
  ['fail-fast', 'another deployment failed, and --fail-fast starts nothing more'],
  ['internal-error', 'an internal error ended the run'],
  ['not-pruned', 'see the warning above'],
]);

function whyText(roots: readonly StepResult[], plan: Plan): string {
  const [first] = roots;
  if (first?.status === 'skipped') return first.note ?? causeWords.get(first.blockedBy) ?? first.blockedBy;
  const steps = stepsOf(plan);
  return failureText(
    plan.kind,
    [...new Set(roots)].flatMap(({ step }) => steps.get(step) ?? []),
  );
}

/** `2 deployments (a/dev/Limits, b/dev/Limits)`. */
function whatText(results: readonly StepResult[], plan: Plan): string {
  const steps = stepsOf(plan);
  const located = locatedIn(plan);
  const known = results.flatMap(({ step }) => steps.get(step) ?? []);
  const names =
    known.length === 0 ? results.map(({ step }) => visible(step)) : known.map((step) => locatedText(located(step)));
  const what = known.length === 0 ? count(results.length, 'step') : attemptText(plan.kind, known);
  return `${what} (${someOf(new Set(names), mostNamed)})`;
}

function stepsOf({ steps }: Plan): ReadonlyMap<string, Step> {
  return new Map(steps.map((step) => [step.id, step]));
}
