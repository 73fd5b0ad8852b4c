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

export type Failed = Extract<StepResult, { status: 'failed' }>;
export type Skipped = Extract<StepResult, { status: 'skipped' }>;

/** Named in one line. */
export const mostNamed = 5;
/** Causes that are listed without -v. */
const mostListed = 20;

/** `failed   2 deployments (a/dev/Limits, b/dev/Limits): AppConfig rolled back the deployment`. */
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

/** Steps that failed for one cause are one. */
export function skippedLines(
  skipped: readonly Skipped[],
  { failed, plan }: { readonly failed: readonly Failed[]; readonly plan: Plan },
  { style, verbose }: TextOptions,
): readonly string[] {
  const steps = stepsOf(plan);
  const failures = new Map(failed.map((each) => [each.step, causeOf(each, steps)]));
  const rootOf = rootsOf(skipped);
  const causeOfSkipped = (each: Skipped) => {
    const { note, blockedBy } = rootOf(each);
    return note ?? (verbose ? undefined : failures.get(blockedBy)) ?? blockedBy;
  };
  const causes = groupsBy(skipped, causeOfSkipped);
  const { shown, more } = firstOf(causes, verbose ? causes.length : mostListed, 'cause');
  const lines = shown.map(
    (those) => `${style.warning('skipped')}  ${whatText(those, plan)}: ${visible(whyText(those.map(rootOf), plan))}`,
  );
  return [...lines, ...more];
}

/** What was skipped because of a skipped step was skipped because of what that one waited for. */
function rootsOf(skipped: readonly Skipped[]): (of: Skipped) => Skipped {
  const resultOf = new Map(skipped.map((each) => [each.step, each]));
  return (of) => {
    const seen = new Set<Skipped>();
    let root = of;
    for (let next: Skipped | undefined = of; next !== undefined && !seen.has(next); ) {
      seen.add(next);
      root = next;
      next = next.note === undefined ? resultOf.get(next.blockedBy) : undefined;
    }
    return root;
  };
}

/** Causes that are not steps. */
export const causeWords: ReadonlyMap<string, string> = new Map([
  ['interrupted', 'the run was interrupted'],
  ['timeout', 'the run did not end within --timeout'],
  ['fail-fast', 'another deployment failed, and --fail-fast starts nothing more'],
  ['internal-error', 'an internal error ended the run'],
  ['not-pruned', 'see the warning above'],
]);

function whyText(roots: readonly Skipped[], plan: Plan): string {
  const { blockedBy = '', note } = roots[0] ?? {};
  if (note !== undefined) return note;
  const steps = stepsOf(plan);
  const blocking = [...new Set(roots.map((each) => each.blockedBy))].flatMap((id) => steps.get(id) ?? []);
  return blocking.length === 0 ? (causeWords.get(blockedBy) ?? blockedBy) : failureText(plan.kind, blocking);
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
