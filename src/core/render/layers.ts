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

/** What applies to an environment, least specific first: a row for each layer of a template or a tenant. */
export function layersIn({ everywhere, environments }: Layers, environment: string): readonly Layer[] {
  return [everywhere, environments.get(environment)].filter((layer) => layer !== undefined);
}

/** The files of a profile in a template or a tenant that apply to an environment, least specific first. */
export function documentsIn(layers: Layers, { environment, configurationProfile }: ProfileOf): SourceDocument[] {
  return layersIn(layers, environment)
    .map((layer) => layer.get(configurationProfile))
    .filter((document) => document !== undefined);
}

/** The files that an address is merged from, least specific first. */
export function layersOf(template: Layers, tenant: Layers, address: ProfileOf): readonly SourceDocument[] {
  return [...documentsIn(template, address), ...documentsIn(tenant, address)];
}
