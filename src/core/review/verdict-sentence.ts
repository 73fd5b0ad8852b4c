// What a change does, in one sentence.
import { type Address, formatAddress } from '../model/address.ts';
import { count, number } from '../problem/quantity.ts';
import type { SettingsChange } from '../settings-changes/compare-settings.ts';
import type { Outcome } from './judge-edits.ts';
import type { ComingAndGoing, Review } from './review.ts';

export interface Judged {
  readonly review: Pick<Review, 'edits' | 'tenants' | 'environments'>;
  /** Of the tree that is reviewed. */
  readonly tenants: number;
  /** Only some tenants are selected: these are counted. */
  readonly isSelection: boolean;
  /** Whose content changes, and that do not come or go with their tenant or environment. */
  readonly changed: readonly Address[];
  /** Ways in which contents change. */
  readonly changeGroups: number;
  readonly settingsChanges: readonly SettingsChange[];
  /** Of the only edit of the template that reaches an address. */
  readonly onlyEdit: OnlyEdit | undefined;
}

/** An edit, as the tenants see it. */
export interface OnlyEdit {
  /** `/limits/rps 100 → 200`, or `2 values of FILE`. */
  readonly what: string;
  /** What is counted: addresses where there is one tenant. */
  readonly noun: 'tenant' | 'address';
  /** Of each that it concerns, by name: of a tenant the last that applies. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** How many get only some of its values, and keep their own others. */
  readonly inPart: number;
  /** By outcome the environments in which its tenants have it, unless that is all of them. */
  readonly environments: ReadonlyMap<Outcome, readonly string[]>;
  /** Environments that the template itself shields from it, of all tenants. */
  readonly shieldedEnvironments: readonly string[];
}

export function verdictSentence(judged: Judged): string {
  const { edits, tenants, environments } = judged.review;
  const contents = contentParts(judged);
  const parts = [
    ...contents,
    ...comingAndGoing('tenant', tenants),
    ...comingAndGoing('environment', environments),
    ...settingsParts(judged.settingsChanges),
  ];
  if (parts.length + edits.length === 0) return 'Nothing changes.';
  const isSame = contents.length + sizeOf(tenants) + sizeOf(environments) === 0;
  return `${[...(isSame ? [noContents(edits)] : []), ...parts].join('; ')}.`;
}

/** Why, where files changed. */
function noContents(edits: Review['edits']): string {
  const idle = edits.filter(({ reachesNone }) => reachesNone).length;
  if (idle > 0) return `No content changes: ${count(idle, 'edit reaches', 'edits reach')} no address`;
  const shielded = edits.reduce((sum, edit) => sum + edit.shielded, 0);
  if (shielded === 0) return 'No content changes';
  return `No content changes: ${count(shielded, 'address keeps its', 'addresses keep their')} own value`;
}

function contentParts({ review, tenants, isSelection, changed, changeGroups, onlyEdit }: Judged): readonly string[] {
  const changing = new Set(changed.map(({ tenant }) => tenant));
  if (changing.size === 0) return [];
  const selected = isSelection ? 'selected ' : '';
  if (onlyEdit === undefined) {
    const many = `${number(changing.size)} of ${count(tenants, `${selected}tenant`)} ${changing.size === 1 ? 'changes' : 'change'}`;
    return [`${many}, in ${count(changeGroups, 'group')}`];
  }
  const { what, noun, outcomes, shieldedEnvironments: environments } = onlyEdit;
  const where = (outcome: Outcome) => whereText(onlyEdit.environments.get(outcome));
  const of = (outcome: Outcome) => [...outcomes.values()].filter((each) => each === outcome).length;
  const [reached, shielded, outliers] = [of('reached'), of('shielded'), of('outlier')];
  const listed = new Set([...review.tenants.added, ...review.tenants.renamed].map(({ tenant }) => tenant));
  const others = changed.filter(({ tenant }) => !listed.has(tenant)).map((address) => nameOf(address, noun));
  const elsewhere = new Set(others.filter((name) => !outcomes.has(name))).size;
  const all = noun === 'tenant' ? count(tenants, `${selected}tenant`) : count(outcomes.size, noun, plurals[noun]);
  return [
    getsText(reached, { all, what, noun, inPart: onlyEdit.inPart }),
    ...(environments.length === 0 ? [] : [`in ${environments.join(', ')} the template has its own value`]),
    ...(shielded === 0 ? [] : [`${number(shielded)} ${keeps(shielded)} own value${where('shielded')}`]),
    ...(outliers === 0
      ? []
      : [`${number(outliers)} ${outliers === 1 ? 'ends' : 'end'} up different${where('outlier')}`]),
    ...(elsewhere === 0
      ? []
      : [`${count(elsewhere, `other ${noun}`, `other ${plurals[noun]}`)} ${elsewhere === 1 ? 'changes' : 'change'}`]),
  ];
}

function getsText(
  reached: number,
  { all, what, noun, inPart }: Pick<OnlyEdit, 'what' | 'noun' | 'inPart'> & { readonly all: string },
): string {
  const [some, part] = reached === 0 ? [inPart, 'some of '] : [reached, ''];
  return some === 0
    ? `No ${noun} gets ${what}`
    : `${number(some)} of ${all} ${some === 1 ? 'gets' : 'get'} ${part}${what}`;
}

/** A sentence stays one. */
const mostNamed = 3;

function whereText(environments: readonly string[] = []): string {
  return environments.length === 0 || environments.length > mostNamed ? '' : ` in ${environments.join(', ')}`;
}

const plurals = { tenant: 'tenants', address: 'addresses' } as const;

function nameOf(address: Address, noun: OnlyEdit['noun']): string {
  return noun === 'tenant' ? address.tenant : formatAddress(address);
}

function keeps(some: number): string {
  return some === 1 ? 'keeps its' : 'keep their';
}

/** `1 tenant added, 2 removed`. */
function comingAndGoing(noun: string, names: ComingAndGoing<unknown>): readonly string[] {
  const parts = (['added', 'removed', 'renamed'] as const).filter((kind) => names[kind].length > 0);
  if (parts.length === 0) return [];
  const texts = parts.map((kind, index) => {
    const many = names[kind].length;
    return `${index === 0 ? count(many, noun) : number(many)} ${kind}`;
  });
  return [texts.join(', ')];
}

function sizeOf({ added, removed, renamed }: ComingAndGoing<unknown>): number {
  return added.length + removed.length + renamed.length;
}

function settingsParts(changes: readonly SettingsChange[]): readonly string[] {
  const loosened = changes.filter((change) => change.loosened).length;
  const others = changes.length - loosened;
  return [
    ...(loosened === 0 ? [] : [`${count(loosened, 'setting')} loosened`]),
    ...(others === 0 ? [] : [`${count(others, loosened > 0 ? 'other setting' : 'setting')} changed`]),
  ];
}
