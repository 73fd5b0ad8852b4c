// What a run knows of AppConfig while it changes it: ids by name, and each lane's newest deployment.
import type { LiveState } from '../core/live.ts';

/** One environment's queue of deployments. */
export interface Lane {
  /** Number of the newest deployment that this run knows of: the optimistic lock of the next start. */
  latest: number | undefined;
  /** A deployment that may still be running, and that this run did not start. */
  busyWith: number | undefined;
}

export class Resources {
  readonly #applications = new Map<string, string>();
  readonly #environments = new Map<string, string>();
  readonly #profiles = new Map<string, string>();
  readonly #strategies = new Map<string, string>();
  readonly #lanes = new Map<string, Lane>();
  /** Version numbers for labels that AppConfig did not keep (a feature-flag document equal to the newest version). */
  readonly #versions = new Map<string, number>();

  constructor(live: LiveState) {
    for (const [name, { application }] of live.applications) {
      this.#applications.set(name, application.id);
      for (const environment of application.environments.values()) {
        this.#environments.set(`${name}/${environment.name}`, environment.id);
        this.#lanes.set(`${name}/${environment.name}`, {
          latest: environment.latestDeploymentNumber,
          busyWith: environment.inFlight?.number,
        });
      }
      for (const profile of application.configurationProfiles.values()) {
        this.#profiles.set(`${name}/${profile.name}`, profile.id);
      }
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

  /** Id of an own strategy; predefined strategies and ids stand for themselves. */
  strategy(name: string): string {
    return this.#strategies.get(name) ?? name;
  }

  lane(application: string, environment: string): Lane {
    const key = `${application}/${environment}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { latest: undefined, busyWith: undefined };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  versionFor(profileId: string, label: string): string {
    return this.#versions.get(`${profileId} ${label}`)?.toString() ?? label;
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
