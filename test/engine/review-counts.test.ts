// What the reports of GitLab count: tenants in the plan widget, change groups and waves in the test report.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commit, createWorld, inPipeline, type World } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: p\nwaves: [{ name: first, tenants: [acme] }, { name: rest }]\n',
  'template/Limits.yml': 'rps: 100\n',
  'template/Flags.yml': 'on: true\n',
  'tenants/acme/dev/.gitkeep': '',
  'tenants/acme/prod/.gitkeep': '',
  'tenants/globex/dev/.gitkeep': '',
  'tenants/initech/dev/Limits.yml': 'name: initech\n',
  'tenants/old/dev/Limits.yml': 'name: old\n',
};

function change(world: World): void {
  world.write('template/Limits.yml', 'rps: 200\n');
  world.write('tenants/initech/dev/Limits.yml', 'name: initech\nrps: 100\n');
  world.write('tenants/old', undefined);
  world.write('tenants/new/dev/Limits.yml', 'name: new\n');
}

test('the plan widget has tenants added, changed and removed, against a revision and against what is live', async () => {
  const world = createWorld(tree);
  commit(world);
  await world.appcfg('sync', '--yes');
  change(world);
  const expected = { create: 1, update: 2, delete: 1 };
  expect((await world.appcfg('diff', '--base', 'HEAD', '-o', 'tfplan')).json).toEqual(expected);
  expect((await world.appcfg('diff', '-o', 'tfplan')).json).toEqual(expected);
});

test('nothing to do is three zeros, and a tree with errors has no counts', async () => {
  const world = createWorld(tree, inPipeline);
  await world.appcfg('sync');
  expect((await world.appcfg('diff', '-o', 'tfplan')).json).toEqual({ create: 0, update: 0, delete: 0 });
  world.write('template/Limits.yml', 'rps: [\n');
  expect((await world.appcfg('diff', '-o', 'tfplan')).json).toEqual({});
});

test('the test report has a case for each change group and each wave, and one for all that is unchanged', async () => {
  const world = createWorld(tree, inPipeline);
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'rps: 200\n');
  await world.appcfg('sync', '-o', 'junit=junit.xml');
  const xml = readFileSync(join(world.directory, 'junit.xml'), 'utf8');
  expect(
    [...xml.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"/g)].map(([, suite, name]) => [suite, name]),
  ).toEqual([
    ['Limits', '/rps 100 → 200: 5 addresses like acme/dev/Limits'],
    ['waves', 'first'],
    ['waves', 'rest'],
    ['appcfg', 'unchanged: 5 addresses'],
  ]);
  expect(xml).not.toContain('<failure');
});

test('in the test report a renamed tenant is one case', async () => {
  const world = createWorld(tree, inPipeline);
  commit(world);
  world.write('tenants/old', undefined);
  world.write('tenants/older/dev/Limits.yml', 'name: old\n');
  await world.appcfg('diff', '--base', 'HEAD', '-o', 'junit=junit.xml');
  const xml = readFileSync(join(world.directory, 'junit.xml'), 'utf8');
  expect(
    [...xml.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"/g)].map(([, suite, name]) => [suite, name]),
  ).toEqual([
    ['tenants', 'old → older: probably renamed: a new application'],
    ['appcfg', 'unchanged: 8 addresses'],
  ]);
});

test('a wave whose deployments are skipped because a step before them failed has failed, too', async () => {
  const world = createWorld(tree, inPipeline);
  world.emulator.injectFault({ operation: 'CreateHostedConfigurationVersion', kind: 'deny', times: 100 });
  await world.appcfg('sync', '-o', 'junit=junit.xml');
  const xml = readFileSync(join(world.directory, 'junit.xml'), 'utf8');
  expect(xml).toMatch(
    /name="first">\s*<failure[^>]*>[^<]*4 addresses failed or blocked; the wave allows 0|name="first">\s*<failure message="4 addresses failed or blocked; the wave allows 0"/,
  );
});
