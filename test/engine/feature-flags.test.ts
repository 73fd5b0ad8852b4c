// Feature flags are rewritten by AppConfig: the tool compares what they mean.
import { CreateHostedConfigurationVersionCommand } from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { awsClient, deploymentsOf, lookUp, writesOf } from '../support/aws.ts';
import { intercepted } from '../support/request-handlers.ts';
import { createWorld } from '../support/world.ts';

const flags = (enabled: boolean) => `version: "1"\nflags: { f: { name: F } }\nvalues: { f: { enabled: ${enabled} } }\n`;
const tree = {
  'appcfg.yml':
    'project: acme/config\ndeploymentStrategy: instant\ndeploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }\nprofiles: { Flags: { type: feature-flags } }\n',
  'template/Flags.yml': flags(true),
  'tenants/one/dev/.gitkeep': '',
};

test('creating the same flags again finds the existing version', async () => {
  const world = createWorld(tree);
  for (let time = 0; time < 2; time += 1) {
    const outcome = await world.appcfg('sync', '--only', 'update');
    expect(outcome.exitCode, outcome.stderr).toBe(0);
  }
  expect((await world.appcfg('sync', '--only', 'deploy')).exitCode).toBe(0);
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');

  const lost = createWorld(tree);
  lost.emulator.injectFault({ operation: 'CreateHostedConfigurationVersion', kind: 'drop-after', times: 1 });
  const outcome = await lost.appcfg('sync');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
});

test('changes are shown in the words of flags', async () => {
  const text = (enabled: boolean, limit: number, rule: string) =>
    `version: "1"
flags: { f: { attributes: { limit: { constraints: { type: number } } } } }
values: { f: { enabled: ${enabled}, limit: ${limit} }, v: { _variants: [{ name: a, enabled: true, rule: '${rule}' }, { name: b, enabled: false }] } }
`;
  const world = createWorld({ ...tree, 'template/Flags.yml': text(false, 1, '(not false)') });
  await world.appcfg('sync');
  world.write('template/Flags.yml', text(true, 2, '(not true)'));
  const { stdout } = await world.appcfg('diff');
  expect(stdout).toMatch(/~ \/values\/f\/enabled +f {2}off → on/);
  expect(stdout).toMatch(/~ \/values\/f\/limit +f limit {2}1 → 2/);
  expect(stdout).toMatch(/~ \/values\/v\/_variants\/0\/rule +v variant 1 rule {2}"\(not false\)" → "\(not true\)"/);
  const { json } = await world.appcfg('diff', '-o', 'json');
  expect(json.changeGroups[0].changes.map(({ flag }: { flag: string }) => flag)).toEqual([
    'f',
    'f limit',
    'v variant 1 rule',
  ]);
});

test('only the changed flag is shown, and the content does not count as shrunk', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('template/Flags.yml', flags(false));
  const diff = await world.appcfg('diff', '-o', 'json');
  expect(diff.json.changeGroups[0].changes.map((c: { path: string }) => c.path)).toEqual(['/values/f/enabled']);
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
});

test('flags equal to an unlabelled newest version are deployed from it, also in two stages', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('template/Flags.yml', flags(false));
  const { id, profiles } = await lookUp(world, 'one');
  await awsClient(world).send(
    new CreateHostedConfigurationVersionCommand({
      ApplicationId: id,
      ConfigurationProfileId: profiles.get('Flags'),
      Content: Buffer.from('{"version": "1", "flags": {"f": {"name": "F"}}, "values": {"f": {"enabled": false}}}'),
      ContentType: 'application/json',
    }),
  );
  expect((await world.appcfg('sync', '--only', 'update')).exitCode).toBe(0);
  const deployed = await world.appcfg('sync', '--only', 'deploy');
  expect(deployed.exitCode, deployed.stderr).toBe(0);
  expect(await deploymentsOf(world, 'one', 'dev')).toEqual(['2 Flags v2 COMPLETE', '1 Flags v1 COMPLETE']);
  world.takeCalls();
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  expect(writesOf(world.takeCalls())).toEqual({});
});

test.each([
  ['truth values', '{ enabled: "true", n: 1 }', '{ enabled: true, n: 1 }'],
  ['numbers', '{ enabled: true, n: 1.0 }', '{ enabled: true, n: 1 }'],
  ['times', '{ enabled: true, n: 1, _createdAt: "2026-01-01T00:00:00Z" }', '{ enabled: true, n: 1 }'],
  ['a missing truth value', '{ n: 1 }', '{ enabled: false, n: 1 }'],
  ['an empty list of variants', '{ _variants: [] }', '{ enabled: false }'],
])('what AppConfig rewrites is no difference: %s', async (_what, before, after) => {
  const text = (value: string) =>
    `version: "1"\nflags: { f: { attributes: { n: { constraints: { type: number } } } } }\nvalues: { f: ${value} }\n`;
  const world = createWorld({ ...tree, 'template/Flags.yml': text(before) });
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  world.write('template/Flags.yml', text(after));
  world.takeCalls();
  const diff = await world.appcfg('diff', '--detailed-exitcode', '--verify');
  expect(diff.exitCode, diff.stdout + diff.stderr).toBe(0);
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  expect(writesOf(world.takeCalls())).toEqual({});
});

test('the details of a refusal name the file and line, and redacted values are in none of them', async () => {
  const text =
    'version: "1"\nflags:\n  f: { attributes: { n: { constraints: { type: number } } } }\nvalues:\n  f:\n    enabled: true\n    n: 777123\n';
  const world = createWorld({ ...tree, 'template/Flags.yml': text });
  const detail = { Constraint: 'FloatLTE(5)', Location: 'values.f.n', Type: 'NotSatisfied', Value: '777123' };
  const other = { Constraint: 'Unknown', Location: 'values.f.enabled', Type: 'Invalid', Reason: 'Why', Value: 'true' };
  const requestHandler = intercepted(world, async ({ method, path, answer }) => {
    if (method !== 'POST' || !path.endsWith('/hostedconfigurationversions')) return answer();
    const body = Buffer.from(
      JSON.stringify({
        ...{ Message: "Invalid 'Content' data", Reason: 'InvalidConfiguration' },
        Details: { InvalidConfiguration: [detail, other] },
      }),
    );
    return { response: { statusCode: 400, headers: { 'x-amzn-errortype': 'BadRequestException' }, body } };
  });
  const refused = await world.appcfgWith({ requestHandler }, 'sync', '-o', 'json');
  expect(refused.exitCode).toBe(4);
  const problems = (outcome: { json: { problems: { code: string; message: string; source: string }[] } }) =>
    outcome.json.problems.filter(({ code }) => code === 'request-rejected');
  expect(
    problems(refused)
      .map(({ source }) => source)
      .sort(),
  ).toEqual(['template/Flags.yml:6:5', 'template/Flags.yml:7:5']);
  expect(refused.stderr + refused.stdout).toContain('values.f.n: FloatLTE(5), value 777123');
  expect(refused.stderr + refused.stdout).toContain('values.f.enabled: Unknown, Why, value true');
  world.write('appcfg.yml', `${tree['appcfg.yml']}redact: [/values/f/n]\n`);
  const redacted = await world.appcfgWith({ requestHandler }, 'sync', '-o', 'json');
  expect(redacted.exitCode).toBe(4);
  expect(redacted.stdout + redacted.stderr).not.toContain('777123');
  expect(redacted.stdout + redacted.stderr).toContain('FloatLTE(5)');
});
