// Finds secrets in the strings of a configuration, by the rules of secret-rules.ts.
import { type SecretRule, secretRules } from './secret-rules.ts';

export interface FoundSecret {
  /** What it is, with an article. */
  readonly kind: string;
  /** The part of the string that is the secret. */
  readonly text: string;
}

/** No secret is in a shorter string. */
const shortest = 8;

/** One search for all rules: nearly all strings end here. */
const anySign = new RegExp(secretRules.flatMap(({ sign }) => (sign === undefined ? [] : [sign.source])).join('|'), 'i');

/** Keys that decide whether their values are secrets. */
const keyOfSecret = new RegExp(
  secretRules.flatMap(({ key }) => (key === undefined ? [] : [key.source])).join('|'),
  'i',
);

/** The values of which the key decides whether they are secrets. */
const keyedValue =
  /^(?:[0-9a-f]{32}|[a-z0-9+/]{40}|[a-z0-9+/]{86}==|(?:basic|bearer|token) .{16,}|(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])[a-z0-9+/=_.~-]{16,4000})$/i;

/** Of one kind in one string. */
const mostOfOneKind = 100;

/** Words that stand for a secret. */
const placeholder =
  /^(?:\(redacted\)|redacted|change[-_]?(?:me|it)|placeholder|example|pass(?:word|wd)?|pwd|your[-_ ].*|todo|none|null|dummy|insert[-_ ].*)$/i;

/** One character again and again, such as `xxxx` or `****`; or a variable that something else replaces. */
const filler =
  /^(?:x+|X+|[*•.#_-]+|0+)$|^(?:\$[({A-Z_]|[{<]|%\(|%[A-Z_]+%$|%s$|\[.*\]$|@\{|#\{|@Microsoft\.KeyVault\(|__.*__$)/;

/** In examples of the documentation of AWS, and in those of others. */
const example = /EXAMPLE|x{8}|X{8}|\*{3}|\.\.\.|\$\{|\{\{/;

/**
 * The secrets in a string.
 * @param key of the string, or of the list that it is in; undefined: any, as far as the string decides
 */
export function secretsIn(text: string, key: string | undefined): readonly FoundSecret[] {
  if (!mayHoldSecret(text)) return [];
  const plain = unescaped(text);
  const found = foundIn(text, key);
  return plain === text ? found : [...found, ...foundIn(plain, key)];
}

function foundIn(text: string, key: string | undefined): readonly FoundSecret[] {
  const hasSign = anySign.test(text);
  const isKeyed = (key === undefined || keyOfSecret.test(key)) && keyedValue.test(text);
  if (!hasSign && !isKeyed) return [];
  return secretRules.flatMap((rule) => {
    const isWanted = rule.key === undefined ? hasSign : isKeyed && (key === undefined || rule.key.test(key));
    return isWanted ? matches(rule, text) : [];
  });
}

/** Whether a string has a secret. */
export function hasSecret(text: string, key: string | undefined): boolean {
  return secretsIn(text, key).length > 0;
}

function matches({ name, pattern, when, unless }: SecretRule, text: string): readonly FoundSecret[] {
  if (when?.(text) === false) return [];
  const found: FoundSecret[] = [];
  for (const match of text.matchAll(pattern)) {
    const [whole, secret = whole] = match;
    if (isPlaceholder(secret) || unless?.(match)) continue;
    found.push({ kind: name, text: secret });
    if (found.length === mostOfOneKind) break;
  }
  return found;
}

/** JSON in a string may escape what is in a secret or around it: `\/`, and any character as `\u0067`. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /(?<!\\)\\+(?:(\/)|u00([0-7][0-9a-f]))/gi,
    (_, slash: string | undefined, code: string) => slash ?? String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function isPlaceholder(secret: string): boolean {
  return placeholder.test(secret) || filler.test(secret) || example.test(secret);
}

/**
 * Whether a string is worth a search: most are not. A secret has 16 characters of base64 in a row, or an `@`, or
 * a `=`, or an escape; or it is a key, or of a command.
 */
export function mayHoldSecret(text: string): boolean {
  if (text.length < shortest) return false;
  let run = 0;
  let hasBlank = false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (isWordUnit(unit)) {
      run += 1;
      if (run === 16) return true;
    } else {
      run = 0;
      hasBlank ||= unit === 0x20;
      if (unit === 0x40 || unit === 0x3d || (unit === 0x5c && text[index + 1] === 'u')) return true;
    }
  }
  return hasBlank && (text.includes('PRIVATE KEY') || text.includes('curl '));
}

/** Letters, digits, `-`, `_`, `+` and `/`. */
function isWordUnit(unit: number): boolean {
  if (unit >= 0x61) return unit <= 0x7a;
  if (unit >= 0x41) return unit <= 0x5a || unit === 0x5f;
  return (unit >= 0x2f && unit <= 0x39) || unit === 0x2d || unit === 0x2b;
}
