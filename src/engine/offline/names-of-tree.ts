import { globOfName } from '../../core/model/globs.ts';
import { nameFault } from '../../core/problem/names.ts';
import { accountRegionsOf } from '../../core/settings/account-regions.ts';
import { idOfPart } from '../../core/settings/select-account-regions.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { DiskSource } from '../../tree/disk-source.ts';
import { readSettings } from '../../tree/read-settings.ts';
import { foldersIn } from '../../tree/targets.ts';
import type { TreeSource } from '../../tree/tree-source.ts';

/** Tenants whose folders are read for the names of environments and profiles: most tenants have the same. */
const mostRead = 100;

/** The names in a tree, for shell completion: from folders and, only where they are asked for, its settings. What cannot be read has no names. */
export class NamesOfTree {
  readonly #source: TreeSource;

  constructor(directory: string) {
    this.#source = new DiskSource(directory);
  }

  get tenants(): readonly string[] {
    return this.#folders('tenants');
  }

  /** @param tenant undefined: of the whole tree */
  environments(tenant?: string): readonly string[] {
    const folders = tenant === undefined ? ['template', ...this.#someTenants()] : [`tenants/${tenant}`];
    return distinct(folders.flatMap((folder) => this.#folders(folder)));
  }

  /** @param at undefined: of the whole tree */
  profiles(at?: { readonly tenant: string; readonly environment: string }): readonly string[] {
    const wide = ['template', ...(at === undefined ? this.#someTenants() : [`tenants/${at.tenant}`])];
    const environments = at === undefined ? this.environments() : [at.environment];
    const narrow = wide.flatMap((folder) => environments.map((environment) => `${folder}/${environment}`));
    return distinct([...wide, ...narrow].flatMap((folder) => this.#profilesIn(folder)));
  }

  async waves(): Promise<readonly string[]> {
    const { waves = [] } = await this.#settings();
    return waves.map(({ name }) => name).filter(isOffered);
  }

  /** `tier=gold`: of the labels that the settings give to tenants. */
  async labels(): Promise<readonly string[]> {
    const { tenants } = await this.#settings();
    const pairs = tenants.flatMap(({ labels }) => [...labels]);
    return distinct(pairs.filter((pair) => pair.every(isOffered)).map(([key, value]) => `${key}=${value}`));
  }

  /** As output calls them. @param region the run's own, where the settings have none */
  async accountRegions(region: string | undefined): Promise<readonly string[]> {
    const settings = await this.#settings();
    const desired = this.tenants.slice(0, mostRead).map((tenant) => ({
      ...{ tenant, name: tenant },
      environments: this.environments(tenant).map((name) => ({ name, configurations: [] })),
    }));
    const own = region ?? settings.aws.region;
    const parts = accountRegionsOf(desired, settings, { region: own, everywhere: true });
    const known = parts.filter((part) => part.region !== undefined);
    return distinct(known.map((part) => idOfPart(part, { settings, ownAccount: undefined })));
  }

  async #settings(): Promise<Settings> {
    return (await readSettings(this.#source)).settings;
  }

  #someTenants(): readonly string[] {
    return this.tenants.slice(0, mostRead).map((tenant) => `tenants/${tenant}`);
  }

  #folders(path: string): readonly string[] {
    return foldersIn(this.#source, path).filter(isOffered);
  }

  #profilesIn(folder: string): readonly string[] {
    try {
      const files = this.#source.list(folder).filter(({ kind }) => kind === 'file');
      return files.flatMap(({ name }) => /^(.+)\.(?:ya?ml|json)$/s.exec(name)?.[1] ?? []).filter(isOffered);
    } catch {
      return [];
    }
  }
}

/** A name that a line of a shell can have, and that means itself there and as a glob. */
function isOffered(name: string): boolean {
  return nameFault(name) === undefined && globOfName(name) === name && !/^[-!~=]/.test(name);
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
