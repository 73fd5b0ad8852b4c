// Which addresses a run is about: globs of tenants, environments and configuration profiles; `!` negates.

/** Empty lists select everything. */
export interface Selection {
  readonly tenants: readonly string[];
  readonly environments: readonly string[];
  readonly configurationProfiles: readonly string[];
}

export const everything: Selection = { tenants: [], environments: [], configurationProfiles: [] };
