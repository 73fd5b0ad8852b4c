// The one edit of the template that reaches an address, where there is only one, in the words of a verdict.
import { partition } from 'es-toolkit/array/partition';
import { changeOf } from '../document/diff-values.ts';
import { valueAt } from '../document/json-pointer.ts';
import { formatAddress } from '../model/address.ts';
import { groupsBy } from '../model/groups-by.ts';
import { count, number } from '../problem/quantity.ts';
import { type Concerned, decisiveOutcome, type JudgedEdit, type Outcome, type Trees } from './judge-edits.ts';
import { keepsOwn } from './review.ts';
import type { OnlyEdit } from './verdict-sentence.ts';

/** @param judged edits of the template */
export function onlyEditOf(judged: readonly JudgedEdit[], trees: Trees): OnlyEdit | undefined {
  const [only, ...others] = judged.filter(({ edit }) => !edit.reachesNone);
  if (only === undefined || others.length > 0 || only.edit.concerned === 0) return undefined;
  const most = Math.max(...only.values.values());
  // What changes then is not what it changes.
  if (most === 0) return undefined;
  const shieldedEnvironments = environmentsShielded(only);
  const what = `${oneValue(only, trees) ?? valuesOf(only, most)}${whereFewer(only, most, shieldedEnvironments)}`;
  const kept = only.concerned.filter(({ outlier }) => outlier !== undefined && keepsOwn(outlier));
  const isOneTenant = trees.head.desired.length === 1;
  const inPart = new Set(kept.map(({ address }) => (isOneTenant ? formatAddress(address) : address.tenant))).size;
  if (isOneTenant) {
    const outcomes = new Map(only.concerned.map((each) => [formatAddress(each.address), each.outcome]));
    return { what, noun: 'address', outcomes, inPart, environments: new Map(), shieldedEnvironments: [] };
  }
  const outcomes = outcomesOfTenants(only);
  return {
    ...{ what, noun: 'tenant', outcomes, inPart },
    environments: environmentsByOutcome(only, outcomes),
    shieldedEnvironments,
  };
}

/** `2 values of FILE`; `2 of 3 values of FILE` where no environment gets more. */
function valuesOf({ edit }: JudgedEdit, most: number): string {
  const all = count(edit.paths.length, 'value');
  return `${most === edit.paths.length ? '' : `${number(most)} of `}${all} of ${edit.file}`;
}

/** A sentence stays one. */
const mostNamed = 3;

/** ` (in prod: 1)`: environments in which the template keeps more of its own values than elsewhere. */
function whereFewer({ values }: JudgedEdit, most: number, shielded: readonly string[]): string {
  const fewer = [...values].filter(([environment, some]) => some < most && !shielded.includes(environment));
  const parts = groupsBy(fewer, ([, some]) => some).map((same) => {
    const [[, some]] = same;
    const names = same.map(([environment]) => environment);
    const where = names.length > mostNamed ? count(names.length, 'environment') : names.join(', ');
    return some === 0 ? `not in ${where}` : `in ${where}: ${number(some)}`;
  });
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

/** A tenant counts once, in the last outcome of its addresses; what only the template shields counts where there is nothing else. */
function outcomesOfTenants({ concerned }: JudgedEdit): ReadonlyMap<string, Outcome> {
  const byTenant = new Map<string, Outcome>();
  const [byTemplate, others] = partition(concerned, ({ isShieldedByTemplate = false }) => isShieldedByTemplate);
  for (const each of others) {
    const { tenant } = each.address;
    byTenant.set(tenant, decisiveOutcome(byTenant.get(tenant), each.outcome));
  }
  for (const { address } of byTemplate) if (!byTenant.has(address.tenant)) byTenant.set(address.tenant, 'shielded');
  return byTenant;
}

/** Where the tenants of an outcome have it, if they have another one elsewhere. */
function environmentsByOutcome(
  { concerned }: JudgedEdit,
  outcomes: ReadonlyMap<string, Outcome>,
): ReadonlyMap<Outcome, readonly string[]> {
  const own = concerned.filter(({ isShieldedByTemplate = false }) => !isShieldedByTemplate);
  const namesOf = (those: readonly Concerned[]) => [...new Set(those.map(({ address }) => address.environment))];
  return new Map(
    groupsBy(own, ({ address }) => outcomes.get(address.tenant)).flatMap((those) => {
      const outcome = outcomes.get(those[0].address.tenant);
      if (outcome === undefined) return [];
      const environments = namesOf(those.filter((each) => each.outcome === outcome));
      return environments.length < namesOf(those).length ? [[outcome, environments]] : [];
    }),
  );
}

/** Environments in which the template shields every address that has no value of its own, while others are reached. */
function environmentsShielded({ concerned }: JudgedEdit): readonly string[] {
  const byTemplate = concerned.filter(({ isShieldedByTemplate }) => isShieldedByTemplate);
  if (concerned.length === byTemplate.length) return [];
  const reached = new Set(
    concerned.flatMap(({ address, outcome }) => (outcome === 'shielded' ? [] : address.environment)),
  );
  const shielded = new Set(byTemplate.map(({ address }) => address.environment));
  return [...shielded].filter((environment) => !reached.has(environment));
}

/** `/limits/rps 100 → 200`, where the edit changes one value, and in the same way wherever it reaches an address. */
function oneValue({ edit, concerned, values }: JudgedEdit, { base, head, redact }: Trees): string | undefined {
  const [path, ...others] = edit.paths;
  if (path === undefined || others.length > 0) return undefined;
  const texts = new Map<string, string>();
  for (const { address, outcome } of concerned) {
    const { environment } = address;
    if (outcome === 'shielded' || texts.has(environment) || values.get(environment) === 0) continue;
    const at = { pointer: path, redact };
    const change = changeOf(valueAt(base.shared(address), path), valueAt(head.shared(address), path), at);
    texts.set(environment, textOf(path, change));
  }
  const [text, ...more] = new Set(texts.values());
  return more.length === 0 ? text : undefined;
}

function textOf(path: string, { before, after }: Partial<Record<'before' | 'after', string>>): string {
  const shown = (text: string | undefined) => (text === undefined ? 'none' : shortened(text));
  return `${path === '' ? 'the whole content' : path} ${shown(before)} → ${shown(after)}`;
}

/** A sentence stays one. */
const longest = 40;

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
