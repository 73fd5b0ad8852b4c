// appcfg.yml: read, parsed, checked, made into Settings; all problems at once, each with its place.

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ancestors, pointerTo } from '../core/document/json-pointer.ts';
import { locateValues, parseDocument } from '../core/document/parse-yaml.ts';
import type { SourcePosition } from '../core/model/source-position.ts';
import { toPlain } from '../core/model/value.ts';
import type { Hint } from '../core/problem/hint.ts';
import type { Problem } from '../core/problem/problem.ts';
import { memberAt } from '../core/settings/parse-settings.ts';
import type { Tell } from '../core/settings/schema-errors.ts';
import {
  defaultSettings,
  type EnvironmentSettings,
  type Limit,
  type ProfileSettings,
  type Settings,
  type TenantEntry,
} from '../core/settings/settings.ts';
import { crossChecks } from '../core/settings/settings-rules.ts';
import type { SettingsFile, settingsSchema } from '../core/settings/settings-schema.ts';
import { followLink, unreadable } from './disk-source.ts';

const names = ['appcfg.yml', 'appcfg.yaml'];

/** Defaults where there is no file. With problems, the settings are those that could be understood, or the defaults. */
export async function readSettings(
  directory: string,
): Promise<{ readonly settings: Settings; readonly problems: readonly Problem[] }> {
  const present = names.filter((name) => lstatSync(join(directory, name), { throwIfNoEntry: false }) !== undefined);
  const [path] = present;
  if (path === undefined) return { settings: defaultSettings, problems: misspelt(directory) };
  if (present.length > 1) {
    return refused({
      message: 'appcfg.yml and appcfg.yaml are both there',
      hint: { text: 'keep one of them' },
      source: { file: 'appcfg.yaml' },
    });
  }
  const followed = followLink(directory, path);
  if ('problem' in followed) return { settings: unknownSettings, problems: [followed.problem] };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(join(directory, path)));
  } catch (error) {
    if (!(error instanceof TypeError)) return { settings: unknownSettings, problems: [unreadable(path, error)] };
    return refused({
      message: 'the settings are not UTF-8',
      hint: { text: 'save them as UTF-8' },
      source: { file: path },
    });
  }
  const parsed = parseDocument(text, { path });
  const syntax = parsed.problems.filter((problem) => problem.severity === 'error');
  if (syntax.length > 0) return { settings: unknownSettings, problems: syntax };
  if (parsed.value === undefined) return { settings: defaultSettings, problems: [] };
  return checkFile(withoutEmptySections(toPlain(parsed.value)), { path, text });
}

/** `aws:` with nothing below it says nothing. */
function withoutEmptySections(value: unknown): unknown {
  const sections = ['aws', 'guards', 'tags', 'profiles', 'deploymentStrategies', 'tenants'].map((key) => [key]);
  const profiles = Object.keys(memberAt(value, ['profiles']) ?? {}).map((name) => ['profiles', name]);
  for (const path of [...sections, ...profiles]) if (memberAt(value, path) === null) takeOut(value, path);
  return value;
}

function refused(about: { readonly message: string; readonly hint: Hint; readonly source: SourcePosition }) {
  const problem: Problem = { code: 'settings-invalid', severity: 'error', ...about };
  return { settings: unknownSettings, problems: [problem] };
}

/** Of a file that is there and says nothing that can be understood: what it redacts is not known, so nothing is shown. */
const unknownSettings: Settings = { ...defaultSettings, redact: ['/**'] };

async function checkFile(value: unknown, file: { readonly path: string; readonly text: string }) {
  const { settingsSchema } = await import('../core/settings/settings-schema.ts');
  const places = locateValues(file.text);
  const sourceOf = (...keys: readonly PropertyKey[]): SourcePosition => {
    const pointer = keys.reduce<string>((at, key) => pointerTo(at, String(key)), '');
    const nearest = ancestors(pointer).find((at) => places.has(at)) ?? '';
    return { file: file.path, ...places.get(nearest) };
  };
  const tell: Tell = (path, message, hint) => ({
    code: 'settings-invalid',
    severity: 'error',
    message,
    hint: { text: hint },
    source: sourceOf(...path),
  });
  const problems: Problem[] = forbiddenKeys(value).map((path) =>
    tell(path, `the key "__proto__" cannot stand here`, 'choose another name'),
  );
  const result = settingsSchema.safeParse(value, { reportInput: true });
  if (result.success) {
    problems.push(...crossChecks(result.data, tell));
    return { settings: settingsOf(result.data, sourceOf), problems };
  }
  const { problemsOfIssue } = await import('../core/settings/schema-errors.ts');
  problems.push(...result.error.issues.flatMap((issue) => problemsOfIssue(issue, tell, value)));
  const understood = parseWithoutMistakes(settingsSchema, value);
  if (understood === undefined) return { settings: unknownSettings, problems };
  problems.push(...crossChecks(understood.file, tell));
  const settings = settingsOf(understood.file, sourceOf);
  return { settings: understood.redactIsKnown ? settings : { ...settings, redact: unknownSettings.redact }, problems };
}

/** What is left when everything that is wrong is taken out: it serves to look for more problems, never to run. */
function parseWithoutMistakes(schema: typeof settingsSchema, value: unknown) {
  const left = structuredClone(value);
  for (let round = 0; round < mostRounds; round += 1) {
    const result = schema.safeParse(left);
    if (result.success) {
      const redactIsKnown = isDeepStrictEqual(memberAt(left, ['redact']), memberAt(value, ['redact']));
      return { file: result.data, redactIsKnown };
    }
    for (const { code, path, ...issue } of result.error.issues) {
      if (code === 'unrecognized_keys' && 'keys' in issue) {
        for (const key of issue.keys) takeOut(left, [...path, key]);
      } else {
        // Of what lacks a member, nothing is left to go by.
        takeOut(left, memberAt(left, path) === undefined ? path.slice(0, -1) : path);
      }
    }
  }
  return undefined;
}

/** Taking one mistake out may uncover another: a map that then lacks a member. */
const mostRounds = 5;

function takeOut(root: unknown, path: readonly PropertyKey[]): void {
  const parent = memberAt(root, path.slice(0, -1));
  const key = path.at(-1);
  if (typeof parent === 'object' && parent !== null && key !== undefined) Reflect.deleteProperty(parent, key);
}

/** Places of keys that a JavaScript object cannot keep apart from itself. */
function forbiddenKeys(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) =>
    key === '__proto__' ? [[...path, key]] : forbiddenKeys(Reflect.get(value, key), [...path, key]),
  );
}

/** A file that was meant as the settings, and is not read. */
function misspelt(directory: string): readonly Problem[] {
  const found = readdirSync(directory).filter((name) => /^appcfg\.(ya?ml|json)$/i.test(name));
  return found.map((name) => ({
    code: 'file-ignored',
    severity: 'warning',
    message: 'ignored: the settings are in appcfg.yml',
    hint: { text: `rename it: git mv ${name} appcfg.yml` },
    source: { file: name },
  }));
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
    deploymentStrategy: file.deploymentStrategy,
    environments:
      file.environments &&
      new Map(Object.entries(file.environments).map(([name, environment]) => [name, environmentOf(environment ?? {})])),
    tenants: (file.tenants ?? []).map(tenantOf),
    deploymentStrategies: new Map(Object.entries(file.deploymentStrategies)),
    profiles: new Map(Object.entries(file.profiles).map(([name, profile]) => [name, profileOf(profile)])),
    waves: file.waves?.map((wave) => ({
      name: wave.name,
      tenants: wave.tenants,
      environments: wave.environments,
      labels: new Map(Object.entries(wave.labels ?? {})),
      soakMinutes: minutesOf(wave.soak ?? ''),
      maxFailures: limitOf(wave.maxFailures),
    })),
    guards: { maxDeletes: limitOf(file.guards.maxDeletes), maxShrink: limitOf(file.guards.maxShrink) },
    sourceOf,
  };
}

function environmentOf(
  environment: NonNullable<NonNullable<SettingsFile['environments']>[string]>,
): EnvironmentSettings {
  const { deploymentStrategy, monitors, account, region, roleArn } = environment;
  return { deploymentStrategy, monitors, account, region, roleArn };
}

function tenantOf(entry: NonNullable<SettingsFile['tenants']>[number]): TenantEntry {
  const { match, account, region, roleArn, deploymentStrategy, monitors, excludeProfiles, labels } = entry;
  return {
    match: typeof match === 'string' ? [match] : match,
    account,
    region,
    roleArn,
    deploymentStrategy,
    monitors,
    excludeProfiles,
    labels: new Map(Object.entries(labels)),
  };
}

function profileOf(profile: SettingsFile['profiles'][string]): ProfileSettings {
  return {
    type: profile.type === 'feature-flags' ? 'AWS.AppConfig.FeatureFlags' : 'AWS.Freeform',
    format: profile.format,
    schema: profile.schema,
    merge: profile.merge,
    null: profile.null,
    lists: new Map(Object.entries(profile.lists)),
  };
}

function limitOf(limit: number | string): Limit {
  return typeof limit === 'number' ? { count: limit } : { percent: Number(limit.slice(0, -1)) };
}

function minutesOf(duration: string): number {
  const [, hours = '0', minutes = '0', seconds = '0'] =
    /^(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?$/.exec(duration) ?? [];
  return Number(hours) * 60 + Number(minutes) + Number(seconds) / 60;
}
