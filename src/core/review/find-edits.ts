// Which files changed, and what each changes by itself: the layers up to its own, with only this file as in the head.

import { isSameContent } from '../document/equality.ts';
import type { Address } from '../model/address.ts';
import { inBase, type SourcePosition } from '../model/source-position.ts';
import type { Value } from '../model/value.ts';
import type { Layer, Layers, SourceDocument } from '../render/layers.ts';
import { lineOf } from '../render/locate-source.ts';
import { differingPointers } from './differing-pointers.ts';
import type { EditLayer } from './review.ts';
import type { ReviewedTree } from './reviewed-tree.ts';

/** A file whose value differs. */
export interface EditedFile {
  readonly layer: EditLayer;
  readonly configurationProfile: string;
  /** Undefined for a layer of all environments. */
  readonly environment: string | undefined;
  /** Undefined for the template. */
  readonly tenant: string | undefined;
  readonly base: SourceDocument | undefined;
  readonly head: SourceDocument | undefined;
}

/** Those of the template, then those of tenants that both trees have; environments after what is for all of them. */
export function editedFiles(base: ReviewedTree, head: ReviewedTree): readonly EditedFile[] {
  const edits = editsIn(base.template, head.template, undefined);
  for (const [name, tenant] of base.tenants) {
    const other = head.tenants.get(name);
    if (other !== undefined) edits.push(...editsIn(tenant, other, name));
  }
  return edits;
}

/** Whether it is a layer of an address. */
export function isLayerOf({ tenant, environment, configurationProfile }: EditedFile, address: Address): boolean {
  return (
    configurationProfile === address.configurationProfile &&
    (environment === undefined || environment === address.environment) &&
    (tenant === undefined || tenant === address.tenant)
  );
}

export function pathOf({ base, head }: EditedFile): string {
  return head?.path ?? base?.path ?? '';
}

/** Where a file changes what the layers up to its own come to, at an address. */
export function changedPaths(edit: EditedFile, address: Address, base: ReviewedTree): readonly string[] {
  const before = valuesUpTo(edit, address, base);
  const after = [...before.slice(0, -1), edit.head?.value];
  const { configurationProfile } = edit;
  return differingPointers(base.merge(before, configurationProfile), base.merge(after, configurationProfile));
}

/** Where the values of the file itself differ. */
export function editedPaths({ base, head }: EditedFile): readonly string[] {
  return differingPointers(base?.value, head?.value);
}

/** The line of an edit that changes the value at a pointer; of a value that it no longer sets, its line in the base. */
export function sourceOfEdit({ base, head }: EditedFile, pointer: string): SourcePosition {
  const isSet = head?.positions().has(pointer) === true;
  const wasSet = base?.positions().has(pointer) === true;
  if (head !== undefined && (isSet || !wasSet)) return lineOf(head, pointer);
  return base === undefined ? { file: '' } : inBase(lineOf(base, pointer));
}

/** Of the base; the last one is that of the file. */
function valuesUpTo(
  { layer, base: file, configurationProfile: profile }: EditedFile,
  { tenant, environment }: Address,
  base: ReviewedTree,
): readonly (Value | undefined)[] {
  const own = base.tenants.get(tenant);
  const below = [
    base.template.everywhere,
    base.template.environments.get(environment),
    own?.everywhere,
    own?.environments.get(environment),
  ].slice(0, layerOrder.indexOf(layer));
  return [...below.map((each) => each?.get(profile)?.value), file?.value];
}

/** Least specific first. */
const layerOrder: readonly EditLayer[] = ['template', 'template-environment', 'tenant', 'tenant-environment'];

function editsIn(base: Layers, head: Layers, tenant: string | undefined): EditedFile[] {
  const layers: readonly [EditLayer, EditLayer] =
    tenant === undefined ? ['template', 'template-environment'] : ['tenant', 'tenant-environment'];
  const edits = editsInLayer(base.everywhere, head.everywhere, { layer: layers[0], environment: undefined, tenant });
  for (const environment of new Set([...base.environments.keys(), ...head.environments.keys()])) {
    const [before, after] = [base.environments.get(environment), head.environments.get(environment)];
    // An environment that comes or goes is reported as one.
    if (tenant !== undefined && (before === undefined || after === undefined)) continue;
    edits.push(...editsInLayer(before, after, { layer: layers[1], environment, tenant }));
  }
  return edits;
}

function editsInLayer(
  base: Layer | undefined,
  head: Layer | undefined,
  where: Pick<EditedFile, 'layer' | 'environment' | 'tenant'>,
): EditedFile[] {
  return [...new Set([...(base?.keys() ?? []), ...(head?.keys() ?? [])])].flatMap((configurationProfile) => {
    const [before, after] = [base?.get(configurationProfile), head?.get(configurationProfile)];
    if (isSameContent(before?.value, after?.value)) return [];
    return [{ ...where, configurationProfile, base: before, head: after }];
  });
}
