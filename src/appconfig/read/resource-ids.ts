// What a run knows of AppConfig while it changes it: ids by name, and the newest deployment of each lane.
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

/** The deployments of one environment. */
export interface Lane {
  /** Number of the newest deployment that the run knows of: the optimistic lock of the next start. */
  latest: number | undefined;
  /** Number of a deployment that may be in flight. */
  busyWith: number | undefined;
  /** Deployments of desired content: the run waits for them, and never stops them. */
  readonly desiredDeployments: Set<number>;
  /** A deployment that the run has stopped to start its own; the descriptions of the next starts report it. */
  superseded: number | undefined;
  /**
   * By profile id: deployments after this number were started by other runs, and found at the start of another profile.
   * They are assessed before the next start of this profile.
   */
  readonly unassessed: Map<string, number>;
  /** Ids of profiles whose deployment ended without success during the run: their old content is live again. */
  readonly restoredProfiles: Set<string>;
}

export class Resources {
  readonly #applications = new Map<string, string>();
  readonly #environments = new Map<string, string>();
  readonly #profiles = new Map<string, string>();
  readonly #strategies = new Map<string, string>();
  readonly #lanes = new Map<string, Lane>();
  /**
   * By which version a label is deployed: by the label itself, or by a number where AppConfig did not keep the label, as for
   * feature flags that are equal to the newest version.
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
        desiredDeployments: new Set(),
        superseded: undefined,
        unassessed: new Map(),
        restoredProfiles: new Set(),
      };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  versionFor(profileId: string, label: string): string {
    return this.#versions.get(`${profileId} ${label}`) ?? label;
  }

  /** Whether the run has seen a version for the label. */
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

/** The ids that a sync has read. */
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
    const own = managedStrategy(strategies, name, project);
    if (own !== undefined) resources.learnStrategy(name, own.id);
  }
  return resources;
}

/** The ids that a cleanup has read. */
export function resourcesOfInventory(inventory: Inventory): Resources {
  const resources = new Resources();
  for (const application of inventory.applications) {
    resources.learnApplication(application.name, application.id);
    for (const { name, id } of application.environments) resources.learnEnvironment(application.name, name, id);
    for (const { name, id } of application.configurationProfiles) resources.learnProfile(application.name, name, id);
  }
  return resources;
}

/** A resource that a step needs is not in AppConfig, and no step of the plan creates it. */
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
