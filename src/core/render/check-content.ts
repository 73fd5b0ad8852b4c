// What is wrong with rendered content: its size, the form of a feature-flag document, the profile's JSON Schema.
import type { Redactor } from '../document/redact.ts';
import { type Address, formatAddress } from '../model/address.ts';
import { profileTypes } from '../model/resource.ts';
import { largestContent } from '../model/service-limits.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { entriesOf, isMap, memberOf, type Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import type { ProfileSettings } from '../settings/settings.ts';
import type { SourceDocument } from './layers.ts';
import { locateInLayers } from './locate-source.ts';

/** Checks a rendered value against a JSON Schema. */
export type SchemaCheck = (value: Value) => Promise<SchemaResult>;

/** What does not match, or why the value cannot be checked. A schema has one such result: further checks with it find nothing. */
export type SchemaResult =
  | readonly SchemaMismatch[]
  | { readonly code: 'check-timeout' | 'schema-invalid'; readonly message: string };

export interface SchemaMismatch {
  /** JSON Pointer. */
  readonly pointer: string;
  readonly message: string;
}

export interface CheckedContent {
  readonly address: Address;
  readonly value: Value;
  /** What it was merged from, least specific first. */
  readonly layers: readonly SourceDocument[];
}

export interface ContentRules {
  readonly profile: ProfileSettings;
}

export interface SchemaRules extends ContentRules {
  readonly schemaCheck: SchemaCheck;
  readonly redact: Redactor;
}

/** What the content alone shows. */
export function contentProblems(checked: CheckedContent, { profile }: ContentRules): Problem[] {
  const isFlags = profileTypes[profile.type].document === 'feature flags';
  return isFlags ? flagProblems(checked.value, mostSpecificFile(checked)) : [];
}

function mostSpecificFile({ layers, address }: Omit<CheckedContent, 'value'>): SourcePosition {
  return { file: layers.at(-1)?.path ?? formatAddress(address) };
}

/** Of a content that exceeds AppConfig's limit, and is not written at all. */
export function sizeProblem(rendered: Omit<CheckedContent, 'value'>, bytes: number): Problem {
  const limit = largestContent.toLocaleString('en');
  const sizes = `: it has ${bytes.toLocaleString('en')}`;
  return {
    code: 'content-too-large',
    severity: 'error',
    message: `the content of ${formatAddress(rendered.address)} exceeds AppConfig's limit of ${limit} bytes${sizes}`,
    sizes,
    subject: rendered.address,
    hint: { text: 'split it into several profiles' },
    source: mostSpecificFile(rendered),
  };
}

/** AppConfig rejects other documents at their first deployment. Source: AppConfig User Guide, type reference of feature flags. */
function flagProblems(value: Value, source: SourcePosition): Problem[] {
  const problem = (message: string): Problem => ({
    code: 'content-invalid',
    severity: 'error',
    message,
    hint: { text: 'write a feature-flag document as { version: "1", flags: {…}, values: {…} }' },
    source,
  });
  if (!isMap(value)) return [problem('a feature-flag document must be a map')];
  const unknown = entriesOf(value)
    .map(([key]) => key)
    .filter((key) => !['version', 'flags', 'values'].includes(key));
  return [
    ...(memberOf(value, 'version') === '1' ? [] : [problem('a feature-flag document needs version: "1"')]),
    ...unknown.map((key) => problem(`unknown key "${key}" in a feature-flag document`)),
  ];
}

/** What the profile's JSON Schema finds. */
export async function schemaProblems(
  checked: CheckedContent,
  { profile, schemaCheck, redact }: SchemaRules,
): Promise<readonly Problem[]> {
  const concerned = `(${profile.schema}, for ${formatAddress(checked.address)})`;
  const result = await schemaCheck(checked.value);
  if ('code' in result) {
    return [
      {
        code: result.code,
        severity: 'error',
        message: `${result.message} ${concerned}`,
        hint: { text: unusableHints[result.code] },
        source: mostSpecificFile(checked),
      },
    ];
  }
  return result.map(({ pointer, message }) => {
    const what = pointer === '' ? 'the content' : pointer;
    const why = redact.covers(pointer) ? `does not match the schema` : message;
    return {
      code: 'content-invalid',
      severity: 'error',
      message: `${what} ${why} ${concerned}`,
      hint: { text: 'fix the value or the schema' },
      source: locateInLayers(checked.layers, pointer) ?? mostSpecificFile(checked),
    };
  });
}

const unusableHints = {
  'check-timeout':
    'make the schema simpler: patterns such as "^(a+)+$" and references that multiply take this long; nothing else is checked with it',
  'schema-invalid': 'fix the schema; nothing else is checked with it',
} as const;
