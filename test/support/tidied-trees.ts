// Trees of one profile, as tidy takes them, from the texts of their files.
import { parseDocument } from '../../src/core/document/parse-yaml.ts';
import { canonicalText, lineText } from '../../src/core/document/write-json.ts';
import type { Value } from '../../src/core/model/value.ts';
import { mergeLayer } from '../../src/core/render/merge-layers.ts';
import { defaultProfileSettings, type ProfileSettings } from '../../src/core/settings/settings.ts';
import { type Lock, lockedPointers, type ProfileTree, type TidyFile } from '../../src/core/tidy/profile-tree.ts';
import { tidyProfile } from '../../src/core/tidy/tidy-profile.ts';

/**
 * @param texts by folder, as `template/dev` or `one/prod`
 * @param environments that each tenant has
 */
export function profileTreeFrom(
  texts: Readonly<Record<string, string>>,
  {
    tenants,
    environments = ['dev', 'prod'],
    settings = {},
  }: {
    readonly tenants: readonly string[];
    readonly environments?: readonly string[];
    readonly settings?: Partial<ProfileSettings>;
  },
): ProfileTree {
  const files = new Map<string, TidyFile>();
  const add = (path: string): string => {
    const text = texts[path];
    const parsed = text === undefined ? undefined : parseDocument(text, { path: `${path}.yml` });
    const locked = parsed === undefined ? new Map<string, Lock>() : lockedPointers(parsed);
    files.set(path, { value: parsed?.value, locked, edits: 'all' });
    return path;
  };
  const below = (folder: string) => new Map(environments.map((name) => [name, add(`${folder}/${name}`)]));
  return {
    settings: { ...defaultProfileSettings, ...settings },
    files,
    template: add('template'),
    environments: below('template'),
    tenants: tenants.map((tenant) => ({ file: add(tenant), environments: below(tenant) })),
  };
}

/** The files that change, each in one line; null: it overrides nothing. */
export function tidied(tree: ProfileTree): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    [...tidyProfile(tree).files].map(([file, value]) => [file, value === undefined ? null : lineText(value)]),
  );
}

/** What each address is merged to, with these files instead, as the digest of its content sees it. */
export function mergedTexts(
  tree: ProfileTree,
  files: ReadonlyMap<string, Value | undefined> = new Map(),
): readonly string[] {
  return tree.tenants.flatMap(({ file, environments }) =>
    [...environments].map(([environment, leaf]) => {
      const layers = [tree.template, tree.environments.get(environment) ?? '', file, leaf];
      const merged = layers.reduce<Value | undefined>((inherited, path) => {
        const value = files.has(path) ? files.get(path) : tree.files.get(path)?.value;
        return value === undefined ? inherited : mergeLayer(inherited, value, tree.settings);
      }, undefined);
      return merged === undefined ? '' : canonicalText(merged);
    }),
  );
}
