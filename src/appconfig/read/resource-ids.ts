// What a run knows of AppConfig while it changes it: ids by name, and the newest deployment of each lane.
import type { LiveState, LiveStrategy } from '../../core/live/live-state.ts';
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
  /** Deployments of others that the run never stops: of experiment runs, and drift. */
  readonly kept: Set<number>;
  /** Number of the newest deployment that the planner has judged. */
  planned: number | undefined;
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

interface Named {
  readonly id: string;
  readonly name: string;
}

/** What was read of AppConfig. */
interface ReadResources {
  readonly applications: readonly (Named & {
    readonly environments: readonly Named[];
    readonly configurationProfiles: readonly Named[];
  })[];
  readonly strategies?: readonly LiveStrategy[] | undefined;
  /** Only its own strategies are used. */
  readonly project: string;
}

export class Resources {
  readonly #applications = new Map<string, string>();
  readonly #environments = new Map<string, string>();
  readonly #profiles = new Map<string, string>();
  readonly #strategies = new Map<string, string>();
  readonly #lanes = new Map<string, Lane>();
  /**
   * Numbers of versions by the label of their content. AppConfig may not have kept the label: feature flags that are equal
   * to the newest version get that version's number.
   */
  readonly #versions = new Map<string, number>();

  constructor({ applications, strategies = [], project }: ReadResources = { applications: [], project: '' }) {
    for (const { name: application, id, environments, configurationProfiles } of applications) {
      this.learnApplication(application, id);
      for (const { name, id } of environments) this.learnEnvironment(application, name, id);
      for (const { name, id } of configurationProfiles) this.learnProfile(application, name, id);
    }
    for (const { name } of strategies) {
      const own = managedStrategy(strategies, name, project);
      if (own !== undefined) this.learnStrategy(name, own.id);
    }
  }

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
        kept: new Set(),
        planned: undefined,
        superseded: undefined,
        unassessed: new Map(),
        restoredProfiles: new Set(),
      };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  /** Undefined where the run has seen no version for the label. */
  versionNumber(profileId: string, label: string): number | undefined {
    return this.#versions.get(`${profileId} ${label}`);
  }

  learnLane(application: string, environment: string, lane: Pick<Lane, 'latest' | 'busyWith'>): void {
    Object.assign(this.lane(application, environment), lane, { planned: lane.latest });
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

  learnVersion(profileId: string, label: string, versionNumber: number): void {
    this.#versions.set(`${profileId} ${label}`, versionNumber);
  }
}

/** What a sync has read. */
export function resourcesOf(live: LiveState, project: string): Resources {
  const applications = [...live.applications.values()].map(({ application }) => ({
    ...application,
    environments: [...application.environments.values()],
    configurationProfiles: [...application.configurationProfiles.values()],
  }));
  const resources = new Resources({ applications, strategies: live.deploymentStrategies, project });
  for (const { name, environments } of applications) {
    for (const environment of environments) {
      resources.learnLane(name, environment.name, {
        latest: environment.latestDeploymentNumber,
        busyWith: environment.inFlight?.number,
      });
      const { inFlight } = environment;
      if (inFlight?.type === 'MANAGED') resources.lane(name, environment.name).kept.add(inFlight.number);
    }
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
