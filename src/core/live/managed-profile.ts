// What the settings manage of a configuration profile in AppConfig besides its versions, and how it differs from what is there.
import { createHash } from 'node:crypto';
import { parseDocument } from '../document/parse-yaml.ts';
import { canonicalText } from '../document/write-json.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import type { Validator } from '../model/resource.ts';
import { profileSettingsOf } from '../settings/effective-settings.ts';
import type { Policy } from '../settings/policy.ts';

/** Of a profile in AppConfig, what ListConfigurationProfiles does not show. */
export interface LiveProfileSettings {
  /** The names of its KMS key: as it was given, and the ARN. Empty without a key. */
  readonly kmsKeys: readonly string[];
  /** Digests of its JSON Schemas: thousands of tenants can have the same one. */
  readonly schemas: readonly string[];
  /** ARNs of its Lambda functions. */
  readonly functions: readonly string[];
}

/** What the settings want of a profile. What is undefined is left as it is. */
export interface ManagedProfile {
  readonly kmsKey: string | undefined;
  /** At most one. */
  readonly schemas: readonly string[] | undefined;
  readonly functions: readonly string[] | undefined;
}

/** What is written to a profile. What is absent stays as it is. */
export interface ProfileUpdate {
  /** Empty: the key is removed. */
  readonly kmsKey?: string;
  /** All of them: AppConfig replaces the list. */
  readonly validators?: readonly Validator[];
}

/** What the settings want of a profile; undefined where they manage nothing of it. */
export function managedProfile(
  { address, validatorSchema }: Pick<DesiredConfiguration, 'address' | 'validatorSchema'>,
  policy: Pick<Policy, 'settings' | 'accountRegion'>,
): ManagedProfile | undefined {
  const { kmsKey, installValidator, validators } = profileSettingsOf(policy, address);
  const hasValidators = installValidator !== undefined || validators !== undefined;
  if (kmsKey === undefined && !hasValidators) return undefined;
  return {
    kmsKey,
    schemas: hasValidators ? [validatorSchema].filter((schema) => schema !== undefined) : undefined,
    functions: validators,
  };
}

/** What has to be written, also to a profile that is created; undefined where the profile is as the settings want it. */
export function profileUpdate(
  wanted: ManagedProfile,
  live: LiveProfileSettings = { kmsKeys: [], schemas: [], functions: [] },
): ProfileUpdate | undefined {
  const { kmsKey, schemas, functions = live.functions } = wanted;
  const hasKey = kmsKey === undefined || isSameKey(kmsKey, live.kmsKeys);
  const hasValidators =
    schemas === undefined || (areSame(schemas.map(textDigest), live.schemas) && areSame(functions, live.functions));
  if (hasKey && hasValidators) return undefined;
  return {
    ...(hasKey ? {} : { kmsKey }),
    ...(hasValidators ? {} : { validators: validatorsOf(schemas, functions) }),
  };
}

/** Whether the settings manage validators, and leave the profile with one. */
export function isValidated(
  { schemas, functions }: ManagedProfile,
  live?: Pick<LiveProfileSettings, 'functions'>,
): boolean {
  return schemas !== undefined && schemas.length + (functions ?? live?.functions ?? []).length > 0;
}

/** Two schemas of equal value have equal digests. */
export function schemaDigest(text: string): string {
  const { value, problems } = parseDocument(text, { path: '', format: 'json' });
  return textDigest(value === undefined || problems.length > 0 ? text : canonicalText(value));
}

function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function validatorsOf(schemas: readonly string[], functions: readonly string[]): readonly Validator[] {
  return [
    ...schemas.map((content) => ({ type: 'JSON_SCHEMA', content }) as const),
    ...functions.map((content) => ({ type: 'LAMBDA', content }) as const),
  ];
}

/** An id names the key of an ARN that ends with it. */
function isSameKey(wanted: string, kmsKeys: readonly string[]): boolean {
  if (wanted === '') return kmsKeys.length === 0;
  return kmsKeys.some((key) => key === wanted || key.endsWith(`:key/${wanted}`));
}

/** In any order. */
function areSame(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join('\n') === [...b].sort().join('\n');
}
