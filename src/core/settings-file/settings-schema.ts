// The shape of appcfg.yml, defined once: it checks the file, and the JSON Schema for editors is made from it. Descriptions
// are noun phrases: problems print "expected:" before them.
import { z } from 'zod';
import { globMistake, longestGlob, mostGlobs } from '../model/globs.ts';
import { profileTypes } from '../model/resource.ts';
import {
  longestExtensionParameter,
  longestKmsKey,
  longestMinutes,
  longestNames,
  mostExtensionParameters,
  mostMonitors,
  mostValidators,
  tagCharacters,
  tagLimits,
} from '../model/service-limits.ts';
import { regionPattern } from '../problem/region.ts';

const account = z
  .string()
  .regex(/^[0-9]{12}$/)
  .meta({ description: 'Number of an AWS account: twelve digits, in quotes', examples: ['111122223333'] });

const region = z
  .string()
  .regex(regionPattern)
  .meta({ description: 'AWS Region', examples: ['eu-west-1'] });

const roleArn = z
  .string()
  .regex(/^arn:[a-z-]+:iam::[0-9]{12}:role\/.+$/)
  .meta({
    description: 'ARN of the IAM role to assume for this account and Region',
    examples: ['arn:aws:iam::444455556666:role/appcfg'],
  });

const glob = z
  .string()
  .min(1)
  .max(longestGlob)
  .refine((text) => globMistake(text) === undefined)
  .meta({
    description: `Glob of at most ${longestGlob} characters, without extended globs such as "+(a)" and without ranges of more than 1,000 numbers`,
    examples: ['acme-*'],
  });

const globs = z.array(glob).max(mostGlobs);

const strategyName = z
  .string()
  .min(1)
  .max(longestNames.deploymentStrategy)
  .meta({
    description: 'Deployment strategy: a predefined one, a name from deploymentStrategies, or an id',
    examples: ['AppConfig.Linear20PercentEvery6Minutes'],
  });

const limit = z.union([z.int().min(0), z.string().regex(/^([0-9]{1,2}|100)%$/)]);

const severity = z.enum(['off', 'warn', 'error']);

const check = (what: string, byDefault: z.output<typeof severity>) =>
  severity.default(byDefault).meta({ description: `off, warn or error: ${what}`, examples: [byDefault] });

const changes = z.strictObject({
  emptied: check('a map or list that becomes empty', 'warn'),
  kind: check('a value that becomes another kind of value', 'warn'),
  factor: check('a number that changes its sign, or grows or shrinks by a factor of maxFactor or more', 'warn'),
  reach: check('a first wave that changes more than maxReach of the tenants', 'off'),
  dormant: check('a changed file that was untouched for dormantDays', 'off'),
  maxFactor: z
    .number()
    .min(1)
    .default(10)
    .meta({
      description: 'Number of at least 1: a number that grows or shrinks by this factor or more is reported',
      examples: [10],
    }),
  maxReach: limit.default('50%').meta({
    description: 'Number or percentage (up to 100%) of the tenants of an environment that the first wave may change',
    examples: ['50%'],
  }),
  dormantDays: z
    .int()
    .min(1)
    .max(36_500)
    .default(365)
    .meta({
      description: 'Number of days without a commit after which a change of a file is checked',
      examples: [365],
    }),
});

const minutes = z.int().min(0).max(longestMinutes);

const quota = z.int().min(1);

const pointer = z
  .string()
  .max(longestGlob)
  .regex(/^\//)
  .meta({
    description: `JSON Pointer of at most ${longestGlob} characters, which begins with /`,
    examples: ['/database/password'],
  });

const monitor = z
  .strictObject({
    alarmArn: z
      .string()
      .regex(/^arn:/)
      .meta({
        description: 'ARN of a CloudWatch alarm; may contain {tenant}, {environment}, {account} and {region}',
        examples: ['arn:aws:cloudwatch:{region}:{account}:alarm:{tenant}-{environment}'],
      }),
    alarmRoleArn: z
      .string()
      .regex(/^arn:/)
      .meta({
        description: 'ARN of the IAM role with which AppConfig reads the alarm',
        examples: ['arn:aws:iam::444455556666:role/appconfig-alarms'],
      }),
  })
  .meta({ description: 'Map of settings of a CloudWatch alarm: AppConfig rolls back a deployment when it fires' });

const destination = {
  account: account.optional(),
  region: region.optional(),
  roleArn: roleArn.optional(),
};

const deployed = {
  deploymentStrategy: strategyName.optional(),
  monitors: z
    .array(monitor)
    .max(mostMonitors)
    .optional()
    .meta({
      description: `List of at most ${mostMonitors} alarms; an empty list removes all monitors`,
      examples: [[{ alarmArn: 'arn:…', alarmRoleArn: 'arn:…' }]],
    }),
};

const kmsKeyCharacters = /^[a-zA-Z0-9/_.:{}-]*$/;

const kmsKeyExamples = ['alias/appconfig'];

const environment = z
  .strictObject({
    ...deployed,
    ...destination,
    kmsKey: z.string().min(1).max(longestKmsKey).regex(kmsKeyCharacters).optional().meta({
      description: 'Alias, id or ARN of the KMS key that encrypts what is deployed here',
      examples: kmsKeyExamples,
    }),
    dynamicExtensionParameters: z
      .record(
        z
          .string()
          .regex(/^[^#]+#.+$/)
          .meta({ description: 'EXTENSION#PARAMETER', examples: ['jira#issue'] }),
        z
          .string()
          .min(1)
          .max(longestExtensionParameter)
          .meta({ description: 'Value of a parameter', examples: ['{commit}'] }),
      )
      .refine((map) => Object.keys(map).length <= mostExtensionParameters)
      .optional()
      .meta({
        description: `Map of at most ${mostExtensionParameters} parameters for extensions, EXTENSION#PARAMETER to value, sent with each deployment`,
        examples: [{ 'jira#issue': '{commit}' }],
      }),
  })
  .nullable()
  .meta({ description: 'Map of settings of an environment; {} without settings', examples: [{}] });

const labelKey = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$/)
  .meta({ description: 'Key of a label: letters, digits, "-", "_", "." and "/"', examples: ['tier'] });

const labelValue = z
  .string()
  .regex(/^[^\s=!,][^\s=,]*$/)
  .meta({ description: 'Value of a label: a string without spaces, "," and "="', examples: ['gold'] });

const labels = z.record(labelKey, labelValue);

const tenant = z
  .strictObject({
    match: z
      .union([glob, globs.min(1)])
      .meta({ description: 'Glob of tenants, or list of at least one; ! excludes', examples: ['acme-*'] }),
    applicationName: z
      .string()
      .min(1)
      .optional()
      .meta({
        description:
          'Pattern of the names of the applications of these tenants, with {tenant}; or the name of one application, where match names one tenant',
        examples: ['legacy-{tenant}'],
      }),
    ...deployed,
    ...destination,
    excludeProfiles: globs.default([]).meta({
      description: 'List of globs of configuration profiles that are not rendered for these tenants',
      examples: [['AllowList']],
    }),
    labels: labels
      .default({})
      .meta({ description: 'Map of labels, for --selector and waves', examples: [{ tier: 'gold' }] }),
  })
  .meta({
    description: 'Map of settings of some tenants; entries apply in order',
    examples: [{ match: 'acme-*', labels: { tier: 'gold' } }],
  });

const deploymentStrategy = z
  .strictObject({
    durationMinutes: minutes.meta({
      description: `Minutes until all clients receive the content: a whole number from 0 to ${longestMinutes}`,
      examples: [30],
    }),
    bakeMinutes: minutes.default(0).meta({
      description: `Minutes of monitoring after that: a whole number from 0 to ${longestMinutes}`,
      examples: [30],
    }),
    growthFactor: z
      .number()
      .min(1)
      .max(100)
      .meta({ description: 'Percentage of clients in each step, from 1 to 100', examples: [20] }),
    growthType: z.enum(['LINEAR', 'EXPONENTIAL']).default('LINEAR').describe('Growth of the steps'),
  })
  .meta({ description: 'Map of the settings of a deployment strategy' });

const versions = z
  .strictObject({
    keep: z
      .int()
      .min(1)
      .meta({
        description: 'Number of versions of a profile that appcfg keeps: a whole number from 1',
        examples: [20],
      }),
  })
  .meta({
    description: 'Map with keep, the number of newest versions that are kept',
    examples: [{ keep: 20 }],
  });

const listStrategy = z.union([z.enum(['append', 'prepend', 'union']), z.strictObject({ by: z.string().min(1) })]).meta({
  description: 'List strategy: append, prepend, union, or { by: key }',
  examples: [{ by: 'id' }],
});

const profile = z
  .strictObject({
    type: z
      .enum(Object.values(profileTypes).map(({ setting }) => setting))
      .default(profileTypes['AWS.Freeform'].setting)
      .describe('Type of the profile in AppConfig'),
    format: z.enum(['json', 'yaml']).default('json').describe('Format of the deployed content'),
    schema: z
      .string()
      .regex(/^(?![/\\]|.*(^|[/\\])\.\.([/\\]|$)|[A-Za-z]+:)/)
      .optional()
      .meta({
        description: 'Path of a JSON Schema in the tree, for every rendered content',
        examples: ['schemas/Limits.schema.json'],
      }),
    installValidator: z
      .boolean()
      .optional()
      .describe('Installation of the schema as the validator of the profile: true or false'),
    validators: z
      .array(
        z
          .string()
          .regex(/^arn:[a-z-]+:lambda:[^:]+:([0-9]{12}|\{account\}):function:[\w{}-]+(:[\w${}.-]+)?$/)
          .meta({
            description: 'ARN of a Lambda function; may contain {tenant}, {account} and {region}',
            examples: ['arn:aws:lambda:{region}:{account}:function:check'],
          }),
      )
      .max(mostValidators)
      .optional()
      .meta({
        description: `List of at most ${mostValidators} Lambda functions that validate versions; an empty list removes all validators`,
        examples: [['arn:aws:lambda:{region}:{account}:function:check']],
      }),
    variables: z
      .boolean()
      .default(false)
      .describe(
        'Replacement of the variables tenant, environment, account, region and label.NAME in strings: true or false',
      ),
    kmsKey: z.string().max(longestKmsKey).regex(kmsKeyCharacters).optional().meta({
      description: 'Alias, id or ARN of the KMS key that encrypts new versions; "" removes the key',
      examples: kmsKeyExamples,
    }),
    merge: z
      .enum(['merge', 'replace'])
      .default('merge')
      .describe('Combination of layers: merged, or replaced by the most specific file'),
    null: z
      .enum(['delete', 'keep'])
      .default('delete')
      .describe('Meaning of null: "delete" deletes the inherited key, "keep" keeps null as a value'),
    lists: z
      .record(pointer, listStrategy)
      .refine((lists) => Object.keys(lists).length <= mostGlobs)
      .default({})
      .meta({
        description: `Map of at most ${mostGlobs.toLocaleString('en')} list strategies by JSON Pointer; other lists are replaced`,
        examples: [{ '/rules': { by: 'id' } }],
      }),
    versions: versions.optional(),
  })
  .meta({ description: 'Map of settings of a configuration profile' });

const wave = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .meta({ description: 'Name of the wave, for --wave', examples: ['canary'] }),
    tenants: globs
      .min(1)
      .default(['*'])
      .meta({ description: 'List of at least one glob of tenants; ! excludes', examples: [['test-*']] }),
    environments: globs
      .min(1)
      .default(['*'])
      .meta({ description: 'List of at least one glob of environments; ! excludes', examples: [['dev']] }),
    labels: labels
      .refine((map) => Object.keys(map).length > 0)
      .optional()
      .meta({
        description: 'Map of at least one label that the tenants have; values may be globs',
        examples: [{ tier: 'gold' }],
      }),
    soak: z
      .string()
      .regex(/^([0-9]+h)?([0-9]+m)?([0-9]+s)?$/)
      .optional()
      .meta({ description: 'Pause before the next wave: hours, minutes and seconds', examples: ['1h30m'] }),
    maxFailures: limit.default(0).meta({
      description:
        'Number or percentage (up to 100%, rounded down) of failed or blocked addresses that still lets the next wave begin',
      examples: ['10%'],
    }),
  })
  .meta({ description: 'Map of settings of a wave', examples: [{ name: 'canary', tenants: ['test-*'] }] });

export const settingsSchema = z
  .strictObject({
    apiVersion: z.literal('appcfg/v1').optional().describe('Version of the format of this file'),
    project: z
      .string()
      .min(1)
      .max(tagLimits.longestValue)
      .regex(new RegExp(`^${tagCharacters.expression}+$`))
      .optional()
      .meta({
        description: `Name of the project that manages what appcfg creates: ${tagCharacters.words}`,
        examples: ['acme/config'],
      }),
    aws: z
      .strictObject({
        region: region.optional(),
        allowedAccounts: z
          .array(account)
          .min(1)
          .optional()
          .meta({ description: 'List of the accounts that appcfg may use', examples: [['111122223333']] }),
        quotas: z
          .strictObject({
            applications: quota.optional().meta({
              description: 'Number of applications in an account and Region; AWS default: 100',
              examples: [300],
            }),
            environments: quota
              .optional()
              .meta({ description: 'Number of environments in an application; AWS default: 20', examples: [40] }),
            profiles: quota.optional().meta({
              description: 'Number of configuration profiles in an application; AWS default: 100',
              examples: [200],
            }),
            strategies: quota.optional().meta({
              description: 'Number of deployment strategies in an account and Region; AWS default: 20',
              examples: [40],
            }),
          })
          .prefault({})
          .meta({
            description: 'Map of quotas that AWS has raised; a plan that exceeds one is refused before the first write',
            examples: [{ applications: 300 }],
          }),
      })
      .prefault({})
      .meta({ description: 'Map of settings of AWS', examples: [{ region: 'eu-west-1' }] }),
    applicationName: z
      .string()
      .default('{tenant}')
      .meta({
        description: 'Pattern of the names of applications, with {tenant}',
        examples: ['acme-{tenant}'],
      }),
    adopt: globs
      .default([])
      .meta({ description: 'List of globs of unmanaged applications that may be adopted', examples: [['team-*']] }),
    tags: z
      .record(z.string(), z.string().meta({ description: 'Value of a tag: a string', examples: ['platform'] }))
      .default({})
      .meta({ description: 'Map of tags for everything that appcfg creates', examples: [{ team: 'platform' }] }),
    redact: z
      .array(pointer)
      .max(mostGlobs)
      .default([])
      .meta({
        description: `List of at most ${mostGlobs.toLocaleString('en')} JSON Pointers, globs allowed, whose values no output shows`,
        examples: [['/database/password']],
      }),
    versions: versions.optional(),
    deploymentStrategy: strategyName.default('AppConfig.Linear50PercentEvery30Seconds'),
    environments: z
      .record(z.string(), environment)
      .optional()
      .meta({
        description: 'Map of all environments and their settings; other environments are errors',
        examples: [{ dev: {}, prod: {} }],
      }),
    tenants: z
      .array(tenant)
      .optional()
      .meta({
        description: 'List of settings of tenants, each entry with a match',
        examples: [[{ match: 'acme-*', labels: { tier: 'gold' } }]],
      }),
    deploymentStrategies: z
      .record(z.string(), deploymentStrategy)
      .default({})
      .meta({
        description: 'Map of deployment strategies that appcfg creates when they are needed',
        examples: [{ instant: { durationMinutes: 0, growthFactor: 100 } }],
      }),
    profiles: z
      .record(z.string(), profile)
      .default({})
      .meta({
        description: 'Map of settings of configuration profiles',
        examples: [{ Flags: { type: 'feature-flags' } }],
      }),
    waves: z
      .array(wave)
      .min(1)
      .optional()
      .meta({
        description: 'List of waves in the order of the rollout; an address is in the first wave that matches it',
        examples: [[{ name: 'canary', tenants: ['test-*'] }, { name: 'everyone' }]],
      }),
    guards: z
      .strictObject({
        maxDeletes: limit.default('10%').meta({
          description:
            'Number or percentage (up to 100%) of managed environments that a cleanup by glob or --orphans may delete',
          examples: ['10%'],
        }),
        maxShrink: limit.default('50%').meta({
          description: 'Number of bytes or percentage (up to 100%) by which content may shrink',
          examples: ['50%'],
        }),
        drift: z
          .enum(['block', 'overwrite'])
          .default('block')
          .meta({
            description: 'block or overwrite: whether a sync overwrites content that was deployed outside of appcfg',
            examples: ['block'],
          }),
        secrets: severity.default('warn').meta({
          description: 'off, warn or error: what a secret in a content is; it is redacted in any case',
          examples: ['error'],
        }),
        secretsAllowed: z
          .array(pointer)
          .max(mostGlobs)
          .default([])
          .meta({
            description: `List of at most ${mostGlobs.toLocaleString('en')} JSON Pointers, globs allowed, of values that look like secrets and are none`,
            examples: [['/public_key']],
          }),
        changes: z
          .union([severity, changes])
          .default(changes.parse({}))
          .meta({
            description: 'off, warn or error for all checks on a change, or a map of them and their limits',
            examples: [{ emptied: 'error', maxFactor: 20 }],
          }),
      })
      .default({
        maxDeletes: '10%',
        maxShrink: '50%',
        drift: 'block',
        secrets: 'warn',
        secretsAllowed: [],
        changes: changes.parse({}),
      })
      .meta({ description: 'Map of limits of guards', examples: [{ maxDeletes: 5 }] }),
    severities: z
      .record(
        z.string(),
        z
          .enum(['off', 'warn', 'error'])
          .meta({ description: 'Severity of a warning: off, warn or error', examples: ['off'] }),
      )
      .default({})
      .meta({
        description: 'Map of severities of warnings by their code',
        examples: [{ 'scalar-ambiguous': 'off', 'key-suspicious': 'error' }],
      }),
  })
  .meta({ title: 'Settings of appcfg (appcfg.yml)', description: 'Map of settings' });

export type SettingsFile = z.output<typeof settingsSchema>;

/** The JSON Schema for editors. */
export function settingsJsonSchema(): object {
  return z.toJSONSchema(settingsSchema, { io: 'input' });
}
