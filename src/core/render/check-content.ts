// What is wrong with rendered content: its size, the rules of feature-flag documents, the profile's JSON Schema, and
// secrets in plain text.
import { createRedactor, keyOfPointer, type Redactor } from '../document/redact.ts';
import { lineText } from '../document/write-json.ts';
import type { FlagFinding, FlagFindings, PatternCheck } from '../flags/check-flags.ts';
import { type Address, formatAddress } from '../model/address.ts';
import { largestContent } from '../model/service-limits.ts';
import type { SourcePosition } from '../model/source-position.ts';
import type { Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import { secretsIn } from '../secrets/find-secrets.ts';
import type { ProfileSettings, Settings } from '../settings/settings.ts';
import type { SourceDocument } from './layers.ts';
import { locateInLayers, locateText } from './locate-source.ts';

/** Checks a rendered value against a JSON Schema. */
export type SchemaCheck = (value: Value) => Promise<SchemaResult>;

/** What does not match, or why the value cannot be checked. A schema has one such result: further checks with it find nothing. */
export type SchemaResult = readonly SchemaMismatch[] | SchemaFailure;

export interface SchemaFailure {
  readonly code: 'check-timeout' | 'schema-invalid';
  readonly message: string;
}

/** The schema of a profile, compiled. */
export interface ProfileSchema {
  readonly check: SchemaCheck;
  /** Its text, where it is installed as a validator. */
  readonly validator: string | undefined;
}

export interface SchemaMismatch {
  /** JSON Pointer. */
  readonly pointer: string;
  readonly message: string;
}

export interface RenderedAddress {
  readonly address: Address;
  /** What it was merged from, least specific first. */
  readonly layers: readonly SourceDocument[];
}

export interface CheckedContent extends RenderedAddress {
  readonly value: Value;
}

export interface SchemaRules {
  readonly profile: ProfileSettings;
  readonly schemaCheck: SchemaCheck;
  readonly redact: Redactor;
}

/** Finds the texts that do not match their pattern, or why that cannot be known. */
export type PatternMatcher = (
  checks: readonly PatternCheck[],
) => Promise<readonly PatternCheck[] | { readonly message: string }>;

/** What AppConfig would refuse or change in a feature-flag document. */
export function flagProblems(
  checked: RenderedAddress,
  { errors, rewritten }: FlagFindings,
  redact: Redactor,
): readonly Problem[] {
  return [
    ...errors.map((finding) => refusedFlag(checked, finding, redact)),
    ...rewritten.map(
      (finding): Problem => ({
        code: 'flags-rewritten',
        severity: 'warning',
        hint: { text: 'delete it, or write what AppConfig keeps' },
        ...describeFinding(checked, finding, redact),
      }),
    ),
  ];
}

function refusedFlag(checked: RenderedAddress, finding: FlagFinding, redact: Redactor): Problem {
  return {
    code: 'content-invalid',
    severity: 'error',
    hint: { text: 'AppConfig refuses this feature-flag document: fix the value' },
    ...describeFinding(checked, finding, redact),
  };
}

function describeFinding(checked: RenderedAddress, { pointer, message, value }: FlagFinding, redact: Redactor) {
  const where = pointer === '' ? '' : `${pointer}: `;
  const shown = value === undefined || redact.covers(pointer) ? '' : `: ${shortText(redact.apply(value, pointer))}`;
  return {
    message: `${where}${message}${shown}`,
    subject: checked.address,
    source: locateInLayers(checked.layers, pointer) ?? mostSpecificFile(checked),
  };
}

/** Texts in a feature-flag document that do not match the pattern of their attribute. */
export async function patternProblems(
  checked: RenderedAddress,
  { patterns }: Pick<FlagFindings, 'patterns'>,
  { match, redact }: { readonly match: PatternMatcher; readonly redact: Redactor },
): Promise<readonly Problem[]> {
  const result = await match(patterns);
  if ('message' in result) {
    return [
      {
        code: 'check-timeout',
        severity: 'error',
        message: result.message,
        subject: checked.address,
        hint: {
          text: 'make the pattern simpler: patterns such as "^(a+)+$" take this long; until then no pattern is checked',
        },
        source: mostSpecificFile(checked),
      },
    ];
  }
  return result.map(({ pointer, pattern, text }) =>
    refusedFlag(checked, { pointer, message: `the value does not match the pattern ${pattern}`, value: text }, redact),
  );
}

function shortText(value: Value): string {
  const text = lineText(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Where nothing more precise is known. */
function mostSpecificFile({ layers, address }: RenderedAddress): SourcePosition {
  return { file: layers.at(-1)?.path ?? formatAddress(address) };
}

export function emptyProblem(rendered: RenderedAddress): Problem {
  return {
    code: 'content-invalid',
    severity: 'error',
    message: `all files of "${rendered.address.configurationProfile}" are empty`,
    subject: rendered.address,
    hint: { text: 'add a value to the template, or delete the files' },
    source: mostSpecificFile(rendered),
  };
}

/** Of a content that exceeds AppConfig's limit, and is not written at all. */
export function sizeProblem(rendered: RenderedAddress, bytes: number): Problem {
  const limit = largestContent.toLocaleString('en');
  const sizes = `: it has ${bytes.toLocaleString('en')}`;
  return {
    code: 'content-too-large',
    severity: 'error',
    message: `the content exceeds AppConfig's limit of ${limit} bytes${sizes}`,
    sizes,
    subject: rendered.address,
    hint: { text: 'split it into several profiles' },
    source: mostSpecificFile(rendered),
  };
}

/** What the profile's JSON Schema finds. */
export async function schemaProblems(
  checked: CheckedContent,
  { profile, schemaCheck, redact }: SchemaRules,
): Promise<readonly Problem[]> {
  const concerned = `(${profile.schema})`;
  const subject = checked.address;
  const result = await schemaCheck(checked.value);
  if ('code' in result) {
    return [
      {
        code: result.code,
        severity: 'error',
        message: `${result.message} ${concerned}`,
        subject,
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
      subject,
      hint: { text: 'fix the value or the schema' },
      source: locateInLayers(checked.layers, pointer) ?? mostSpecificFile(checked),
    };
  });
}

const unusableHints = {
  'check-timeout':
    'make the schema simpler: patterns such as "^(a+)+$" and references that multiply take this long; until then nothing is checked with it',
  'schema-invalid': 'fix the schema; nothing else is checked with it',
} as const;

interface PlacedSecret {
  readonly pointer: string;
  readonly text: string;
  readonly kinds: readonly string[];
}

/** Finds the secrets in contents; equal contents are searched once. */
export class SecretProblems {
  readonly #guards: Settings['guards'];
  readonly #search: Redactor;
  readonly #known = new WeakMap<object, readonly PlacedSecret[]>();

  constructor(guards: Settings['guards']) {
    this.#guards = guards;
    this.#search = createRedactor({ redact: [], secretsShown: guards.secretsAllowed });
  }

  problems(checked: CheckedContent): readonly Problem[] {
    const { secrets: severity } = this.#guards;
    if (severity === 'off') return [];
    return this.#secretsOf(checked.value).map(({ pointer, text, kinds }) => ({
      code: 'secret-found',
      severity: severity === 'error' ? 'error' : 'warning',
      message: `${pointer === '' ? 'the content' : pointer} has ${kinds.join(' and ')} in plain text`,
      subject: checked.address,
      hint: {
        text: 'rotate it, keep it in AWS Secrets Manager, and write its name here; if it is no secret, add its pointer to guards.secretsAllowed in appcfg.yml',
      },
      source: locateText(checked.layers, { pointer, text }) ?? mostSpecificFile(checked),
    }));
  }

  #secretsOf(value: Value): readonly PlacedSecret[] {
    const known = typeof value === 'object' && value !== null ? this.#known.get(value) : undefined;
    if (known !== undefined) return known;
    const found: PlacedSecret[] = [];
    this.#search.visit(value, (part, pointer) => {
      const text = String(part);
      const kinds = new Set(secretsIn(text, keyOfPointer(pointer)).map(({ kind }) => kind));
      found.push({ pointer, text, kinds: [...kinds] });
    });
    if (typeof value === 'object' && value !== null) this.#known.set(value, found);
    return found;
  }
}
