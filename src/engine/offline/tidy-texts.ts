// The files of one configuration profile, tidied, as texts.

import { stepsOf } from '../../core/document/json-pointer.ts';
import { withoutValue } from '../../core/edit/place-value.ts';
import { leavesOf } from '../../core/factor/part.ts';
import type { Address } from '../../core/model/address.ts';
import { entriesOf, isMap, type Value } from '../../core/model/value.ts';
import { allLayers, type Layers, type SourceDocument, type TreeFiles } from '../../core/render/layers.ts';
import { isExcluded } from '../../core/settings/effective-settings.ts';
import { profileAsWritten, type Settings } from '../../core/settings/settings.ts';
import {
  type Lock,
  lockedPointers,
  type ProfileTree,
  type TidyFile,
  type TidyTenant,
} from '../../core/tidy/profile-tree.ts';
import { tidiedText } from '../../core/tidy/tidied-text.ts';
import { type Removal, type TidiedProfile, tidyProfile } from '../../core/tidy/tidy-profile.ts';
import { writeOrder } from '../../core/tidy/write-order.ts';
import type { FileText } from '../../files/change-files.ts';

export interface TidiedTexts extends Pick<TidiedProfile, 'removals' | 'moves'> {
  readonly profile: string;
  /** In the order of writing. A file can be written twice. */
  readonly steps: readonly FileText[];
  /** Of all files as they are. */
  readonly leaves: number;
  /** Why what is redundant in these files stays. */
  readonly untouched: ReadonlyMap<string, Untouched>;
}

export type Untouched = 'linked' | 'not-selected';

export interface Tidying {
  readonly settings: Settings;
  readonly tree: TreeFiles;
  /** Of a file that exists. Undefined: it is not UTF-8. */
  readonly textOf: (path: string) => string | undefined;
  /** Files that are not to be changed. */
  readonly fixed: ReadonlySet<string>;
  /** Whether a file that does not exist yet would be written through a symbolic link. */
  readonly isReachedByLink: (path: string) => boolean;
  /** A file may be changed if all addresses that it applies to may. */
  readonly mayChange: (address: Address) => boolean;
  /** Whether that is every address. */
  readonly mayChangeAll: boolean;
}

/**
 * Of files whose texts cannot be changed well only what is redundant is removed: all of it whose lines can go alone. The others are
 * tidied without them.
 */
export function tidiedTexts(profile: string, tidying: Tidying): TidiedTexts {
  const limits = new Map<string, TidyFile['edits']>([...tidying.fixed].map((path) => [path, 'none']));
  const stuck = new Map<string, Set<string>>();
  const documents = documentsOf(profile, tidying.tree);
  for (;;) {
    const tree = profileTree(profile, { ...tidying, limits, stuck });
    const { files, removals, moves } = tidyProfile(tree);
    const steps: FileText[] = [];
    let isPossible = true;
    for (const { file: path, value } of writeOrder(tree, files)) {
      const before = tree.files.get(path)?.value;
      const original = documents.has(path) ? tidying.textOf(path) : undefined;
      const isUnwritable = documents.has(path) ? original === undefined : tidying.isReachedByLink(path);
      const text = isUnwritable ? undefined : tidiedText(original, { path, before, after: value });
      if (text !== undefined) steps.push({ path, text: text.text });
      else if (files.get(path) === value) {
        isPossible = false;
        if (!limits.has(path)) limits.set(path, 'removals');
        else if (!addStuck(stuck, { path, original, before, removals })) limits.set(path, 'none');
      }
    }
    const values = [...tree.files.values()].flatMap(({ value }) => (value === undefined ? [] : [value]));
    const leaves = values.reduce<number>((sum, value) => sum + leavesOf(value), 0);
    if (isPossible)
      return { profile, steps, removals, moves, leaves, untouched: untouchedOf(tree, { ...tidying, limits }) };
  }
}

/** Notes the removals of a file that are not possible by themselves. @returns whether there are more than were known */
function addStuck(
  stuck: Map<string, Set<string>>,
  {
    path,
    original,
    before,
    removals,
  }: {
    readonly path: string;
    readonly original: string | undefined;
    readonly before: Value | undefined;
    readonly removals: readonly Removal[];
  },
): boolean {
  if (original === undefined) return false;
  const found = removals.filter(({ file, pointer }) => {
    if (file !== path) return false;
    const left = withoutValue(before, stepsOf(pointer), 'stay');
    const after = isMap(left) && entriesOf(left).length === 0 ? undefined : left;
    return tidiedText(original, { path, before, after }) === undefined;
  });
  const known = stuck.get(path) ?? new Set<string>();
  const pointers = new Set([...known, ...found.map(({ pointer }) => pointer)]);
  stuck.set(path, pointers);
  return pointers.size > known.size;
}

function untouchedOf(
  { files }: ProfileTree,
  { fixed, limits }: Tidying & { readonly limits: ReadonlyMap<string, TidyFile['edits']> },
): ReadonlyMap<string, Untouched> {
  const unselected = [...files].filter(([path, { edits }]) => edits === 'none' && limits.get(path) !== 'none');
  return new Map([
    ...unselected.map(([path]): [string, Untouched] => [path, 'not-selected']),
    ...[...fixed].map((path): [string, Untouched] => [path, 'linked']),
  ]);
}

/** The profiles of a tree, the template's first. */
export function profilesOf({ template, tenants }: TreeFiles): ReadonlySet<string> {
  return new Set(
    [template, ...tenants.values()].flatMap((layers) => allLayers(layers).flatMap((layer) => [...layer.keys()])),
  );
}

/** By path. */
function documentsOf(profile: string, { template, tenants }: TreeFiles): ReadonlyMap<string, SourceDocument> {
  const documents = [template, ...tenants.values()].flatMap((layers) =>
    allLayers(layers).map((layer) => layer.get(profile)),
  );
  return new Map(documents.flatMap((document) => (document === undefined ? [] : [[document.path, document]])));
}

function profileTree(
  profile: string,
  tidying: Tidying & {
    readonly limits: ReadonlyMap<string, TidyFile['edits']>;
    /** Pointers by path. */
    readonly stuck: ReadonlyMap<string, ReadonlySet<string>>;
  },
): ProfileTree {
  const { settings, tree, limits, stuck, mayChange, mayChangeAll } = tidying;
  const documents = documentsOf(profile, tree);
  const paths = [...documents.keys()];
  const extension = paths.length > 0 && paths.every((path) => path.endsWith('.json')) ? 'json' : 'yml';
  const files = new Map<string, TidyFile>();
  const add = (document: SourceDocument | undefined, folder: string, addresses: readonly Address[]): string => {
    const path = document?.path ?? `${folder}/${profile}.${extension}`;
    const isSelected = addresses.length === 0 ? mayChangeAll : addresses.every(mayChange);
    const edits = isSelected ? (limits.get(path) ?? 'all') : 'none';
    const locked = new Map<string, Lock>(
      document === undefined ? [] : lockedPointers({ value: document.value, notes: document.notes }),
    );
    for (const pointer of stuck.get(path) ?? []) locked.set(pointer, 'stuck');
    files.set(path, { value: document?.value, locked, edits });
    return path;
  };
  const having = [...tree.tenants].filter(([tenant]) => !isExcluded(settings, tenant, profile));
  const addressesOf = (isMeant: (environment: string) => boolean) =>
    having.flatMap(([tenant, layers]) =>
      [...layers.environments.keys()]
        .filter(isMeant)
        .map((environment): Address => ({ tenant, environment, configurationProfile: profile })),
    );
  const environmentsOf = (layers: readonly Layers[]) =>
    new Set(layers.flatMap((each) => [...each.environments.keys()]));
  const environments = environmentsOf([tree.template, ...having.map(([, layers]) => layers)]);
  const template = add(
    tree.template.everywhere.get(profile),
    'template',
    addressesOf(() => true),
  );
  const shared = [...environments].map((environment): [string, string] => {
    const document = tree.template.environments.get(environment)?.get(profile);
    return [
      environment,
      add(
        document,
        `template/${environment}`,
        addressesOf((each) => each === environment),
      ),
    ];
  });
  const tenants = having.map(([tenant, layers]): TidyTenant => {
    const own = addressOf(tenant, profile);
    const all = [...layers.environments.keys()].map(own);
    const file = add(layers.everywhere.get(profile), `tenants/${tenant}`, all);
    const leaves = [...layers.environments].map(([environment, layer]): [string, string] => {
      return [environment, add(layer.get(profile), `tenants/${tenant}/${environment}`, [own(environment)])];
    });
    return { file, environments: new Map(leaves) };
  });
  return { settings: profileAsWritten(settings, profile), files, template, environments: new Map(shared), tenants };
}

function addressOf(tenant: string, configurationProfile: string) {
  return (environment: string): Address => ({ tenant, environment, configurationProfile });
}
