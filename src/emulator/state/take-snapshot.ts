// The state as plain values, to be kept as JSON.
import type { EarlierTime } from '../model/service-clock.ts';
import type { Application, Deployment, HostedVersion, Place, Store } from '../model/store.ts';
import type { ApplicationSnapshot, DeploymentSnapshot, Snapshot, VersionSnapshot } from './restore.ts';

const versionSnapshots = new WeakMap<HostedVersion, VersionSnapshot>();

/** Puts the state into plain values. @param about the clocks' times, and where callers are that do not tell it */
export function takeSnapshot(
  store: Store,
  about: EarlierTime & { readonly account: string; readonly region: string },
): Snapshot {
  return {
    format: 1,
    ...about,
    created: store.created,
    tokenKey: store.tokenKey,
    places: [...store.places.values()].map(placeSnapshot),
  };
}

function placeSnapshot({ applications, strategies, extensions, associations, ...place }: Place) {
  return {
    ...place,
    applications: [...applications.values()].map(applicationSnapshot),
    strategies: [...strategies.values()],
    extensions: [...extensions.values()],
    associations: [...associations.values()],
  };
}

function applicationSnapshot(application: Application): ApplicationSnapshot {
  return {
    ...application,
    environments: [...application.environments.values()].map((environment) => ({
      ...environment,
      monitors: [...environment.monitors],
      deployments: [...environment.deployments.values()].map((each) => deploymentSnapshot(application, each)),
    })),
    profiles: [...application.profiles.values()].map(({ labels: _derived, ...profile }) => ({
      ...profile,
      validators: [...profile.validators],
      versions: [...profile.versions.values()].map(versionSnapshot),
    })),
  };
}

/** What it serves is told only where it is not a stored version any more. */
function deploymentSnapshot(application: Application, { served, ...deployment }: Deployment): DeploymentSnapshot {
  const stored = application.profiles.get(deployment.profileId)?.versions.get(Number(deployment.version));
  const servesStored = served !== undefined && served === stored;
  return served === undefined || servesStored
    ? { ...deployment, servesStored }
    : { ...deployment, servesStored, served: versionSnapshot(served) };
}

/** The same one whenever it is asked for, so that its text is made once; its content is told only to who asks. */
function versionSnapshot(version: HostedVersion): VersionSnapshot {
  const known = versionSnapshots.get(version);
  if (known !== undefined) return known;
  const snapshot: VersionSnapshot = {
    ...version,
    get content() {
      return version.content.toString('base64');
    },
  };
  versionSnapshots.set(version, snapshot);
  return snapshot;
}
