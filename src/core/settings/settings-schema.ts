// The shape of appcfg.yml: the one definition that checks it and that its JSON Schema is made from.
import { z } from 'zod';

const account = z
  .string()
  .regex(/^[0-9]{12}$/)
  .describe('Number of an AWS account, twelve digits in quotes');

const region = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-[0-9]+$/)
  .describe('A Region of AWS, such as eu-west-1');

const globs = z.array(z.string().min(1));

const strategyName = z.string().min(1).max(64).describe('One of AWS, a name from deploymentStrategies, or an id');

const limit = z.union([z.int().min(0), z.string().regex(/^([0-9]{1,2}|100)%$/)]);

const minutes = z.int().min(0).max(1440);

const pointer = z.string().regex(/^\//);

const monitor = z
  .strictObject({
    alarmArn: z
      .string()
      .regex(/^arn:/)
      .describe('ARN of a CloudWatch alarm; {tenant}, {environment}, {account} and {region} are filled in'),
    alarmRoleArn: z.string().regex(/^arn:/).describe('ARN of the role with which AppConfig looks at the alarm'),
  })
  .describe('An alarm that rolls a deployment back');

const place = {
  account: account.optional(),
  region: region.optional(),
  roleArn: z
    .string()
    .regex(/^arn:[a-z-]+:iam::[0-9]{12}:role\/.+$/)
    .optional()
    .describe('Role to assume there, through STS'),
};

const deployed = {
  deploymentStrategy: strategyName.optional(),
  monitors: z
    .array(monitor)
    .max(5)
    .optional()
    .describe('Alarms that watch the environment; an empty list takes them away'),
};

const environment = z.strictObject({ ...deployed, ...place }).nullable();

const labelKey = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$/);

const labelValue = z.string().regex(/^[^\s=!,][^\s=,]*$/);

const tenant = z
  .strictObject({
    match: z
      .union([z.string().min(1), globs.min(1)])
      .describe('Globs of tenants; ! takes away from what the others match'),
    ...deployed,
    ...place,
    excludeProfiles: globs.default([]).describe('Globs of configuration profiles that these tenants do not have'),
    labels: z.record(labelKey, labelValue).default({}).describe('For --selector and for waves'),
  })
  .describe('What holds for some tenants; a later entry wins over an earlier one');

const deploymentStrategy = z.strictObject({
  durationMinutes: minutes.describe('Minutes until all clients may receive the content'),
  bakeMinutes: minutes.default(0).describe('Minutes to watch the alarms after that'),
  growthFactor: z.number().min(1).max(100).describe('Percent of clients in each step'),
  growthType: z.enum(['LINEAR', 'EXPONENTIAL']).default('LINEAR'),
});

const listStrategy = z.union([z.enum(['append', 'prepend', 'union']), z.strictObject({ by: z.string().min(1) })]);

const profile = z.strictObject({
  type: z.enum(['freeform', 'feature-flags']).default('freeform').describe('What AppConfig takes the content for'),
  format: z.enum(['json', 'yaml']).default('json').describe('How the content is deployed'),
  schema: z
    .string()
    .regex(/^(?![/\\]|.*(^|[/\\])\.\.([/\\]|$)|[A-Za-z]+:)/)
    .optional()
    .describe('A JSON Schema in the tree that every rendered content has to fulfil'),
  merge: z
    .enum(['merge', 'replace'])
    .default('merge')
    .describe('Whether layers are merged, or the strongest file counts'),
  null: z.enum(['delete', 'keep']).default('delete').describe('Whether null deletes the inherited key, or is a value'),
  lists: z
    .record(pointer, listStrategy)
    .default({})
    .describe('By JSON Pointer: how the lists of the layers are combined'),
});

const wave = z.strictObject({
  name: z.string().min(1).describe('For messages and --wave'),
  tenants: globs.min(1).default(['*']).describe('Globs of tenants, ! negates'),
  environments: globs.min(1).default(['*']).describe('Globs of environments, ! negates'),
  labels: z
    .record(labelKey, labelValue)
    .refine((labels) => Object.keys(labels).length > 0)
    .optional()
    .describe('Labels that its tenants have; values may be globs'),
  soak: z
    .string()
    .regex(/^([0-9]+h)?([0-9]+m)?([0-9]+s)?$/)
    .optional()
    .describe('How long to watch before the next wave: 10m, 1h30m'),
  maxFailures: limit
    .default(0)
    .describe(
      'How many of its addresses may fail or be blocked before what follows is held back; percent rounded down',
    ),
});

export const settingsSchema = z
  .strictObject({
    apiVersion: z.literal('appcfg/v1').optional(),
    project: z
      .string()
      .min(1)
      .max(256)
      .regex(/^[a-zA-Z0-9+\-=._:/@ ]+$/)
      .optional()
      .describe('Owner of what is created in AWS'),
    aws: z
      .strictObject({
        region: region.optional(),
        allowedAccounts: z.array(account).min(1).optional().describe('Accounts that this tree may touch'),
        quotas: z
          .strictObject({
            applications: z
              .int()
              .min(1)
              .optional()
              .describe('Applications in an account and Region; 100 unless raised'),
            environments: z.int().min(1).optional().describe('Environments in an application; 20 unless raised'),
            profiles: z.int().min(1).optional().describe('Configuration profiles in an application; 100 unless raised'),
            strategies: z
              .int()
              .min(1)
              .optional()
              .describe('Deployment strategies in an account and Region; 20 unless raised'),
          })
          .prefault({})
          .describe('Quotas that AWS has granted: a plan beyond them is refused before the first write'),
      })
      .prefault({}),
    applicationName: z.string().default('{tenant}').describe('Names of the applications; holds {tenant}'),
    adopt: globs.default([]).describe('Globs of applications made by someone else that may be taken over'),
    tags: z.record(z.string(), z.string()).default({}).describe('Tags on everything created'),
    redact: z.array(pointer).default([]).describe('JSON Pointers, globs allowed, whose values no output shows'),
    deploymentStrategy: strategyName.default('AppConfig.Linear50PercentEvery30Seconds'),
    environments: z
      .record(z.string(), environment)
      .optional()
      .describe('The closed list of environments, and what holds in each'),
    tenants: z.array(tenant).optional().describe('What holds for single tenants, in order'),
    deploymentStrategies: z
      .record(z.string(), deploymentStrategy)
      .default({})
      .describe('Own strategies, created when needed'),
    profiles: z.record(z.string(), profile).default({}).describe('How single configuration profiles are made'),
    waves: z
      .array(wave)
      .min(1)
      .optional()
      .describe('Order of rollout over the fleet; an environment of a tenant is in the first that matches it'),
    guards: z
      .strictObject({
        maxDeletes: limit
          .default('10%')
          .describe('How many of our environments a cleanup by glob or --orphans may delete'),
        maxShrink: limit.default('50%').describe('How much a content may shrink'),
      })
      .default({ maxDeletes: '10%', maxShrink: '50%' }),
  })
  .meta({ title: 'Settings of appcfg (appcfg.yml)' });

export type SettingsFile = z.output<typeof settingsSchema>;

/** The JSON Schema for editors. */
export function settingsJsonSchema(): object {
  return z.toJSONSchema(settingsSchema, { io: 'input' });
}
