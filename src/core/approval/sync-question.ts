import { uniq } from 'es-toolkit/array/uniq';
import { isRecord, type OperationTraits, traitsOf } from '../plan/operations.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { count } from '../problem/quantity.ts';
import { listNames } from '../problem/suggest.ts';

/** What is done to a resource; undefined: it is not worth a question, or is part of a deployment. */
const words = {
  create: 'to create',
  update: 'to update',
  tag: 'to adopt',
  stop: 'to stop',
  delete: 'to delete',
  start: undefined,
  await: undefined,
  validate: undefined,
} as const satisfies Record<OperationTraits['does'], string | undefined>;

/**
 * The question before the first write: what happens, to whom, and how long it takes.
 * @param where account and Region, as they are shown
 * @returns undefined for a plan that changes nothing
 */
export function syncQuestion({ steps, expectedMinutes }: Plan, where: string): string | undefined {
  const changes = steps.filter((step) => !isRecord(step) && !['await', 'validate'].includes(traitsOf(step).does));
  if (changes.length === 0) return undefined;
  const starts = changes.filter(({ operation }) => operation === 'StartDeployment');
  const others = changes.filter((step) => starts.length === 0 || traitsOf(step).does !== 'create');
  const what = [...(starts.length > 0 ? [`${count(starts.length, 'deployment')}`] : []), ...resourceParts(others)];
  const to = targetText(starts.length > 0 ? starts : changes);
  const [first, ...rest] = starts.length > 0 ? [`${what[0]} to ${to} in ${where}`, ...what.slice(1)] : what;
  const target = starts.length > 0 ? [] : [`for ${to} in ${where}`];
  return `${[first, ...rest, ...target, ...timeParts(expectedMinutes)].join(', ')}. Continue?`;
}

/** `2 versions to create`. */
function resourceParts(steps: readonly Step[]): readonly string[] {
  const counts = new Map<string, { readonly noun: string; readonly word: string; readonly number: number }>();
  for (const step of steps) {
    const { does, to } = traitsOf(step);
    const word = words[does];
    if (word === undefined) continue;
    const noun = to === 'any resource' ? 'resource' : to;
    const key = `${noun} ${word}`;
    counts.set(key, { noun, word, number: (counts.get(key)?.number ?? 0) + 1 });
  }
  return [...counts.values()].map(({ noun, word, number }) => `${count(number, noun, pluralOf(noun))} ${word}`);
}

function pluralOf(noun: string): string {
  return noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

/** `2 tenants (dev, prod)`. */
function targetText(steps: readonly Step[]): string {
  const tenants = uniq(steps.flatMap(({ subject }) => subject.tenant ?? []));
  const environments = uniq(steps.flatMap(({ subject }) => subject.environment ?? []));
  const [only] = tenants;
  const who = tenants.length === 1 && only !== undefined ? `tenant ${only}` : count(tenants.length, 'tenant');
  return environments.length === 0 ? who : `${who} (${listNames(environments)})`;
}

function timeParts(minutes: number | undefined): readonly string[] {
  if (minutes === undefined || minutes < 0.5) return [];
  const whole = Math.round(minutes);
  const text = whole < 60 ? count(whole, 'minute') : `${Math.floor(whole / 60)} h ${whole % 60} min`;
  return [`about ${text}`];
}
