// What a run knows of AppConfig while it changes it: ids by name, and each lane's newest deployment.
import type { Inventory } from '../../core/live/inventory.ts';
import type { LiveState } from '../../core/live/live-state.ts';
import { managedStrategy } from '../../core/live/ownership.ts';
import type { Connection } from '../client/connection.ts';

/** An account and Region that a plan is applied in. */
export interface Reach {
  readonly connection: Connection;
  /** What the planner has read there; absent: apply reads the ids that the plan needs. */
  readonly resources?: Resources;
}

/** One environment's queue of deployments. */
export interface Lane {
  /** Number of the newest deployment that this run knows of: the optimistic lock of the next start. */
  latest: number | undefined;
  /** A deployment that may still be running. */
  busyWith: number | undefined;
  /** Deployments of what this run wants: they are waited for, and never stopped to make room. */
  readonly wanted: Set<number>;
  /** A deployment that this run has stopped in favour of what it starts; the starts that follow say so. */
  superseded: number | undefined;
  /**
   * By profile id: deployments after this number were started by others and seen in passing, at the start of another
   * profile. They are to be judged before this one's.
   */
  readonly unjudged: Map<string, number>;
  /** Ids of profiles whose running deployment came to nothing under this run's eyes: what they had before is back. */
  readonly undone: Set<string>;
}

export class Resources {
  readonly #applications = new Map<string, string>();
  readonly #environments = new Map<string, string>();
  readonly #profiles = new Map<string, string>();
  readonly #strategies = new Map<string, string>();
  readonly #lanes = new Map<string, Lane>();
  /**
   * What a deployment names the version of a label by: the label, or the number where AppConfig did not keep it (a
   * feature-flag document equal to the newest version).
   */
  readonly #versions = new Map<string, string>();

  /** @throws MissingResource */
  application(name: string): string {
    return present(this.#applications.get(name), 'application', name);
  }

  environment(application: string, name: string): string {
    return present(this.#environments.get(`${application}/${name}`), 'environment', `${application}/${name}`);
  }

  profile(application: string, name: string): string {
    return present(this.#profiles.get(`${application}/${name}`), 'configuration profile', `${application}/${name}`);
  }

  /** Id of a managed strategy. @throws MissingResource */
  managedStrategy(name: string): string {
    return present(this.#strategies.get(name), 'deployment strategy', name);
  }

  lane(application: string, environment: string): Lane {
    const key = `${application}/${environment}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = {
        latest: undefined,
        busyWith: undefined,
        wanted: new Set(),
        superseded: undefined,
        unjudged: new Map(),
        undone: new Set(),
      };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  versionFor(profileId: string, label: string): string {
    return this.#versions.get(`${profileId} ${label}`) ?? label;
  }

  /** Whether it is sure that there is a version to deploy by that label. */
  knowsVersion(profileId: string, label: string): boolean {
    return this.#versions.has(`${profileId} ${label}`);
  }

  learnLane(application: string, environment: string, lane: Pick<Lane, 'latest' | 'busyWith'>): void {
    Object.assign(this.lane(application, environment), lane);
  }

  learnApplication(name: string, id: string): void {
    this.#applications.set(name, id);
  }

  learnEnvironment(application: string, name: string, id: string): void {
    this.#environments.set(`${application}/${name}`, id);
  }

  learnProfile(application: string, name: string, id: string): void {
    this.#profiles.set(`${application}/${name}`, id);
  }

  learnStrategy(name: string, id: string): void {
    this.#strategies.set(name, id);
  }

  /** @param version the label itself, or a number. */
  learnVersion(profileId: string, label: string, version: string): void {
    this.#versions.set(`${profileId} ${label}`, version);
  }
}

/** What a sync has read. */
export function resourcesOf(live: LiveState, project: string): Resources {
  const resources = new Resources();
  for (const [name, { application }] of live.applications) {
    resources.learnApplication(name, application.id);
    for (const environment of application.environments.values()) {
      resources.learnEnvironment(name, environment.name, environment.id);
      resources.learnLane(name, environment.name, {
        latest: environment.latestDeploymentNumber,
        busyWith: environment.inFlight?.number,
      });
    }
    for (const profile of application.configurationProfiles.values()) {
      resources.learnProfile(name, profile.name, profile.id);
    }
  }
  const strategies = live.deploymentStrategies ?? [];
  for (const { name } of strategies) {
    const ours = managedStrategy(strategies, name, project);
    if (ours !== undefined) resources.learnStrategy(name, ours.id);
  }
  return resources;
}

/** What a cleanup has read. */
export function resourcesOfInventory(inventory: Inventory): Resources {
  const resources = new Resources();
  for (const application of inventory.applications) {
    resources.learnApplication(application.name, application.id);
    for (const { name, id } of application.environments) resources.learnEnvironment(application.name, name, id);
    for (const { name, id } of application.configurationProfiles) resources.learnProfile(application.name, name, id);
  }
  return resources;
}

/** Something that a step needs is not in AppConfig, and no step of this plan makes it. */
export class MissingResource extends Error {
  readonly what: string;

  constructor(what: string) {
    super(`${what} is not in AppConfig`);
    this.name = 'MissingResource';
    this.what = what;
  }
}

function present(id: string | undefined, kind: string, name: string): string {
  if (id === undefined) throw new MissingResource(`the ${kind} "${name}"`);
  return id;
}
