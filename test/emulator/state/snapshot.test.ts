// State as plain values and back: nothing may be lost.
import { expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../../src/emulator/host/emulator.ts';
import type { Ending, Timing } from '../../../src/emulator/model/deployment-progress.ts';
import type {
  AccountRegion,
  AccountSettings,
  Application,
  Deployment,
  Environment,
  ExperimentDefinition,
  ExperimentRun,
  Extension,
  ExtensionAction,
  ExtensionAssociation,
  ExtensionParameter,
  ExtensionVersion,
  HostedVersion,
  Monitor,
  Profile,
  Strategy,
  Validator,
} from '../../../src/emulator/model/resources.ts';
import { restore } from '../../../src/emulator/state/restore.ts';
import type { DeploymentSnapshot } from '../../../src/emulator/state/snapshot.ts';
import { SnapshotWriter } from '../../../src/emulator/state/snapshot-writer.ts';
import { bench, creator, raw, start } from '../conformance/support.ts';

type Members<T> = { readonly [Name in keyof Required<T>]: true };
type Kept = Readonly<Record<string, unknown>>;

/** The part of a snapshot that these tests look into. */
interface State {
  readonly accountRegions: readonly (Kept & {
    readonly applications: readonly (Kept & {
      readonly environments: readonly (Kept & { readonly deployments: readonly Kept[]; readonly monitors: Kept[] })[];
      readonly experiments: readonly (Kept & { readonly runs: readonly Kept[] })[];
      readonly profiles: readonly (Kept & { readonly versions: Kept[]; readonly validators: Kept[] })[];
    })[];
    readonly strategies: readonly Kept[];
    readonly extensions: readonly (Kept & {
      readonly versions: readonly (Kept & {
        readonly actions: Readonly<Record<string, Kept[]>>;
        readonly parameters?: Readonly<Record<string, Kept>>;
      })[];
    })[];
    readonly associations: readonly Kept[];
    readonly settings: Kept;
  })[];
}

/** All values of each type, with all members the type can have. The compiler ensures that no member is missing. */
function everyMember({ accountRegions }: State): Record<string, [readonly Kept[], Members<unknown>]> {
  const applications = accountRegions.flatMap((each) => each.applications);
  const environments = applications.flatMap((application) => application.environments);
  const profiles = applications.flatMap((application) => application.profiles);
  const deployments = environments.flatMap((environment) => environment.deployments);
  const experiments = applications.flatMap((application) => application.experiments);
  const extensions = accountRegions.flatMap((each) => each.extensions);
  const extensionVersions = extensions.flatMap((extension) => extension.versions);
  const same = { order: true, id: true, name: true, tags: true } as const;
  const version = {
    number: true,
    contentType: true,
    description: true,
    label: true,
    kmsKey: true,
    content: true,
  } as const;
  const timing = { durationMinutes: true, growthType: true, growthFactor: true, bakeMinutes: true } as const;
  return {
    'account and Region': [
      accountRegions,
      {
        account: true,
        region: true,
        applications: true,
        strategies: true,
        extensions: true,
        associations: true,
        settings: true,
      } satisfies Members<AccountRegion>,
    ],
    settings: [
      accountRegions.map((each) => each.settings),
      { deletionProtection: true, vendedMetrics: true } satisfies Members<AccountSettings>,
    ],
    application: [
      applications,
      {
        ...same,
        description: true,
        environments: true,
        profiles: true,
        experiments: true,
      } satisfies Members<Application>,
    ],
    environment: [
      environments,
      {
        ...same,
        description: true,
        monitors: true,
        alarm: true,
        createdAt: true,
        lastRead: true,
        lastDeployment: true,
        deployments: true,
      } satisfies Members<Environment>,
    ],
    monitor: [
      environments.flatMap((environment) => environment.monitors),
      { AlarmArn: true, AlarmRoleArn: true } satisfies Members<Monitor>,
    ],
    profile: [
      profiles,
      {
        ...same,
        description: true,
        type: true,
        locationUri: true,
        retrievalRoleArn: true,
        kmsKey: true,
        validators: true,
        createdAt: true,
        lastRead: true,
        lastVersion: true,
        versions: true,
      } satisfies Members<Omit<Profile, 'labels'>>,
    ],
    validator: [
      profiles.flatMap((profile) => profile.validators),
      { Type: true, Content: true } satisfies Members<Validator>,
    ],
    version: [profiles.flatMap((profile) => profile.versions), version satisfies Members<HostedVersion>],
    served: [
      deployments.flatMap(({ served }) => (served === undefined ? [] : [served as Kept])),
      version satisfies Members<HostedVersion>,
    ],
    deployment: [
      deployments,
      {
        number: true,
        profileId: true,
        profileName: true,
        profileType: true,
        locationUri: true,
        strategyId: true,
        managed: true,
        version: true,
        label: true,
        description: true,
        kmsKey: true,
        tags: true,
        startedAt: true,
        timing: true,
        instant: true,
        servesStored: true,
        served: true,
        ending: true,
      } satisfies Members<Deployment & DeploymentSnapshot>,
    ],
    timing: [deployments.map(({ timing }) => timing as Kept), timing satisfies Members<Timing>],
    ending: [
      deployments.flatMap(({ ending }) => (ending === undefined ? [] : [ending as Kept])),
      { kind: true, at: true, reason: true } satisfies Members<Ending>,
    ],
    strategy: [
      accountRegions.flatMap((each) => each.strategies),
      { ...same, description: true, timing: true, replicateTo: true } satisfies Members<Strategy>,
    ],
    extension: [
      extensions,
      { order: true, id: true, name: true, lastVersion: true, versions: true } satisfies Members<Extension>,
    ],
    experiment: [
      experiments,
      {
        ...same,
        profileId: true,
        environmentId: true,
        status: true,
        flagKey: true,
        hypothesis: true,
        audienceDescription: true,
        launchCriteria: true,
        audienceRule: true,
        control: true,
        treatments: true,
        createdAt: true,
        updatedAt: true,
        runs: true,
      } satisfies Members<ExperimentDefinition>,
    ],
    'experiment run': [
      experiments.flatMap(({ runs }) => runs),
      {
        number: true,
        description: true,
        status: true,
        exposure: true,
        overrides: true,
        result: true,
        startedAt: true,
        updatedAt: true,
        endedAt: true,
        snapshot: true,
        events: true,
      } satisfies Members<ExperimentRun>,
    ],
    'extension version': [
      extensionVersions,
      {
        number: true,
        description: true,
        tags: true,
        actions: true,
        parameters: true,
      } satisfies Members<ExtensionVersion>,
    ],
    action: [
      extensionVersions.flatMap(({ actions }) => Object.values(actions).flat()),
      { Name: true, Description: true, Uri: true, RoleArn: true } satisfies Members<ExtensionAction>,
    ],
    parameter: [
      extensionVersions.flatMap(({ parameters = {} }) => Object.values(parameters)),
      { Description: true, Required: true, Dynamic: true } satisfies Members<ExtensionParameter>,
    ],
    association: [
      accountRegions.flatMap((each) => each.associations),
      {
        order: true,
        id: true,
        extensionId: true,
        extensionVersion: true,
        resourceArn: true,
        tags: true,
        parameters: true,
      } satisfies Members<ExtensionAssociation>,
    ],
  };
}

test('a snapshot holds the whole state and the time', async () => {
  const { emulator } = bench();
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    const response = await raw(emulator, method, path, { body: text, headers });
    expect(response.status, `${method} ${path}: ${response.text}`).toBeLessThan(300);
    return (response.text === '' ? {} : JSON.parse(response.text)) as { Id: string; Arn: string };
  };
  const tags = { a: 'b' };
  const { Id: app } = await send('POST', '/applications', { Name: 'shop', Description: 'd', Tags: tags });
  const monitors = [
    {
      AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:x',
      AlarmRoleArn: `arn:aws:iam::123456789012:role/r`,
    },
  ];
  const environment = { Name: 'prod', Description: 'e', Monitors: monitors, Tags: tags };
  const { Id: env } = await send('POST', `/applications/${app}/environments`, environment);
  const { Id: profile } = await send('POST', `/applications/${app}/configurationprofiles`, {
    Name: 'web',
    Description: 'p',
    LocationUri: 'hosted',
    KmsKeyIdentifier: 'alias/k',
    Validators: [{ Type: 'JSON_SCHEMA', Content: '{}' }],
    Tags: tags,
  });
  const outside = {
    Name: 'out',
    LocationUri: 'ssm-parameter://x',
    RetrievalRoleArn: 'arn:aws:iam::123456789012:role/r',
  };
  const { Id: other } = await send('POST', `/applications/${app}/configurationprofiles`, outside);
  const versions = `/applications/${app}/configurationprofiles/${profile}/hostedconfigurationversions`;
  const type = { 'content-type': 'text/plain' };
  await send('POST', versions, '1', { ...type, versionlabel: 'v-one', description: 'first' });
  await send('POST', versions, '2', { ...type, versionlabel: 'v-two', description: 'second' });
  const strategy = { Name: 's', Description: 'x', DeploymentDurationInMinutes: 0, GrowthFactor: 100, Tags: tags };
  const { Id: at } = await send('POST', '/deploymentstrategies', strategy);
  const deployments = `/applications/${app}/environments/${env}/deployments`;
  const wanted = { DeploymentStrategyId: at, ConfigurationProfileId: profile, Description: 'z', Tags: tags };
  await send('POST', deployments, { ...wanted, ConfigurationVersion: '1', KmsKeyIdentifier: 'key' });
  emulator.advance(90_000);
  const definition = {
    Name: 'cart',
    ConfigurationProfileIdentifier: profile,
    EnvironmentIdentifier: env,
    FlagKey: 'f',
    AudienceRule: 'true',
    Hypothesis: 'h',
    AudienceDescription: 'everyone',
    LaunchCriteria: 'more',
    Control: { Weight: 50, FlagValue: { Enabled: false } },
    Treatments: [{ Weight: 50, FlagValue: { Enabled: true } }],
    Tags: tags,
  };
  const { Id: experiment } = await send('POST', `/applications/${app}/experimentdefinitions`, definition);
  const runs = `/applications/${app}/experimentdefinitions/${experiment}/experimentruns`;
  await send('POST', runs, { Description: 'r', TreatmentOverrides: { Inline: { me: 't1' } } });
  await send('PATCH', `${runs}/1/stop`, { Result: { ExecutiveSummary: 's' } });
  await send('POST', deployments, { ...wanted, ConfigurationVersion: '2' });
  emulator.setAlarm({ application: 'shop', environment: 'prod', state: 'ALARM' });
  emulator.advance(90_000);
  await send('POST', deployments, { ...wanted, ConfigurationProfileId: other, ConfigurationVersion: '1' });
  // A deployment outlives its version, and a deleted version's number is not used again.
  await send('DELETE', `${versions}/1`);
  const action = {
    Name: 'n',
    Description: 'o',
    Uri: 'arn:aws:lambda:us-east-1:123456789012:function:f',
    RoleArn: 'arn:aws:iam::123456789012:role/r',
  };
  const extension = await send('POST', '/extensions', {
    Name: 'x',
    Description: 'what it does',
    Actions: { ON_DEPLOYMENT_START: [action] },
    Parameters: { p: { Required: true, Description: 'q' } },
    Tags: tags,
  });
  const association = await send('POST', '/extensionassociations', {
    ExtensionIdentifier: extension.Id,
    ResourceIdentifier: `arn:aws:appconfig:us-east-1:123456789012:application/${app}`,
    Parameters: { p: 'value' },
    Tags: tags,
  });
  const settings = {
    DeletionProtection: { Enabled: false, ProtectionPeriodInMinutes: 20 },
    VendedMetrics: { Enabled: true },
  };
  await send('PATCH', '/settings', settings);
  const session = { ApplicationIdentifier: app, EnvironmentIdentifier: env, ConfigurationProfileIdentifier: profile };
  const poll = async (from: Emulator) => {
    const { json } = await raw(from, 'POST', '/configurationsessions', { body: JSON.stringify(session) });
    return (await raw(from, 'GET', `/configuration?configuration_token=${json.InitialConfigurationToken}`)).text;
  };
  expect(await poll(emulator)).toBe('1');
  const elsewhere = { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/appconfig/aws4_request' };
  await send('POST', '/applications', { Name: 'away' }, elsewhere);

  const state: unknown = JSON.parse(JSON.stringify(emulator.snapshot()));
  // Every member occurs at least once, so a member that a snapshot loses is noticed.
  for (const [name, [kind, all]] of Object.entries(everyMember(state as State))) {
    const found = new Set(kind.flatMap((each) => Object.keys(each)));
    expect([...found].sort(), name).toEqual(Object.keys(all).sort());
  }
  expect(JSON.parse(new SnapshotWriter().text(emulator.snapshot()))).toEqual(state);
  const again = createEmulator({ now: () => start, state: restore(state) });
  expect(again.now()).toBe(start + 180_000);
  expect(again.snapshot()).toEqual(emulator.snapshot());
  const reads = [
    '/applications',
    `/applications/${app}/environments/${env}`,
    `/applications/${app}/configurationprofiles/${profile}`,
    versions,
    `${versions}/2`,
    '/deploymentstrategies',
    deployments,
    ...[1, 2, 3].map((number) => `${deployments}/${number}`),
    `/extensions/${extension.Id}`,
    `/extensions/${extension.Id}?version_number=1`,
    '/extensions',
    '/extensionassociations',
    `/extensionassociations/${association.Id}`,
    '/settings',
    ...[
      `application/${app}`,
      `application/${app}/environment/${env}`,
      `application/${app}/environment/${env}/deployment/1`,
      `application/${app}/configurationprofile/${profile}`,
      `deploymentstrategy/${at}`,
      `extension/${extension.Id}/1`,
      `extensionassociation/${association.Id}`,
    ].map((resource) => `/tags/arn:aws:appconfig:us-east-1:123456789012:${resource}`),
  ];
  for (const path of reads) {
    const [before, after] = await Promise.all([raw(emulator, 'GET', path), raw(again, 'GET', path)]);
    expect(before.status, path).toBe(200);
    expect(after.text, path).toBe(before.text);
  }
  const away = await raw(again, 'GET', '/applications', { headers: elsewhere });
  expect(away.json.Items).toMatchObject([{ Name: 'away' }]);
  expect(await poll(again)).toBe('1');
  expect(() => restore({ format: 2 })).toThrow();
});

test('a version is converted to text once, however often the state is saved', async () => {
  const emulator = createEmulator({ now: () => start });
  const make = creator(emulator);
  const { Id: app } = await make('/applications', '{"Name":"shop"}');
  const profiles = `/applications/${app}/configurationprofiles`;
  const { Id: profile } = await make(profiles, '{"Name":"web","LocationUri":"hosted"}');
  const headers = { 'content-type': 'text/plain' };
  await raw(emulator, 'POST', `${profiles}/${profile}/hostedconfigurationversions`, { body: 'once', headers });
  const version = () => emulator.snapshot().accountRegions[0]?.applications[0]?.profiles[0]?.versions[0];
  expect(version()).toMatchObject({ content: Buffer.from('once').toString('base64') });
  expect(version()).toBe(version());
});

test('after a restart, a configuration in another service is still not served as a hosted version', async () => {
  const emulator = createEmulator({ now: () => start });
  const make = creator(emulator);
  const { Id: app } = await make('/applications', { Name: 'shop' });
  const { Id: env } = await make(`/applications/${app}/environments`, { Name: 'prod' });
  const profiles = `/applications/${app}/configurationprofiles`;
  const RetrievalRoleArn = 'arn:aws:iam::123456789012:role/r';
  const outside = { Name: 'out', LocationUri: 'ssm-parameter://x', RetrievalRoleArn };
  const { Id: ConfigurationProfileId } = await make(profiles, outside);
  await make(`/applications/${app}/environments/${env}/deployments`, {
    ConfigurationProfileId,
    ConfigurationVersion: '1',
    DeploymentStrategyId: 'AppConfig.AllAtOnce',
  });
  const versions = `${profiles}/${ConfigurationProfileId}/hostedconfigurationversions`;
  await make(versions, 'never deployed', { 'content-type': 'text/plain' });
  emulator.advance(3_600_000);
  const again = createEmulator({
    now: () => start,
    state: restore(JSON.parse(new SnapshotWriter().text(emulator.snapshot()))),
  });
  const address = { application: 'shop', environment: 'prod', profile: 'out' };
  expect(() => emulator.configuration(address, 'one')).toThrow('hosted configurations only');
  expect(() => again.configuration(address, 'one')).toThrow('hosted configurations only');
});
