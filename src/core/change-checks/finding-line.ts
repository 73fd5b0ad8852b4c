// The line that a finding is about: that of the new value, or the one that emptied it.
import { isSameContent } from '../document/equality.ts';
import { pointerTo, valueAt } from '../document/json-pointer.ts';
import type { Address } from '../model/address.ts';
import { inBase, type SourcePosition } from '../model/source-position.ts';
import { entriesOf, isMap, memberOf, type Value } from '../model/value.ts';
import { setterAt, type TracedTree, type TracedTrees } from '../plan/group-sources.ts';
import type { ChangeFinding } from '../plan/plan.ts';
import { documentsFor, type SourceDocument } from '../render/layers.ts';
import { lineOf, setterOf } from '../render/locate-source.ts';
import { profileAsWritten } from '../settings/settings.ts';

/** Where the trees have what a finding is about. */
export interface LocatedFinding {
  /** Undefined where no file has it. */
  readonly source: SourcePosition | undefined;
}

/** @returns undefined for a key that no file deletes by null: it is no finding */
export function locateFinding(
  finding: ChangeFinding,
  address: Address,
  trees: TracedTrees,
): LocatedFinding | undefined {
  const { code, path } = finding;
  if (finding.ifNulled) {
    const source = lineOfNull(path, address, trees.head);
    return source && { source };
  }
  const emptied = code === 'change-emptied' ? lineOfEmptied(path, address, trees) : undefined;
  return { source: emptied ?? setterAt({ op: 'replace', path }, address, trees.head)?.line() };
}

function lineOfNull(path: string, address: Address, head: TracedTree): SourcePosition | undefined {
  const profile = profileAsWritten(head.settings, address.configurationProfile);
  if (profile.merge === 'replace' || profile.null === 'keep') return undefined;
  const document = setterOf(documentsAt(address, head), path, profile);
  return document !== undefined && valueAt(document.value, path) === null ? lineOf(document, path) : undefined;
}

/** Several files may have a part of a map. The most specific one that changed emptied it, or without a base the one with nulls. */
function lineOfEmptied(path: string, address: Address, { head, base }: TracedTrees): SourcePosition | undefined {
  const documents = documentsAt(address, head).toReversed();
  if (base === undefined) {
    const deleting = documents.find(({ value }) => nullIn(valueAt(value, path)) !== undefined);
    return deleting && lineOf(deleting, pointerTo(path, nullIn(valueAt(deleting.value, path)) ?? ''));
  }
  const before = new Map(documentsAt(address, base).map((document) => [document.path, document]));
  const after = new Map(documents.map((document) => [document.path, document]));
  for (const file of new Set([...after.keys(), ...[...before.keys()].toReversed()])) {
    const [old, wanted] = [before.get(file), after.get(file)];
    const [was, is] = [valueAt(old?.value, path), valueAt(wanted?.value, path)];
    if (isSameContent(was, is)) continue;
    if (wanted !== undefined && is !== undefined) {
      const deleted = nullIn(is, was);
      return lineOf(wanted, deleted === undefined ? path : pointerTo(path, deleted));
    }
    if (old !== undefined) return inBase(lineOf(old, path));
  }
  return undefined;
}

/** The first key of a map that a null deletes, and did not before. */
function nullIn(value: Value | undefined, before?: Value): string | undefined {
  if (!isMap(value)) return undefined;
  const isNew = (key: string) => !isMap(before) || memberOf(before, key) !== null;
  return entriesOf(value).find(([key, member]) => member === null && isNew(key))?.[0];
}

function documentsAt(address: Address, tree: TracedTree): readonly SourceDocument[] {
  const tenant = tree.tenants.get(address.tenant);
  return tenant === undefined ? [] : documentsFor(tree.template, tenant, address);
}
