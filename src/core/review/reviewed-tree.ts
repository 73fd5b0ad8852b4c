// A tree as a review needs it: its files besides what they are rendered to.
import { sortBy } from 'es-toolkit/array/sortBy';
import { normalizeFlags } from '../flags/normalize-flags.ts';
import { type Address, formatAddress } from '../model/address.ts';
import type { DesiredApplication, DesiredConfiguration } from '../model/desired-state.ts';
import { profileTypes } from '../model/resource.ts';
import type { Value } from '../model/value.ts';
import {
  documentsFor,
  documentsIn,
  type Layers,
  type SourceDocument,
  type Tenant,
  type TreeFiles,
} from '../render/layers.ts';
import { mergeLayer } from '../render/merge-layers.ts';
import { environmentRank } from '../settings/environment-order.ts';
import { type ProfileSettings, profileAsWritten, type Settings } from '../settings/settings.ts';

/** Kept while a tree is read. */
export class KeptFiles implements TreeFiles {
  template: Layers = { everywhere: new Map(), environments: new Map() };
  readonly tenants = new Map<string, Tenant>();

  /** The template comes first. */
  readonly add = (files: Layers | Tenant): void => {
    if ('name' in files) this.tenants.set(files.name, files);
    else this.template = files;
  };
}

export interface TreeInput extends TreeFiles {
  /** `redact` as the file has it. */
  readonly settings: Settings;
  readonly desired: readonly DesiredApplication[];
}

export class ReviewedTree {
  readonly settings: Settings;
  readonly template: Layers;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly desired: readonly DesiredApplication[];
  /** By the text of the address: by tenant in the order of the tree, then by environment in that of the settings. */
  readonly configurations: ReadonlyMap<string, DesiredConfiguration>;
  /** What the shared layers come to, by environment and profile. */
  readonly #shared = new Map<string, Value | undefined>();

  /** @param order the settings that order the environments */
  constructor({ settings, template, tenants, desired }: TreeInput, order: Pick<Settings, 'environments'> = settings) {
    this.settings = settings;
    this.template = template;
    this.tenants = tenants;
    const rank = environmentRank(order);
    this.desired = desired.map((application) => ({
      ...application,
      environments: sortBy(application.environments, [({ name }) => rank(name)]),
    }));
    this.configurations = new Map(
      this.desired.flatMap(({ environments }) =>
        environments.flatMap(({ configurations }) =>
          configurations.map((configuration) => [formatAddress(configuration.address), configuration] as const),
        ),
      ),
    );
  }

  profile(name: string): ProfileSettings {
    return profileAsWritten(this.settings, name);
  }

  /** The layers, merged, as a rendered value is compared. */
  merge(layers: readonly (Value | undefined)[], profile: string): Value | undefined {
    const settings = this.profile(profile);
    let merged: Value | undefined;
    for (const layer of layers) if (layer !== undefined) merged = mergeLayer(merged, layer, settings);
    return comparable(merged, settings);
  }

  /** What the shared layers come to. */
  shared(of: Pick<Address, 'environment' | 'configurationProfile'>): Value | undefined {
    const key = `${of.environment}/${of.configurationProfile}`;
    if (this.#shared.has(key)) return this.#shared.get(key);
    const values = documentsIn(this.template, of).map(({ value }) => value);
    const merged = this.merge(values, of.configurationProfile);
    this.#shared.set(key, merged);
    return merged;
  }

  /** The content of an address before its variables were replaced. */
  contentOf({ address, asWritten, value }: DesiredConfiguration): Value {
    return asWritten === undefined
      ? value
      : (comparable(asWritten, this.profile(address.configurationProfile)) ?? asWritten);
  }

  /** The files of an address, least specific first. */
  documents(address: Address): readonly SourceDocument[] {
    const tenant = this.tenants.get(address.tenant);
    return tenant === undefined ? [] : documentsFor(this.template, tenant, address);
  }
}

/** Flags are compared as AppConfig stores them. */
function comparable(value: Value | undefined, { type }: ProfileSettings): Value | undefined {
  return value !== undefined && profileTypes[type].document === 'feature flags' ? normalizeFlags(value) : value;
}

/** The settings as the file of the tree has them: without what only the settings base redacts. */
export function withOwnRedaction(settings: Settings): Settings {
  const ofBase = new Set(settings.redactOfBase);
  return { ...settings, redact: settings.redact.filter((pattern) => !ofBase.has(pattern)), redactOfBase: [] };
}
