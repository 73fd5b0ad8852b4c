// Reads a tree: the template first, then tenant by tenant. Finds every problem, each with its file.
import type { ParseOptions } from '../core/document/document-problems.ts';
import { type ParsedDocument, parseDocument } from '../core/document/parse-yaml.ts';
import { createRedactor, type Redactor } from '../core/document/redact.ts';
import { areLabelsSelected, isSelected, type Selection } from '../core/model/selection.ts';
import { exampleAddress } from '../core/problem/example-address.ts';
import type { Problem } from '../core/problem/problem.ts';
import { nearest, suggest } from '../core/problem/suggest.ts';
import { allLayers, type Layer, type Layers, largeText, SourceDocument, type Tenant } from '../core/render/layers.ts';
import { documentKey, type RenderCache } from '../core/render/render-cache.ts';
import { accountRegionProblems } from '../core/settings/account-regions.ts';
import { applicationNameOf } from '../core/settings/application-name.ts';
import { globProblems, selectorProblems } from '../core/settings/check-selection.ts';
import { isExcluded, labelsOf } from '../core/settings/effective-settings.ts';
import { profileAsWritten, type Settings } from '../core/settings/settings.ts';
import { CheckedSource } from './checked-source.ts';
import { tenantCollisions } from './checks/check-names.ts';
import { ignoredByGit } from './checks/ignored-by-git.ts';
import { TreeNames } from './checks/tree-names.ts';
import { TreeProblems } from './checks/tree-problems.ts';
import { TreeUsage } from './checks/tree-usage.ts';
import type { TreeSource } from './tree-source.ts';

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
  /**
   * Finds the problems that only the whole tree shows. To be called when all selected tenants were read.
   * @param ignored what Git ignores of the tree
   */
  finish(ignored?: readonly string[]): void;
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

class TreeReader implements OpenTree {
  template: Layers = { everywhere: new Map(), environments: new Map() };
  readonly tenantNames: readonly string[];
  readonly allTenantNames: ReadonlySet<string>;
  readonly #source: TreeSource;
  readonly #options: TreeOptions;
  readonly #redact: Redactor;
  readonly #problems = new TreeProblems();
  readonly #names = new TreeNames(this.#problems);
  readonly #folders: CheckedSource;
  readonly #usage: TreeUsage;
  #parsedCharacters = 0;
  #isTemplateMisspelt = false;

  constructor(source: TreeSource, options: TreeOptions) {
    const { settings, selection } = options;
    this.#source = source;
    this.#options = options;
    this.#redact = createRedactor(settings);
    this.#folders = new CheckedSource(source, this.#problems);
    this.#usage = new TreeUsage(settings, selection);
    const folders = this.#tenantFolders();
    const applicationOf = (tenant: string) => applicationNameOf(settings, tenant);
    const names = folders.filter(
      (name) =>
        this.#names.isValid({ name, path: `tenants/${name}` }, 'tenant', () => folders) &&
        this.#names.isValid({ name: applicationOf(name), path: `tenants/${name}` }, 'application'),
    );
    this.allTenantNames = new Set(folders);
    this.tenantNames = names
      .filter((name) => isSelected(name, selection.tenants))
      .filter((name) => areLabelsSelected(labelsOf(settings, name), selection.labels));
    const labels = names.map((name) => labelsOf(settings, name));
    this.#problems.add(tenantCollisions(names, applicationOf));
    this.#problems.add(globProblems('--tenant', selection.tenants, this.allTenantNames));
    this.#problems.add(selectorProblems(selection.labels, labels));
  }

  async readTemplate(): Promise<void> {
    if (!this.#folders.hasFolder('template')) {
      this.#isTemplateMisspelt = this.#warnOfMisspeltTemplate();
      return;
    }
    this.template = await this.#layers('template');
    this.#names.reportCollisions('template', this.template, this.template);
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
    const { errors } = this.#problems;
    const layers = await this.#layers(`tenants/${name}`);
    this.#usage.addTenant(name, layers);
    // What makes its environments unusable is reported already.
    if (layers.environments.size === 0 && this.#problems.errors === errors) {
      this.#problems.error('tenant-empty', `the tenant "${name}" has no environment`, {
        hint: {
          text: 'create a folder for each environment of the tenant, with a .gitkeep, because Git keeps no empty folder',
          command: {
            program: ['mkdir', '-p'],
            paths: [`tenants/${name}/${this.#exampleEnvironment}`],
            from: 'tree',
          },
        },
        source: { file: `tenants/${name}` },
      });
    }
    this.#problems.add(accountRegionProblems(this.#options.settings, name, layers.environments.keys()));
    this.#names.reportCollisions(`tenants/${name}`, layers, this.template);
    this.#warnOfExcluded(name, layers);
    this.#names.reportSimilarProfiles(layers, this.template);
    for (const environment of layers.environments.keys()) this.#warnOfEmptyFolder(`tenants/${name}/${environment}`);
    return { name, everywhere: layers.everywhere, environments: layers.environments };
  }

  takeProblems(): readonly Problem[] {
    return this.#problems.take();
  }

  finish(ignored: readonly string[] = []): void {
    const { template, allTenantNames: tenants } = this;
    this.#usage.report({ template, isTemplateMisspelt: this.#isTemplateMisspelt, tenants }, this.#problems);
    const read = new Set(this.tenantNames);
    const { environments } = this.#options.selection;
    const selected = {
      tenant: (name: string) => read.has(name),
      environment: (name: string) => isSelected(name, environments),
    };
    this.#problems.add(ignoredByGit(ignored, selected));
  }

  /** One that the settings allow, and that other tenants have where the settings list none. */
  get #exampleEnvironment(): string {
    const { environments } = this.#options.settings;
    const seen = [...this.#usage.environments, ...this.template.environments.keys()];
    const [name = exampleAddress().environment] = environments?.keys() ?? seen;
    return name;
  }

  #warnOfMisspeltTemplate(): boolean {
    const folders = this.#folders.entries('').filter(({ kind }) => kind === 'folder');
    const names = folders.map(({ name }) => name).filter((name) => name !== 'tenants');
    const misspelt = nearest('template', names);
    if (misspelt === undefined) return false;
    this.#problems.warning('file-ignored', 'ignored: the template is in template/', {
      hint: {
        text: 'rename it if it is the template',
        command: { program: ['git', 'mv'], paths: [misspelt, 'template'], from: 'tree' },
      },
      source: { file: misspelt },
    });
    return true;
  }

  #tenantFolders(): readonly string[] {
    if (!this.#folders.hasFolder('tenants')) {
      this.#problems.error('tree-not-found', `no folder "tenants" in ${this.#source.name}`, {
        hint: { text: 'run appcfg in the folder that contains template/ and tenants/, or set the folder with -C' },
      });
      return [];
    }
    const { folders, files } = this.#folders.list('tenants');
    for (const file of files) this.#problems.ignored(`tenants/${file}`, 'a tenant is a folder');
    return folders;
  }

  async #layers(path: string): Promise<Layers> {
    const { files, folders } = this.#folders.list(path);
    const everywhere = await this.#layer(path, files);
    const environments = new Map<string, Layer>();
    for (const name of folders) {
      if (!this.#names.isValid({ name, path: `${path}/${name}` }, 'environment', () => folders)) continue;
      if (!this.#isEnvironmentKnown(name, `${path}/${name}`)) continue;
      const inside = this.#folders.list(`${path}/${name}`);
      for (const folder of inside.folders) {
        this.#problems.ignored(`${path}/${name}/${folder}`, 'environments contain files only');
      }
      environments.set(name, await this.#layer(`${path}/${name}`, inside.files));
    }
    return { everywhere, environments };
  }

  /** Whether the settings allow an environment: where they list environments, they list all. */
  #isEnvironmentKnown(name: string, path: string): boolean {
    const known = this.#options.settings.environments;
    if (known === undefined || known.has(name)) return true;
    this.#problems.error('environment-unknown', `"${name}" is not one of the environments in appcfg.yml`, {
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
        this.#problems.ignored(filePath, 'configurations are .yml, .yaml or .json files');
        continue;
      }
      if (!this.#names.isValid({ name: profile, path: filePath }, 'profile', () => files.map(profileOf))) continue;
      const other = layer.get(profile);
      if (other !== undefined) {
        const both = `"${other.path.slice(path.length + 1)}" and "${file}"`;
        this.#problems.error('file-duplicate', `${both} are both for the configuration profile "${profile}"`, {
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
    const text = this.#folders.text(path);
    if (text === undefined) return new SourceDocument(path, '', undefined);
    const { settings, cache, parseLarge } = this.#options;
    const { format: deployedAs } = profileAsWritten(settings, profile);
    const options = { path, format, deployedAs, redact: this.#redact };
    const key = documentKey(text, options);
    const isLarge = text.length > largeText;
    const parsed =
      cache.parsed(key) ?? cache.keep(key, isLarge ? await parseLarge(text, options) : parseDocument(text, options));
    this.#parsedCharacters += text.length;
    if (this.#parsedCharacters > mostAtATime) {
      this.#parsedCharacters = 0;
      await this.#options.breathe();
    }
    this.#problems.add(parsed.problems);
    return new SourceDocument(path, text, parsed);
  }

  /** Files of configuration profiles that the settings exclude for the tenant. */
  #warnOfExcluded(tenant: string, layers: Layers): void {
    if (this.#options.settings.tenants.length === 0) return;
    for (const layer of allLayers(layers)) {
      for (const [profile, { path }] of layer) {
        if (!isExcluded(this.#options.settings, tenant, profile)) continue;
        this.#problems.warning(
          'file-ignored',
          `ignored: the settings exclude the profile "${profile}" for this tenant`,
          {
            hint: { text: 'delete the file, or change excludeProfiles in appcfg.yml' },
            source: { file: path },
          },
        );
      }
    }
  }

  #warnOfEmptyFolder(path: string): void {
    if (this.#options.isInRepository !== true || !this.#source.isEmpty(path)) return;
    this.#problems.warning('environment-folder-empty', 'the folder has no file, and Git keeps no empty folder', {
      hint: {
        text: 'add a .gitkeep, so that every clone has the environment',
        command: { program: ['touch'], paths: [`${path}/.gitkeep`], from: 'tree' },
      },
      source: { file: path },
    });
  }
}

function profileOf(file: string): string {
  return configurationFile.exec(file)?.[1] ?? '';
}
