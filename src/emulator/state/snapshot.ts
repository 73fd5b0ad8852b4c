// The format in which the state is saved. zod checks it when it is read.
import { z } from 'zod';
import { latestTime } from '../model/service-clock.ts';
import { isObject } from '../wire/is-object.ts';

const text = z.string();
const tags = byName(text);
const count = z.number().int().nonnegative();
const resource = { order: count, id: text, name: text, description: text.optional(), tags };

/** Like `z.record`, but keeps a key named `__proto__`. */
function byName<T>(schema: z.ZodType<T>) {
  return z.custom<Record<string, T>>(
    (value) => isObject(value) && Object.values(value).every((each) => schema.safeParse(each).success),
  );
}

const timingSchema = z.object({
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
  strategyId: text.optional(),
  managed: z.boolean().optional(),
  version: text,
  label: text.optional(),
  description: text.optional(),
  kmsKey: text.optional(),
  tags,
  startedAt: z.number(),
  timing: timingSchema,
  instant: z.boolean(),
  /** Whether it serves the stored version of its number. If not, `served` is that version, unless it serves nothing. */
  servesStored: z.boolean(),
  served: versionSchema.optional(),
  ending: z
    .object({ kind: z.enum(['stopped', 'reverted', 'alarm']), at: z.number(), reason: text.optional() })
    .optional(),
});

const environmentSchema = z.object({
  ...resource,
  monitors: z.array(z.object({ AlarmArn: text, AlarmRoleArn: text })),
  alarm: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  createdAt: z.number(),
  lastRead: z.number().optional(),
  lastDeployment: count,
  deployments: z.array(deploymentSchema),
});

const profileSchema = z.object({
  ...resource,
  type: text,
  locationUri: text,
  retrievalRoleArn: text.optional(),
  kmsKey: text.optional(),
  validators: z.array(z.object({ Type: text, Content: text })),
  createdAt: z.number(),
  lastRead: z.number().optional(),
  lastVersion: count,
  versions: z.array(versionSchema),
});

const members = z.record(text, z.unknown());

const experimentSchema = z.object({
  order: count,
  id: text,
  name: text,
  profileId: text,
  environmentId: text,
  status: z.enum(['IDLE', 'ACTIVE', 'ARCHIVED']),
  flagKey: text,
  hypothesis: text.optional(),
  audienceDescription: text.optional(),
  launchCriteria: text.optional(),
  audienceRule: text,
  control: members,
  treatments: z.array(members),
  tags,
  createdAt: z.number(),
  updatedAt: z.number(),
  runs: z.array(
    z.object({
      number: count,
      description: text.optional(),
      status: z.enum(['RUNNING', 'DONE']),
      exposure: z.number(),
      overrides: byName(text).optional(),
      result: members.optional(),
      startedAt: z.number(),
      updatedAt: z.number(),
      endedAt: z.number().optional(),
      snapshot: members,
      events: z.array(
        z.object({
          type: z.enum(['RUN_STARTED', 'EXPOSURE_UPDATED', 'OVERRIDES_UPDATED', 'RUN_STOPPED']),
          at: z.number(),
          deployment: count,
          exposure: z.number(),
        }),
      ),
    }),
  ),
});

const applicationSchema = z.object({
  ...resource,
  environments: z.array(environmentSchema),
  profiles: z.array(profileSchema),
  /** Absent in the states of earlier builds. */
  experiments: z.array(experimentSchema).optional(),
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

const accountRegionSchema = z.object({
  account: text,
  region: text,
  applications: z.array(applicationSchema),
  strategies: z.array(
    z.object({
      ...resource,
      timing: timingSchema,
      replicateTo: text,
    }),
  ),
  extensions: z.array(extensionSchema),
  associations: z.array(associationSchema),
  settings: z.object({
    deletionProtection: z.object({ enabled: z.boolean(), minutes: z.number() }),
    vendedMetrics: z.boolean().optional(),
  }),
});

/** The format of the state file. */
export const snapshotSchema = z.object({
  format: z.literal(1),
  time: z.number().min(0).max(latestTime),
  savedAt: z.number().min(0).max(latestTime).optional(),
  account: text.optional(),
  region: text.optional(),
  created: count,
  tokenKey: text.optional(),
  accountRegions: z.array(accountRegionSchema),
});

/** The state as plain JSON values. */
export type Snapshot = z.infer<typeof snapshotSchema>;

/** An application in a snapshot. */
export type ApplicationSnapshot = z.infer<typeof applicationSchema>;

/** A deployment in a snapshot. */
export type DeploymentSnapshot = z.infer<typeof deploymentSchema>;

/** A hosted configuration version in a snapshot; its content is encoded as Base64. */
export type VersionSnapshot = Readonly<z.infer<typeof versionSchema>>;
