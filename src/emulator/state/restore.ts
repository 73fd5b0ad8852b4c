// Rebuilds the state from a snapshot. Loading zod takes time, so this file is imported only when there is one.
import type { Application, Deployment, Environment, HostedVersion, Profile } from '../model/resources.ts';
import type { EarlierTime } from '../model/service-clock.ts';
import { Store } from '../model/store.ts';
import { type ApplicationSnapshot, type DeploymentSnapshot, snapshotSchema, type VersionSnapshot } from './snapshot.ts';

/** The state of an earlier emulator. */
export interface RestoredState extends EarlierTime {
  readonly store: Store;
  /** The default account and Region of the earlier emulator. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** Rebuilds the state from a parsed snapshot. @throws Error if it is not a valid snapshot */
export function restore(value: unknown): RestoredState {
  const snapshot = snapshotSchema.parse(value);
  const store = new Store(snapshot.tokenKey);
  store.created = snapshot.created;
  for (const saved of snapshot.accountRegions) {
    const target = store.accountRegion(saved.account, saved.region);
    Object.assign(target.settings, saved.settings);
    for (const strategy of saved.strategies) target.strategies.set(strategy.id, strategy);
    for (const extension of saved.extensions) target.extensions.set(extension.id, extension);
    for (const association of saved.associations) target.associations.set(association.id, association);
    for (const application of saved.applications) {
      target.applications.set(application.id, restoreApplication(application));
    }
  }
  const { time, savedAt, account, region } = snapshot;
  return { store, time, savedAt, account, region };
}

function restoreApplication(saved: ApplicationSnapshot): Application {
  const profiles = new Map(saved.profiles.map((profile): [string, Profile] => [profile.id, restoreProfile(profile)]));
  const environments = saved.environments.map((environment): [string, Environment] => {
    const deployments = environment.deployments.map((deployment): [number, Deployment] => {
      return [deployment.number, restoreDeployment(profiles, deployment)];
    });
    return [environment.id, { ...environment, deployments: new Map(deployments) }];
  });
  const experiments = new Map((saved.experiments ?? []).map((definition) => [definition.id, definition]));
  return { ...saved, environments: new Map(environments), profiles, experiments };
}

function restoreDeployment(
  profiles: ReadonlyMap<string, Profile>,
  { servesStored, ...saved }: DeploymentSnapshot,
): Deployment {
  if (saved.served !== undefined) return { ...saved, served: withBytes(saved.served) };
  const stored = profiles.get(saved.profileId)?.versions.get(Number(saved.version));
  return { ...saved, served: servesStored ? stored : undefined };
}

function restoreProfile(profile: ApplicationSnapshot['profiles'][number]): Profile {
  const versions = profile.versions.map(withBytes);
  const labels = versions.flatMap(({ label, number }): [string, number][] =>
    label === undefined ? [] : [[label, number]],
  );
  return { ...profile, versions: new Map(versions.map((each) => [each.number, each])), labels: new Map(labels) };
}

function withBytes(version: VersionSnapshot): HostedVersion {
  return { ...version, content: Buffer.from(version.content, 'base64') };
}
