// What is on disk, parsed: the layers of the template and of one tenant.
import type { Value } from '../model/value.ts';

/** One file of the tree. */
export interface SourceDocument {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  /** For places: they are looked up only where something has to be said about one. */
  readonly text: string;
  /** Undefined: the file overrides nothing, or is unreadable. */
  readonly value: Value | undefined;
  /** It could not be read, and there is a problem that says so. Nothing can be told of what it is a layer of. */
  readonly unreadable: boolean;
}

/** One folder's files by profile name. */
export type Layer = ReadonlyMap<string, SourceDocument>;

/** The template, or one tenant: what holds everywhere, and by environment. */
export interface Layers {
  readonly everywhere: Layer;
  readonly environments: ReadonlyMap<string, Layer>;
}

export interface Tenant extends Layers {
  readonly name: string;
}

/** Checks a rendered value against a JSON Schema. */
export type SchemaCheck = (value: Value) => readonly { readonly pointer: string; readonly message: string }[];

/** The layers that make an address, weakest first; those without a file are left out. */
export function layersOf(
  template: Layers,
  tenant: Layers,
  about: { readonly environment: string; readonly configurationProfile: string },
): readonly SourceDocument[] {
  const { environment, configurationProfile } = about;
  return [
    template.everywhere.get(configurationProfile),
    template.environments.get(environment)?.get(configurationProfile),
    tenant.everywhere.get(configurationProfile),
    tenant.environments.get(environment)?.get(configurationProfile),
  ].filter((document) => document !== undefined);
}
