// Experiment definitions and their runs, as public recordings of AWS of 2026-09-28 show them.
import {
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateExperimentDefinitionCommand,
  type CreateExperimentDefinitionCommandInput,
  CreateHostedConfigurationVersionCommand,
  DeleteApplicationCommand,
  DeleteConfigurationProfileCommand,
  DeleteEnvironmentCommand,
  DeleteExperimentDefinitionCommand,
  DeleteHostedConfigurationVersionCommand,
  GetDeploymentCommand,
  GetExperimentDefinitionCommand,
  GetExperimentRunCommand,
  ListDeploymentsCommand,
  ListExperimentDefinitionsCommand,
  ListExperimentRunEventsCommand,
  ListExperimentRunsCommand,
  StartDeploymentCommand,
  StartExperimentRunCommand,
  StopExperimentRunCommand,
  UpdateExperimentDefinitionCommand,
  UpdateExperimentRunCommand,
} from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import type { Emulator } from '../../../src/emulator/host/emulator.ts';
import { bench, failureOf } from './support.ts';

const content = '{"version": "1", "flags": {"f": {"name": "F"}}, "values": {"f": {"enabled": false}}}';

async function experiment(more: Partial<CreateExperimentDefinitionCommandInput> = {}) {
  const { client, emulator } = bench();
  const { Id: ApplicationId = '' } = await client.send(new CreateApplicationCommand({ Name: 'shop' }));
  const { Id: EnvironmentId = '' } = await client.send(new CreateEnvironmentCommand({ ApplicationId, Name: 'prod' }));
  const { Id: ConfigurationProfileId = '' } = await client.send(
    new CreateConfigurationProfileCommand({
      ApplicationId,
      Name: 'Flags',
      LocationUri: 'hosted',
      Type: 'AWS.AppConfig.FeatureFlags',
    }),
  );
  await client.send(
    new CreateHostedConfigurationVersionCommand({
      ApplicationId,
      ConfigurationProfileId,
      Content: Buffer.from(content),
      ContentType: 'application/json',
    }),
  );
  const { Id: DeploymentStrategyId } = await client.send(
    new CreateDeploymentStrategyCommand({
      Name: 'instant',
      DeploymentDurationInMinutes: 0,
      GrowthFactor: 100,
      ReplicateTo: 'NONE',
    }),
  );
  await client.send(
    new StartDeploymentCommand({
      ApplicationId,
      EnvironmentId,
      ConfigurationProfileId,
      ConfigurationVersion: '1',
      DeploymentStrategyId,
    }),
  );
  const definition = await client.send(
    new CreateExperimentDefinitionCommand({
      ApplicationIdentifier: 'shop',
      Name: 'cart',
      ConfigurationProfileIdentifier: 'Flags',
      EnvironmentIdentifier: 'prod',
      FlagKey: 'f',
      AudienceRule: 'true',
      Control: { Weight: 50, FlagValue: { Enabled: false } },
      Treatments: [{ Weight: 70, FlagValue: { Enabled: true } }],
      ...more,
    }),
  );
  const ids = { ApplicationIdentifier: ApplicationId, ExperimentDefinitionIdentifier: definition.Id ?? '' };
  return { client, emulator, ApplicationId, EnvironmentId, ConfigurationProfileId, definition, ids };
}

test('a definition gets keys, and weights are not checked', async () => {
  const { client, definition, ids, ApplicationId, EnvironmentId, ConfigurationProfileId } = await experiment();
  expect(definition).toMatchObject({ ApplicationId, EnvironmentId, ConfigurationProfileId, Status: 'IDLE' });
  expect(definition.Control?.Key).toBe('c');
  expect(definition.Treatments?.map(({ Key }) => Key)).toEqual(['t1']);
  const byName = { ...ids, ExperimentDefinitionIdentifier: 'cart' };
  expect((await client.send(new GetExperimentDefinitionCommand(byName))).Id).toBe(definition.Id);
  const listed = await client.send(
    new ListExperimentDefinitionsCommand({ ApplicationIdentifier: 'shop', Status: 'IDLE' }),
  );
  expect(listed.Items?.map(({ Name }) => Name)).toEqual(['cart']);
  const others = await client.send(new ListExperimentDefinitionsCommand({ ApplicationIdentifier: 'other' }));
  expect(others.Items).toEqual([]);
});

test('a run adds deployments of the type MANAGED, of the same version and without a strategy', async () => {
  const { client, ids, ApplicationId, EnvironmentId } = await experiment();
  const run = await client.send(new StartExperimentRunCommand(ids));
  expect(run).toMatchObject({ Run: 1, Status: 'RUNNING', ExposurePercentage: 0 });
  await client.send(new UpdateExperimentRunCommand({ ...ids, Run: 1, ExposurePercentage: 20 }));
  const of = { ApplicationId, EnvironmentId };
  const { Items = [] } = await client.send(new ListDeploymentsCommand(of));
  expect(Items.map(({ Type, State, ConfigurationVersion }) => [Type, State, ConfigurationVersion])).toEqual([
    ['MANAGED', 'COMPLETE', '1'],
    ['MANAGED', 'COMPLETE', '1'],
    ['USER', 'COMPLETE', '1'],
  ]);
  const deployment = await client.send(new GetDeploymentCommand({ ...of, DeploymentNumber: 2 }));
  expect(deployment.DeploymentStrategyId).toBeUndefined();
  expect(deployment.Description).toBe(
    `For arn:aws:appconfig:us-east-1:123456789012:application/${ApplicationId}/experimentdefinition/${ids.ExperimentDefinitionIdentifier}/experimentrun/1`,
  );
  expect(deployment.EventLog?.at(-1)).toMatchObject({ EventType: 'DEPLOYMENT_STARTED', TriggeredBy: 'USER' });
  const { Items: events = [] } = await client.send(new ListExperimentRunEventsCommand({ ...ids, Run: 1 }));
  expect(events.map(({ EventType }) => EventType)).toEqual(['EXPOSURE_UPDATED', 'RUN_STARTED']);
});

test('exposure only rises, and one attribute is updated at a time', async () => {
  const { client, ids } = await experiment();
  await client.send(new StartExperimentRunCommand({ ...ids, ExposurePercentage: 100 }));
  const lower = new UpdateExperimentRunCommand({ ...ids, Run: 1, ExposurePercentage: 0 });
  expect((await failureOf(client.send(lower))).message).toBe(
    'Exposure percentage can only be increased. Current: 100.0%, Requested: 0.0%.',
  );
  const both = { ExposurePercentage: 20, TreatmentOverrides: { Inline: { me: 't1' } } };
  expect((await failureOf(client.send(new UpdateExperimentRunCommand({ ...ids, Run: 1, ...both })))).message).toContain(
    "Value 20.0 at 'exposurePercentage' failed to satisfy constraint: Only one deployment attribute can be updated per request",
  );
});

test('what is running is neither updated nor deleted, and what has ended is not stopped again', async () => {
  const { client, ids } = await experiment();
  const id = ids.ExperimentDefinitionIdentifier;
  await client.send(new StartExperimentRunCommand(ids));
  const update = new UpdateExperimentDefinitionCommand({ ...ids, Hypothesis: 'x' });
  expect(await failureOf(client.send(update))).toMatchObject({
    status: 409,
    message: `Cannot update experiment definition ${id} with status ACTIVE. Stop the current experiment run before updating the experiment definition.`,
  });
  expect((await failureOf(client.send(new DeleteExperimentDefinitionCommand(ids)))).message).toBe(
    `Experiment definition ${id} cannot be deleted while an experiment is running.`,
  );
  await client.send(new StopExperimentRunCommand({ ...ids, Run: 1 }));
  expect((await client.send(new GetExperimentRunCommand({ ...ids, Run: 1 }))).Status).toBe('DONE');
  expect((await client.send(new ListExperimentRunsCommand({ ...ids, Status: 'RUNNING' }))).Items).toEqual([]);
  expect((await failureOf(client.send(new StopExperimentRunCommand({ ...ids, Run: 1 })))).message).toBe(
    `Experiment run 1 for experiment definition ${id} is not running.`,
  );
  const change = new UpdateExperimentRunCommand({ ...ids, Run: 1, ExposurePercentage: 50 });
  expect((await failureOf(client.send(change))).message).toBe(
    `Cannot update experiment run 1 for experiment definition ${id} because it is already terminal.`,
  );
  expect((await client.send(update)).Hypothesis).toBe('x');
});

test('a definition blocks its environment until it is archived, and its application until it is destroyed', async () => {
  const { client, ids, ApplicationId, EnvironmentId, ConfigurationProfileId } = await experiment();
  const environment = new DeleteEnvironmentCommand({ ApplicationId, EnvironmentId, DeletionProtectionCheck: 'BYPASS' });
  expect((await failureOf(client.send(environment))).message).toBe(
    `Cannot delete environment ${EnvironmentId}, because there are non-archived experiment definitions associated with it.`,
  );
  await client.send(new DeleteExperimentDefinitionCommand(ids));
  expect((await client.send(new GetExperimentDefinitionCommand(ids))).Status).toBe('ARCHIVED');
  await client.send(environment);
  const profile = { ApplicationId, ConfigurationProfileId };
  await client.send(new DeleteHostedConfigurationVersionCommand({ ...profile, VersionNumber: 1 }));
  await client.send(new DeleteConfigurationProfileCommand({ ...profile, DeletionProtectionCheck: 'BYPASS' }));
  expect((await failureOf(client.send(new DeleteApplicationCommand({ ApplicationId })))).message).toBe(
    `Cannot delete application ${ApplicationId}, because there are still experiment definitions existing under it.`,
  );
  await client.send(new DeleteExperimentDefinitionCommand({ ...ids, DeleteType: 'DESTROY' }));
  await client.send(new DeleteApplicationCommand({ ApplicationId }));
});

function servedDocument(emulator: Emulator) {
  const { accountRegions } = emulator.snapshot() as {
    accountRegions: { applications: { environments: { deployments: { served?: { content: string } }[] }[] }[] }[];
  };
  const deployments = accountRegions[0]?.applications[0]?.environments[0]?.deployments ?? [];
  const { served } = deployments.at(-1) ?? {};
  return served && JSON.parse(Buffer.from(served.content, 'base64').toString());
}

const flag = (emulator: Emulator) =>
  JSON.parse(
    emulator.configuration({ application: 'shop', environment: 'prod', profile: 'Flags' }, 'me').content.toString(),
  );

test('a run deploys variants of its treatments, and its stop the own content of the version', async () => {
  const { client, emulator, ids } = await experiment({ AudienceRule: '(eq $tier "gold")' });
  await client.send(new StartExperimentRunCommand({ ...ids, ExposurePercentage: 60 }));
  await client.send(
    new UpdateExperimentRunCommand({ ...ids, Run: 1, TreatmentOverrides: { Inline: { me: 't1', 'y"u': 't1' } } }),
  );
  const seed = `seed::"123456789012:${ids.ApplicationIdentifier}:${ids.ExperimentDefinitionIdentifier}:1"`;
  expect(servedDocument(emulator).values.f._variants).toEqual([
    {
      name: 't1-override',
      enabled: true,
      attributeValues: {},
      rule: '(or (eq $entityId "me") (eq $entityId "y\\"u"))',
    },
    {
      name: 'c',
      enabled: false,
      attributeValues: {},
      rule: `(and (split pct::25 by::$entityId ${seed}) (eq $tier "gold"))`,
    },
    {
      name: 't1',
      enabled: true,
      attributeValues: {},
      rule: `(and (split pct::60 by::$entityId ${seed}) (eq $tier "gold"))`,
    },
    { name: 'default', enabled: false, attributeValues: {} },
  ]);
  expect(flag(emulator)).toEqual({ f: { _variant: 'default', enabled: false } });
  await client.send(new StopExperimentRunCommand({ ...ids, Run: 1 }));
  expect(servedDocument(emulator)).toBeUndefined();
  expect(flag(emulator)).toEqual({ f: { enabled: false } });
});

test('runs at the same time on two flags are served together, and each ends by itself', async () => {
  const { client, emulator, ids } = await experiment();
  const { Id = '' } = await client.send(
    new CreateExperimentDefinitionCommand({
      ApplicationIdentifier: 'shop',
      Name: 'other',
      ConfigurationProfileIdentifier: 'Flags',
      EnvironmentIdentifier: 'prod',
      FlagKey: 'g',
      AudienceRule: 'true',
      Control: { Weight: 1, FlagValue: { Enabled: false } },
      Treatments: [{ Weight: 1, FlagValue: { Enabled: true } }],
    }),
  );
  const other = { ...ids, ExperimentDefinitionIdentifier: Id };
  for (const each of [ids, other]) await client.send(new StartExperimentRunCommand(each));
  expect(Object.keys(flag(emulator))).toEqual(['f', 'g']);
  expect(flag(emulator).f._variant).toBe('default');
  await client.send(new StopExperimentRunCommand({ ...ids, Run: 1 }));
  expect(flag(emulator)).toEqual({ f: { enabled: false }, g: { _variant: 'default', enabled: false } });
  await client.send(new StopExperimentRunCommand({ ...other, Run: 1 }));
  expect(flag(emulator)).toEqual({ f: { enabled: false } });
});

test.each([
  ['not-a-rule', { Constraint: 'RuleIsValid', Location: 'values.f._variants.0.rule.and.2', Reason: 'UnknownSymbol' }],
  ['(nope $tier "gold")', { Constraint: 'RuleIsValid', Reason: 'UnknownSymbol' }],
  ['(eq $tier)', { Constraint: 'RuleIsValid', Reason: 'TooFewOperands' }],
  ['', undefined],
])('the audience rule %j is refused at the start of a run, with details', async (AudienceRule, expected) => {
  if (expected === undefined) {
    await expect(experiment({ AudienceRule })).rejects.toMatchObject({ name: 'BadRequestException' });
    return;
  }
  const { client, emulator, ids } = await experiment({ AudienceRule });
  await expect(client.send(new StartExperimentRunCommand(ids))).rejects.toMatchObject({
    name: 'BadRequestException',
    message: expect.stringMatching(/^Experiment definition produces invalid flag content\. /),
    Details: { InvalidConfiguration: expect.arrayContaining([expect.objectContaining(expected)]) },
  });
  expect((await client.send(new GetExperimentDefinitionCommand(ids))).Status).toBe('IDLE');
  expect((await client.send(new ListExperimentRunsCommand(ids))).Items).toEqual([]);
  expect(flag(emulator)).toEqual({ f: { enabled: false } });
});

test('attributes of a treatment are checked against those of the flag, too', async () => {
  const AttributeValues = { n: { NumberValue: 1 } };
  const { client, ids } = await experiment({ Control: { Weight: 1, FlagValue: { Enabled: true, AttributeValues } } });
  const details = { Location: 'values.f._variants.0.attributeValues.n', Value: '{"Key":"n","Value":1}' };
  await expect(client.send(new StartExperimentRunCommand(ids))).rejects.toMatchObject({
    Details: { InvalidConfiguration: [expect.objectContaining(details)] },
  });
});
