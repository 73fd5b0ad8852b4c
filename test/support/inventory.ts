// All that an emulator contains, read from its snapshot and not through a client.
import type { Emulator } from '../../src/emulator/emulator.ts';

export interface Inventory {
  readonly applications: readonly HeldApplication[];
  readonly strategies: readonly HeldStrategy[];
}

export interface HeldStrategy {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly course: unknown;
}

export interface HeldApplication {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly tags: Tags;
  readonly environments: readonly HeldEnvironment[];
  readonly profiles: readonly HeldProfile[];
}

export interface HeldEnvironment {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly monitors: readonly unknown[];
  readonly deployments: readonly HeldDeployment[];
}

export interface HeldDeployment {
  readonly number: number;
  readonly profileId: string;
  readonly profileName: string;
  readonly version: string;
  readonly label?: string;
  readonly description?: string;
  readonly startedAt: number;
  readonly ending?: { readonly kind: string };
}

export interface HeldProfile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly tags: Tags;
  readonly versions: readonly { readonly number: number; readonly label?: string; readonly content: string }[];
}

type Tags = Readonly<Record<string, string>>;

export function inventoryOf(emulator: Emulator): Inventory {
  // The snapshot is plain data; this is the part of it that tests use.
  const { places } = emulator.snapshot() as { readonly places: readonly Inventory[] };
  return {
    applications: places.flatMap(({ applications }) => applications),
    strategies: places.flatMap(({ strategies }) => strategies),
  };
}

/** What two runs with the same result have in common: everything except numbers, ids, times and order. */
export function endOf(emulator: Emulator) {
  const { applications, strategies } = inventoryOf(emulator);
  return {
    applications: applications
      .map(({ name, description, tags, environments, profiles }) => ({
        ...{ name, description, tags },
        environments: environments
          .map((environment) => ({
            ...{ name: environment.name, tags: environment.tags, monitors: environment.monitors },
            deployments: environment.deployments
              .map((d) => `${d.profileName} ${d.label ?? `v${d.version}`} ${d.ending?.kind ?? 'ran its course'}`)
              .sort(),
          }))
          .sort(byName),
        profiles: profiles
          .map((profile) => ({
            ...{ name: profile.name, type: profile.type, tags: profile.tags },
            versions: profile.versions.map(({ label, content }) => label ?? content).sort(),
          }))
          .sort(byName),
      }))
      .sort(byName),
    strategies: strategies.map(({ name, tags, course }) => ({ name, tags, course })).sort(byName),
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
