// Which lines of a tree make the changes of a group: the first one, and how many files there are.
import type { Change } from '../document/diff-values.ts';
import { ancestors, pointerTo, valueAt } from '../document/json-pointer.ts';
import { redactNothing } from '../document/redact.ts';
import type { Address } from '../model/address.ts';
import { inBase, type SourcePosition } from '../model/source-position.ts';
import { entriesOf, isMap } from '../model/value.ts';
import { explain } from '../render/explain.ts';
import { documentsFor, type SourceDocument, type TreeFiles } from '../render/layers.ts';
import { lineOf, setterOf } from '../render/locate-source.ts';
import { type ProfileSettings, profileAsWritten, type Settings } from '../settings/settings.ts';
import type { ChangeGroup } from './plan.ts';

export interface TracedTree extends TreeFiles {
  readonly settings: Pick<Settings, 'profiles'>;
}

/** Trees of which one was the other. */
export interface TracedTrees {
  readonly head: TracedTree;
  /** Where the lines of what was deleted are; undefined: they are not known. */
  readonly base: TracedTree | undefined;
}

/** The change group with the line of each change, where there is one: of a value that the tree no longer has in the base. */
export function withSources(group: ChangeGroup, trees: TracedTrees): ChangeGroup {
  return { ...group, changes: withLines(group.changes, group.addresses, trees) };
}

/** The same of changes that all of these addresses have. */
export function withLines(
  changes: readonly Change[],
  addresses: readonly Address[],
  { head, base }: TracedTrees,
): readonly Change[] {
  return changes.map((change) => {
    let first: SourcePosition | undefined;
    const files = new Set<string>();
    for (const address of addresses) {
      const inHead = setterAt(change, address, head);
      const set = inHead ?? (change.op === 'remove' ? base && setterAt(change, address, base) : undefined);
      if (set === undefined) continue;
      const file = `${inHead === undefined} ${set.file}`;
      if (!files.has(file)) first ??= inHead === undefined ? inBase(set.line()) : set.line();
      files.add(file);
    }
    if (first === undefined) return change;
    return { ...change, source: first, ...(files.size > 1 ? { sourceFiles: files.size } : {}) };
  });
}

/** A file that sets a value. Its lines are only worth finding of the first one. */
interface Setter {
  readonly file: string;
  readonly line: () => SourcePosition;
}

/** The file that sets the value of a change, in one of its trees. */
export function setterAt(
  { op, path, after }: Pick<Change, 'op' | 'path' | 'after'>,
  address: Address,
  tree: TracedTree,
): Setter | undefined {
  const tenant = tree.tenants.get(address.tenant);
  if (tenant === undefined) return undefined;
  const documents = documentsFor(tree.template, tenant, address);
  const profile = profileAsWritten(tree.settings, address.configurationProfile);
  if (isInCombinedList(path, documents, profile)) return combinedSetter(path, documents, profile);
  // A map is where its first value is: several files may have parts of it.
  if (op !== 'remove' && after?.startsWith('{') === true && profile.merge === 'merge') {
    const document = documents.find(({ value }) => valueAt(value, path) !== undefined);
    return document && setter(document, firstValue(document, path));
  }
  const document = setterOf(documents, path, profile);
  return document && setter(document, path);
}

function setter(document: SourceDocument, pointer: string): Setter {
  return { file: document.path, line: () => lineOf(document, pointer) };
}

function firstValue({ value }: SourceDocument, path: string): string {
  let pointer = path;
  for (let at = valueAt(value, path); isMap(at); ) {
    const [first] = entriesOf(at);
    if (first === undefined) break;
    pointer = pointerTo(pointer, first[0]);
    at = first[1];
  }
  return pointer;
}

/** A list that one file alone has is as it is there. */
function isInCombinedList(
  path: string,
  documents: readonly SourceDocument[],
  { lists }: Pick<ProfileSettings, 'lists'>,
): boolean {
  const list = lists.size === 0 ? undefined : ancestors(path).find((pointer) => lists.has(pointer));
  return list !== undefined && documents.filter(({ value }) => valueAt(value, list) !== undefined).length > 1;
}

/** An item of such a list is at another index in its file. */
function combinedSetter(
  path: string,
  documents: readonly SourceDocument[],
  profile: ProfileSettings,
): Setter | undefined {
  const values = explain(documents, { profile, redact: redactNothing, pointer: path });
  const at = ancestors(path)
    .map((pointer) => values.find((value) => value.path === pointer))
    .find((value) => value !== undefined);
  const source = (at ?? values[0])?.source;
  if (source === undefined) return undefined;
  const { column, ...line } = source;
  return { file: source.file, line: () => line };
}
