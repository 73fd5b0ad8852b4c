// The files of the tree, parsed: the layers that a configuration is merged from.
import { locateValues, type ParsedDocument } from '../document/parse-yaml.ts';
import type { Address } from '../model/address.ts';
import type { LineAndColumn } from '../model/source-position.ts';
import type { Value } from '../model/value.ts';

/** One configuration file. */
export class SourceDocument {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  /** Undefined: the file overrides nothing, or is unreadable. */
  readonly value: Value | undefined;
  /** The file has an error, which is reported. What it is a layer of cannot be rendered. */
  readonly unreadable: boolean;
  readonly #text: string;
  #positions: ReadonlyMap<string, LineAndColumn> | undefined;

  /** @param parsed undefined: the file could not be read from the disk. */
  constructor(path: string, text: string, parsed: ParsedDocument | undefined) {
    this.path = path;
    this.#text = text;
    this.value = parsed?.value;
    this.unreadable = parsed === undefined || parsed.problems.some((problem) => problem.severity === 'error');
  }

  /** The position of each value by JSON Pointer. Worked out on the first call: most files have no problem to report. */
  positions(): ReadonlyMap<string, LineAndColumn> {
    this.#positions ??= locateValues(this.#text);
    return this.#positions;
  }
}

/** The files of one folder by profile name. */
export type Layer = ReadonlyMap<string, SourceDocument>;

/** The template, or one tenant. */
export interface Layers {
  /** For all environments. */
  readonly everywhere: Layer;
  readonly environments: ReadonlyMap<string, Layer>;
}

export interface Tenant extends Layers {
  readonly name: string;
}

type ProfileOf = Pick<Address, 'environment' | 'configurationProfile'>;

/** The layers of a template, or of a tenant, that apply to an environment, least specific first. */
function layersIn({ everywhere, environments }: Layers, environment: string): readonly Layer[] {
  return [everywhere, environments.get(environment)].filter((layer) => layer !== undefined);
}

/** All layers of an environment of a tenant, least specific first: those of the template, then the tenant's. */
export function layersOf(template: Layers, tenant: Layers, environment: string): readonly Layer[] {
  return [...layersIn(template, environment), ...layersIn(tenant, environment)];
}

/** The template's files of a profile that apply to an environment, least specific first. */
export function templateDocuments(
  template: Layers,
  { environment, configurationProfile }: ProfileOf,
): SourceDocument[] {
  return documentsOf(layersIn(template, environment), configurationProfile);
}

/** The files that an address is merged from, least specific first. */
export function documentsFor(template: Layers, tenant: Layers, address: ProfileOf): readonly SourceDocument[] {
  return documentsOf(layersOf(template, tenant, address.environment), address.configurationProfile);
}

function documentsOf(layers: readonly Layer[], configurationProfile: string): SourceDocument[] {
  return layers.map((layer) => layer.get(configurationProfile)).filter((document) => document !== undefined);
}
