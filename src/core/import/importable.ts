// What of the live contents a tree can have, and why not of the others.
import { contentOf } from '../document/content-of.ts';
import { isSameContent } from '../document/equality.ts';
import { parseDocument, parseLiveDocument } from '../document/parse-yaml.ts';
import { isJson } from '../document/syntax-problems.ts';
import { yamlFileText } from '../document/write-yaml.ts';
import type { Interruptible } from '../factor/interruptible.ts';
import { checkFlags } from '../flags/check-flags.ts';
import type { FactValues } from '../live/facts.ts';
import { comparable } from '../live/live-content.ts';
import type { LiveApplication, LiveEnvironment, LiveProfile } from '../live/live-state.ts';
import type { Address, Subject } from '../model/address.ts';
import { type Content, type ContentFormat, isAppcfgLabel } from '../model/content.ts';
import { isStoppable, type ProfileType, profileTypeOf, profileTypes } from '../model/resource.ts';
import { largestContent } from '../model/service-limits.ts';
import { isList, isMap, type Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import { folderNameFault, similarNames } from './folder-names.ts';

/** An application, and what is live in it. */
export interface ImportedApplication {
  readonly tenant: string;
  readonly application: LiveApplication;
  readonly versionOf: (profileId: string, versionNumber: number) => FactValues['version'] | undefined;
}

/** What an address has. */
export interface ImportedAddress {
  readonly address: Address;
  readonly value: Value;
}

export interface ImportedProfile {
  readonly type: ProfileType;
  readonly format: ContentFormat;
  readonly addresses: readonly ImportedAddress[];
}

/** A content that the tree cannot have, as AppConfig holds it. */
export interface UnparsedContent {
  readonly address: Address;
  readonly content: string | Uint8Array;
}

export interface Importable {
  /** By name. */
  readonly profiles: ReadonlyMap<string, ImportedProfile>;
  readonly unparsed: readonly UnparsedContent[];
  readonly skipped: readonly Problem[];
  /** What clients may read differently once a changed version is deployed; one for each cause and profile. */
  readonly warnings: readonly Problem[];
}

/** What may be selected of the names in AppConfig. */
export interface ImportSelection {
  readonly environment: (name: string) => boolean;
  readonly profile: (name: string) => boolean;
}

/** @param applications in the order of the tenants' names */
export function importable(
  applications: readonly ImportedApplication[],
  selection: ImportSelection,
): Interruptible<Importable> {
  return new Import(applications, selection).all();
}

export function importSkipped(message: string, hint: string, subject?: Subject): Problem {
  return { code: 'import-skipped', severity: 'warning', message, hint: { text: hint }, ...(subject && { subject }) };
}

/** A live version of an address. */
interface Candidate {
  readonly address: Address;
  readonly text: string;
  /** Where they are no UTF-8. */
  readonly bytes: Uint8Array | undefined;
  readonly contentType: string;
  readonly versionLabel: string | undefined;
}

class Import {
  readonly #applications: readonly ImportedApplication[];
  readonly #selection: ImportSelection;
  readonly #skipped: Problem[] = [];
  readonly #warnings: Problem[] = [];
  readonly #unparsed: UnparsedContent[] = [];
  /** By type and text: many addresses have the same content. */
  readonly #values = new Map<string, Read>();

  constructor(applications: readonly ImportedApplication[], selection: ImportSelection) {
    this.#applications = applications;
    this.#selection = selection;
  }

  *all(): Interruptible<Importable> {
    const candidates = new Map<string, Candidate[]>();
    const types = this.#types();
    const isEnvironment = this.#usableNames('environment', ({ environments }) => environments.keys());
    const isProfile = this.#usableNames('profile', ({ configurationProfiles }) => configurationProfiles.keys());
    for (const imported of this.#applications) {
      const { application, tenant } = imported;
      for (const profile of [...application.configurationProfiles.values()].sort(byName)) {
        if (!isProfile(profile.name) || !this.#isReadable(profile, { tenant, types })) continue;
        const found = candidates.get(profile.name) ?? [];
        candidates.set(profile.name, found);
        for (const environment of [...application.environments.values()].sort(byName)) {
          const candidate = isEnvironment(environment.name)
            ? this.#candidate(imported, environment, profile)
            : undefined;
          if (candidate !== undefined) found.push(candidate);
        }
      }
    }
    const profiles = new Map<string, ImportedProfile>();
    for (const [name, found] of [...candidates].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const profile = yield* this.#profile(types.get(name) ?? 'AWS.Freeform', found);
      if (profile.addresses.length > 0) profiles.set(name, profile);
    }
    return {
      profiles,
      unparsed: this.#unparsed,
      skipped: this.#skipped,
      warnings: this.#warnings,
    };
  }

  /** The type that most hosted profiles of a name have: a tree has one for all tenants. */
  #types(): ReadonlyMap<string, ProfileType> {
    const counts = new Map<string, Map<ProfileType, number>>();
    for (const { application } of this.#applications) {
      for (const { name, type, locationUri } of application.configurationProfiles.values()) {
        if (locationUri !== 'hosted' || !Object.hasOwn(profileTypes, type)) continue;
        const ofName = counts.get(name) ?? new Map<ProfileType, number>();
        const known = profileTypeOf(type);
        counts.set(name, ofName.set(known, (ofName.get(known) ?? 0) + 1));
      }
    }
    return new Map([...counts].map(([name, types]) => [name, mostFrequent(types)]));
  }

  /** Names that folders and files can have. The others are reported, each once. */
  #usableNames(
    kind: 'environment' | 'profile',
    namesOf: (application: LiveApplication) => Iterable<string>,
  ): (name: string) => boolean {
    const owners = new Map<string, string[]>();
    for (const { application, tenant } of this.#applications) {
      for (const name of namesOf(application)) {
        if (!this.#selection[kind](name)) continue;
        const known = owners.get(name);
        if (known === undefined) owners.set(name, [tenant]);
        else known.push(tenant);
      }
    }
    const names = [...owners]
      .sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))
      .map(([name]) => name);
    const skip = (name: string, fault: string) => {
      for (const tenant of owners.get(name) ?? []) this.#skipName(kind, { tenant, name }, fault);
    };
    const valid = names.filter((name) => {
      const fault = folderNameFault(name, kind === 'environment');
      if (fault !== undefined) skip(name, fault);
      return fault === undefined;
    });
    const similar = similarNames(valid);
    for (const [name, other] of similar) skip(name, `looks like "${other}"`);
    return (name) => owners.has(name) && valid.includes(name) && !similar.has(name);
  }

  #skipName(
    kind: 'environment' | 'profile',
    { tenant, name }: { readonly tenant: string; readonly name: string },
    fault: string,
  ): void {
    const subject = kind === 'environment' ? { tenant, environment: name } : { tenant, configurationProfile: name };
    const hint = `rename the ${kind} in AppConfig, and import again; or leave it to what manages it now`;
    this.#skipped.push(importSkipped(`the ${kind} name "${name}" ${fault}`, hint, subject));
  }

  #isReadable(
    { name, type, locationUri }: LiveProfile,
    { tenant, types }: { readonly tenant: string; readonly types: ReadonlyMap<string, ProfileType> },
  ): boolean {
    const subject = { tenant, configurationProfile: name };
    if (locationUri !== 'hosted') {
      const [store] = locationUri.split(':');
      const message = `the content of the profile is not hosted by AppConfig, but stored elsewhere (${store})`;
      this.#skipped.push(importSkipped(message, 'appcfg manages hosted content only: leave it as it is', subject));
      return false;
    }
    const wanted = types.get(name);
    if (type === wanted) return true;
    const message =
      wanted === undefined
        ? `the profile has the type ${type}`
        : `the profile has the type ${type}, and ${wanted} for other tenants`;
    this.#skipped.push(importSkipped(message, 'a tree has one type for each profile: rename this one', subject));
    return false;
  }

  /** What is live at an address; undefined where nothing is, or it cannot be imported, which is then reported. */
  #candidate(
    { tenant, application, versionOf }: ImportedApplication,
    { name: environment, histories }: LiveEnvironment,
    { id, name }: LiveProfile,
  ): Candidate | undefined {
    const history = histories.get(id);
    const address = { tenant, environment, configurationProfile: name };
    const { completed, newest } = history ?? {};
    if (newest !== undefined && isStoppable(newest.state) && newest.versionNumber !== completed?.versionNumber) {
      this.#skipped.push(importSkipped('a deployment is in flight', 'import again when it has ended', address));
      return undefined;
    }
    if (completed === undefined) return undefined;
    const version = versionOf(id, completed.versionNumber);
    if (version === undefined)
      throw new Error(`version ${completed.versionNumber} of ${application.name} was not read`);
    if (version === 'missing') {
      const message = 'the live version was deleted in AppConfig';
      this.#skipped.push(importSkipped(message, 'deploy another version, and import again', address));
      return undefined;
    }
    const { text, bytes, contentType } = version;
    return { address, text, bytes, contentType, versionLabel: completed.versionLabel };
  }

  *#profile(type: ProfileType, candidates: readonly Candidate[]): Interruptible<ImportedProfile> {
    const hasFormats = profileTypes[type].formats.includes('yaml');
    const format = hasFormats ? yield* this.#formatOf(candidates, type) : 'json';
    const ambiguous = new Set<string>();
    const concerned: Address[] = [];
    const reformatted = new Map<string, Address[]>();
    const rendered = new Map<ReadValue, Rendered>();
    const addresses: ImportedAddress[] = [];
    for (const candidate of candidates) {
      const { address, text, bytes } = candidate;
      const read = yield* this.#read(candidate, type);
      const fault =
        'fault' in read ? read.fault : renderedFault(candidate, yield* renderedOf(read, format, rendered), type);
      if (fault === undefined && 'value' in read) {
        for (const pointer of read.ambiguous) ambiguous.add(pointer === '' ? '/' : pointer);
        if (read.ambiguous.length > 0) concerned.push(address);
        const change = formatChange(candidate, read, format);
        if (change !== undefined) {
          const known = reformatted.get(change);
          if (known === undefined) reformatted.set(change, [address]);
          else known.push(address);
        }
        addresses.push({ address, value: read.value });
        continue;
      }
      const hint = 'the content is kept below _unparsed/; the tree does not have the address';
      this.#skipped.push(importSkipped(fault ?? '', hint, address));
      this.#unparsed.push({ address, content: bytes ?? text });
    }
    if (concerned.length > 0) this.#warnings.push({ ...ambiguity(ambiguous), ...subjects(concerned) });
    for (const [message, changed] of reformatted)
      this.#warnings.push({ ...formatChanged(message), ...subjects(changed) });
    return { type, format, addresses };
  }

  /** The format of the versions that appcfg made, which must stay as it is; without any that of most contents. */
  *#formatOf(candidates: readonly Candidate[], type: ProfileType): Interruptible<ContentFormat> {
    const labelled = candidates.filter(({ versionLabel }) => isAppcfgLabel(versionLabel));
    const counted = labelled.length > 0 ? labelled : candidates;
    const formats: ContentFormat[] = [];
    for (const candidate of counted) {
      const read = yield* this.#read(candidate, type);
      if ('fault' in read) continue;
      const { contentType } = candidate;
      // Another content type, such as text/plain, does not name a format.
      const isYaml = isDeclared('yaml', contentType) || !(isDeclared('json', contentType) || read.isJson);
      formats.push(isYaml ? 'yaml' : 'json');
    }
    return formats.filter((format) => format === 'yaml').length * 2 > formats.length ? 'yaml' : 'json';
  }

  *#read({ text, bytes }: Candidate, type: ProfileType): Interruptible<Read> {
    if (bytes !== undefined) return notText;
    const key = `${type} ${text}`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const read = yield* readContent(text, type);
    this.#values.set(key, read);
    return read;
  }
}

/** A content as the tree would have it, whatever the format of its profile. */
interface ReadValue {
  readonly value: Value;
  /** JSON Pointers of what YAML 1.1 reads differently. */
  readonly ambiguous: readonly string[];
  /** Not only YAML. */
  readonly isJson: boolean;
}

/** Or why the tree cannot have it. */
type Read = ReadValue | { readonly fault: string };

/** What becomes of a value in the format of its profile. */
type Rendered = Pick<Content, 'bytes' | 'versionLabel'>;

const notText: Read = { fault: 'the content is not valid UTF-8' };

function* readContent(text: string, type: ProfileType): Interruptible<Read> {
  const parsed = parseLiveDocument(text);
  yield;
  const error = parsed.problems.find(({ severity }) => severity === 'error');
  if (error !== undefined) return { fault: parseFault(error) };
  if (parsed.value === undefined) return { fault: 'the content is empty' };
  const isValidJson = isJson(text);
  const isText = !isMap(parsed.value) && !isList(parsed.value) && !isValidJson;
  if (isText) return { fault: 'the content is plain text, which a tree cannot keep as it is' };
  const value = comparable(parsed.value, type);
  if (profileTypes[type].document === 'feature flags' && checkFlags(value).errors.length > 0) {
    return { fault: 'the content is not a valid feature-flag document' };
  }
  const { value: written, problems } = parseDocument(yamlFileText(value), { path: '' });
  yield;
  const isWritable = written !== undefined && !problems.some(({ severity }) => severity === 'error');
  if (!isWritable || !isSameContent(written, value)) return { fault: 'no file can express the content' };
  return { value, ambiguous: parsed.ambiguous, isJson: isValidJson };
}

/** @param known by value: many addresses have the same */
function* renderedOf(read: ReadValue, format: ContentFormat, known: Map<ReadValue, Rendered>): Interruptible<Rendered> {
  const found = known.get(read);
  if (found !== undefined) return found;
  const { bytes, versionLabel } = contentOf(read.value, format);
  known.set(read, { bytes, versionLabel });
  yield;
  return { bytes, versionLabel };
}

function parseFault({ message }: Problem): string {
  if (message.startsWith('invalid YAML')) return 'the content is neither valid JSON nor valid YAML';
  return `no file of a tree can have the content: ${message.replace(/^the file /, 'it ')}`;
}

/** Pointers that a warning names. */
const mostNamed = 5;

function ambiguity(pointers: ReadonlySet<string>): Problem {
  const named = [...pointers].slice(0, mostNamed).join(', ');
  return {
    code: 'scalar-ambiguous',
    severity: 'warning',
    message: `AppConfig serves YAML in which YAML 1.1 readers see other values: ${named}${pointers.size > mostNamed ? ', …' : ''}; the tree has what YAML 1.2 reads`,
    hint: {
      text: 'if a client reads YAML 1.1 (PyYAML, SnakeYAML), write in the tree what it sees now, such as true for yes, before you sync a change',
    },
  };
}

/** What the next version of an address changes besides its values; undefined: nothing. */
function formatChange(
  { contentType }: Candidate,
  { isJson: isValidJson, value }: { readonly isJson: boolean; readonly value: Value },
  format: ContentFormat,
): string | undefined {
  if (!isValidJson && isDeclared('json', contentType)) {
    return `the live content is ${contentType}, but not valid JSON; the tree keeps it as YAML 1.2 reads it, and the next version is valid ${format.toUpperCase()}`;
  }
  // `{}` and `5` are both.
  if (isValidJson === (format === 'json') || isBoth(value)) return undefined;
  return isValidJson
    ? 'AppConfig serves JSON; the tree has format: yaml, so the next version is YAML'
    : 'AppConfig serves YAML; the tree has format: json, so the next version is JSON';
}

/** Whether JSON and YAML have the same text for it. */
function isBoth(value: Value): boolean {
  return isMap(value) ? Object.keys(value).length === 0 : !isList(value) || value.length === 0;
}

function formatChanged(message: string): Problem {
  return {
    code: 'format-changed',
    severity: 'warning',
    message,
    hint: {
      text: 'check that the clients can read the new format before you sync a change; "format" in appcfg.yml applies to the whole profile',
    },
  };
}

/** The addresses of one profile that a warning is about. */
function subjects(addresses: readonly Address[]): Pick<Problem, 'subject' | 'addresses' | 'count'> {
  const [first] = addresses;
  if (first === undefined) return {};
  if (addresses.length === 1) return { subject: first };
  return {
    subject: { configurationProfile: first.configurationProfile },
    addresses: addresses.slice(0, mostListed),
    count: addresses.length,
  };
}

/** Addresses that a warning lists. */
const mostListed = 20;

/** A version of appcfg is compared by its label, which is that of a content type, too. */
function renderedFault({ versionLabel }: Candidate, rendered: Rendered, type: ProfileType): string | undefined {
  // Two spaces for each level make it larger than it is live.
  if (rendered.bytes > largestContent) return 'the content is too large when it is rendered';
  if (!isAppcfgLabel(versionLabel) || profileTypes[type].isRewritten) return undefined;
  return versionLabel === rendered.versionLabel ? undefined : "the live version's label does not match its content";
}

function isDeclared(format: ContentFormat, contentType: string): boolean {
  return contentType.toLowerCase().includes(format);
}

function mostFrequent<Of extends string>(counts: ReadonlyMap<Of, number>): Of {
  const [first] = [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  if (first === undefined) throw new Error('nothing to choose from');
  return first[0];
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
