// The files of a tree that renders to what is live.
import { yamlFileText } from '../document/write-yaml.ts';
import { type FactoredProfile, factorProfile, type ProfileOfTenant } from '../factor/factor-profile.ts';
import type { Interruptible } from '../factor/interruptible.ts';
import { withListRules } from '../factor/list-rules.ts';
import { leavesOf } from '../factor/part.ts';
import type { LiveApplication } from '../live/live-state.ts';
import type { Value } from '../model/value.ts';
import type { Importable, ImportedProfile } from './importable.ts';
import { liveStrategies } from './live-strategies.ts';
import { type ImportedSettings, settingsText } from './settings-text.ts';

/** A file that is written. */
export interface ImportedFile {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Values that it sets; undefined of a file that is no layer. */
  readonly leaves: number | undefined;
}

export interface ImportedTree {
  /** Sorted by path. */
  readonly files: readonly ImportedFile[];
  readonly tenants: number;
  readonly environments: number;
  readonly addresses: number;
  /** Of all layers. */
  readonly leaves: number;
  /** Of all contents, as they are live. */
  readonly liveLeaves: number;
}

/** @param settings besides those of profiles and environments */
export function* importedTree(
  { profiles, unparsed }: Importable,
  settings: Pick<ImportedSettings, 'project' | 'region' | 'names'> & {
    readonly applications: readonly LiveApplication[];
  },
): Interruptible<ImportedTree> {
  const tenants = environmentsOf(profiles);
  const factored: ImportedSettings['profiles'][number][] = [];
  const layers: (ImportedFile & { readonly leaves: number })[] = [];
  for (const [name, profile] of profiles) {
    const values = valuesOf(profile, tenants);
    const files = yield* withListRules(yield* factorProfile(values), values);
    factored.push({ name, profile, files });
    for (const { path, value } of layerFiles(name, files)) {
      layers.push({ path, content: yamlFileText(value), leaves: leavesOf(value) });
      yield;
    }
  }
  const folders = [...tenants].flatMap(([tenant, environments]) =>
    [...environments].map((environment) => `tenants/${tenant}/${environment}`),
  );
  const environments = [...new Set([...tenants.values()].flatMap((names) => [...names]))].sort();
  const strategies = liveStrategies(settings.applications, environments);
  const kept = new Set(layers.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
  const others = [
    { path: 'appcfg.yml', content: settingsText({ ...settings, strategies, profiles: factored }) },
    ...folders.filter((folder) => !kept.has(folder)).map((folder) => ({ path: `${folder}/.gitkeep`, content: '' })),
    ...unparsed.map(({ address: { tenant, environment, configurationProfile }, content }) => ({
      path: `_unparsed/${tenant}/${environment}/${configurationProfile}`,
      content,
    })),
  ];
  const files = [...layers, ...others.map((file) => ({ ...file, leaves: undefined }))];
  const addresses = [...profiles.values()].flatMap((profile) => profile.addresses);
  return {
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    tenants: tenants.size,
    environments: folders.length,
    addresses: addresses.length,
    leaves: layers.reduce((sum, { leaves }) => sum + leaves, 0),
    liveLeaves: addresses.reduce((sum, { value }) => sum + leavesOf(value), 0),
  };
}

/** The tenants in the order of their names, and the environments of which something is imported. */
function environmentsOf(profiles: Importable['profiles']): ReadonlyMap<string, ReadonlySet<string>> {
  const tenants = new Map<string, Set<string>>();
  for (const { addresses } of profiles.values()) {
    for (const { address } of addresses) {
      const environments = tenants.get(address.tenant) ?? new Set();
      tenants.set(address.tenant, environments.add(address.environment));
    }
  }
  return new Map([...tenants].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function valuesOf(
  { addresses }: ImportedProfile,
  tenants: ReadonlyMap<string, ReadonlySet<string>>,
): readonly ProfileOfTenant[] {
  const values = new Map<string, Map<string, Value>>([...tenants.keys()].map((tenant) => [tenant, new Map()]));
  for (const { address, value } of addresses) values.get(address.tenant)?.set(address.environment, value);
  return [...tenants].map(([tenant, environments]) => ({
    tenant,
    environments: [...environments].sort(),
    values: values.get(tenant) ?? new Map(),
  }));
}

function layerFiles(
  profile: string,
  { template, environments, tenants }: FactoredProfile,
): readonly { readonly path: string; readonly value: Value }[] {
  const values: [string, Value | undefined][] = [
    [`template/${profile}.yml`, template],
    ...[...environments].map(([environment, value]): [string, Value] => [
      `template/${environment}/${profile}.yml`,
      value,
    ]),
    ...[...tenants].flatMap(([tenant, files]): [string, Value | undefined][] => [
      [`tenants/${tenant}/${profile}.yml`, files.own],
      ...[...files.environments].map(([environment, value]): [string, Value] => [
        `tenants/${tenant}/${environment}/${profile}.yml`,
        value,
      ]),
    ]),
  ];
  return values.flatMap(([path, value]) => (value === undefined ? [] : [{ path, value }]));
}
