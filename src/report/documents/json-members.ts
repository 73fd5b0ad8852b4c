// Parts of JSON documents. The one place that decides which members of a plan and a problem programs see.
import type { Change } from '../../core/changes.ts';
import type { Problem } from '../../core/errors.ts';
import type { Plan, Step } from '../../core/plan.ts';
import { redactionMark } from '../../core/redact.ts';
import { hintOf, locationOf } from '../view/problem-parts.ts';
import { JsonText } from './json-text.ts';

export function shownProblem(problem: Problem): object {
  const { code, severity, message } = problem;
  return { code, severity, message, hint: hintOf(problem) ?? null, source: locationOf(problem) ?? null };
}

export function shownPlan(plan: Plan) {
  return {
    ...plan,
    settingsChanges: plan.settingsChanges.map(shownChange),
    changeGroups: plan.changeGroups.map((group) => ({ ...group, changes: group.changes.map(shownChange) })),
    waves: plan.waves.map(orNull),
    steps: plan.steps.map(shownStep),
  };
}

/** Absent members are null, so that a reader sees that they exist. */
export function orNull(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, member ?? null]));
}

function shownChange({ op, path, before, after, source }: Change): object {
  const shown = (text: string | undefined) =>
    text === undefined ? null : text === redactionMark ? redactionMark : new JsonText(text);
  return { op, path, before: shown(before), after: shown(after), source: source ?? null };
}

/** Content is left out: it can be large, and hold values that are redacted elsewhere. */
function shownStep(step: Step): object {
  if (step.operation !== 'CreateHostedConfigurationVersion') return step;
  const { content, ...rest } = step;
  return { ...rest, versionLabel: content.versionLabel, contentType: content.contentType, bytes: content.bytes };
}
