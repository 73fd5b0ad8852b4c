// The one edit of the template that reaches an address, where there is only one, in the words of a verdict.
import { changeOf } from '../document/diff-values.ts';
import { valueAt } from '../document/json-pointer.ts';
import { formatAddress, parseAddress } from '../model/address.ts';
import { count } from '../problem/quantity.ts';
import { decisiveOutcome, type JudgedEdit, type Outcome, type Pair, type Trees } from './judge-edits.ts';
import type { OnlyEdit } from './verdict-sentence.ts';

/** @param judged edits of the template */
export function onlyEditOf(judged: readonly JudgedEdit[], pairs: readonly Pair[], trees: Trees): OnlyEdit | undefined {
  const [only, ...others] = judged.filter(({ edit }) => !edit.reachesNone);
  if (only === undefined || others.length > 0 || only.edit.concerned === 0) return undefined;
  const { edit } = only;
  return {
    what: oneValue(only, pairs, trees) ?? `${count(edit.paths.length, 'value')} of ${edit.file}`,
    outcomes: outcomesOfTenants(only),
    shieldedEnvironments: shieldedEnvironments(only),
  };
}

/** A tenant counts once, in the last outcome of its addresses; what only the template shields counts where there is nothing else. */
function outcomesOfTenants({ outcomes, shieldedByTemplate }: JudgedEdit): ReadonlyMap<string, Outcome> {
  const byTenant = new Map<string, Outcome>();
  const decide = (text: string, outcome: Outcome) => {
    const tenant = tenantOf(text);
    byTenant.set(tenant, decisiveOutcome(byTenant.get(tenant), outcome));
  };
  for (const [text, outcome] of outcomes) if (!shieldedByTemplate.has(text)) decide(text, outcome);
  for (const text of shieldedByTemplate) if (!byTenant.has(tenantOf(text))) decide(text, 'shielded');
  return byTenant;
}

/** Environments in which the template shields every address that has no value of its own, while others are reached. */
function shieldedEnvironments({ outcomes, shieldedByTemplate }: JudgedEdit): readonly string[] {
  if (outcomes.size === shieldedByTemplate.size) return [];
  const reached = new Set(
    [...outcomes].flatMap(([text, outcome]) => (outcome === 'shielded' ? [] : environmentOf(text))),
  );
  return [...new Set([...shieldedByTemplate].map(environmentOf))].filter((environment) => !reached.has(environment));
}

function environmentOf(address: string): string {
  return parseAddress(address)?.environment ?? address;
}

function tenantOf(address: string): string {
  return parseAddress(address)?.tenant ?? address;
}

/** `/limits/rps 100 → 200`, where the edit changes one value, and in the same way wherever it reaches an address. */
function oneValue(
  { edit, outcomes }: JudgedEdit,
  pairs: readonly Pair[],
  { base, head, redact }: Trees,
): string | undefined {
  const [path, ...others] = edit.paths;
  if (path === undefined || others.length > 0) return undefined;
  const texts = new Map<string, string>();
  for (const {
    head: { address },
  } of pairs) {
    const { environment, configurationProfile } = address;
    const outcome = configurationProfile === edit.configurationProfile && outcomes.get(formatAddress(address));
    if (!outcome || outcome === 'shielded' || texts.has(environment)) continue;
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
