// Removes from text what no output may show: the credentials of the run, user names and passwords in URLs, and the values that
// the settings redact. It learns each secret when the run does, and knows nothing of events.
import { LRUCache } from 'lru-cache';
import {
  createRedactor,
  keyOfPointer,
  type Redaction,
  type Redactor,
  redactionMark,
  redactNothing,
} from '../document/redact.ts';
import type { Address, Subject } from '../model/address.ts';
import { entriesOf, isList, isMap, mapOf, type Value } from '../model/value.ts';
import { secretsIn } from '../secrets/find-secrets.ts';
import { decodingsOf } from './decodings.ts';
import { type Found, SecretFinder } from './secret-finder.ts';
import { formsOf, shortestSecret, textsOf } from './secret-forms.ts';

/** Credentials for trying things out, such as `test`, would be found in ordinary words. */
const shortestCredential = 8;

/** Subjects whose secrets are kept ready. */
const mostScopes = 200;

/** Texts that are remembered, and their longest. */
const mostRepeated = 1_000;
const longestRepeated = 200;

/** Characters of redacted values that are looked for at once. With more of them, what could quote one is left out. */
const mostCharacters = 500_000;

/** What of the redacted values is in one content. */
interface Redacted {
  readonly texts: readonly string[];
  readonly isRedacted: boolean;
}

/** The contents of one tenant, or of the template. */
interface Known extends Redacted {
  readonly of: Partial<Pick<Address, 'environment' | 'configurationProfile'>>;
}

/** What is known of a subject's contents. */
type Finder = SecretFinder | 'too many' | undefined;

interface Scope {
  /** `too many`: what others wrote, and values, cannot be searched and are left out. */
  readonly finder: () => Finder;
  /** A redacted value is too short to be found. */
  readonly hasShort: boolean;
  readonly hidesDigests: boolean;
}

export class Scrubber {
  #redaction: Redaction | undefined;
  #redact: Redactor = redactNothing;
  readonly #credentials = new Set<string>();
  #credentialFinder: SecretFinder | undefined;
  /** By tenant; those of the template, or of no known tenant, by undefined. */
  readonly #known = new Map<string | undefined, Known[]>();
  /** Contents that are equal are one value in memory. */
  #contents = new WeakMap<object, Redacted>();
  #contentsLearned = 0;
  /** Of the values of all contents that were learned so far. */
  #all: { readonly finder: Finder; readonly learned: number } | undefined;
  /** Texts that were searched, as they are without credentials. */
  readonly #clean = new LRUCache<string, string>({ max: mostRepeated });
  /** Texts without any value that was learned so far. */
  readonly #withoutValues = new LRUCache<string, true>({ max: mostRepeated });
  readonly #scopes = new LRUCache<string, Scope>({ max: mostScopes });
  /** Names and pointers: a secret inside one of them is public, and stays. */
  readonly #public = new Set<string>();

  /**
   * Adds patterns to those by which contents are searched that are learned afterwards. Secrets may be shown where all redactions
   * have that pattern.
   */
  redactBy({ redact, secretsShown }: Redaction): void {
    const known = this.#redaction ?? { redact: [], secretsShown };
    const added = redact.filter((pattern) => !known.redact.includes(pattern));
    const shown = known.secretsShown.filter((pattern) => secretsShown.includes(pattern));
    if (this.#redaction !== undefined && added.length === 0 && shown.length === known.secretsShown.length) return;
    this.#redaction = { redact: [...known.redact, ...added], secretsShown: shown };
    this.#redact = createRedactor(this.#redaction);
    this.#contents = new WeakMap();
  }

  /** Whether the settings redact values: then each content is worth learning; otherwise those that can have secrets. */
  get hasPatterns(): boolean {
    return this.#redact.active;
  }

  /** Whether there are redacted values, as far as is known. */
  get isRedacting(): boolean {
    return this.#redact.active || this.#contentsLearned > 0;
  }

  /** Names are public: a secret that is a part of one is not removed there. */
  learnNames(names: Iterable<string>): void {
    for (const name of names) this.#public.add(name);
  }

  /** A key, password or token of the run. */
  learnCredential(text: string | undefined): void {
    if (text === undefined || text.trim().length < shortestCredential || this.#credentials.has(text)) return;
    this.#credentials.add(text);
    this.#credentialFinder = undefined;
    this.#clean.clear();
  }

  /** A content, or a part of one, of a subject; without a tenant it may concern every one. */
  learnContent({ tenant, environment, configurationProfile }: Subject, value: Value): void {
    const redacted = this.#redactedIn(value);
    if (!this.#redact.active && !redacted.isRedacted) return;
    const of = {
      ...(environment === undefined ? {} : { environment }),
      ...(configurationProfile === undefined ? {} : { configurationProfile }),
    };
    const known = { of, ...redacted };
    const others = this.#known.get(tenant);
    if (others === undefined) this.#known.set(tenant, [known]);
    else others.push(known);
    this.#contentsLearned += 1;
    this.#withoutValues.clear();
    this.learnNames([tenant, environment, configurationProfile].filter((name) => name !== undefined));
  }

  /** Whether version labels and sizes of a subject's contents would reveal something of a redacted value. */
  hidesDigests(subject: Subject): boolean {
    return this.isRedacting && this.#scope(subject).hidesDigests;
  }

  /** @param subject what the text is about; empty: it may be about anything */
  text(text: string, subject: Subject): string {
    const clean = this.#withoutCredentials(text);
    if (!this.isRedacting || this.#withoutValues.has(clean)) return clean;
    const withoutValues = replaced(clean, this.#findValues(clean, subject));
    return label.test(withoutValues) && this.hidesDigests(subject)
      ? withoutValues.replaceAll(labels, redactionMark)
      : withoutValues;
  }

  /** JSON, which stays JSON: keys are left alone, and a number becomes a string. */
  json(json: string, subject: Subject): string {
    if (this.isRedacting && this.#scope(subject).finder() === 'too many') return redactionMark;
    if (json === redactionMark || this.text(json, subject) === json) return json;
    return json.replace(jsonTokens, (token, string: string | undefined, colon: string | undefined) => {
      if (colon !== undefined) return token;
      const plain: string = string === undefined ? token : JSON.parse(string);
      const clean = this.text(plain, subject);
      return clean === plain ? token : JSON.stringify(clean);
    });
  }

  /** To be called before many texts are scrubbed, when the contents that they can quote are known. */
  prepare(): void {
    if (!this.isRedacting || this.#all?.learned === this.#contentsLearned) return;
    this.#all = { finder: finderOf(this.#contentsOf(undefined)), learned: this.#contentsLearned };
  }

  /** A value with scrubbed strings and numbers. Keys are left alone. */
  value(value: Value, subject: Subject): Value {
    if (isList(value)) return value.map((item) => this.value(item, subject));
    if (isMap(value)) return mapOf(entriesOf(value).map(([key, member]) => [key, this.value(member, subject)]));
    const [text] = textsOf(value);
    if (text === undefined) return value;
    const clean = this.text(text, subject);
    return clean === text ? value : clean;
  }

  /** Whether what another program wrote about the subject could quote a redacted value that is not found in it. */
  omitsQuotes(subject: Subject): boolean {
    if (!this.isRedacting) return false;
    const { finder, hasShort } = this.#scope(subject);
    const isKnown = subject.tenant !== undefined || subject.configurationProfile !== undefined;
    return (hasShort && isKnown) || finder() === 'too many';
  }

  /** Reports repeat many short texts. */
  #withoutCredentials(text: string): string {
    const known = this.#clean.get(text);
    if (known !== undefined) return known;
    const withoutUsers = withoutUserInfo(text);
    const clean = replaced(withoutUsers, this.#findCredentials(withoutUsers));
    if (text.length <= longestRepeated) this.#clean.set(text, clean);
    return clean;
  }

  #findCredentials(text: string): readonly Found[] {
    if (this.#credentials.size === 0) return [];
    this.#credentialFinder ??= new SecretFinder([...this.#credentials].flatMap((secret) => [...formsOf(secret)]));
    return allIn(text, this.#credentialFinder);
  }

  #findValues(text: string, subject: Subject): readonly Found[] {
    if (text.length < shortestSecret || this.#isWithoutValues(text)) return [];
    const finder = this.#scope(subject).finder();
    if (finder === undefined || finder === 'too many') return [];
    return allIn(text, finder, (part, decoded) => decoded !== text || !this.#isPublic(text, part));
  }

  /** Whether no value of any content is in a text. Most texts end here, without a search for the values of their subjects. */
  #isWithoutValues(text: string): boolean {
    if (this.#all?.learned !== this.#contentsLearned) return false;
    const { finder } = this.#all;
    const isWithout = finder === undefined || (finder !== 'too many' && allIn(text, finder).length === 0);
    if (isWithout && text.length <= longestRepeated && !label.test(text)) this.#withoutValues.set(text, true);
    return isWithout;
  }

  /** Whether what was found is inside a name or a pointer. */
  #isPublic(text: string, { from, to }: Found): boolean {
    const secret = text.slice(from, to);
    for (const name of this.#public) {
      for (let at = name.indexOf(secret); at >= 0; at = name.indexOf(secret, at + 1)) {
        if (text.startsWith(name, from - at)) return true;
      }
    }
    return false;
  }

  #redactedIn(value: Value): Redacted {
    const known = typeof value === 'object' && value !== null ? this.#contents.get(value) : undefined;
    if (known !== undefined) return known;
    const texts = new Set<string>();
    let isRedacted = false;
    this.#redact.visit(value, (part, pointer) => {
      isRedacted = true;
      for (const text of textsOf(part)) texts.add(text);
      // What others quote can be the password of a URL alone.
      if (typeof part === 'string') for (const { text } of secretsIn(part, keyOfPointer(pointer))) texts.add(text);
      this.#public.add(pointer);
    });
    const redacted = { texts: [...texts], isRedacted };
    if (typeof value === 'object' && value !== null) this.#contents.set(value, redacted);
    return redacted;
  }

  #scope(subject: Subject): Scope {
    const { tenant } = subject;
    const learned = tenant === undefined ? this.#contentsLearned : this.#lengthOf(tenant);
    const { environment = '', configurationProfile = '' } = subject;
    const key = `${learned}\n${tenant ?? ''}\n${environment}\n${configurationProfile}`;
    const ready = this.#scopes.get(key);
    if (ready !== undefined) return ready;
    const own = this.#knownOf(subject);
    let finder: { readonly value: Finder } | undefined;
    const scope = {
      finder: () => {
        finder ??= { value: finderOf(own) };
        return finder.value;
      },
      hasShort: own.some(({ texts }) => texts.some((text) => text.length > 0 && text.length < shortestSecret)),
      hidesDigests:
        own.some(({ isRedacted }) => isRedacted) ||
        // Of a content that was not seen nothing is known.
        (this.#redact.active &&
          !own.some(({ of }) => of.environment !== undefined && of.configurationProfile !== undefined)),
    };
    this.#scopes.set(key, scope);
    return scope;
  }

  #knownOf({ tenant, environment, configurationProfile }: Subject): readonly Known[] {
    const fits = (wanted: string | undefined, own: string | undefined) =>
      wanted === undefined || own === undefined || wanted === own;
    return this.#contentsOf(tenant).filter(
      ({ of }) => fits(environment, of.environment) && fits(configurationProfile, of.configurationProfile),
    );
  }

  #lengthOf(tenant: string): number {
    return (this.#known.get(tenant)?.length ?? 0) + (this.#known.get(undefined)?.length ?? 0);
  }

  #contentsOf(tenant: string | undefined): readonly Known[] {
    if (tenant === undefined) return [...this.#known.values()].flat();
    return [...(this.#known.get(tenant) ?? []), ...(this.#known.get(undefined) ?? [])];
  }
}

function finderOf(known: readonly Redacted[]): Finder {
  const texts = new Set<string>();
  let characters = 0;
  for (const text of known.flatMap((each) => each.texts)) {
    if (text.length < shortestSecret || texts.has(text)) continue;
    texts.add(text);
    characters += text.length;
  }
  if (texts.size === 0) return undefined;
  return characters > mostCharacters ? 'too many' : new SecretFinder([...texts].flatMap((text) => [...formsOf(text)]));
}

/** Where secrets are in a text, in whatever way they are encoded. */
function allIn(
  text: string,
  finder: SecretFinder,
  counts: (part: Found, decoded: string) => boolean = () => true,
): readonly Found[] {
  const found: Found[] = [];
  for (const decoding of decodingsOf(text)) {
    for (const part of finder.find(decoding.text)) {
      if (!isInsideNumber(decoding.text, part) && counts(part, decoding.text)) found.push(decoding.sourceOf(part));
    }
  }
  return found;
}

/** A mark for user name and password of a URL. A password may have characters that belong encoded; a port is none. */
function withoutUserInfo(text: string): string {
  if (!text.includes('://') || !text.includes('@')) return text;
  return text.replace(/[^\s"'<>]+/g, (word) => {
    // Only up to the last @: behind it, each `://` would be searched to the end of the word.
    const end = word.lastIndexOf('@') + 1;
    return word.slice(0, end).replace(userInfo, (all) => (plainUser.test(all) ? all : mark)) + word.slice(end);
  });
}

const mark = `://${redactionMark}@`;

const userInfo = /:\/\/(?:[^\s/?#"'<>\\]*@|[^\s/?#@:"'<>]+:(?![0-9]+[/?#])[^\s"'<>@]*@)+/g;

/** A user of words, such as `app` or `git`: no token. */
const plainUser = /^:\/\/(?=[^@]{0,24}@$)(?:[a-z]+(?:[._-][a-z]+)*[0-9]{0,2})?@$/;

/** Labels that appcfg gives to versions: digests of contents. */
const label = /\bsha256-[0-9a-f]{32}\b/;
const labels = new RegExp(label, 'g');

/** Strings, each with the colon that makes it a key, and numbers. */
const jsonTokens = /("(?:[^"\\]|\\.)*")(\s*:)?|-?[0-9][0-9.eE+-]*/g;

/** What overlaps becomes one mark. */
function replaced(text: string, found: readonly Found[]): string {
  if (found.length === 0) return text;
  let clean = '';
  let at = 0;
  let open: { from: number; to: number } | undefined;
  const close = () => {
    if (open === undefined) return;
    clean += text.slice(at, open.from) + redactionMark;
    at = open.to;
  };
  for (const { from, to } of found.toSorted((a, b) => a.from - b.from)) {
    if (open !== undefined && from < open.to) open.to = Math.max(open.to, to);
    else {
      close();
      open = { from, to };
    }
  }
  close();
  return clean + text.slice(at);
}

/** Digits are no secret as a part of a longer number. */
function isInsideNumber(text: string, { from, to }: Found): boolean {
  if (!/^[0-9.]+$/.test(text.slice(from, to))) return false;
  return /[0-9]/.test(text[from - 1] ?? '') || /[0-9]/.test(text[to] ?? '');
}
