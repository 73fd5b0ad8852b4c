// What a change does, in one sentence.
import { type Address, parseAddress } from '../model/address.ts';
import type { SettingsChange } from '../settings-changes/compare-settings.ts';
import { decisiveOutcome, type Outcome } from './judge-edits.ts';
import type { Review } from './review.ts';

export interface Judged {
  readonly review: Pick<Review, 'edits' | 'tenants'>;
  /** Of the tree that is reviewed. */
  readonly tenants: number;
  /** Addresses that both trees have and whose content changes; against what is live, all that change. */
  readonly changed: readonly Address[];
  /** By the text of the address: what the edits come to. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Ways in which contents change. */
  readonly changeGroups: number;
  readonly settingsChanges: readonly SettingsChange[];
  /** The one value that the only edit changes, where it changes no other: `/limits/rps 100 → 200`. */
  readonly oneValue: string | undefined;
}

export function verdictSentence(judged: Judged): string {
  const { added, removed, renamed } = judged.review.tenants;
  const contents = [
    ...contentParts(judged),
    ...named(added.length, 'tenant is added', 'tenants are added'),
    ...named(removed.length, 'tenant is removed', 'tenants are removed'),
    ...named(renamed.length, 'tenant is renamed', 'tenants are renamed'),
  ];
  const settings = settingsParts(judged.settingsChanges);
  if (contents.length + settings.length + judged.review.edits.length === 0) return 'Nothing changes.';
  return `${[...(contents.length === 0 ? ['No content changes'] : contents), ...settings].join('; ')}.`;
}

function contentParts(judged: Judged): readonly string[] {
  const { review, tenants, changed, outcomes, changeGroups } = judged;
  const changing = new Set(changed.map(({ tenant }) => tenant));
  const [edit, ...more] = review.edits.filter(({ layer }) => layer === 'template' || layer === 'template-environment');
  if (edit === undefined || more.length > 0 || edit.concerned === 0) {
    if (changing.size === 0) return [];
    return [
      `${number(changing.size)} of ${count(tenants, 'tenant')} ${changing.size === 1 ? 'changes' : 'change'}, in ${count(changeGroups, 'group')}`,
    ];
  }
  const byTenant = outcomesOfTenants(outcomes);
  const of = (outcome: Outcome) => [...byTenant.values()].filter((each) => each === outcome).length;
  const [reached, shielded, outliers] = [of('reached'), of('shielded'), of('outlier')];
  const what = judged.oneValue ?? `${count(edit.paths.length, 'value')} of ${edit.file}`;
  const elsewhere = [...changing].filter((tenant) => !byTenant.has(tenant)).length;
  return [
    `${number(reached)} of ${count(tenants, 'tenant')} ${reached === 1 ? 'gets' : 'get'} ${what}`,
    ...(shielded === 0 ? [] : [`${number(shielded)} ${shielded === 1 ? 'keeps its' : 'keep their'} own value`]),
    ...(outliers === 0 ? [] : [`${number(outliers)} ${outliers === 1 ? 'ends' : 'end'} up different`]),
    ...(elsewhere === 0 ? [] : [`${count(elsewhere, 'other tenant')} ${elsewhere === 1 ? 'changes' : 'change'}`]),
  ];
}

/** A tenant counts once, in the last outcome of its addresses. */
function outcomesOfTenants(outcomes: ReadonlyMap<string, Outcome>): ReadonlyMap<string, Outcome> {
  const byTenant = new Map<string, Outcome>();
  for (const [text, outcome] of outcomes) {
    const tenant = parseAddress(text)?.tenant ?? text;
    byTenant.set(tenant, decisiveOutcome(byTenant.get(tenant), outcome));
  }
  return byTenant;
}

function settingsParts(changes: readonly SettingsChange[]): readonly string[] {
  const loosened = changes.filter((change) => change.loosened).length;
  const others = changes.length - loosened;
  return [
    ...named(loosened, 'setting is loosened', 'settings are loosened'),
    ...named(
      others,
      loosened > 0 ? 'other setting changes' : 'setting changes',
      loosened > 0 ? 'other settings change' : 'settings change',
    ),
  ];
}

function named(value: number, one: string, many: string): readonly string[] {
  return value === 0 ? [] : [count(value, one, many)];
}

function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
