// Reads a tree: the template first, then tenant by tenant. Finds every problem, each with its file.
import type { ParseOptions } from '../core/document/document-problems.ts';
import { type ParsedDocument, parseDocument } from '../core/document/parse-yaml.ts';
import { createRedactor, type Redactor } from '../core/document/redact.ts';
import { applicationNameOf } from '../core/model/application-name.ts';
import { areLabelsSelected, isSelected, type Selection, selectsAll } from '../core/model/selection.ts';
import { exampleAddress } from '../core/problem/example-address.ts';
import { looksOf } from '../core/problem/names.ts';
import type { Problem, ProblemDetails } from '../core/problem/problem.ts';
import type { ProblemCode } from '../core/problem/problem-codes.ts';
import { areSimilar } from '../core/problem/similar.ts';
import { nearest, suggest } from '../core/problem/suggest.ts';
import { allLayers, type Layer, type Layers, largeText, SourceDocument, type Tenant } from '../core/render/layers.ts';
import type { RenderCache } from '../core/render/render-cache.ts';
import { accountRegionProblems } from '../core/settings/account-regions.ts';
import { strategyFor } from '../core/settings/deployment-strategies.ts';
import { isExcluded, labelsOf } from '../core/settings/effective-settings.ts';
import { defaultProfileSettings, type Settings } from '../core/settings/settings.ts';
import { unknownSettings } from '../core/settings-file/parse-settings.ts';
import { productionWarnings, unusedSettings } from '../core/settings-file/settings-warnings.ts';
import { collisionProblems, type NamedEntry, type NamedKind, nameDoubt, nameProblem } from './check-names.ts';
import { globProblems, selectorProblems } from './check-selection.ts';
import { type Entry, type EntryKind, type TreeSource, unreadable } from './tree-source.ts';

const configurationFile = /^(.+)\.(yml|yaml|json)$/s;

/** Tenants whose files are read ahead together. */
const tenantsAtATime = 200;

export interface OpenTree {
  readonly template: Layers;
  /** Selected tenants, sorted by name. */
  readonly tenantNames: readonly string[];
  /** Every tenant of the tree. */
  readonly allTenantNames: ReadonlySet<string>;
  /** Reads the selected tenants in that order, each with its problems. */
  readTenants(): AsyncIterable<{ readonly tenant: Tenant; readonly problems: readonly Problem[] }>;
  /** Reads one tenant. */
  readTenant(name: string): Promise<Tenant>;
  /** Problems that were found and not returned yet. */
  takeProblems(): readonly Problem[];
  /** Finds the problems that only the whole tree shows. To be called when all selected tenants were read. */
  finish(): void;
}

export interface TreeOptions {
  readonly settings: Settings;
  readonly selection: Selection;
  readonly cache: RenderCache;
  /** Whether the tree is in a Git repository. It keeps no empty folder, so that one is reported. */
  readonly isInRepository?: boolean;
  /** Parses a text that takes long to parse. */
  readonly parseLarge: (text: string, options: ParseOptions) => Promise<ParsedDocument>;
  /** Lets the event loop have a turn. @throws where the run is to end */
  readonly breathe: () => Promise<void>;
}

/** Characters that are parsed before the event loop gets a turn. */
const mostAtATime = 500_000;

export async function openTree(source: TreeSource, options: TreeOptions): Promise<OpenTree> {
  const reader = new TreeReader(source, options);
  await reader.readTemplate();
  return reader;
}

interface Folder {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

class TreeReader implements OpenTree {
  template: Layers = { everywhere: new Map(), environments: new Map() };
  readonly tenantNames: readonly string[];
  readonly #parseLarge: TreeOptions['parseLarge'];
  readonly #breathe: TreeOptions['breathe'];
  #parsedCharacters = 0;
  readonly #validNames: Readonly<Record<NamedKind, Set<string>>> = {
    tenant: new Set(),
    application: new Set(),
    environment: new Set(),
    profile: new Set(),
  };
  readonly #source: TreeSource;
  readonly #settings: Settings;
  readonly #selection: Selection;
  readonly #redact: Redactor;
  readonly #cache: RenderCache;
  readonly #isInRepository: boolean;
  #problems: Problem[] = [];
  readonly allTenantNames: ReadonlySet<string>;
  /** By the name of an environment: the deployment strategies of the tenants that have it. */
  readonly #seenEnvironments = new Map<string, Set<string>>();
  readonly #seenProfiles = new Set<string>();
  /** By the name of a profile: a tree has few of them. */
  readonly #similarProfiles = new Map<string, { readonly name: string | undefined }>();
  /** Of environments and profiles, by how a name looks: the first one that was read. */
  readonly #firstSpellings = new Set<string>();
  /** By the name of an environment or profile: a tree has few of them. */
  readonly #isFirst = new Map<string, boolean>();
  #misspeltTemplate: string | undefined;

  constructor(source: TreeSource, options: TreeOptions) {
    const { settings, selection, cache } = options;
    this.#parseLarge = options.parseLarge;
    this.#breathe = options.breathe;
    this.#source = source;
    this.#cache = cache;
    this.#isInRepository = options.isInRepository === true;
    this.#settings = settings;
    this.#redact = createRedactor(settings.redact);
    this.#selection = selection;
    const folders = this.#tenantFolders();
    const applicationOf = (tenant: string) => applicationNameOf(settings.applicationName, tenant);
    const names = folders.filter(
      (name) =>
        this.#isNameValid({ name, path: `tenants/${name}` }, 'tenant', () => folders) &&
        this.#isNameValid({ name: applicationOf(name), path: `tenants/${name}` }, 'application'),
    );
    this.allTenantNames = new Set(folders);
    this.tenantNames = names
      .filter((name) => isSelected(name, selection.tenants))
      .filter((name) => areLabelsSelected(labelsOf(settings, name), selection.labels));
    const labels = names.map((name) => labelsOf(settings, name));
    this.#problems.push(
      ...collisionProblems('tenants', namesIn('tenants', names), applicationOf),
      ...globProblems('--tenant', selection.tenants, this.allTenantNames),
      ...selectorProblems(selection.labels, labels),
    );
  }

  async readTemplate(): Promise<void> {
    if (!this.#hasFolder('template')) {
      this.#misspeltTemplate = this.#warnOfMisspeltTemplate();
      return;
    }
    this.template = await this.#layers('template');
    this.#problems.push(...this.#collisions('template', this.template));
  }

  async *readTenants(): AsyncGenerator<{ readonly tenant: Tenant; readonly problems: readonly Problem[] }> {
    for (let from = 0; from < this.tenantNames.length; from += tenantsAtATime) {
      const names = this.tenantNames.slice(from, from + tenantsAtATime);
      const folders = names.map((name) => `tenants/${name}`);
      this.#source.readAhead(folders, (name) => configurationFile.test(name));
      // Parsed together, then rendered together: changing from one to the other takes time.
      const read: { readonly tenant: Tenant; readonly problems: readonly Problem[] }[] = [];
      for (const name of names) read.push({ tenant: await this.readTenant(name), problems: this.takeProblems() });
      yield* read;
    }
  }

  async readTenant(name: string): Promise<Tenant> {
    const found = this.#problems.length;
    const layers = await this.#layers(`tenants/${name}`);
    for (const environment of layers.environments.keys()) {
      const strategies = this.#seenEnvironments.get(environment) ?? new Set();
      this.#seenEnvironments.set(
        environment,
        strategies.add(strategyFor(this.#settings, { tenant: name, environment })),
      );
    }
    this.#seeProfiles(layers);
    // What makes its environments unusable is reported already.
    const hasErrors = this.#problems.slice(found).some(({ severity }) => severity === 'error');
    if (layers.environments.size === 0 && !hasErrors) {
      this.#problem('tenant-empty', `the tenant "${name}" has no environment`, {
        hint: {
          text: 'create a folder for each environment of the tenant, with a file such as .gitkeep, because Git keeps no empty folder',
          command: {
            program: ['mkdir', '-p'],
            paths: [`tenants/${name}/${this.#exampleEnvironment}`],
            from: 'tree',
          },
        },
        source: { file: `tenants/${name}` },
      });
    }
    this.#problems.push(...accountRegionProblems(this.#settings, name, layers.environments.keys()));
    this.#problems.push(...this.#collisions(`tenants/${name}`, layers));
    this.#warnOfExcluded(name, layers);
    this.#warnOfSimilarProfiles(layers);
    for (const environment of layers.environments.keys()) this.#warnOfEmptyFolder(`tenants/${name}/${environment}`);
    return { name, everywhere: layers.everywhere, environments: layers.environments };
  }

  takeProblems(): readonly Problem[] {
    const problems = this.#problems;
    this.#problems = [];
    return problems;
  }

  finish(): void {
    for (const environment of this.template.environments.keys()) {
      if (this.#seenEnvironments.has(environment) || !this.#readsAll) continue;
      this.#warning('environment-unused', `no tenant has the environment "${environment}" of the template`, {
        hint: suggest(environment, [...this.#seenEnvironments.keys()], {
          text: 'delete the folder, or add the environment to a tenant',
        }),
        source: { file: `template/${environment}` },
      });
    }
    this.#seeProfiles(this.template);
    // Settings with errors are known only in part.
    const areSettingsKnown = this.#settings.redact !== unknownSettings.redact;
    if (areSettingsKnown) this.#problems.push(...productionWarnings(this.#settings, this.#seenEnvironments));
    if (selectsAll(this.#selection)) this.#warnOfEmptyTree();
    if (selectsAll(this.#selection) && areSettingsKnown) {
      const names = { tenants: this.allTenantNames, profiles: this.#seenProfiles };
      for (const problem of unusedSettings(this.#settings, names)) this.#problems.push(problem);
    }
    const { environments, configurationProfiles } = this.#selection;
    this.#problems.push(
      ...globProblems('--env', environments, new Set(this.#seenEnvironments.keys())),
      ...globProblems('--config-profile', configurationProfiles, this.#seenProfiles),
    );
  }

  #seeProfiles(layers: Layers): void {
    for (const layer of allLayers(layers)) for (const profile of layer.keys()) this.#seenProfiles.add(profile);
  }

  /** One that the settings allow, and that other tenants have where the settings list none. */
  get #exampleEnvironment(): string {
    const { environments } = this.#settings;
    const seen = [...this.#seenEnvironments.keys(), ...this.template.environments.keys()];
    const [name = exampleAddress().environment] = environments?.keys() ?? seen;
    return name;
  }

  /** Whether every tenant is read: only then is it known what no tenant has. */
  get #readsAll(): boolean {
    return this.#selection.tenants.length + this.#selection.labels.length === 0;
  }

  #warnOfMisspeltTemplate(): string | undefined {
    const folders = this.#entries('').filter(({ kind }) => kind === 'folder');
    const names = folders.map(({ name }) => name).filter((name) => name !== 'tenants');
    const misspelt = nearest('template', names);
    if (misspelt === undefined) return undefined;
    this.#warning('file-ignored', 'ignored: the template is in template/', {
      hint: {
        text: 'rename it if it is the template',
        command: { program: ['git', 'mv'], paths: [misspelt, 'template'], from: 'tree' },
      },
      source: { file: misspelt },
    });
    return misspelt;
  }

  #warnOfEmptyTree(): void {
    if (this.#seenEnvironments.size === 0 || this.#seenProfiles.size > 0) return;
    if (this.#misspeltTemplate !== undefined) return;
    this.#warning('tree-empty', 'the tree has tenants, but no address', {
      hint: { text: 'create template/, with a file for each configuration profile' },
      source: { file: 'template' },
    });
  }

  #tenantFolders(): readonly string[] {
    if (!this.#hasFolder('tenants')) {
      this.#problem('tree-not-found', `no folder "tenants" in ${this.#source.name}`, {
        hint: { text: 'run appcfg in the folder that contains template/ and tenants/, or set the folder with -C' },
      });
      return [];
    }
    const { folders, files } = this.#list('tenants');
    for (const file of files) this.#ignored(`tenants/${file}`, 'a tenant is a folder');
    return folders;
  }

  async #layers(path: string): Promise<Layers> {
    const { files, folders } = this.#list(path);
    const everywhere = await this.#layer(path, files);
    const environments = new Map<string, Layer>();
    for (const name of folders) {
      if (!this.#isNameValid({ name, path: `${path}/${name}` }, 'environment', () => folders)) continue;
      if (!this.#isEnvironmentKnown(name, `${path}/${name}`)) continue;
      const inside = this.#list(`${path}/${name}`);
      for (const folder of inside.folders) {
        this.#ignored(`${path}/${name}/${folder}`, 'environments contain files only');
      }
      environments.set(name, await this.#layer(`${path}/${name}`, inside.files));
    }
    return { everywhere, environments };
  }

  /** Environments and profiles of a tenant that look like others of it, or of the template. */
  #collisions(path: string, layers: Layers): readonly Problem[] {
    const folders = [...allLayers(layers), layers.environments];
    if (folders.filter((names) => this.#hasOtherSpelling(names.keys())).length === 0) return [];
    const all = { template: this.template, [path]: layers };
    const environments = Object.entries(all).flatMap(([at, each]) => namesIn(at, [...each.environments.keys()]));
    const documents = Object.values(all).flatMap((each) => allLayers(each).flatMap((layer) => [...layer]));
    return [
      ...collisionProblems('environments', environments),
      ...collisionProblems(
        'configuration profiles',
        documents.map(([name, document]) => ({ name, path: document.path })),
      ),
      // Those of the template alone are reported once.
    ].filter(({ source }) => source?.file.startsWith(`${path}/`));
  }

  /** Whether one of the names looks like another name that was read before. All of them are remembered. */
  #hasOtherSpelling(names: Iterable<string>): boolean {
    let has = false;
    for (const name of names) if (!this.#isFirstSpelling(name)) has = true;
    return has;
  }

  #isFirstSpelling(name: string): boolean {
    const known = this.#isFirst.get(name);
    if (known !== undefined) return known;
    const looks = looksOf(name);
    const isFirst = !looks.some((look) => this.#firstSpellings.has(look));
    for (const look of looks) this.#firstSpellings.add(look);
    this.#isFirst.set(name, isFirst);
    return isFirst;
  }

  /** Whether the settings allow an environment: where they list environments, they list all. */
  #isEnvironmentKnown(name: string, path: string): boolean {
    const known = this.#settings.environments;
    if (known === undefined || known.has(name)) return true;
    this.#problem('environment-unknown', `"${name}" is not one of the environments in appcfg.yml`, {
      hint: suggest(name, [...known.keys()]),
      source: { file: path },
    });
    return false;
  }

  async #layer(path: string, files: readonly string[]): Promise<Layer> {
    const layer = new Map<string, SourceDocument>();
    for (const file of files) {
      const [, profile, extension] = configurationFile.exec(file) ?? [];
      const filePath = `${path}/${file}`;
      if (profile === undefined) {
        this.#ignored(filePath, 'configurations are .yml, .yaml or .json files');
        continue;
      }
      if (!this.#isNameValid({ name: profile, path: filePath }, 'profile', () => files.map(profileOf))) continue;
      const other = layer.get(profile);
      if (other !== undefined) {
        const both = `"${other.path.slice(path.length + 1)}" and "${file}"`;
        this.#problem('file-duplicate', `${both} are both for the configuration profile "${profile}"`, {
          hint: { text: 'delete one of them' },
          source: { file: filePath },
        });
        continue;
      }
      layer.set(profile, await this.#document(filePath, profile, extension === 'json' ? 'json' : 'yaml'));
    }
    return layer;
  }

  async #document(path: string, profile: string, format: 'yaml' | 'json'): Promise<SourceDocument> {
    const text = this.#read(path);
    if (text === undefined) return new SourceDocument(path, '', undefined);
    const { format: deployedAs } = this.#settings.profiles.get(profile) ?? defaultProfileSettings;
    const options = { path, format, deployedAs, redact: this.#redact };
    const parsed =
      text.length > largeText
        ? (this.#cache.known(text, options) ?? this.#cache.keep(text, options, await this.#parseLarge(text, options)))
        : this.#cache.parsed(text, options, () => parseDocument(text, options));
    this.#parsedCharacters += text.length;
    if (this.#parsedCharacters > mostAtATime) {
      this.#parsedCharacters = 0;
      await this.#breathe();
    }
    for (const problem of parsed.problems) this.#problems.push(problem);
    return new SourceDocument(path, text, parsed);
  }

  #read(path: string): string | undefined {
    try {
      const text = this.#source.text(path);
      // Either part of the file is not UTF-8, or the file has this character.
      if (text.includes('\ufffd')) return this.#decode(path);
      return text.startsWith('\ufeff') ? text.slice(1) : text;
    } catch (error) {
      this.#problems.push(unreadable(path, error));
      return undefined;
    }
  }

  #decode(path: string): string | undefined {
    const bytes = this.#source.bytes(path);
    try {
      return utf8.decode(bytes);
    } catch {
      const text = new TextDecoder().decode(bytes);
      const line = text.slice(0, text.indexOf('\ufffd')).split('\n').length;
      this.#problem('text-invalid', 'the file is not UTF-8', {
        hint: { text: 'save it as UTF-8' },
        source: { file: path, line },
      });
      return undefined;
    }
  }

  #list(path: string): Folder {
    const files: string[] = [];
    const folders: string[] = [];
    for (const { name, kind } of this.#entries(path)) {
      const isKind = this.#checkedKind(kind);
      if (isKind === 'folder') folders.push(name);
      else if (isKind === 'file') files.push(name);
      else if (isKind === 'other') this.#ignored(`${path}/${name}`, 'it is neither a file nor a folder');
    }
    return { files, folders };
  }

  #entries(path: string): readonly Entry[] {
    try {
      return this.#source.list(path);
    } catch (error) {
      this.#problems.push(unreadable(path, error));
      return [];
    }
  }

  #checkedKind(kind: EntryKind | Problem | undefined): EntryKind | undefined {
    if (typeof kind !== 'object') return kind;
    this.#problems.push(kind);
    return undefined;
  }

  #hasFolder(path: string): boolean {
    const kind = this.#checkedKind(this.#source.kindOf(path));
    if (kind === undefined || kind === 'folder') return kind !== undefined;
    this.#problem('tree-not-found', `"${path}" is not a folder`, {
      hint: { text: `move the file: ${path}/ has to be a folder of configurations` },
      source: { file: path },
    });
    return false;
  }

  #isNameValid(entry: NamedEntry, kind: NamedKind, siblings?: () => readonly string[]): boolean {
    // Most tenants have the same environments and profiles.
    const valid = this.#validNames[kind];
    if (valid.has(entry.name)) return true;
    const problem = nameProblem(entry, kind, siblings);
    if (problem !== undefined) {
      this.#problems.push(problem);
      return false;
    }
    valid.add(entry.name);
    const doubt = kind === 'application' ? undefined : nameDoubt(entry.name, kind);
    if (doubt !== undefined) {
      const { message, hint } = doubt;
      this.#warning('name-suspicious', message, { hint, source: { file: entry.path } });
    }
    return true;
  }

  /** Files of configuration profiles that the settings exclude for the tenant. */
  #warnOfExcluded(tenant: string, layers: Layers): void {
    if (this.#settings.tenants.length === 0) return;
    for (const layer of allLayers(layers)) {
      for (const [profile, { path }] of layer) {
        if (!isExcluded(this.#settings, tenant, profile)) continue;
        this.#warning('file-ignored', `ignored: the settings exclude the profile "${profile}" for this tenant`, {
          hint: { text: 'delete the file, or change excludeProfiles in appcfg.yml' },
          source: { file: path },
        });
      }
    }
  }

  /** Profiles of a tenant that no template has, and that are probably typos of one that it has. */
  #warnOfSimilarProfiles(layers: Layers): void {
    for (const layer of allLayers(layers)) {
      for (const [profile, { path }] of layer) {
        const similar = this.#similarProfile(profile);
        if (similar === undefined) continue;
        const renamed = `${path.slice(0, path.lastIndexOf('/') + 1)}${similar}${path.slice(path.lastIndexOf('.'))}`;
        this.#warning('name-suspicious', `the template has no configuration profile "${profile}", but "${similar}"`, {
          hint: {
            text: `did you mean "${similar}"? Then rename the file`,
            command: { program: ['git', 'mv'], paths: [path, renamed], from: 'tree' },
          },
          source: { file: path },
        });
      }
    }
  }

  /** The profile of the template that a profile, which it does not have, is similar to. */
  #similarProfile(profile: string): string | undefined {
    const known = this.#similarProfiles.get(profile);
    if (known !== undefined) return known.name;
    const names = allLayers(this.template).flatMap((layer) => [...layer.keys()]);
    // What looks the same is a collision, which is an error.
    const looks = looksOf(profile);
    const isSimilar = (name: string) =>
      areSimilar(name, profile) && !looksOf(name).some((look) => looks.includes(look));
    const name = names.includes(profile) ? undefined : names.find(isSimilar);
    this.#similarProfiles.set(profile, { name });
    return name;
  }

  #warnOfEmptyFolder(path: string): void {
    if (!this.#isInRepository || !this.#source.isEmpty(path)) return;
    this.#warning('environment-folder-empty', 'the folder has no file, so that Git does not keep it', {
      hint: {
        text: 'add a file, for the environment to be in every clone',
        command: { program: ['touch'], paths: [`${path}/.gitkeep`], from: 'tree' },
      },
      source: { file: path },
    });
  }

  #ignored(path: string, why: string): void {
    this.#warning('file-ignored', `ignored: ${why}`, {
      hint: { text: 'move it out of the tree, or begin its name with _' },
      source: { file: path },
    });
  }

  #problem(code: ProblemCode, message: string, details: ProblemDetails): void {
    this.#problems.push({ code, severity: 'error', message, ...details });
  }

  #warning(code: ProblemCode, message: string, details: ProblemDetails): void {
    this.#problems.push({ code, severity: 'warning', message, ...details });
  }
}

function namesIn(folder: string, names: readonly string[]): readonly NamedEntry[] {
  return names.map((name) => ({ name, path: `${folder}/${name}` }));
}

function profileOf(file: string): string {
  return configurationFile.exec(file)?.[1] ?? '';
}

/** Removes a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true });
