// What is reported about quotas before the first write.
import { CreateApplicationCommand } from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { OtherClient } from '../support/other-client.ts';
import { createWorld } from '../support/world.ts';

const environments = (count: number, first = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`tenants/one/env${first + i}/.gitkeep`, '']));
const tree = { 'appcfg.yml': 'project: p\n', 'template/Limits.yml': 'rate: 1\n' };

test('more environments than AWS allows by default are a warning; existing ones count', async () => {
  const world = createWorld({ ...tree, ...environments(20) });
  expect((await world.appcfg('sync', '--only', 'update')).stderr).not.toContain('quota');
  world.write('tenants/one/last/.gitkeep', '');
  const { stderr, exitCode } = await world.appcfg('diff');
  expect(stderr).toContain(
    'tenant "one" has 20 environments, and the plan creates 1 more; AWS allows 20, unless the quota was raised',
  );
  expect(stderr).toContain('aws.quotas.environments in appcfg.yml');
  expect(exitCode).toBe(0);
});

test('beyond a quota in the settings nothing is written', async () => {
  const tenants = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`tenants/t${i}/dev/.gitkeep`, '']));
  const world = createWorld({ ...tree, ...tenants });
  world.write('appcfg.yml', 'project: p\naws: { quotas: { applications: 101 } }\n');
  expect((await world.appcfg('diff')).stderr).not.toContain('quota');
  world.write('appcfg.yml', 'project: p\naws: { quotas: { applications: 100 } }\n');
  world.takeCalls();
  const { stderr, exitCode } = await world.appcfg('sync');
  expect(stderr).toContain(
    'this account and Region has 0 applications, and the plan creates 101 more; aws.quotas.applications is 100',
  );
  expect(stderr).toContain('appcfg.yml:2:');
  expect(exitCode).toBe(5);
  expect(world.takeCalls()).toEqual({ ListApplications: 1 });
  expect((await world.appcfg('sync', '--only', 'deploy')).exitCode, 'the second stage judges the same plan').toBe(5);
});

test('predefined strategies count against no quota', async () => {
  const names = Array.from({ length: 21 }, (_, i) => `own${i}`);
  const strategy = '{ durationMinutes: 0, growthFactor: 100 }';
  const world = createWorld({
    'appcfg.yml': `project: p\ndeploymentStrategies: {${names.map((name) => `${name}: ${strategy}`)}}\nenvironments: {${names.map((name) => `${name}: { deploymentStrategy: ${name} }`)}}\n`,
    'template/Limits.yml': 'rate: 1\n',
    ...Object.fromEntries(names.map((name, i) => [`tenants/t${i}/${name}/.gitkeep`, ''])),
  });
  const { stderr } = await world.appcfg('diff', '--tenant', 't0', '--tenant', 't1');
  expect(stderr).not.toContain('quota');
  expect((await world.appcfg('diff')).stderr).toContain(
    'this account and Region has 0 deployment strategies, and the plan creates 21 more; AWS allows 20, unless the quota was raised',
  );
});

test('an exhausted quota stops also the creates that are not sent yet', async () => {
  const tenants = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`tenants/t${i}/dev/.gitkeep`, '']));
  const world = createWorld({ ...tree, ...tenants });
  const { exitCode, stdout } = await world.appcfgWith({ env: { APPCFG_RATES: 'aws' } }, 'sync', '--only', 'update');
  expect(exitCode).toBe(4);
  expect(stdout).toMatch(/skipped {2}\d+ steps \(.*\): 1 application could not be created/);
  expect(world.takeCalls().CreateApplication).toBeLessThan(105);
});

test('an exhausted quota is reported once, for all creates that were sent', async () => {
  const tenants = Object.fromEntries(Array.from({ length: 160 }, (_, i) => [`tenants/t${i}/dev/.gitkeep`, '']));
  const world = createWorld({ ...tree, ...tenants });
  const { exitCode, stderr, json } = await world.appcfg('sync', '--only', 'update', '-o', 'json');
  expect(exitCode).toBe(4);
  expect(stderr.match(/quota exceeded in/g)).toHaveLength(1);
  expect(json.summary.failed).toBe(1);
});

test('an exhausted quota of one account does not stop creates in another one', async () => {
  const prod = 'prod: { region: eu-west-1, roleArn: "arn:aws:iam::444455556666:role/appcfg" }';
  const tenants = ['one', 'two', 'three'].flatMap((tenant) => [
    `tenants/${tenant}/dev/.gitkeep`,
    `tenants/${tenant}/prod/.gitkeep`,
  ]);
  const world = createWorld({
    'appcfg.yml': `project: p\ndeploymentStrategy: AppConfig.AllAtOnce\nenvironments: { dev: {}, ${prod} }\n`,
    'template/Limits.yml': 'rate: 1\n',
    ...Object.fromEntries(tenants.map((path) => [path, ''])),
  });
  const { aws } = new OtherClient(world.emulator, '444455556666/eu-west-1');
  for (let n = 0; n < 99; n += 1) await aws.send(new CreateApplicationCommand({ Name: `of-others-${n}` }));
  const { exitCode, stdout, json } = await world.appcfg('sync', '-o', 'json');
  expect(exitCode, stdout).toBe(4);
  const ended = (target: string, status: string) =>
    json.results.filter(
      (each: { step: string; operation: string; status: string }) =>
        each.operation === 'StartDeployment' && each.step.includes(target) && each.status === status,
    ).length;
  expect([ended('in 444455556666/eu-west-1', 'succeeded'), ended('in 444455556666/eu-west-1', 'skipped')]).toEqual([
    1, 2,
  ]);
  expect(ended('/dev', 'succeeded')).toBe(3);
});

test('a quota that refuses the first stage refuses the second one, too, and no tenant that it does not concern', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': 'project: p\naws: { quotas: { applications: 1 } }\n' });
  world.write('tenants/one/dev/.gitkeep', '');
  expect((await world.appcfg('sync', '--only', 'update')).exitCode).toBe(0);
  world.write('tenants/two/dev/.gitkeep', '');
  expect((await world.appcfg('sync', '--only', 'update')).stderr).toContain('aws.quotas.applications is 1');
  const { stderr, exitCode } = await world.appcfg('sync', '--only', 'deploy', '--tenant', 'one');
  expect(stderr).not.toContain('quota');
  expect(exitCode).toBe(0);
  const both = await world.appcfg('sync', '--only', 'deploy');
  expect(both.stderr).toContain('aws.quotas.applications is 1');
  expect(both.exitCode).toBe(5);
});
