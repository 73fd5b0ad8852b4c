// Removes from text what no output may show: the credentials of the run, user names and passwords in URLs, and the values that
// the settings redact. It learns each secret when the run does, and knows nothing of events.
import { LRUCache } from 'lru-cache';
import { createRedactor, type Redactor, redactionMark, redactNothing } from '../document/redact.ts';
import type { Address, Subject } from '../model/address.ts';
import { entriesOf, isList, isMap, mapOf, type Value } from '../model/value.ts';
import { type Found, SecretFinder } from './secret-finder.ts';
import { formsOf, shortestSecret, textsOf } from './secret-forms.ts';

/** Credentials for trying things out, such as `test`, would be found in ordinary words. */
const shortestCredential = 8;

/** Subjects whose secrets are kept ready. */
const mostScopes = 200;

/** Characters of redacted values that are looked for at once. With more of them, what could quote one is left out. */
const mostCharacters = 1_000_000;

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
interface Scope {
  /** `too many`: what others wrote, and values, cannot be searched and are left out. */
  readonly finder: SecretFinder | 'too many' | undefined;
  /** A redacted value is too short to be found. */
  readonly hasShort: boolean;
  readonly hidesDigests: boolean;
}

export class Scrubber {
  #patterns: readonly string[] = [];
  #redact: Redactor = redactNothing;
  readonly #credentials = new Set<string>();
  #credentialFinder: SecretFinder | undefined;
  /** By tenant; those of the template, or of no known tenant, by undefined. */
  readonly #known = new Map<string | undefined, Known[]>();
  /** Contents that are equal are one value in memory. */
  #contents = new WeakMap<object, Redacted>();
  #contentsLearned = 0;
  readonly #scopes = new LRUCache<string, Scope>({ max: mostScopes });
  /** Names and pointers: a secret inside one of them is public, and stays. */
  readonly #public = new Set<string>();

  /** Adds patterns to those by which contents are searched that are learned afterwards. */
  redactBy(patterns: readonly string[]): void {
    const added = patterns.filter((pattern) => !this.#patterns.includes(pattern));
    if (added.length === 0) return;
    this.#patterns = [...this.#patterns, ...added];
    this.#redact = createRedactor(this.#patterns);
    this.#contents = new WeakMap();
  }

  /** Whether any value is redacted: only then contents are worth learning. */
  get isRedacting(): boolean {
    return this.#redact.active;
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
  }

  /** A content, or a part of one, of a subject; without a tenant it may concern every one. */
  learnContent({ tenant, environment, configurationProfile }: Subject, value: Value): void {
    if (!this.#redact.active) return;
    const of = {
      ...(environment === undefined ? {} : { environment }),
      ...(configurationProfile === undefined ? {} : { configurationProfile }),
    };
    const known = { of, ...this.#redactedIn(value) };
    const others = this.#known.get(tenant);
    if (others === undefined) this.#known.set(tenant, [known]);
    else others.push(known);
    this.#contentsLearned += 1;
    this.learnNames([tenant, environment, configurationProfile].filter((name) => name !== undefined));
  }

  /** Whether version labels and sizes of a subject's contents would reveal something of a redacted value. */
  hidesDigests(subject: Subject): boolean {
    return this.#redact.active && this.#scope(subject).hidesDigests;
  }

  /** @param subject what the text is about; empty: it may be about anything */
  text(text: string, subject: Subject): string {
    const withoutUsers = withoutUserInfo(text);
    const clean = replaced(withoutUsers, this.#findCredentials(withoutUsers));
    if (!this.#redact.active) return clean;
    const { finder, hidesDigests } = this.#scope(subject);
    const withoutValues =
      finder === undefined || finder === 'too many' ? clean : replaced(clean, this.#findValues(clean, finder));
    return hidesDigests ? withoutValues.replace(labels, redactionMark) : withoutValues;
  }

  /** JSON, which stays JSON: keys are left alone, and a number becomes a string. */
  json(json: string, subject: Subject): string {
    if (this.#redact.active && this.#scope(subject).finder === 'too many') return redactionMark;
    if (json === redactionMark || this.text(json, subject) === json) return json;
    return json.replace(jsonTokens, (token, string: string | undefined, colon: string | undefined) => {
      if (colon !== undefined) return token;
      const plain: string = string === undefined ? token : JSON.parse(string);
      const clean = this.text(plain, subject);
      return clean === plain ? token : JSON.stringify(clean);
    });
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
    if (!this.#redact.active) return false;
    const { finder, hasShort } = this.#scope(subject);
    const isKnown = subject.tenant !== undefined || subject.configurationProfile !== undefined;
    return finder === 'too many' || (hasShort && isKnown);
  }

  #findCredentials(text: string): readonly Found[] {
    if (this.#credentials.size === 0) return [];
    this.#credentialFinder ??= new SecretFinder([...this.#credentials].flatMap((secret) => [...formsOf(secret)]));
    return [...this.#credentialFinder.find(text)];
  }

  #findValues(text: string, finder: SecretFinder): readonly Found[] {
    const found = [...finder.find(text)];
    return found.filter((each) => !isInsideNumber(text, each) && !this.#isPublic(text, each));
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
      this.#public.add(pointer);
    });
    const redacted = { texts: [...texts], isRedacted };
    if (typeof value === 'object' && value !== null) this.#contents.set(value, redacted);
    return redacted;
  }

  #scope(subject: Subject): Scope {
    const { tenant } = subject;
    const learned = tenant === undefined ? this.#contentsLearned : this.#contentsOf(tenant).length;
    const key = `${learned} ${JSON.stringify(subject)}`;
    const ready = this.#scopes.get(key);
    if (ready !== undefined) return ready;
    const own = this.#knownOf(subject);
    const texts = [...new Set(own.flatMap((known) => known.texts))];
    const scope = {
      finder: finderOf(texts.filter((text) => text.length >= shortestSecret)),
      hasShort: texts.some((text) => text.length > 0 && text.length < shortestSecret),
      hidesDigests:
        own.some(({ isRedacted }) => isRedacted) ||
        // Of a content that was not seen nothing is known.
        !own.some(({ of }) => of.environment !== undefined && of.configurationProfile !== undefined),
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

  #contentsOf(tenant: string | undefined): readonly Known[] {
    if (tenant === undefined) return [...this.#known.values()].flat();
    return [...(this.#known.get(tenant) ?? []), ...(this.#known.get(undefined) ?? [])];
  }
}

function finderOf(texts: readonly string[]): Scope['finder'] {
  if (texts.length === 0) return undefined;
  const characters = texts.reduce((sum, { length }) => sum + length, 0);
  return characters > mostCharacters ? 'too many' : new SecretFinder(texts.flatMap((text) => [...formsOf(text)]));
}

/** User name and password of a URL. A password may have characters that belong encoded; a port is none. */
function withoutUserInfo(text: string): string {
  if (!text.includes('://') || !text.includes('@')) return text;
  return text.replace(/:\/\/(?:[^\s/?#"'<>\\]*@|[^\s/?#@:"'<>]+:(?![0-9]+[/?#])[^\s"'<>@]*@)+/g, '://');
}

/** Labels that appcfg gives to versions: digests of contents. */
const labels = /\bsha256-[0-9a-f]{32}\b/g;

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
