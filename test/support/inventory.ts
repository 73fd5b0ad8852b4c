// All that a local AppConfig holds, read from its state and not through any client.
import type { Emulator } from '../../src/emulator/host/emulator.ts';

export interface Inventory {
  readonly applications: readonly HeldApplication[];
  readonly strategies: readonly HeldStrategy[];
}

export interface HeldStrategy {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly timing: unknown;
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
  /** Made by an experiment run. */
  readonly managed?: boolean;
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
  // The snapshot is plain data; this is the part of it that tests look at.
  const { accountRegions } = emulator.snapshot() as { readonly accountRegions: readonly Inventory[] };
  return {
    applications: accountRegions.flatMap(({ applications }) => applications),
    strategies: accountRegions.flatMap(({ strategies }) => strategies),
  };
}

/** What two runs have to have in common to have come to the same end: everything but numbers, ids, moments and order. */
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
    strategies: strategies.map(({ name, tags, timing }) => ({ name, tags, timing })).sort(byName),
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
