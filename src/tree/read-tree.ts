// The tree on disk: the template at once, tenants one by one; every problem found, each with its file.

import { lstatSync } from 'node:fs';
import { parseDocument } from '../core/document/parse-yaml.ts';
import { createRedactor, type Redactor } from '../core/document/redact.ts';
import { applicationNameOf } from '../core/model/application-name.ts';
import { matchesAny } from '../core/model/globs.ts';
import {
  areLabelsSelected,
  formatLabelSelector,
  isSelected,
  type Selection,
  selectsAll,
} from '../core/model/selection.ts';
import type { SourcePosition } from '../core/model/source-position.ts';
import type { Hint } from '../core/problem/hint.ts';
import type { Problem } from '../core/problem/problem.ts';
import type { ProblemCode } from '../core/problem/problem-codes.ts';
import { listNames, nearest } from '../core/problem/suggest.ts';
import { type Layer, type Layers, SourceDocument, type Tenant } from '../core/render/layers.ts';
import type { RenderCache } from '../core/render/render-cache.ts';
import { accountRegionProblems } from '../core/settings/account-regions.ts';
import { strategyFor } from '../core/settings/deployment-strategies.ts';
import { isExcluded, labelsOf } from '../core/settings/effective-settings.ts';
import type { Settings } from '../core/settings/settings.ts';
import { productionWarnings, unusedSettings } from '../core/settings/settings-warnings.ts';
import { type Entry, followLink, TreeFiles, unreadable } from './disk-source.ts';

/** Longest names that AppConfig takes. Source: its service model. */
const longestName = { application: 64, environment: 64, profile: 128 } as const;

const configurationFile = /^(.+)\.(yml|yaml|json)$/;

/** Tenants that are read one after the other before any of them is used. */
const tenantsAtATime = 50;

export interface OpenTree {
  readonly template: Layers;
  /** Selected tenants, in the order of their names. */
  readonly tenantNames: readonly string[];
  /** Reads the selected tenants, in that order, each with the problems found in it. */
  readTenants(): Iterable<{ readonly tenant: Tenant; readonly problems: readonly Problem[] }>;
  /** Reads one tenant. */
  readTenant(name: string): Tenant;
  /** Problems found so far and not handed out. */
  takeProblems(): readonly Problem[];
  /** To be called when all tenants were read: what can only be said then. */
  finish(): void;
}

export interface TreeOptions {
  readonly settings: Settings;
  readonly selection: Selection;
  readonly cache: RenderCache;
}

/** @param directory the folder that holds `template/` and `tenants/`. */
export function openTree(directory: string, options: TreeOptions): OpenTree {
  return new TreeReader(directory, options);
}

interface Folder {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

class TreeReader implements OpenTree {
  readonly template: Layers;
  readonly tenantNames: readonly string[];
  readonly #root: string;
  readonly #settings: Settings;
  readonly #selection: Selection;
  readonly #redact: Redactor;
  readonly #files: TreeFiles;
  readonly #cache: RenderCache;
  #problems: Problem[] = [];
  readonly #tenants: ReadonlySet<string>;
  /** The deployment strategies that each environment is deployed with, by its name. */
  readonly #seenEnvironments = new Map<string, Set<string>>();
  readonly #seenProfiles = new Set<string>();
  readonly #unknownEnvironments = new Set<string>();

  constructor(directory: string, options: TreeOptions) {
    this.#root = directory;
    this.#cache = options.cache;
    this.#settings = options.settings;
    this.#redact = createRedactor(options.settings.redact);
    this.#files = new TreeFiles(directory, (name) => configurationFile.test(name));
    this.#selection = options.selection;
    this.template = this.#hasFolder('template')
      ? this.#layers('template')
      : { everywhere: new Map(), environments: new Map() };
    const folders = this.#tenantFolders();
    const names = folders.filter((name) =>
      this.#checkName(applicationNameOf(this.#settings.applicationName, name), 'application', `tenants/${name}`),
    );
    this.#checkApplicationNames(names);
    const { selection, settings } = options;
    this.#tenants = new Set(folders);
    this.tenantNames = names
      .filter((name) => isSelected(name, selection.tenants))
      .filter((name) => areLabelsSelected(labelsOf(settings, name), selection.labels));
    this.#checkSelected('--tenant', selection.tenants, this.#tenants);
    this.#checkSelectors(names);
  }

  *readTenants(): Iterable<{ readonly tenant: Tenant; readonly problems: readonly Problem[] }> {
    const read = (name: string) => {
      const tenant = this.readTenant(name);
      return { tenant, problems: this.takeProblems() };
    };
    for (let from = 0; from < this.tenantNames.length; from += tenantsAtATime) {
      const names = this.tenantNames.slice(from, from + tenantsAtATime);
      if (this.#files.readAhead(names.map((name) => `tenants/${name}`))) yield* names.map(read);
      else for (const name of names) yield read(name);
    }
  }

  readTenant(name: string): Tenant {
    const layers = this.#layers(`tenants/${name}`);
    for (const profile of layers.everywhere.keys()) this.#seenProfiles.add(profile);
    for (const [environment, layer] of layers.environments) {
      const strategies = this.#seenEnvironments.get(environment) ?? new Set();
      this.#seenEnvironments.set(
        environment,
        strategies.add(strategyFor(this.#settings, { tenant: name, environment })),
      );
      for (const profile of layer.keys()) this.#seenProfiles.add(profile);
    }
    if (layers.environments.size === 0) {
      this.#problem('tenant-empty', `the tenant "${name}" has no environment`, {
        hint: { text: `make a folder for each: mkdir -p tenants/${name}/dev && touch tenants/${name}/dev/.gitkeep` },
        source: { file: `tenants/${name}` },
      });
    }
    this.#problems.push(...accountRegionProblems(this.#settings, name, layers.environments.keys()));
    this.#warnOfExcluded(name, layers);
    return { name, everywhere: layers.everywhere, environments: layers.environments };
  }

  takeProblems(): readonly Problem[] {
    const problems = this.#problems;
    this.#problems = [];
    return problems;
  }

  finish(): void {
    for (const [environment, layer] of this.template.environments) {
      for (const profile of layer.keys()) this.#seenProfiles.add(profile);
      if (this.#seenEnvironments.has(environment) || !this.#readsAll) continue;
      const near = nearest(environment, [...this.#seenEnvironments.keys()]);
      this.#warning('environment-unused', `no tenant has the environment "${environment}" of the template`, {
        hint:
          near === undefined
            ? { text: 'delete the folder, or give a tenant that environment' }
            : { text: `is "${near}" meant?` },
        source: { file: `template/${environment}` },
      });
    }
    this.#problems.push(...productionWarnings(this.#settings, this.#seenEnvironments));
    for (const profile of this.template.everywhere.keys()) this.#seenProfiles.add(profile);
    if (selectsAll(this.#selection)) {
      this.#problems.push(...unusedSettings(this.#settings, { tenants: this.#tenants, profiles: this.#seenProfiles }));
    }
    this.#checkSelected('--env', this.#selection.environments, new Set(this.#seenEnvironments.keys()));
    this.#checkSelected('--config-profile', this.#selection.configurationProfiles, this.#seenProfiles);
  }

  /** Whether every tenant is read: only then can be said what none of them has. */
  get #readsAll(): boolean {
    return this.#selection.tenants.length + this.#selection.labels.length === 0;
  }

  #tenantFolders(): readonly string[] {
    if (!this.#hasFolder('tenants')) {
      this.#problem('tree-not-found', `there is no folder "tenants" in ${this.#root}`, {
        hint: { text: 'run appcfg in the folder that holds template/ and tenants/, or name it: appcfg -C <folder>' },
      });
      return [];
    }
    const { folders, files } = this.#list('tenants');
    for (const file of files) this.#ignored(`tenants/${file}`, 'a tenant is a folder');
    return folders;
  }

  /** AppConfig compares names exactly; people and file systems do not. */
  #checkApplicationNames(names: readonly string[]): void {
    const seen = new Map<string, string>();
    for (const name of names) {
      const folded = applicationNameOf(this.#settings.applicationName, name).normalize('NFC').toLowerCase();
      const other = seen.get(folded);
      if (other !== undefined) {
        this.#problem('name-collision', `the tenants "${other}" and "${name}" differ only in case or Unicode form`, {
          hint: { text: 'rename one of them: their applications could not be told apart' },
          source: { file: `tenants/${name}` },
        });
      }
      seen.set(folded, name);
    }
  }

  #layers(path: string): Layers {
    const { files, folders } = this.#list(path);
    const everywhere = this.#layer(path, files);
    const environments = new Map<string, Layer>();
    for (const name of folders) {
      if (!this.#checkName(name, 'environment', `${path}/${name}`)) continue;
      if (!this.#checkEnvironment(name, `${path}/${name}`)) continue;
      const inside = this.#list(`${path}/${name}`);
      for (const folder of inside.folders) {
        this.#ignored(`${path}/${name}/${folder}`, 'an environment holds files, no folders');
      }
      environments.set(name, this.#layer(`${path}/${name}`, inside.files));
    }
    return { everywhere, environments };
  }

  /** The closed list of environments, where the settings give one. */
  #checkEnvironment(name: string, source: string): boolean {
    const known = this.#settings.environments;
    if (known === undefined || known.has(name)) return true;
    const key = `${source.split('/').slice(0, -1).join('/')} ${name}`;
    if (!this.#unknownEnvironments.has(key)) {
      this.#unknownEnvironments.add(key);
      const near = nearest(name, [...known.keys()]);
      this.#problem('environment-unknown', `"${name}" is not one of the environments in appcfg.yml`, {
        hint: {
          text: `${near === undefined ? '' : `is "${near}" meant? `}The list is: ${[...known.keys()].join(', ')}`,
        },
        source: { file: source },
      });
    }
    return false;
  }

  #layer(path: string, files: readonly string[]): Layer {
    const layer = new Map<string, SourceDocument>();
    for (const file of files) {
      const [, profile, extension] = configurationFile.exec(file) ?? [];
      const filePath = `${path}/${file}`;
      if (profile === undefined) {
        this.#ignored(filePath, 'configurations are .yml, .yaml or .json files');
        continue;
      }
      if (!this.#checkName(profile, 'profile', filePath)) continue;
      const twin = layer.get(profile);
      if (twin !== undefined) {
        this.#problem('file-duplicate', `"${twin.path.slice(path.length + 1)}" and "${file}" name one profile`, {
          hint: { text: 'keep one of them' },
          source: { file: filePath },
        });
        continue;
      }
      layer.set(profile, this.#document(filePath, extension === 'json' ? 'json' : 'yaml'));
    }
    return layer;
  }

  #document(path: string, format: 'yaml' | 'json'): SourceDocument {
    const text = this.#read(path);
    if (text === undefined) return new SourceDocument(path, '', undefined);
    const parsed = this.#cache.parsed(text, format, () => parseDocument(text, { path, format, redact: this.#redact }));
    this.#problems.push(...parsed.problems);
    return new SourceDocument(path, text, parsed);
  }

  #read(path: string): string | undefined {
    let bytes: Buffer;
    try {
      // A replaced character is looked into below.
      const text = this.#files.text(path);
      if (!text.includes('\ufffd')) return text.startsWith('\ufeff') ? text.slice(1) : text;
      bytes = this.#files.bytes(path);
    } catch (error) {
      this.#unreadable(path, error);
      return undefined;
    }
    try {
      return utf8.decode(bytes);
    } catch {
      const valid = bytes.toString('utf8');
      const line = valid.slice(0, valid.indexOf('\ufffd')).split('\n').length;
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
    let entries: readonly Entry[];
    try {
      entries = this.#files.list(path);
    } catch (error) {
      this.#unreadable(path, error);
      return { files, folders };
    }
    for (const entry of entries) {
      const entryPath = `${path}/${entry.name}`;
      const kind = entry.isSymbolicLink() ? this.#linkKind(entryPath) : entry;
      if (kind === undefined) continue;
      if (kind.isDirectory()) folders.push(entry.name);
      else if (kind.isFile()) files.push(entry.name);
      else this.#ignored(entryPath, 'it is neither a file nor a folder');
    }
    return { files, folders };
  }

  #linkKind(path: string) {
    const followed = followLink(this.#root, path);
    if ('problem' in followed) {
      this.#problems.push(followed.problem);
      return undefined;
    }
    return followed.stat;
  }

  #hasFolder(path: string): boolean {
    const stat = lstatSync(`${this.#root}/${path}`, { throwIfNoEntry: false });
    if (stat === undefined) return false;
    const kind = stat.isSymbolicLink() ? this.#linkKind(path) : stat;
    if (kind === undefined || kind.isDirectory()) return kind !== undefined;
    this.#problem('tree-not-found', `"${path}" is not a folder`, {
      hint: { text: `${path}/ holds configurations: move the file away` },
      source: { file: path },
    });
    return false;
  }

  #checkName(name: string, kind: keyof typeof longestName, source: string): boolean {
    // Nearly every name is like this.
    if (/^[ -~]*$/.test(name) && name.length <= longestName[kind]) return true;
    const length = [...name].length;
    const controls = [...name].some((char) => char < ' ' || char === '\u007f');
    if (length <= longestName[kind] && !controls && name.isWellFormed() && !name.includes('\ufffd')) return true;
    this.#problem(
      'name-invalid',
      length > longestName[kind]
        ? `the ${kind} name "${name.slice(0, 40)}…" has ${length} characters, and AppConfig takes ${longestName[kind]}`
        : `the ${kind} name ${JSON.stringify(name)} holds characters that no name should`,
      { hint: { text: 'rename it' }, source: { file: source } },
    );
    return false;
  }

  /** Each glob has to match something: a typo must not select less in silence. */
  #checkSelected(flag: string, globs: readonly string[], names: ReadonlySet<string>): void {
    for (const glob of globs) {
      const plain = glob.replace(/^!/, '');
      if ([...names].some((name) => matchesAny(name, [plain]))) continue;
      const near = nearest(plain, [...names]);
      this.#problem('selection-empty', `${flag} "${glob}" matches nothing`, {
        hint:
          near === undefined
            ? { text: `there is: ${listNames([...names]) || 'nothing'}` }
            : { text: `is "${near}" meant?` },
      });
    }
  }

  /** Each selector has to name a label and a value that some tenant has. */
  #checkSelectors(names: readonly string[]): void {
    const labels = names.map((name) => labelsOf(this.#settings, name));
    for (const selector of this.#selection.labels) {
      const { key, value } = selector;
      const values = new Set(labels.map((each) => each.get(key)).filter((each) => each !== undefined));
      if ([...values].some((each) => matchesAny(each, [value]))) continue;
      const keys = [...new Set(labels.flatMap((each) => [...each.keys()]))];
      const hint =
        values.size > 0
          ? `"${key}" is: ${listNames([...values])}`
          : `${keys.length === 0 ? 'no tenant has labels' : `there is: ${listNames(keys)}`}; they are given under tenants in appcfg.yml`;
      this.#problem('selection-empty', `--selector "${formatLabelSelector(selector)}" matches no label of a tenant`, {
        hint: { text: hint },
      });
    }
  }

  /** A file that no configuration is made from. */
  #warnOfExcluded(tenant: string, { everywhere, environments }: Layers): void {
    if (this.#settings.tenants.length === 0) return;
    for (const layer of [everywhere, ...environments.values()]) {
      for (const [profile, { path }] of layer) {
        if (!isExcluded(this.#settings, tenant, profile)) continue;
        this.#warning('file-ignored', `ignored: the settings leave the profile "${profile}" out for this tenant`, {
          hint: { text: 'delete the file, or change excludeProfiles in appcfg.yml' },
          source: { file: path },
        });
      }
    }
  }

  #ignored(path: string, why: string): void {
    this.#warning('file-ignored', `ignored: ${why}`, {
      hint: { text: 'move it away, or begin its name with _ to say that it is not part of the tree' },
      source: { file: path },
    });
  }

  #unreadable(path: string, error: unknown): void {
    this.#problems.push(unreadable(path, error));
  }

  #problem(
    code: ProblemCode,
    message: string,
    details: { readonly hint: Hint; readonly source?: SourcePosition },
  ): void {
    this.#problems.push({ code, severity: 'error', message, ...details });
  }

  #warning(
    code: ProblemCode,
    message: string,
    details: { readonly hint: Hint; readonly source?: SourcePosition },
  ): void {
    this.#problems.push({ code, severity: 'warning', message, ...details });
  }
}

/** Takes a byte order mark away. */
const utf8 = new TextDecoder('utf-8', { fatal: true });
