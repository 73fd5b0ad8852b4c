// The text of appcfg.yml to Settings: parsed, checked and converted. All problems at once, each with its position.
import { ancestors, pointerTo } from '../document/json-pointer.ts';
import { locateValues, parseDocument } from '../document/parse-yaml.ts';
import { durationOf } from '../model/clock.ts';
import { profileTypeOf } from '../model/resource.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { toPlain } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import { adjustableCodes } from '../problem/problem-codes.ts';
import type { Severities } from '../problem/severities.ts';
import {
  type ChangeChecks,
  defaultSettings,
  type ProfileSettings,
  type Settings,
  type TenantEntry,
} from '../settings/settings.ts';
import { tenantEntries } from '../settings/tenant-entries.ts';
import { parseLimit } from './parse-values.ts';
import type { ProblemAt } from './schema-errors.ts';
import { ruleProblems } from './settings-rules.ts';
import type { SettingsFile, settingsSchema } from './settings-schema.ts';

export interface ParsedSettings {
  /** With errors: what could be understood. It serves to find more problems, never to write. */
  readonly settings: Settings;
  readonly problems: readonly Problem[];
}

/** Settings of a file that cannot be understood. What it redacts is unknown, so no value is shown. */
export const unknownSettings: Settings = { ...defaultSettings, redact: ['/**'] };

/** @param path of the file, for source positions */
export async function parseSettings(text: string, path: string): Promise<ParsedSettings> {
  const parsed = parseDocument(text, { path });
  const errors = parsed.problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) return { settings: unknownSettings, problems: errors };
  if (parsed.value === undefined) return { settings: defaultSettings, problems: [] };
  const value = withoutEmptySections(toPlain(parsed.value));
  const sourceOf = sourceLookup(text, path);
  const problemAt: ProblemAt = (keys, message, hint) => ({
    code: 'settings-invalid',
    severity: 'error',
    message,
    hint: { text: hint },
    source: sourceOf(...keys.map(String)),
  });
  const { settings, problems } = await checkValue(value, sourceOf, problemAt);
  // The error may be in what the author meant to redact: a misspelt key, a pattern under the wrong key.
  const hasErrors = problems.some(({ severity }) => severity === 'error');
  return { settings: hasErrors ? { ...settings, redact: unknownSettings.redact } : settings, problems };
}

/** A section such as `aws:` with nothing below it is null in YAML, and means no settings. */
function withoutEmptySections(value: unknown): unknown {
  const sections = [
    'aws',
    'guards',
    'severities',
    'tags',
    'profiles',
    'deploymentStrategies',
    'tenants',
    'versions',
  ].map((key) => [key]);
  const profiles = Object.keys(memberAt(value, ['profiles']) ?? {}).map((name) => ['profiles', name]);
  for (const path of [...sections, ...profiles]) if (memberAt(value, path) === null) removeMember(value, path);
  return value;
}

/** Positions by keys; for keys that the file does not have, the position of the nearest parent. */
function sourceLookup(text: string, file: string): Settings['sourceOf'] {
  const positions = locateValues(text);
  return (...keys): SourcePosition => {
    const nearest = ancestors(keys.reduce<string>(pointerTo, '')).find((pointer) => positions.has(pointer));
    return { file, ...positions.get(nearest ?? '') };
  };
}

async function checkValue(
  value: unknown,
  sourceOf: Settings['sourceOf'],
  problemAt: ProblemAt,
): Promise<ParsedSettings> {
  // zod is loaded only for trees that have settings.
  const { settingsSchema } = await import('./settings-schema.ts');
  const forbidden = forbiddenKeys(value).map((path) =>
    problemAt(path, 'the key "__proto__" is not allowed', 'rename it'),
  );
  const result = settingsSchema.safeParse(value, { reportInput: true });
  if (result.success) {
    const problems = [...forbidden, ...ruleProblems(result.data, problemAt)];
    return { settings: settingsOf(result.data, sourceOf), problems };
  }
  const { problemsOfIssue } = await import('./schema-errors.ts');
  const problems = [...forbidden, ...result.error.issues.flatMap((issue) => problemsOfIssue(issue, problemAt))];
  const understood = parseValidPart(settingsSchema, value);
  if (understood === undefined) return { settings: unknownSettings, problems };
  const settings = settingsOf(understood, sourceOf);
  return {
    settings,
    problems: [...problems, ...ruleProblems(understood, problemAt)],
  };
}

/** Paths of keys that zod would drop. */
function forbiddenKeys(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) =>
    key === '__proto__' ? [[...path, key]] : forbiddenKeys(Reflect.get(value, key), [...path, key]),
  );
}

/** Removing one invalid member may make its parent invalid, because it then lacks a member. */
const mostRounds = 5;

/** The settings without their invalid members; undefined where too little is left. */
function parseValidPart(schema: typeof settingsSchema, value: unknown) {
  const left = structuredClone(value);
  for (let round = 0; round < mostRounds; round += 1) {
    const result = schema.safeParse(left);
    if (result.success) {
      return result.data;
    }
    for (const { code, path, ...issue } of result.error.issues) {
      if (code === 'unrecognized_keys' && 'keys' in issue) {
        for (const key of issue.keys) removeMember(left, [...path, key]);
      } else {
        // What lacks a member is removed as a whole.
        removeMember(left, memberAt(left, path) === undefined ? path.slice(0, -1) : path);
      }
    }
  }
  return undefined;
}

function memberAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    root,
  );
}

function removeMember(root: unknown, path: readonly PropertyKey[]): void {
  const parent = memberAt(root, path.slice(0, -1));
  const key = path.at(-1);
  if (typeof parent === 'object' && parent !== null && key !== undefined) Reflect.deleteProperty(parent, key);
}

function settingsOf(file: SettingsFile, sourceOf: Settings['sourceOf']): Settings {
  return {
    project: file.project,
    aws: {
      region: file.aws.region,
      allowedAccounts: file.aws.allowedAccounts,
      quotas: {
        applications: file.aws.quotas.applications,
        environments: file.aws.quotas.environments,
        profiles: file.aws.quotas.profiles,
        strategies: file.aws.quotas.strategies,
      },
    },
    applicationName: file.applicationName,
    adopt: file.adopt,
    tags: file.tags,
    redact: file.redact,
    redactOfBase: [],
    secretsShown: file.guards.secretsAllowed,
    versions: file.versions,
    deploymentStrategy: file.deploymentStrategy,
    environments:
      file.environments &&
      new Map(Object.entries(file.environments).map(([name, environment]) => [name, environment ?? {}])),
    tenants: tenantEntries((file.tenants ?? []).map(tenantOf)),
    deploymentStrategies: new Map(Object.entries(file.deploymentStrategies)),
    profiles: new Map(Object.entries(file.profiles).map(([name, profile]) => [name, profileOf(profile)])),
    waves: file.waves?.map((wave) => ({
      name: wave.name,
      tenants: wave.tenants,
      environments: wave.environments,
      labels: new Map(Object.entries(wave.labels ?? {})),
      soakMinutes: (durationOf(wave.soak ?? '') ?? 0) / 60_000,
      maxFailures: limitOf(wave.maxFailures),
    })),
    guards: {
      maxDeletes: limitOf(file.guards.maxDeletes),
      maxShrink: limitOf(file.guards.maxShrink),
      drift: file.guards.drift,
      secrets: file.guards.secrets,
      secretsAllowed: file.guards.secretsAllowed,
      changes: changesOf(file.guards.changes),
    },
    severities: severitiesOf(file.severities),
    sourceOf,
  };
}

function changesOf(changes: SettingsFile['guards']['changes']): ChangeChecks {
  if (typeof changes !== 'string') return { ...changes, maxReach: limitOf(changes.maxReach) };
  const all = { emptied: changes, kind: changes, factor: changes, reach: changes, dormant: changes };
  return { ...defaultSettings.guards.changes, ...all };
}

/** Of codes that may be changed: of others there is a problem. */
function severitiesOf(severities: SettingsFile['severities']): Severities {
  return new Map(
    adjustableCodes.flatMap((code) => {
      const setting = severities[code];
      return setting === undefined ? [] : [[code, setting]];
    }),
  );
}

const limitOf = (limit: number | string) => parseLimit(String(limit), 'appcfg.yml');

function tenantOf({ match, labels, ...entry }: NonNullable<SettingsFile['tenants']>[number]): TenantEntry {
  return {
    ...entry,
    match: typeof match === 'string' ? [match] : match,
    labels: new Map(Object.entries(labels)),
  };
}

function profileOf(profile: SettingsFile['profiles'][string]): ProfileSettings {
  return { ...profile, type: profileTypeOf(profile.type), lists: new Map(Object.entries(profile.lists)) };
}
