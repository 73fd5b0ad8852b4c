// What is wrong with rendered content: its size, the form of a feature-flag document, the profile's JSON Schema.
import type { Redactor } from '../document/redact.ts';
import { type Address, formatAddress } from '../model/address.ts';
import type { Content } from '../model/content.ts';
import { profileTypes } from '../model/resource.ts';
import { largestContent } from '../model/service-limits.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { entriesOf, isMap, memberOf, type Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import type { ProfileSettings } from '../settings/settings.ts';
import type { SourceDocument } from './layers.ts';
import { locateInLayers } from './locate-source.ts';

/** Checks a rendered value against a JSON Schema. @returns what does not match, by JSON Pointer. */
export type SchemaCheck = (value: Value) => readonly { readonly pointer: string; readonly message: string }[];

export interface CheckedContent {
  readonly address: Address;
  readonly value: Value;
  readonly content: Content;
  /** What it was merged from, least specific first. */
  readonly layers: readonly SourceDocument[];
}

export interface ContentRules {
  readonly profile: ProfileSettings;
  readonly schemaCheck: SchemaCheck | undefined;
  readonly redact: Redactor;
}

export function contentProblems(checked: CheckedContent, rules: ContentRules): Problem[] {
  const isFlags = profileTypes[rules.profile.type].document === 'feature flags';
  // Nearly all contents end here.
  if (checked.content.bytes <= largestContent && !isFlags && rules.schemaCheck === undefined) return [];
  return [
    ...sizeProblems(checked),
    ...(isFlags ? flagProblems(checked.value, mostSpecificFile(checked)) : []),
    ...schemaProblems(checked, rules),
  ];
}

function mostSpecificFile({ layers, address }: CheckedContent): SourcePosition {
  return { file: layers.at(-1)?.path ?? formatAddress(address) };
}

function sizeProblems(checked: CheckedContent): Problem[] {
  const { bytes } = checked.content;
  if (bytes <= largestContent) return [];
  const limit = largestContent.toLocaleString('en');
  return [
    {
      code: 'content-too-large',
      severity: 'error',
      message: `the content of ${formatAddress(checked.address)} has ${bytes.toLocaleString('en')} bytes; AppConfig's limit is ${limit}`,
      hint: { text: 'split it into several profiles' },
      source: mostSpecificFile(checked),
    },
  ];
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

function schemaProblems(checked: CheckedContent, { profile, schemaCheck, redact }: ContentRules): Problem[] {
  if (schemaCheck === undefined) return [];
  return schemaCheck(checked.value).map(({ pointer, message }) => {
    const what = pointer === '' ? 'the content' : pointer;
    const why = redact.covers(pointer) ? `does not match the schema` : message;
    return {
      code: 'content-invalid',
      severity: 'error',
      message: `${what} ${why} (${profile.schema}, for ${formatAddress(checked.address)})`,
      hint: { text: 'fix the value or the schema' },
      source: locateInLayers(checked.layers, pointer) ?? mostSpecificFile(checked),
    };
  });
}
