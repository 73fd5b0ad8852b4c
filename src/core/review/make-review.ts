// The review of a change: values in, one value out.
import { changeOf } from '../document/diff-values.ts';
import { valueAt } from '../document/json-pointer.ts';
import { createRedactor, type Redactor } from '../document/redact.ts';
import { type Address, formatAddress } from '../model/address.ts';
import { isSelected, type Selection, selectsAll } from '../model/selection.ts';
import { lookOf } from '../plan/change-groups.ts';
import type { ChangeGroup, Plan, PlannedAddress } from '../plan/plan.ts';
import { compareSettings, type SettingsChange } from '../settings-changes/compare-settings.ts';
import { compareTenants } from './compare-tenants.ts';
import { countTotals } from './count-totals.ts';
import { type EditedFile, editedFiles } from './find-edits.ts';
import { idleEdits } from './idle-edits.ts';
import { decisiveOutcome, judgeEdits, type Outcome, type Pair, pairsOf, type Trees } from './judge-edits.ts';
import { newAddresses } from './new-addresses.ts';
import type { Edit, Review } from './review.ts';
import { ReviewedTree, type TreeInput } from './reviewed-tree.ts';
import { verdictSentence } from './verdict-sentence.ts';

export interface ReviewInput {
  readonly base: TreeInput & NonNullable<Review['base']>;
  readonly head: TreeInput;
  /** Of the two trees, or of the head and what is live. */
  readonly plan: Pick<Plan, 'kind' | 'addresses' | 'changeGroups'>;
  /** The redaction in force. */
  readonly redact: readonly string[];
  /** What of the trees is given. */
  readonly selection: Selection;
}

export interface MadeReview {
  readonly review: Review;
  readonly settingsChanges: readonly SettingsChange[];
}

export function makeReview({ base: input, head: headInput, plan, redact, selection }: ReviewInput): MadeReview {
  const { revision, commit } = input;
  const [base, head] = [new ReviewedTree(input), new ReviewedTree(headInput)];
  const trees: Trees = { base, head, redact: createRedactor(redact) };
  const pairs = pairsOf(trees);
  const files = editedFiles(base, head).filter((file) => isFileSelected(file, selection));
  const judged = judgeEdits(
    files.filter(({ tenant }) => tenant === undefined),
    pairs,
    trees,
  );
  const idle = idleEdits(
    files.filter(({ tenant }) => tenant !== undefined),
    pairs,
    trees,
  );
  const outcomes = new Map<string, Outcome>();
  for (const each of judged) {
    for (const [address, outcome] of each.outcomes) {
      outcomes.set(address, decisiveOutcome(outcomes.get(address), outcome));
    }
  }
  const { tenants, environments } = compareTenants(base, head);
  const settingsChanges = compareSettings(
    { base: base.settings, head: head.settings },
    pairs.map(({ head: { address } }) => address),
  );
  const isWhole = selectsAll(selection);
  // What concerns nothing of a selection may concern the rest.
  const groups = plan.changeGroups.filter(({ addresses }) => addresses.some((address) => isPaired(address, trees)));
  const edits = [...judged.map(({ edit }) => edit).filter(({ concerned }) => concerned > 0 || isWhole), ...idle];
  const counted = plan.kind === 'comparison' ? comparedAddresses(base, head) : plannedAddresses(plan);
  const changed = counted.filter(({ isChanged }) => isChanged).map(({ address }) => address);
  const review: Review = {
    base: { revision, commit },
    verdict: verdictSentence({
      review: { edits, tenants },
      tenants: head.desired.length,
      changed: plan.kind === 'comparison' ? changed.filter((address) => isPaired(address, trees)) : changed,
      outcomes,
      changeGroups: countOfGroups(groups, trees.redact.active),
      settingsChanges,
      oneValue: oneValue(edits, pairs, trees),
    }),
    totals: countTotals(counted, { settings: head.settings, outcomes }),
    edits,
    shielded: judged.flatMap(({ shielded }) => shielded),
    outliers: judged.flatMap(({ outliers }) => outliers),
    tenants,
    environments,
    newAddresses: newAddresses(trees, trees.redact),
  };
  return { review, settingsChanges };
}

/** As they are shown: their number must not show which redacted values are equal. */
function countOfGroups(groups: readonly ChangeGroup[], isRedacting: boolean): number {
  return new Set(groups.map((group) => (isRedacting ? lookOf(group) : group.id))).size;
}

const none = { added: [], removed: [], renamed: [] };

/** The review where only what is live is known: the rest needs a tree to compare with. */
export function reviewOfLive(head: Pick<TreeInput, 'settings' | 'desired'>, plan: ReviewInput['plan']): Review {
  const counted = plannedAddresses(plan);
  const outcomes = new Map<string, Outcome>();
  const verdict = verdictSentence({
    review: { edits: [], tenants: none },
    tenants: head.desired.length,
    changed: counted.filter(({ isChanged }) => isChanged).map(({ address }) => address),
    outcomes,
    changeGroups: countOfGroups(plan.changeGroups, head.settings.redact.length > 0),
    settingsChanges: [],
    oneValue: undefined,
  });
  const totals = countTotals(counted, { settings: head.settings, outcomes });
  const nothing = { edits: [], shielded: [], outliers: [], newAddresses: [] };
  return { base: undefined, verdict, totals, ...nothing, tenants: none, environments: none };
}

function isFileSelected({ environment, configurationProfile }: EditedFile, selection: Selection): boolean {
  return (
    isSelected(configurationProfile, selection.configurationProfiles) &&
    (environment === undefined || isSelected(environment, selection.environments))
  );
}

function isPaired(address: Address, { base, head }: Trees): boolean {
  const text = formatAddress(address);
  return base.configurations.has(text) && head.configurations.has(text);
}

/** Of both trees: the same content has the same label. */
function comparedAddresses(base: ReviewedTree, head: ReviewedTree) {
  return [...new Set([...head.configurations.keys(), ...base.configurations.keys()])].flatMap((text) => {
    const [before, after] = [base.configurations.get(text), head.configurations.get(text)];
    const address = (after ?? before)?.address;
    const isChanged = before?.content.versionLabel !== after?.content.versionLabel;
    return address === undefined ? [] : [{ address, isChanged }];
  });
}

/** Of the tree: what is orphaned does not change. */
function plannedAddresses({ addresses }: Pick<Plan, 'addresses'>) {
  return addresses.flatMap((planned) => {
    const address = wholeAddress(planned);
    if (address === undefined || planned.action === 'orphaned') return [];
    const isChanged = planned.changeGroup !== undefined || planned.action === 'create' || planned.action === 'update';
    return [{ address, isChanged }];
  });
}

function wholeAddress({ address }: PlannedAddress): Address | undefined {
  const { tenant, environment, configurationProfile } = address;
  if (tenant === undefined || environment === undefined || configurationProfile === undefined) return undefined;
  return { tenant, environment, configurationProfile };
}

/** `/limits/rps 100 → 200`, where the only edit changes one value, and everywhere in the same way. */
function oneValue(edits: readonly Edit[], pairs: readonly Pair[], { base, head, redact }: Trees): string | undefined {
  const [edit] = edits;
  const [path, ...others] = edit?.paths ?? [];
  if (edit === undefined || path === undefined || others.length > 0) return undefined;
  const texts = new Set<string>();
  for (const {
    head: { address },
  } of pairs) {
    const isIn = edit.environment === undefined || edit.environment === address.environment;
    if (!isIn || address.configurationProfile !== edit.configurationProfile) continue;
    texts.add(textOf(path, { before: base.shared(address), after: head.shared(address) }, redact));
  }
  const [text] = texts;
  return texts.size === 1 ? text : undefined;
}

type Contents = Readonly<Record<'before' | 'after', Parameters<typeof valueAt>[0]>>;

function textOf(path: string, contents: Contents, redact: Redactor): string {
  const at = { pointer: path, redact };
  const { before, after } = changeOf(valueAt(contents.before, path), valueAt(contents.after, path), at);
  const shown = (text: string | undefined) => (text === undefined ? 'none' : shortened(text));
  return `${path === '' ? 'the whole content' : path} ${shown(before)} → ${shown(after)}`;
}

/** A sentence stays one. */
const longest = 40;

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
