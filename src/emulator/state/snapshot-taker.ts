// The state as plain values, to be saved as JSON.
import type { AccountRegion, Application, Deployment, HostedVersion } from '../model/resources.ts';
import type { EarlierTime } from '../model/service-clock.ts';
import type { Store } from '../model/store.ts';
import type { ApplicationSnapshot, DeploymentSnapshot, Snapshot, VersionSnapshot } from './snapshot.ts';

/** Takes snapshots of one store. A version is the same object in all of them, so that its text can be kept. */
export class SnapshotTaker {
  readonly #versions = new WeakMap<HostedVersion, VersionSnapshot>();

  /** A snapshot of the state. @param context the time, and the account and Region of callers that name none */
  take(store: Store, context: EarlierTime & { readonly account: string; readonly region: string }): Snapshot {
    return {
      format: 1,
      ...context,
      created: store.created,
      tokenKey: store.tokenKey,
      accountRegions: [...store.accountRegions.values()].map((each) => this.#accountRegion(each)),
    };
  }

  #accountRegion({ applications, strategies, extensions, associations, ...rest }: AccountRegion) {
    return {
      ...rest,
      applications: [...applications.values()].map((application) => this.#application(application)),
      strategies: [...strategies.values()],
      extensions: [...extensions.values()],
      associations: [...associations.values()],
    };
  }

  #application(application: Application): ApplicationSnapshot {
    return {
      ...application,
      environments: [...application.environments.values()].map((environment) => ({
        ...environment,
        monitors: [...environment.monitors],
        deployments: [...environment.deployments.values()].map((each) => this.#deployment(application, each)),
      })),
      profiles: [...application.profiles.values()].map(({ labels: _derived, ...profile }) => ({
        ...profile,
        validators: [...profile.validators],
        versions: [...profile.versions.values()].map((version) => this.#version(version)),
      })),
      experiments: [...application.experiments.values()].map((each) => ({ ...each, treatments: [...each.treatments] })),
    };
  }

  /** The served version is included only if its profile no longer stores it. */
  #deployment(application: Application, { served, ...deployment }: Deployment): DeploymentSnapshot {
    const stored = application.profiles.get(deployment.profileId)?.versions.get(Number(deployment.version));
    const servesStored = served !== undefined && served === stored;
    return served === undefined || servesStored
      ? { ...deployment, servesStored }
      : { ...deployment, servesStored, served: this.#version(served) };
  }

  /** Encodes on access. */
  #version(version: HostedVersion): VersionSnapshot {
    const known = this.#versions.get(version);
    if (known !== undefined) return known;
    const snapshot: VersionSnapshot = {
      ...version,
      get content() {
        return version.content.toString('base64');
      },
    };
    this.#versions.set(version, snapshot);
    return snapshot;
  }
}
