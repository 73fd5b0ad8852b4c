// State that was kept as plain values. Apart from what makes them: checking costs a library, which is loaded only for this.
import { z } from 'zod';
import { type EarlierTime, latestTime } from '../model/service-clock.ts';
import {
  type Application,
  type Deployment,
  type Environment,
  type HostedVersion,
  type Profile,
  Store,
} from '../model/store.ts';
import { isObject } from '../wire/check-members.ts';

const text = z.string();
const tags = byName(text);
const count = z.number().int().nonnegative();

/** Like `z.record`, which leaves out what is called `__proto__`. */
function byName<T>(schema: z.ZodType<T>) {
  return z.custom<Record<string, T>>(
    (value) => isObject(value) && Object.values(value).every((each) => schema.safeParse(each).success),
  );
}

const courseSchema = z.object({
  durationMinutes: z.number(),
  growthType: z.enum(['LINEAR', 'EXPONENTIAL']),
  growthFactor: z.number().positive(),
  bakeMinutes: z.number(),
});

const versionSchema = z.object({
  number: count,
  contentType: text,
  description: text.optional(),
  label: text.optional(),
  kmsKey: text.optional(),
  content: text,
});

const deploymentSchema = z.object({
  number: count,
  profileId: text,
  profileName: text,
  profileType: text.optional(),
  locationUri: text,
  strategyId: text,
  version: text,
  label: text.optional(),
  description: text.optional(),
  kmsKey: text.optional(),
  tags,
  startedAt: z.number(),
  course: courseSchema,
  instant: z.boolean(),
  /** Whether it serves the version of its number that its profile has; states of before did so wherever there is one. */
  servesStored: z.boolean().default(true),
  served: versionSchema.optional(),
  ending: z
    .object({ kind: z.enum(['stopped', 'reverted', 'alarm']), at: z.number(), reason: text.optional() })
    .optional(),
});

const environmentSchema = z.object({
  order: count,
  id: text,
  name: text,
  description: text.optional(),
  tags,
  monitors: z.array(z.object({ AlarmArn: text, AlarmRoleArn: text })),
  alarm: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  createdAt: z.number().default(0),
  lastRead: z.number().optional(),
  lastDeployment: count,
  deployments: z.array(deploymentSchema),
});

const profileSchema = z.object({
  order: count,
  id: text,
  name: text,
  description: text.optional(),
  tags,
  type: text,
  locationUri: text,
  retrievalRoleArn: text.optional(),
  kmsKey: text.optional(),
  validators: z.array(z.object({ Type: text, Content: text })),
  createdAt: z.number().default(0),
  lastRead: z.number().optional(),
  lastVersion: count,
  versions: z.array(versionSchema),
});

const applicationSchema = z.object({
  order: count,
  id: text,
  name: text,
  description: text.optional(),
  tags,
  environments: z.array(environmentSchema),
  profiles: z.array(profileSchema),
});

const extensionSchema = z.object({
  order: count,
  id: text,
  name: text,
  lastVersion: count,
  versions: z
    .array(
      z.object({
        number: count,
        description: text.optional(),
        tags,
        actions: z.record(
          text,
          z.array(z.object({ Name: text, Description: text.optional(), Uri: text, RoleArn: text.optional() })),
        ),
        parameters: byName(
          z.object({ Description: text.optional(), Required: z.boolean(), Dynamic: z.boolean() }),
        ).optional(),
      }),
    )
    .min(1),
});

const associationSchema = z.object({
  order: count,
  id: text,
  extensionId: text,
  extensionVersion: count,
  resourceArn: text,
  tags,
  parameters: byName(text).optional(),
});

const placeSchema = z.object({
  account: text,
  region: text,
  applications: z.array(applicationSchema),
  strategies: z.array(
    z.object({
      order: count,
      id: text,
      name: text,
      description: text.optional(),
      tags,
      course: courseSchema,
      replicateTo: text,
    }),
  ),
  extensions: z.array(extensionSchema).default([]),
  associations: z.array(associationSchema).default([]),
  settings: z.object({
    deletionProtection: z.object({ enabled: z.boolean(), minutes: z.number() }),
    vendedMetrics: z.boolean().optional(),
  }),
});

const snapshotSchema = z.object({
  format: z.literal(1),
  time: z.number().min(0).max(latestTime),
  savedAt: z.number().min(0).max(latestTime).optional(),
  account: text.optional(),
  region: text.optional(),
  created: count,
  tokenKey: text.optional(),
  places: z.array(placeSchema),
});

/** The state as plain values. */
export type Snapshot = z.infer<typeof snapshotSchema>;

/** An application of it. */
export type ApplicationSnapshot = z.infer<typeof applicationSchema>;

/** A deployment in one of its environments. */
export type DeploymentSnapshot = z.infer<typeof deploymentSchema>;

/** A hosted version of it. */
export type VersionSnapshot = Readonly<z.infer<typeof versionSchema>>;

/** The state of an earlier embedded AppConfig. */
export interface Restored extends EarlierTime {
  readonly store: Store;
  /** The account and the Region of callers that did not tell theirs. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** The state that a snapshot tells. @throws Error if it is not a snapshot */
export function restore(value: unknown): Restored {
  const snapshot = snapshotSchema.parse(value);
  const store = new Store(snapshot.tokenKey);
  store.created = snapshot.created;
  for (const saved of snapshot.places) {
    const place = store.place(saved.account, saved.region);
    Object.assign(place.settings, saved.settings);
    for (const strategy of saved.strategies) place.strategies.set(strategy.id, strategy);
    for (const extension of saved.extensions) place.extensions.set(extension.id, extension);
    for (const association of saved.associations) place.associations.set(association.id, association);
    for (const application of saved.applications) place.applications.set(application.id, restored(application));
  }
  const { time, savedAt, account, region } = snapshot;
  return { store, time, savedAt, account, region };
}

function restored(saved: ApplicationSnapshot): Application {
  const profiles = new Map(saved.profiles.map((profile): [string, Profile] => [profile.id, restoredProfile(profile)]));
  const environments = saved.environments.map((environment): [string, Environment] => {
    const deployments = environment.deployments.map((deployment): [number, Deployment] => {
      return [deployment.number, restoredDeployment(profiles, deployment)];
    });
    return [environment.id, { ...environment, deployments: new Map(deployments) }];
  });
  return { ...saved, environments: new Map(environments), profiles };
}

function restoredDeployment(
  profiles: ReadonlyMap<string, Profile>,
  { servesStored, ...saved }: DeploymentSnapshot,
): Deployment {
  if (saved.served !== undefined) return { ...saved, served: withBytes(saved.served) };
  const stored = profiles.get(saved.profileId)?.versions.get(Number(saved.version));
  return { ...saved, served: servesStored ? stored : undefined };
}

function restoredProfile(profile: ApplicationSnapshot['profiles'][number]): Profile {
  const versions = profile.versions.map(withBytes);
  const labels = versions.flatMap(({ label, number }): [string, number][] =>
    label === undefined ? [] : [[label, number]],
  );
  return { ...profile, versions: new Map(versions.map((each) => [each.number, each])), labels: new Map(labels) };
}

function withBytes(version: VersionSnapshot): HostedVersion {
  return { ...version, content: Buffer.from(version.content, 'base64') };
}
