// What is wrong with the shape of appcfg.yml, in the words of somebody who wrote it.

import type { z } from 'zod';
import type { Problem } from '../problem/problem.ts';
import { nearest } from '../problem/suggest.ts';
import { memberAt } from './parse-settings.ts';
import { settingsJsonSchema } from './settings-schema.ts';

/** Makes a problem of a place in the settings. */
export type Tell = (path: readonly PropertyKey[], message: string, hint: string) => Problem;

/** zod's issues in the words of somebody who wrote the file. */
export function problemsOfIssue(issue: z.core.$ZodIssue, tell: Tell, root: unknown): readonly Problem[] {
  const { path } = issue;
  const name = path.length === 0 ? 'the settings' : `"${path.map(String).join('.')}"`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = knownKeys(path);
      const near = nearest(key, known);
      const hint = near === undefined ? `known here: ${known.join(', ')}` : `is "${near}" meant?`;
      return tell([...path, key], `unknown key "${key}"${path.length === 0 ? '' : ` in ${name}`}`, hint);
    });
  }
  const input = memberAt(root, path);
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

/** The keys that the schema knows at a place. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let node: JsonSchema | undefined = settingsJsonSchema();
  for (const key of path) node = objectOf(node?.properties?.[String(key)] ?? node?.additionalProperties ?? node?.items);
  return Object.keys(node?.properties ?? {});
}

/** As much of JSON Schema as says which keys there are. */
interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

function objectOf(node: JsonSchema | false | undefined): JsonSchema | undefined {
  if (node === undefined || node === false) return undefined;
  return node.anyOf?.find((each) => each.properties !== undefined) ?? node;
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
  [/^aws\.quotas\..+$/, 'a whole number, at least 1', 'for example quotas: { applications: 300 }'],
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
  [
    /^tenants$/,
    'a list of entries, each with a match',
    'for example tenants: [{ match: "acme-*", labels: { tier: gold } }]',
  ],
  [/^tenants\.\d+$/, 'an entry with a match', 'for example { match: "acme-*", labels: { tier: gold } }'],
  [/^tenants\.\d+\.match(\.\d+)?$/, 'a glob of tenants, or a list of them', 'for example match: "acme-*"'],
  [
    /^waves\.\d+\.(tenants|environments)(\.\d+)?$/,
    'a list of at least one glob',
    "leave it out for all of them, or write for example ['team-*']",
  ],
  [
    /^waves\.\d+\.labels$/,
    'a map of at least one label',
    'leave it out for all tenants, or write for example labels: { tier: gold }',
  ],
  [/\.labels$/, 'a map of labels', 'for example labels: { tier: gold }'],
  [
    /\.labels\./,
    'a label',
    'keys are letters, digits, "-", "_", "." and "/"; values are text without spaces, "," and "=" (a number in quotes)',
  ],
  [/\.excludeProfiles(\.\d+)?$/, 'a list of globs of configuration profiles', "for example ['AllowList']"],
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
  [/^waves\.\d+\.soak$/, 'a duration of hours, minutes and seconds', 'for example soak: 10m, 1h30m or 48h'],
  [/\.(maxFailures|maxDeletes|maxShrink)$/, 'a number, or a percentage up to 100%', 'for example 5, or 10%'],
  [/^(aws|guards|tags|profiles|deploymentStrategies)(\.[^.]+)?$/, 'a map', 'write {} where there is nothing to say'],
  [/(adopt|tenants|environments)(\.\d+)?$/, 'a list of globs', "for example ['team-*']"],
];

function expectations(path: readonly PropertyKey[]): Expectation {
  // A name with a dot is one step.
  const place = path.map((key) => String(key).replaceAll('.', '·')).join('.');
  const found = expectationsByPlace.find(([pattern]) => pattern.test(place));
  return found === undefined
    ? { expected: place === '' ? 'a map' : 'what can stand here', hint: 'docs/settings.md has an example of every key' }
    : { expected: found[1], hint: found[2] };
}
