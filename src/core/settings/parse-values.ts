// Values of flags: what they may be, and what to say when they are not.
import type { Address } from '../model/address.ts';
import type { LabelSelector } from '../model/selection.ts';
import { failure } from '../problem/problem.ts';
import type { Limit } from './settings.ts';

/** Milliseconds from `3h`, `90m`, `1h30m`, `45s`. @throws AppcfgError */
export function parseDuration(text: string, flag: string): number {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text.trim());
  const [, hours = '0', minutes = '0', seconds = '0'] = match ?? [];
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  if (match === null || text.trim() === '' || ms === 0) {
    throw wrong(flag, text, 'a duration such as 3h, 90m, 1h30m or 45s', '1h30m');
  }
  return ms;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** For the hint: something that makes sense. */
  readonly example: number | string;
}

/** @throws AppcfgError */
export function parseNumber(text: string, flag: string, range: NumberRange): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < range.min || number > range.max) {
    throw wrong(flag, text, `a number from ${range.min} to ${range.max}`, String(range.example));
  }
  return number;
}

/** @throws AppcfgError */
export function parseInteger(text: string, flag: string, range: NumberRange): number {
  const number = parseNumber(text, flag, range);
  if (!Number.isInteger(number)) throw wrong(flag, text, 'a whole number', String(range.example));
  return number;
}

/** How fast an embedded AppConfig's clock may run. @throws AppcfgError */
export function parseSpeed(text: string, flag: string): number {
  return parseNumber(text, flag, { min: 0.001, max: 1_000_000, example: 60 });
}

/** `key=value` or `key!=value`. @throws AppcfgError */
export function parseLabelSelector(text: string): LabelSelector {
  const [, key, sign, value] = /^([^=!\s]+)(!?=)([^=\s]+)$/.exec(text.trim()) ?? [];
  if (key === undefined || value === undefined) {
    throw wrong('--selector', text, 'a label and a value, key=value or key!=value', 'tier=gold');
  }
  return { key, value, negated: sign === '!=' };
}

/** `5` or `10%`. @throws AppcfgError */
export function parseLimit(text: string, flag: string): Limit {
  const [, digits, percent] = /^(\d+)(%?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) throw wrong(flag, text, 'a number or a percentage', '10%');
  return percent === '%' ? { percent: Number(digits) } : { count: Number(digits) };
}

/** @throws AppcfgError */
export function parseChoice<T extends string>(text: string, flag: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw wrong(flag, text, `one of ${choices.join(', ')}`, choices[0] ?? '');
  return choice;
}

/** One `-o`: a format, on stdout or in a file. */
export interface OutputTarget<Format extends string> {
  readonly format: Format;
  readonly file?: string;
}

/** `json` or `json=diff.json`. At most one goes to stdout. @throws AppcfgError */
export function parseOutputs<Format extends string>(
  texts: readonly string[],
  formats: readonly Format[],
): readonly OutputTarget<Format>[] {
  const outputs = texts.map((text): OutputTarget<Format> => {
    const [format = '', ...file] = text.split('=');
    const known = parseChoice(format, '--output', formats);
    if (file.length > 0 && file.join('=') === '')
      throw wrong('--output', text, 'FORMAT or FORMAT=FILE', 'json=diff.json');
    return file.length === 0 ? { format: known } : { format: known, file: file.join('=') };
  });
  if (outputs.filter((output) => output.file === undefined).length > 1) {
    throw failure('usage-invalid', 'two outputs want stdout', {
      hint: { text: 'give one of them a file: -o text -o json=out.json' },
    });
  }
  return outputs;
}

/** @throws AppcfgError */
export function parseUrl(text: string, flag: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw wrong(flag, text, 'a URL', 'http://127.0.0.1:2773');
  return text;
}

/** `NAME=N`. @throws AppcfgError */
export function parseQuotas(texts: readonly string[], names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = '', number = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
      if (!names.includes(name)) throw wrong('--quota', text, `NAME=N with ${names.join(', ')}`, 'applications=1000');
      return [name, parseInteger(number, '--quota', { min: 0, max: 1_000_000, example: `${name}=1000` })];
    }),
  );
}

function wrong(flag: string, text: string, expected: string, example: string) {
  return failure('usage-invalid', `${flag} is "${text}", not ${expected}`, {
    hint: { text: `for example: ${flag}${flag.startsWith('-') ? ' ' : '='}${example}` },
  });
}

/** @throws AppcfgError */
export function parseAddress(text: string): Address {
  const [tenant, environment, ...profile] = text.split('/');
  const configurationProfile = profile.join('/');
  if (tenant && environment && configurationProfile) return { tenant, environment, configurationProfile };
  throw failure('usage-invalid', `"${text}" is not an address`, {
    hint: { text: 'an address is tenant/environment/Profile, for example tenant1/dev/FeatureFlags' },
  });
}
