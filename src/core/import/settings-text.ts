// appcfg.yml of an imported tree.
import { yamlFileText } from '../document/write-yaml.ts';
import { mergeSettings } from '../factor/factor-profile.ts';
import type { RuledProfile } from '../factor/list-rules.ts';
import { globOfName, mostGlobs } from '../model/globs.ts';
import { groupsBy } from '../model/groups-by.ts';
import { profileTypes } from '../model/resource.ts';
import { mapOf, type Value } from '../model/value.ts';
import { defaultProfileSettings, defaultSettings } from '../settings/settings.ts';
import type { ImportedProfile } from './importable.ts';
import type { ImportedStrategies } from './live-strategies.ts';
import type { TenantNames } from './tenant-names.ts';

export interface ImportedSettings {
  readonly project: string;
  /** Undefined: the tree is not for one. */
  readonly region: string | undefined;
  readonly names: Pick<TenantNames, 'pattern' | 'own'>;
  readonly strategies: ImportedStrategies;
  readonly profiles: readonly {
    readonly name: string;
    readonly profile: ImportedProfile;
    readonly files: RuledProfile;
  }[];
}

const head = `# yaml-language-server: $schema=./node_modules/@appcfg/cli/docs/appcfg.schema.json
# Written by appcfg import from what was live. Every key is described in docs/settings.md.
`;

export function settingsText({ project, region, names, strategies, profiles }: ImportedSettings): string {
  const used = new Set(strategies.environments.values());
  const [common] = used.size === 1 ? used : [];
  const sections: readonly (readonly [string, Value | undefined])[] = [
    ['apiVersion', 'appcfg/v1'],
    ['project', project],
    ['aws', region === undefined ? undefined : mapOf([['region', region]])],
    ['applicationName', names.pattern === defaultSettings.applicationName ? undefined : names.pattern],
    ['deploymentStrategy', common === defaultSettings.deploymentStrategy ? undefined : common],
    [
      'environments',
      mapOf([...strategies.environments].map(([name, strategy]) => [name, environmentEntry(strategy, common)])),
    ],
    ['tenants', listIfAny([...ownNames(names), ...exclusions(profiles)])],
    [
      'deploymentStrategies',
      mapIfAny([...strategies.own].map(([name, numbers]) => [name, mapOf(Object.entries(numbers))])),
    ],
    ['profiles', mapIfAny(profiles.flatMap(profileEntry))],
  ];
  const present = sections.flatMap(([key, value]): [string, Value][] => (value === undefined ? [] : [[key, value]]));
  return head + yamlFileText(mapOf(present));
}

function environmentEntry(strategy: string, common: string | undefined): Value {
  return mapOf(strategy === common ? [] : [['deploymentStrategy', strategy]]);
}

/** What differs from the defaults. */
function profileEntry({ name, profile, files }: ImportedSettings['profiles'][number]): readonly [string, Value][] {
  const merging = mergeSettings[files.merging];
  const all = {
    type: profileTypes[profile.type].setting,
    format: profile.format,
    merge: merging.merge,
    null: merging.null,
  };
  const defaults = { ...defaultProfileSettings, type: profileTypes[defaultProfileSettings.type].setting };
  const rules = [...files.lists].map(([pointer, { by }]): [string, Value] => [pointer, mapOf([['by', by]])]);
  const members: readonly [string, Value][] = [
    ...Object.entries(all).filter(([key, value]) => value !== defaults[key as keyof typeof all]),
    ...(rules.length === 0 ? [] : [['lists', mapOf(rules)] as [string, Value]]),
  ];
  return members.length === 0 ? [] : [[name, mapOf(members)]];
}

/** Tenants whose applications are not named as `applicationName` has it. */
function ownNames({ own }: ImportedSettings['names']): readonly Value[] {
  return own.flatMap(({ applicationName, tenants }) => tenantEntries(tenants, { applicationName }));
}

/** Tenants that must not have a profile of the template: an entry for those that lack the same ones. */
function exclusions(profiles: ImportedSettings['profiles']): readonly Value[] {
  const lacking = new Map<string, string[]>();
  for (const { name, files } of profiles) {
    for (const tenant of files.excluded) lacking.set(tenant, [...(lacking.get(tenant) ?? []), name]);
  }
  const groups = groupsBy([...lacking], ([, names]) => JSON.stringify(names));
  return groups.flatMap((group) => {
    const excludeProfiles = group[0][1].map(globOfName);
    return tenantEntries(
      group.map(([tenant]) => tenant),
      { excludeProfiles },
    );
  });
}

/** As many entries as are needed to match all of the tenants. */
function tenantEntries(tenants: readonly string[], settings: Readonly<Record<string, Value>>): readonly Value[] {
  return inParts(tenants.map(globOfName).sort(), mostGlobs).map((match) =>
    mapOf([['match', match.length === 1 ? (match[0] ?? '') : match], ...Object.entries(settings)]),
  );
}

function inParts<Of>(all: readonly Of[], size: number): readonly (readonly Of[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

function listIfAny(items: readonly Value[]): Value | undefined {
  return items.length === 0 ? undefined : items;
}

function mapIfAny(entries: readonly (readonly [string, Value])[]): Value | undefined {
  return entries.length === 0 ? undefined : mapOf(entries);
}
