// Values of flags and environment variables, parsed. Every function throws an AppcfgError for an invalid value.
import { durationOf } from '../model/clock.ts';
import type { LabelSelector } from '../model/selection.ts';
import { tagCharacters, tagLimits } from '../model/service-limits.ts';
import { hiddenCharacter } from '../problem/names.ts';
import { type AppcfgError, failure } from '../problem/problem.ts';
import { knownRegions, regionMeant, regionPattern } from '../problem/region.ts';
import { nearest } from '../problem/suggest.ts';
import type { Limit } from '../settings/settings.ts';

/** Milliseconds of a duration, more than 0. */
export function parseDuration(text: string, flag: string): number {
  const ms = durationOf(text.trim());
  if (ms) return ms;
  throw invalidValue(flag, text, 'a duration such as 3h, 90m, 1h30m or 45s', '1h30m');
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** For the hint. */
  readonly example: number | string;
}

function parseNumber(text: string, flag: string, range: NumberRange): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < range.min || number > range.max) {
    throw invalidValue(flag, text, `a number from ${range.min} to ${range.max}`, String(range.example));
  }
  return number;
}

export function parseInteger(text: string, flag: string, range: NumberRange): number {
  const number = parseNumber(text, flag, range);
  if (!Number.isInteger(number)) throw invalidValue(flag, text, 'a whole number', String(range.example));
  return number;
}

/** The name of an AWS Region; whether AWS has it is not known, but typos are. */
export function parseRegion(text: string, flag: string): string {
  const meant = regionMeant(text);
  if (regionPattern.test(text) && meant === undefined) return text;
  const near = meant ?? nearest(text.toLowerCase().replaceAll('_', '-'), [...knownRegions]);
  throw failure('usage-invalid', `${flag} "${text}" is not an AWS Region`, {
    hint: { text: near === undefined ? `for example: ${assigned(flag, 'eu-west-1')}` : `did you mean "${near}"?` },
  });
}

/** The speed of the clock of a local AppConfig. */
export function parseSpeed(text: string, flag: string): number {
  return parseNumber(text, flag, { min: 0.001, max: 1_000_000, example: 60 });
}

/** An environment of GitLab: letters, digits, spaces and `-_/${}.`, without a slash at the ends. Waves are added to it. */
export function parseEnvironmentName(text: string, flag: string): string {
  if (text.length <= 100 && /^[\w${}. -]([\w/${}. -]*[\w${}. -])?$/.test(text)) return text;
  throw invalidValue(flag, text, 'the name of an environment in GitLab, of at most 100 characters', 'production');
}

/** `key=value` or `key!=value`. */
export function parseLabelSelector(text: string, flag: string): LabelSelector {
  const [, key, sign, value] = /^([^=!\s]+)(!?=)([^=\s]+)$/.exec(text.trim()) ?? [];
  if (key === undefined || value === undefined) {
    throw invalidValue(flag, text, 'a label and a value, key=value or key!=value', 'tier=gold');
  }
  return { key, value, negated: sign === '!=' };
}

/** `5` or `10%`. */
export function parseLimit(text: string, flag: string): Limit {
  const [, digits, percent] = /^(\d+)(%?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) throw invalidValue(flag, text, 'a number or a percentage', '10%');
  return percent === '%' ? { percent: Number(digits) } : { count: Number(digits) };
}

export function parseChoice<T extends string>(text: string, flag: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) {
    throw invalidValue(flag, text, `one of ${choices.join(', ')}`, nearest(text, choices) ?? choices[0] ?? '');
  }
  return choice;
}

/** One `-o`: a format, for stdout or a file. */
export interface OutputTarget<Format extends string> {
  readonly format: Format;
  readonly file?: string;
  /** Of a format that is sent: what follows the equals sign; '' without one. */
  readonly scope?: string;
}

/**
 * `json` or `json=diff.json`; at most one without a file, for stdout.
 * @param isSent whether a format is neither printed nor written
 */
export function parseOutputs<Format extends string>(
  texts: readonly string[],
  formats: readonly Format[],
  { flag, isSent }: { readonly flag: string; readonly isSent: (format: Format) => boolean },
): readonly OutputTarget<Format>[] {
  const outputs = texts.map((text): OutputTarget<Format> => {
    const [name = '', ...rest] = text.split('=');
    const format = parseChoice(name, flag, formats);
    const value = rest.join('=');
    if (rest.length > 0 && value === '') throw invalidValue(flag, text, 'FORMAT or FORMAT=FILE', 'json=diff.json');
    if (isSent(format)) return { format, scope: parseScope(value, flag) };
    return rest.length === 0 ? { format } : { format, file: value };
  });
  if (outputs.filter(({ file, scope }) => file === undefined && scope === undefined).length > 1) {
    throw failure('usage-invalid', 'only one output can go to stdout', {
      hint: { text: 'write the others to files: -o text -o json=out.json' },
    });
  }
  return outputs;
}

const longestScope = 200;

function parseScope(text: string, flag: string): string {
  const isPlain = text.length <= longestScope && text.trim() === text && !hiddenCharacter.test(text);
  if (isPlain) return text;
  throw invalidValue(flag, text, `a scope of at most ${longestScope} visible characters`, 'gitlab-note=production');
}

export function parseAccount(text: string, name: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw failure('usage-invalid', `${name} is "${text}", not an account number of twelve digits`, {
    hint: { text: `for example: ${name} 123456789012` },
  });
}

export function parseUrl(text: string, flag: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw invalidValue(flag, text, 'a URL', 'http://127.0.0.1:2773');
  return text;
}

/** The name of a project, as `project` of the settings. @throws AppcfgError */
export function parseProject(text: string, flag: string): string {
  const { expression, words } = tagCharacters;
  if (new RegExp(`^${expression}{1,${tagLimits.longestValue}}$`).test(text)) return text;
  throw invalidValue(flag, text, `a name of 1 to ${tagLimits.longestValue} characters: ${words}`, 'acme/config');
}

/** A branch, as Git names one. @throws AppcfgError */
export function parseBranch(text: string, flag: string): string {
  if (text !== '' && !/[\s~^:?*[\\\p{C}]|\.\.|@\{|^[-/.]|[/.]$|\/\/|\.lock$/u.test(text)) return text;
  throw invalidValue(flag, text, 'the name of a branch', 'main');
}

/** Where a page is, without the part of it. In a report it becomes a link, so that nothing in it may be hidden or secret. */
export function parsePageUrl(text: string, flag: string): string {
  const expected = 'an http or https URL without user name, password, fragment and control characters';
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && url.username === '' && url.password === '' && !text.includes('#');
  // URL drops control characters and blanks at the ends without a word.
  if (!isPlain || hiddenCharacter.test(text) || /[\s\\]/.test(text)) {
    throw invalidValue(
      flag,
      text,
      expected,
      'https://gitlab.example.com/acme/config/-/jobs/4711/artifacts/file/diff.html',
    );
  }
  return url.href;
}

/** `NAME=N`. */
export function parseQuotas(
  texts: readonly string[],
  names: readonly string[],
  flag: string,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = '', number = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
      if (!names.includes(name)) throw invalidValue(flag, text, `NAME=N with ${names.join(', ')}`, 'applications=1000');
      return [name, parseInteger(number, flag, { min: 0, max: 1_000_000, example: `${name}=1000` })];
    }),
  );
}

function invalidValue(flag: string, text: string, expected: string, example: string): AppcfgError {
  return failure('usage-invalid', `${flag} is "${text}", not ${expected}`, {
    hint: { text: `for example: ${assigned(flag, example)}` },
  });
}

/** `--region eu-west-1`, or `APPCFG_REGION=eu-west-1`. */
function assigned(flag: string, value: string): string {
  return `${flag}${flag.startsWith('-') ? ' ' : '='}${value}`;
}

/** @param parse reads `tenant/environment/Profile`, with or without globs */
export function parseAddressArgument<Of>(text: string, parse: (text: string) => Of | undefined): Of {
  const address = parse(text);
  if (address !== undefined) return address;
  throw failure('usage-invalid', `"${text}" is not an address`, {
    hint: { text: 'an address is tenant/environment/Profile' },
  });
}
