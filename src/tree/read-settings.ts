// appcfg.yml: read, parsed, checked, made into Settings; all problems at once, each with its place.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { predefinedStrategies } from '../core/deployment-strategies.ts';
import type { Problem } from '../core/errors.ts';
import { reservedTags } from '../core/owner.ts';
import { locate, parseDocument } from '../core/parse.ts';
import { sourceAt } from '../core/place.ts';
import { pointerTo } from '../core/pointer.ts';
import {
  defaultSettings,
  type EnvironmentSettings,
  type Limit,
  type ProfileSettings,
  type Settings,
} from '../core/settings.ts';
import { toPlain } from '../core/value.ts';
import { nearest } from './read-tree.ts';
import type { SettingsFile } from './settings-schema.ts';

const names = ['appcfg.yml', 'appcfg.yaml'];

/** Defaults where there is no file. With problems, the settings are those that could be understood, or the defaults. */
export async function readSettings(
  directory: string,
): Promise<{ readonly settings: Settings; readonly problems: readonly Problem[] }> {
  const present = names.filter((name) => statSync(join(directory, name), { throwIfNoEntry: false }) !== undefined);
  const [path] = present;
  if (path === undefined) return { settings: defaultSettings, problems: [] };
  if (present.length > 1) {
    return refused({
      message: 'appcfg.yml and appcfg.yaml are both there',
      hint: 'keep one of them',
      source: 'appcfg.yaml',
    });
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(join(directory, path)));
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return refused({ message: `the settings cannot be read (${reason})`, hint: 'check the file', source: path });
  }
  const parsed = parseDocument(text, { path });
  const syntax = parsed.problems.filter((problem) => problem.severity === 'error');
  if (syntax.length > 0) return { settings: unknownSettings, problems: syntax };
  if (parsed.value === undefined) return { settings: defaultSettings, problems: [] };
  return checkFile(toPlain(parsed.value), { path, text });
}

function refused(about: { readonly message: string; readonly hint: string; readonly source: string }) {
  const problem: Problem = { code: 'settings-invalid', severity: 'error', ...about };
  return { settings: unknownSettings, problems: [problem] };
}

/** Of a file that is there and says nothing that can be understood: what it redacts is not known, so nothing is shown. */
const unknownSettings: Settings = { ...defaultSettings, redact: ['/**'] };

async function checkFile(value: unknown, file: { readonly path: string; readonly text: string }) {
  const { settingsSchema } = await import('./settings-schema.ts');
  const places = locate(file.text);
  const sourceOf = (...keys: readonly PropertyKey[]): string => {
    let pointer = keys.reduce<string>((at, key) => pointerTo(at, String(key)), '');
    while (pointer !== '' && !places.has(pointer)) pointer = pointer.slice(0, pointer.lastIndexOf('/'));
    return sourceAt(file.path, places.get(pointer));
  };
  const tell = (path: readonly PropertyKey[], message: string, hint: string): Problem => ({
    code: 'settings-invalid',
    severity: 'error',
    message,
    hint,
    source: sourceOf(...path),
  });
  const result = settingsSchema.safeParse(value, { reportInput: true });
  if (!result.success) {
    const problems = result.error.issues.flatMap((issue) => problemsOfIssue(issue, [], tell, value));
    const { redact } = settingsSchema.shape;
    const understood = redact.safeParse(valueAtPath(value, ['redact']));
    return { settings: { ...unknownSettings, ...(understood.success ? { redact: understood.data } : {}) }, problems };
  }
  return { settings: settingsOf(result.data, sourceOf), problems: crossChecks(result.data, tell) };
}

type Tell = (path: readonly PropertyKey[], message: string, hint: string) => Problem;

/** zod's issues in the words of somebody who wrote the file. */
function problemsOfIssue(
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[],
  tell: Tell,
  root: unknown,
): readonly Problem[] {
  const path = [...above, ...issue.path];
  const name = path.length === 0 ? 'the settings' : `"${path.map(String).join('.')}"`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = knownKeys(path);
      const near = nearest(key, known);
      const hint = near === undefined ? `known here: ${known.join(', ')}` : `is "${near}" meant?`;
      return tell([...path, key], `unknown key "${key}"${path.length === 0 ? '' : ` in ${name}`}`, hint);
    });
  }
  const input = valueAtPath(root, path);
  if (issue.code === 'invalid_key') {
    return [tell(path, `${name} is not a key that can stand here`, expectations(path).hint)];
  }
  const { expected, hint } = expectations(path);
  if (input === undefined) return [tell(path, `${name} is missing: ${expected}`, hint)];
  return [tell(path, `${name} is ${shown(input)}, not ${expected}`, hint)];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAtPath(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    root,
  );
}

const keysByPlace: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /^$/,
    [
      'apiVersion',
      'project',
      'aws',
      'applicationName',
      'adopt',
      'tags',
      'redact',
      'deploymentStrategy',
      'environments',
      'deploymentStrategies',
      'profiles',
      'waves',
      'guards',
    ],
  ],
  [/^aws$/, ['region', 'allowedAccounts']],
  [/^environments\.[^.]+$/, ['deploymentStrategy', 'monitors', 'account', 'region', 'roleArn']],
  [/^environments\.[^.]+\.monitors\.\d+$/, ['alarmArn', 'alarmRoleArn']],
  [/^deploymentStrategies\.[^.]+$/, ['durationMinutes', 'bakeMinutes', 'growthFactor', 'growthType']],
  [/^profiles\.[^.]+$/, ['type', 'format', 'schema', 'merge', 'null', 'lists']],
  [/^profiles\.[^.]+\.lists\./, ['by']],
  [/^waves\.\d+$/, ['name', 'tenants', 'environments', 'soak', 'maxFailures']],
  [/^guards$/, ['maxDeletes', 'maxShrink']],
];

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const place = path.map(String).join('.');
  return keysByPlace.find(([pattern]) => pattern.test(place))?.[1] ?? [];
}

interface Expectation {
  readonly expected: string;
  readonly hint: string;
}

/** What may stand at a place, and an example. The first pattern that fits tells. */
const expectationsByPlace: readonly (readonly [RegExp, string, string])[] = [
  [/^apiVersion$/, 'appcfg/v1', 'write apiVersion: appcfg/v1'],
  [/^project$/, 'a name of letters, digits and + - = . _ : / @', 'for example project: acme/config'],
  [/(^|\.)region$/, 'a Region of AWS', 'for example region: eu-west-1'],
  [/allowedAccounts$/, 'a list of account numbers', 'for example allowedAccounts: ["111122223333"]'],
  [
    /(allowedAccounts\.\d+|\.account)$/,
    'an account number of twelve digits in quotes',
    'put it in quotes, so that no digit is lost: "111122223333"',
  ],
  [/^applicationName$/, 'text that holds {tenant}', 'for example applicationName: "acme-{tenant}"'],
  [/^tags\./, 'text', 'put the value in quotes: a tag is text'],
  [/^tags$/, 'a map of tags', 'for example tags: { team: "platform" }'],
  [/^redact(\.\d+)?$/, 'a list of JSON Pointers, each beginning with /', 'for example redact: [/database/password]'],
  [
    /\.monitors$/,
    'a list of at most five monitors',
    'for example monitors: [{ alarmArn: "arn:…", alarmRoleArn: "arn:…" }]',
  ],
  [/\.alarm(Role)?Arn$/, 'an ARN', 'AppConfig needs both: the alarm, and the role with which it looks at it'],
  [/\.roleArn$/, 'the ARN of a role', 'for example roleArn: arn:aws:iam::444455556666:role/appcfg'],
  [/^environments$/, 'a map of environments', 'for example environments: { dev: {}, prod: {} }'],
  [/^environments\.[^.]+$/, 'a map of its settings', 'write {} where there is nothing to say'],
  [/\.(durationMinutes|bakeMinutes)$/, 'a whole number of minutes from 0 to 1440', 'for example 30'],
  [/\.growthFactor$/, 'a percentage from 1 to 100', 'for example growthFactor: 20'],
  [/\.growthType$/, 'LINEAR or EXPONENTIAL', 'AppConfig has no other way to grow'],
  [
    /deploymentStrategy$/,
    'the name of a strategy',
    'for example deploymentStrategy: AppConfig.Linear20PercentEvery6Minutes',
  ],
  [/^profiles\.[^.]+\.type$/, 'freeform or feature-flags', 'leave it out for freeform'],
  [/^profiles\.[^.]+\.format$/, 'json or yaml', 'leave it out for json'],
  [/^profiles\.[^.]+\.schema$/, 'the path of a file in the tree', 'for example schema: schemas/Limits.schema.json'],
  [/^profiles\.[^.]+\.merge$/, 'merge or replace', 'leave it out for merge'],
  [/^profiles\.[^.]+\.null$/, 'delete or keep', 'leave it out for delete'],
  [
    /^profiles\.[^.]+\.lists/,
    'append, prepend, union or { by: key }, under a JSON Pointer',
    'for example lists: { /rules: { by: id } }',
  ],
  [/^waves\.\d+\.soak$/, 'a duration', 'for example soak: 10m'],
  [/\.(maxFailures|maxDeletes|maxShrink)$/, 'a number or a percentage', 'for example 5, or 10%'],
  [/(adopt|tenants|environments)(\.\d+)?$/, 'a list of globs', "for example ['team-*']"],
];

function expectations(path: readonly PropertyKey[]): Expectation {
  const place = path.map(String).join('.');
  const found = expectationsByPlace.find(([pattern]) => pattern.test(place));
  return found === undefined
    ? { expected: place === '' ? 'a map' : 'what can stand here', hint: 'README.md has an example of every key' }
    : { expected: found[1], hint: found[2] };
}

/** What a schema cannot say. */
function crossChecks(file: SettingsFile, tell: Tell): readonly Problem[] {
  const problems: Problem[] = [];
  const placeholders: readonly string[] = file.applicationName.match(/\{[^}]*\}/g) ?? [];
  if (!placeholders.includes('{tenant}')) {
    problems.push(
      tell(
        ['applicationName'],
        `"applicationName" is "${file.applicationName}", without {tenant}`,
        'each tenant needs an application of its own: "acme-{tenant}"',
      ),
    );
  }
  for (const unknown of placeholders.filter((placeholder) => placeholder !== '{tenant}')) {
    problems.push(tell(['applicationName'], `"applicationName" has ${unknown}`, 'only {tenant} is filled in'));
  }
  problems.push(...tagProblems(file.tags, tell));
  const strategy = (path: readonly PropertyKey[], name: string | undefined) => {
    const hint = name === undefined ? undefined : strategyHint(name, Object.keys(file.deploymentStrategies));
    if (hint !== undefined) problems.push(tell(path, `"${name}" is not a deployment strategy`, hint));
  };
  strategy(['deploymentStrategy'], file.deploymentStrategy);
  for (const [name, environment] of Object.entries(file.environments ?? {})) {
    strategy(['environments', name, 'deploymentStrategy'], environment?.deploymentStrategy);
    environment?.monitors?.forEach((monitor, index) => {
      for (const [key, arn] of Object.entries(monitor)) {
        const unknown = arn.match(/\{(?!tenant\}|environment\}|account\}|region\})[^}]*\}/)?.[0];
        if (unknown !== undefined) {
          problems.push(
            tell(
              ['environments', name, 'monitors', index, key],
              `"${key}" has ${unknown}`,
              '{tenant}, {environment}, {account} and {region} are filled in',
            ),
          );
        }
      }
    });
  }
  for (const name of Object.keys(file.deploymentStrategies)) {
    if (name.startsWith('AppConfig.') || name.length > 64 || name === '') {
      problems.push(
        tell(
          ['deploymentStrategies', name],
          `an own strategy cannot be called "${name}"`,
          "AppConfig.… are AWS's own; names have 1 to 64 characters",
        ),
      );
    }
  }
  for (const [name, profile] of Object.entries(file.profiles)) {
    if (profile.type === 'feature-flags' && profile.format === 'yaml') {
      problems.push(
        tell(
          ['profiles', name, 'format'],
          `the feature flags "${name}" cannot be YAML`,
          'AppConfig takes feature flags as JSON only: leave format out',
        ),
      );
    }
    if (profile.merge === 'replace' && Object.keys(profile.lists).length > 0) {
      problems.push(
        tell(
          ['profiles', name, 'lists'],
          `"lists" of "${name}" has no effect with merge: replace`,
          'leave one of them out',
        ),
      );
    }
  }
  const waveNames = (file.waves ?? []).map((wave) => wave.name);
  waveNames.forEach((name, index) => {
    if (waveNames.indexOf(name) !== index) {
      problems.push(tell(['waves', index, 'name'], `two waves are called "${name}"`, 'give each a name of its own'));
    }
  });
  return problems;
}

/** AppConfig's rules for tags, some room kept for the tool's own. */
function tagProblems(tags: Readonly<Record<string, string>>, tell: Tell): readonly Problem[] {
  const problems: Problem[] = [];
  const allowed = /^[a-zA-Z0-9+\-=._:/@ ]*$/;
  for (const [key, value] of Object.entries(tags)) {
    if (reservedTags.includes(key)) {
      problems.push(tell(['tags', key], `the tag "${key}" is appcfg's own`, 'choose another key'));
    } else if (/^aws:/i.test(key)) {
      problems.push(
        tell(['tags', key], `the tag "${key}" begins with aws:`, 'AWS keeps that for itself: choose another key'),
      );
    } else if (key === '' || key.length > 128 || value.length > 256) {
      problems.push(
        tell(
          ['tags', key],
          `the tag "${key.slice(0, 40)}" is too long, or has no name`,
          'keys have 1 to 128 characters, values at most 256',
        ),
      );
    } else if (!allowed.test(key) || !allowed.test(value)) {
      problems.push(
        tell(
          ['tags', key],
          `the tag "${key}" holds characters that AppConfig refuses`,
          'letters, digits, spaces and + - = . _ : / @ are allowed',
        ),
      );
    }
  }
  if (Object.keys(tags).length > 47) {
    problems.push(
      tell(['tags'], `there are ${Object.keys(tags).length} tags`, "AppConfig takes 50, and three are appcfg's own"),
    );
  }
  return problems;
}

/** Undefined for a strategy that may exist. */
function strategyHint(name: string, own: readonly string[]): string | undefined {
  if (predefinedStrategies.has(name) || own.includes(name) || /^[a-z0-9]{4,7}$/.test(name)) return undefined;
  const known = [...predefinedStrategies.keys(), ...own];
  const near = nearest(name, known) ?? nearest(`AppConfig.${name}`, known);
  return near === undefined
    ? `there is: ${known.join(', ')}; or describe your own under deploymentStrategies`
    : `is "${near}" meant?`;
}

function settingsOf(file: SettingsFile, sourceOf: Settings['sourceOf']): Settings {
  return {
    project: file.project,
    aws: { region: file.aws.region, allowedAccounts: file.aws.allowedAccounts },
    applicationName: file.applicationName,
    adopt: file.adopt,
    tags: file.tags,
    redact: file.redact,
    deploymentStrategy: file.deploymentStrategy,
    environments:
      file.environments &&
      new Map(Object.entries(file.environments).map(([name, environment]) => [name, environmentOf(environment ?? {})])),
    deploymentStrategies: new Map(Object.entries(file.deploymentStrategies)),
    profiles: new Map(Object.entries(file.profiles).map(([name, profile]) => [name, profileOf(profile)])),
    waves: file.waves?.map((wave) => ({
      name: wave.name,
      tenants: wave.tenants,
      environments: wave.environments,
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
