// The files of the tree, parsed: the layers that a configuration is merged from.
import type { DocumentNotes } from '../document/document-notes.ts';
import { locateValues, type ParsedDocument } from '../document/parse-yaml.ts';
import type { Address } from '../model/address.ts';
import type { LineAndColumn } from '../model/source-position.ts';
import type { Value } from '../model/value.ts';

/** Characters of a text whose parsing and merging may take so long that the run would not notice a signal meanwhile. */
export const largeText = 200_000;

/** One configuration file. */
export class SourceDocument {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  /** Undefined: the file overrides nothing, or is unreadable. */
  readonly value: Value | undefined;
  /** The file has an error, which is reported. What it is a layer of cannot be rendered. */
  readonly unreadable: boolean;
  /** What the text shows and the value does not. */
  readonly notes: DocumentNotes | undefined;
  readonly #text: string;
  #positions: ReadonlyMap<string, LineAndColumn> | undefined;

  /** @param parsed undefined: the file could not be read from the disk. */
  constructor(path: string, text: string, parsed: ParsedDocument | undefined) {
    this.path = path;
    this.#text = text;
    this.value = parsed?.value;
    this.notes = parsed?.notes;
    this.unreadable = parsed === undefined || parsed.problems.some((problem) => problem.severity === 'error');
  }

  get isLarge(): boolean {
    return this.#text.length > largeText;
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

/** All layers of the template, or of a tenant. */
export function allLayers({ everywhere, environments }: Layers): readonly Layer[] {
  return [everywhere, ...environments.values()];
}

type ProfileOf = Pick<Address, 'environment' | 'configurationProfile'>;

/** The layers of a template, or of a tenant, that apply to an environment, least specific first. */
function layersIn({ everywhere, environments }: Layers, environment: string): readonly (Layer | undefined)[] {
  return [everywhere, environments.get(environment)];
}

/** The template's or a tenant's files of a profile that apply to an environment, least specific first. */
export function documentsIn(
  layers: Layers,
  { environment, configurationProfile }: ProfileOf,
): readonly SourceDocument[] {
  const documents: SourceDocument[] = [];
  for (const layer of layersIn(layers, environment)) {
    const document = layer?.get(configurationProfile);
    if (document !== undefined) documents.push(document);
  }
  return documents;
}

/** Whether a file of the template or the tenant is large. */
export function hasLargeDocuments(layers: Layers): boolean {
  for (const layer of allLayers(layers)) {
    for (const { isLarge } of layer.values()) if (isLarge) return true;
  }
  return false;
}

/** The files that an address is merged from, least specific first: those of the template, then the tenant's. */
export function documentsFor(template: Layers, tenant: Layers, of: ProfileOf): readonly SourceDocument[] {
  return [...documentsIn(template, of), ...documentsIn(tenant, of)];
}

/** The profiles of an environment of a tenant, in the order of the layers: the template's come first. */
export function profilesIn(template: Layers, tenant: Layers, environment: string): Set<string> {
  const profiles = new Set<string>();
  for (const layer of [...layersIn(template, environment), ...layersIn(tenant, environment)]) {
    for (const profile of layer?.keys() ?? []) profiles.add(profile);
  }
  return profiles;
}

/** The files of a tree. */
export interface TreeFiles {
  readonly template: Layers;
  /** By name. */
  readonly tenants: ReadonlyMap<string, Tenant>;
}
