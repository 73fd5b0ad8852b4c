// The review of a change: values in, one value out.
import { sortBy } from 'es-toolkit/array/sortBy';
import { hasMark } from '../document/diff-values.ts';
import { createRedactor, type Redaction } from '../document/redact.ts';
import { formatAddress, wholeAddress } from '../model/address.ts';
import { isSelected, type Selection, selectsAll } from '../model/selection.ts';
import { lookOf } from '../plan/change-groups.ts';
import type { ChangeGroup, Plan } from '../plan/plan.ts';
import { groupingLabel } from '../settings/grouping-label.ts';
import { compareSettings, type SettingsChange } from '../settings-changes/compare-settings.ts';
import { comesOrGoesAsWhole, compareTenants } from './compare-tenants.ts';
import { countTotals } from './count-totals.ts';
import { type EditedFile, editedFiles } from './find-edits.ts';
import { idleEdits } from './idle-edits.ts';
import { decisiveOutcome, type JudgedEdit, judgeEdits, type Outcome, pairsOf, type Trees } from './judge-edits.ts';
import { newAddresses } from './new-addresses.ts';
import { onlyEditOf } from './only-edit.ts';
import { type Edit, keepsOwn, type Review } from './review.ts';
import { ReviewedTree, type TreeInput } from './reviewed-tree.ts';
import { rolloutOf } from './rollout.ts';
import { verdictSentence } from './verdict-sentence.ts';

export interface ReviewInput {
  readonly base: TreeInput & NonNullable<Review['base']>;
  readonly head: TreeInput;
  /** Of the two trees, or of the head and what is live. */
  readonly plan: Plan;
  readonly redaction: Redaction;
  /** What of the trees is given. */
  readonly selection: Selection;
  /** Profiles whose schema has another content under the same path. */
  readonly differingSchemas?: ReadonlySet<string>;
}

export interface MadeReview {
  readonly review: Review;
  readonly settingsChanges: readonly SettingsChange[];
}

export function makeReview(of: ReviewInput): MadeReview {
  const { base: input, head: headInput, plan, redaction, selection } = of;
  const { revision, commit } = input;
  const [base, head] = [new ReviewedTree(input, headInput.settings), new ReviewedTree(headInput)];
  const trees: Trees = { base, head, redact: createRedactor(redaction) };
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
  const outcomes = outcomesOf(judged);
  const { tenants, environments } = compareTenants(base, head);
  const isReportedAsWhole = comesOrGoesAsWhole({ tenants, environments });
  const settingsChanges = compareSettings(
    { base: base.settings, head: head.settings },
    pairs.map(({ head: { address } }) => address),
    of.differingSchemas,
  );
  // What reaches no selected address may reach the rest.
  const ofTemplate = judged
    .map(({ edit }) => ({ ...edit, reachesNone: edit.reachesNone && selectsAllOf(edit, selection) }))
    .filter(({ concerned, reachesNone }) => concerned > 0 || reachesNone || selectsAll(selection));
  const edits = [...ofTemplate, ...idle];
  const counted = (plan.kind === 'comparison' ? comparedAddresses(base, head) : plannedAddresses(plan)).filter(
    ({ address }) => plan.kind !== 'comparison' || !isReportedAsWhole(address),
  );
  const groups =
    plan.kind === 'comparison'
      ? plan.changeGroups.filter(({ addresses }) => !addresses.every(isReportedAsWhole))
      : changingGroups(plan);
  const review: Review = {
    base: { revision, commit },
    verdict: verdictSentence({
      review: { edits, tenants, environments },
      tenants: head.desired.length,
      isSelection: selectsTenants(selection),
      changed: counted.filter(({ isChanged }) => isChanged).map(({ address }) => address),
      changeGroups: countOfGroups(groups, trees.redact.active),
      settingsChanges,
      onlyEdit: onlyEditOf(judged, trees),
    }),
    totals: countTotals(counted, { settings: head.settings, outcomes }),
    edits,
    shielded: judged.flatMap(({ shielded }) => shielded),
    // Those that keep a value of their own come last: there can be many.
    outliers: sortBy(
      judged.flatMap(({ outliers }) => outliers),
      [keepsOwn],
    ),
    tenants,
    environments,
    newAddresses: newAddresses(trees, trees.redact),
    label: groupingLabel(
      [...head.desired, ...base.desired].map(({ tenant }) => tenant),
      head.settings,
    ),
    rollout: plan.kind === 'comparison' ? rolloutOf(plan, head.settings) : undefined,
  };
  return { review, settingsChanges };
}

/** Whether every address of an edit is selected: the edit itself is. */
function selectsAllOf({ environment }: Edit, { environments, ...others }: Selection): boolean {
  const isEnvironment = environments.length === 0 || environment !== undefined;
  return isEnvironment && selectsAll({ ...others, environments: [], configurationProfiles: [] });
}

/** Whether only some tenants are selected. */
function selectsTenants({ tenants, labels }: Selection): boolean {
  return tenants.length + labels.length > 0;
}

function outcomesOf(judged: readonly JudgedEdit[]): ReadonlyMap<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const each of judged) {
    for (const { address, outcome } of each.concerned) {
      const name = formatAddress(address);
      outcomes.set(name, decisiveOutcome(outcomes.get(name), outcome));
    }
  }
  return outcomes;
}

/** As they are shown: their number must not show which redacted values are equal. */
function countOfGroups(groups: readonly ChangeGroup[], isRedacting: boolean): number {
  const isHidden = ({ changes }: ChangeGroup) => isRedacting || changes.some(hasMark);
  return new Set(groups.map((group) => (isHidden(group) ? lookOf(group) : group.id))).size;
}

const none = { added: [], removed: [], renamed: [] };

/** The review where only what is live is known: the rest needs a tree to compare with. */
export function reviewOfLive(
  head: Pick<TreeInput, 'settings' | 'desired'>,
  plan: Pick<Plan, 'addresses' | 'changeGroups'>,
  selection: Selection,
): Review {
  const counted = plannedAddresses(plan);
  const verdict = verdictSentence({
    review: { edits: [], tenants: none, environments: none },
    tenants: head.desired.length,
    isSelection: selectsTenants(selection),
    changed: counted.filter(({ isChanged }) => isChanged).map(({ address }) => address),
    changeGroups: countOfGroups(changingGroups(plan), head.settings.redact.length > 0),
    settingsChanges: [],
    onlyEdit: undefined,
  });
  const totals = countTotals(counted, { settings: head.settings, outcomes: new Map() });
  const nothing = { edits: [], shielded: [], outliers: [], newAddresses: [], rollout: undefined };
  const label = groupingLabel(
    head.desired.map(({ tenant }) => tenant),
    head.settings,
  );
  return { base: undefined, verdict, totals, ...nothing, tenants: none, environments: none, label };
}

function isFileSelected({ environment, configurationProfile }: EditedFile, selection: Selection): boolean {
  return (
    isSelected(configurationProfile, selection.configurationProfiles) &&
    (environment === undefined || isSelected(environment, selection.environments))
  );
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

/** Those that are not of drift alone. */
function changingGroups({ addresses, changeGroups }: Pick<Plan, 'addresses' | 'changeGroups'>): readonly ChangeGroup[] {
  const changing = new Set(
    addresses.filter(({ action }) => action !== 'drifted').map(({ changeGroup }) => changeGroup),
  );
  return changeGroups.filter(({ id }) => changing.has(id));
}

/** Of the tree: what is orphaned does not change, and what has drifted stays as it is. */
function plannedAddresses({ addresses }: Pick<Plan, 'addresses'>) {
  return addresses.flatMap((planned) => {
    const address = wholeAddress(planned.address);
    if (address === undefined || planned.action === 'orphaned') return [];
    const hasChange = planned.changeGroup !== undefined && planned.action !== 'drifted';
    const isChanged = hasChange || planned.action === 'create' || planned.action === 'update';
    return [{ address, isChanged }];
  });
}
