// Whom each edit of a shared layer reaches, who is shielded from it, and who ends up with something else.
import { type Change, changeOf } from '../document/diff-values.ts';
import { isSameContent } from '../document/equality.ts';
import { valueAt } from '../document/json-pointer.ts';
import type { Redactor } from '../document/redact.ts';
import type { Address } from '../model/address.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import { groupsBy } from '../model/groups-by.ts';
import { formatSource, type SourcePosition } from '../model/source-position.ts';
import type { Value } from '../model/value.ts';
import { documentsIn } from '../render/layers.ts';
import { locateValue, setterOf } from '../render/locate-source.ts';
import { changedPaths, type EditedFile, editedPaths, isLayerOf, pathOf, sourceOfEdit } from './find-edits.ts';
import { judgeAddress } from './judge-address.ts';
import type { Edit, KeptByTemplate, KeptValue, Outlier, Shielded } from './review.ts';
import type { ReviewedTree } from './reviewed-tree.ts';

/** An address of both trees. */
export interface Pair {
  readonly base: DesiredConfiguration;
  readonly head: DesiredConfiguration;
}

export interface Trees {
  readonly base: ReviewedTree;
  readonly head: ReviewedTree;
  readonly redact: Redactor;
}

/** What an address, or a tenant, gets of the edits: of several the last one of this list counts. */
const outcomes = ['reached', 'shielded', 'outlier'] as const;

export type Outcome = (typeof outcomes)[number];

/** The one of two that counts. */
export function decisiveOutcome(one: Outcome | undefined, other: Outcome): Outcome {
  return one !== undefined && outcomes.indexOf(one) > outcomes.indexOf(other) ? one : other;
}

/** Whom one edit concerns, and how. */
export interface JudgedEdit {
  readonly edit: Edit;
  readonly shielded: readonly Shielded[];
  readonly outliers: readonly Outlier[];
  readonly concerned: readonly Concerned[];
  /** By environment, how many of its values the template passes on there. */
  readonly values: ReadonlyMap<string, number>;
}

/** Addresses of both trees, in the order of the head. */
export function pairsOf({ base, head }: Trees): readonly Pair[] {
  return [...head.configurations].flatMap(([address, wanted]) => {
    const old = base.configurations.get(address);
    return old === undefined ? [] : [{ base: old, head: wanted }];
  });
}

/** @param files of the shared layers */
export function judgeEdits(files: readonly EditedFile[], pairs: readonly Pair[], trees: Trees): readonly JudgedEdit[] {
  const unpaired = unpairedTargets(trees);
  const byTarget = groupsBy(pairs, ({ head: { address } }) => targetOf(address));
  return files.map((file) => {
    const targets = byTarget.flatMap((there) => {
      const { address } = there[0].head;
      const paths = ownPaths(file, files, address, trees);
      const concerned = () => there.map((pair) => judge(file, { pair, paths }, trees));
      return paths.length === 0 ? [] : [{ paths, concerned: concerned(), kept: keptByTemplate(paths, address, trees) }];
    });
    return {
      ...summarize(file, targets, comesOrGoes(file, unpaired)),
      values: new Map(targets.map(({ paths, kept }) => [kept.environment, paths.length - kept.paths.length])),
    };
  });
}

/** An environment in which an edit concerns addresses. */
interface Target {
  readonly paths: readonly string[];
  readonly concerned: readonly Concerned[];
  readonly kept: KeptByTemplate;
}

/** Where a more specific layer of the template keeps what an edit changes. */
function keptByTemplate(paths: readonly string[], address: Address, { base, head, redact }: Trees): KeptByTemplate {
  const [before, after] = [base.shared(address), head.shared(address)];
  const kept = paths.filter((path) => isSameContent(valueAt(before, path), valueAt(after, path)));
  const [first] = kept;
  const profile = head.profile(address.configurationProfile);
  const source = first === undefined ? undefined : locateValue(documentsIn(head.template, address), first, profile);
  return { environment: address.environment, paths: kept, source, values: keptValues(kept, after, redact) };
}

/** What the layers up to a shared one come to is the same for all tenants. */
function targetOf({ environment, configurationProfile }: Address): string {
  return `${environment}/${configurationProfile}`;
}

/** Where an edit changes something at an address. A pointer of two edits belongs to the more specific one. */
function ownPaths(
  file: EditedFile,
  files: readonly EditedFile[],
  address: Address,
  { base }: Trees,
): readonly string[] {
  if (!isLayerOf(file, address)) return [];
  const paths = changedPaths(file, address, base);
  const others = files.filter((other) => file.layer === 'template' && other.layer !== 'template');
  const taken = new Set(
    others.filter((other) => isLayerOf(other, address)).flatMap((other) => changedPaths(other, address, base)),
  );
  return taken.size === 0 ? paths : paths.filter((path) => !taken.has(path));
}

/** Addresses that come or go, also with their tenant. */
function unpairedTargets({ base, head }: Trees): readonly Address[] {
  const only = (one: ReviewedTree, other: ReviewedTree) =>
    [...one.configurations].flatMap(([text, { address }]) => (other.configurations.has(text) ? [] : [address]));
  return [...only(base, head), ...only(head, base)];
}

/** Whether addresses come or go with a file. */
function comesOrGoes(file: EditedFile, unpaired: readonly Address[]): boolean {
  const isWhole = file.base?.value === undefined || file.head?.value === undefined;
  return isWhole && unpaired.some((address) => isLayerOf(file, address));
}

/** Values of one override that are shown. */
const mostKept = 10;

function keptValues(paths: readonly string[], content: Value | undefined, redact: Redactor): readonly KeptValue[] {
  return paths.slice(0, mostKept).map((path) => {
    const { after: value } = changeAt(path, { before: undefined, after: content }, redact);
    return { path, value };
  });
}

/** An address whose content an edit changes, or would if nothing shielded it. */
export interface Concerned {
  readonly address: Address;
  readonly paths: readonly string[];
  readonly outcome: Outcome;
  /** Of the first value that is kept, or differs from what the shared layers give. */
  readonly source: SourcePosition | undefined;
  /** Of a shielded address, the first of the values at `keptPaths`. */
  readonly kept?: readonly KeptValue[];
  /** The paths that it shields: without those of the template, where the tenant has values of its own. */
  readonly keptPaths?: readonly string[];
  /** Only the template itself shields it: as all of the environment, not by a tenant's choice. */
  readonly isShieldedByTemplate?: boolean;
  readonly outlier?: Outlier;
}

function judge(
  file: EditedFile,
  { pair, paths }: { readonly pair: Pair; readonly paths: readonly string[] },
  { base, head, redact }: Trees,
): Concerned {
  const { address } = pair.head;
  const before = base.contentOf(pair.base);
  const after = head.contentOf(pair.head);
  const sharedAfter = head.shared(address);
  const profile = head.profile(address.configurationProfile);
  const sharedBefore = base.shared(address);
  const judgement = judgeAddress({ before, after, sharedBefore, sharedAfter, paths, lists: profile.lists });
  if (judgement.is === 'reached') return { address, paths, outcome: 'reached', source: undefined };
  const decisive = judgement.is === 'outlier' ? judgement.unexpected : paths;
  const [first = ''] = decisive;
  const documents = head.documents(address);
  const source = locateValue(documents, first, profile);
  if (judgement.is === 'shielded') {
    const template = documentsIn(head.template, address);
    const own = paths.filter((path) => {
      const setter = setterOf(documents, path, profile);
      return setter === undefined || !template.includes(setter);
    });
    const isShieldedByTemplate = own.length === 0;
    // Of values that the template and the tenant keep, the tenant's are the choice that is shown.
    const shown = isShieldedByTemplate ? paths : own;
    const kept = keptValues(shown, after, redact);
    const at = locateValue(documents, shown[0] ?? '', profile);
    return { address, paths, outcome: 'shielded', source: at, kept, keptPaths: shown, isShieldedByTemplate };
  }
  const located = (change: Change): Change => {
    const at = locateValue(documents, change.path, profile);
    return at === undefined ? change : { ...change, source: at };
  };
  const changed = paths.filter((path) => !isSameContent(valueAt(before, path), valueAt(after, path)));
  const outlier = {
    address,
    file: pathOf(file),
    source,
    changes: changed.map((path) => located(changeAt(path, { before, after }, redact))),
    expected: decisive.map((path) => located(changeAt(path, { before: sharedAfter, after }, redact))),
  };
  return { address, paths, outcome: 'outlier', source, outlier };
}

function changeAt(
  path: string,
  contents: { readonly before: Value | undefined; readonly after: Value | undefined },
  redact: Redactor,
): Change {
  return changeOf(valueAt(contents.before, path), valueAt(contents.after, path), { pointer: path, redact });
}

function summarize(file: EditedFile, targets: readonly Target[], changesOthers: boolean): Omit<JudgedEdit, 'values'> {
  const concerned = targets.flatMap((target) => target.concerned);
  const own = new Set(concerned.flatMap(({ paths }) => paths));
  const paths = own.size > 0 ? [...own] : editedPaths(file);
  const of = (outcome: Outcome) => concerned.filter((each) => each.outcome === outcome);
  const shielded = groupsBy(of('shielded'), ({ keptPaths: at, source, kept }) =>
    JSON.stringify([at, source === undefined ? '' : formatSource(source), kept]),
  );
  return {
    edit: {
      ...editOf(file, paths),
      concerned: concerned.length,
      reachesNone: of('shielded').length === concerned.length && !changesOthers,
      reached: of('reached').length,
      shielded: of('shielded').length,
      outliers: of('outlier').length,
      // What it keeps as a whole is listed with the addresses.
      keptByTemplate: targets
        .filter(({ kept, paths: all }) => kept.paths.length > 0 && kept.paths.length < all.length)
        .map(({ kept }) => kept),
    },
    shielded: shielded.map((group) => ({
      file: pathOf(file),
      paths: group[0].keptPaths ?? [],
      source: group[0].source,
      values: group[0].kept ?? [],
      addresses: group.map(({ address }) => address),
    })),
    outliers: concerned.flatMap(({ outlier }) => outlier ?? []),
    concerned,
  };
}

/** An edit that concerns no address. */
export function editOf(file: EditedFile, paths: readonly string[]): Edit {
  const { layer, configurationProfile, environment } = file;
  const [first = ''] = paths;
  const source = sourceOfEdit(file, first);
  const none = { concerned: 0, reachesNone: true, reached: 0, shielded: 0, outliers: 0, keptByTemplate: [] };
  return { file: pathOf(file), source, layer, configurationProfile, environment, paths, ...none };
}
