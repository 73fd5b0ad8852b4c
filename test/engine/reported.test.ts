// What a run reports: as text, as GitLab's test report, and by its exit code.
import { expect, test } from 'vitest';
import type { RequestHandler } from '../../src/engine/context.ts';
import { createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/A.yml': 'a: 1\n',
  'tenants/one/dev/.gitkeep': '',
};

test('a test report has a failure for each problem, also for those that concern no address', async () => {
  const world = createWorld(tree);
  world.emulator.injectFault({ operation: 'CreateConfigurationProfile', kind: 'deny', times: 100 });
  const failed = await world.appcfg('sync', '-o', 'junit');
  expect(failed.exitCode).toBe(6);
  expect(failed.stdout).toMatch(/<testsuites tests="2" failures="1"/);
  world.emulator.clearFaults();
  await world.appcfg('sync');
  world.write('tenants/one', undefined);
  world.write('tenants/.gitkeep', '');
  const refused = await world.appcfg('sync', '-o', 'junit');
  expect(refused.exitCode).toBe(5);
  expect(refused.stdout).toMatch(
    /failures="1"[\s\S]*the tree has no tenants, and AppConfig has 1 application of project/,
  );
});

test('--no-wait reports a started deployment as running, not as complete; a second run reports no changes', async () => {
  const world = createWorld(tree);
  expect((await world.appcfg('sync', '--no-wait')).stdout).toContain('1 deployment started.');
  const again = await world.appcfg('sync', '--no-wait', '--detailed-exitcode');
  expect(again.stdout).toContain('Done: 1 in-flight deployment left in flight.');
  expect(again.exitCode).toBe(0);
});

test('a stage with nothing to do does not report that everything is live', async () => {
  const world = createWorld({ ...tree, 'tenants/one/qa/A.yml': 'a: 2\n' });
  await world.appcfg('sync');
  world.write('tenants/one/qa/A.yml', undefined);
  world.write('tenants/one/qa/.gitkeep', '');
  world.write('tenants/one/dev/A.yml', 'a: 2\n');
  const { stdout } = await world.appcfg('sync', '--only', 'update');
  expect(stdout).toContain('Nothing to do in this stage: 2 addresses to deploy in the next stage.');
});

test('an application that another project owns is refused, also when nothing would change', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('appcfg.yml', 'project: other/config\n');
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(5);
  expect(outcome.stderr).toContain('belongs to project "acme/config"');
});

test('names with characters that mean something in replacement patterns are inserted unchanged', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml': 'project: acme/config\napplicationName: "cfg-{tenant}"\n',
    'tenants/cash$$/dev/.gitkeep': '',
    'tenants/a$&b/dev/.gitkeep': '',
  });
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect(JSON.stringify(world.emulator.snapshot())).toContain('"cfg-cash$$"');
  expect(JSON.stringify(world.emulator.snapshot())).toContain('"cfg-a$&b"');
});

test('the deployment in flight of an orphaned profile is stopped before its versions are deleted', async () => {
  const world = createWorld({ ...tree, 'template/Old.yml': 'old: 1\n' });
  await world.appcfg('sync');
  world.write('template/Old.yml', 'old: 2\n');
  await world.appcfg('sync', '--no-wait');
  world.write('template/Old.yml', undefined);
  const outcome = await world.appcfg('cleanup', '--orphans', '--yes');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.stdout).toContain('Done: 1 deployment stopped, 2 versions deleted, 1 profile deleted.');
});

test.each(['nonsense', 'localhost:1'])('AWS_ENDPOINT_URL=%s is invalid input, not an internal error', async (url) => {
  const world = createWorld(tree);
  const outcome = await world.appcfgWith({ env: { AWS_ENDPOINT_URL: url } }, 'diff');
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toContain(`AWS_ENDPOINT_URL is "${url}", not a URL`);
});

test('an HTML page of a proxy is not reported as a missing permission', async () => {
  const world = createWorld(tree);
  const response = { statusCode: 403, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>no</html>') };
  // The shape that the SDK expects of a handler.
  const html = { handle: async () => ({ response }) } as unknown as RequestHandler;
  const outcome = await world.appcfgWith({ requestHandler: html }, 'diff');
  expect(outcome.exitCode).toBe(1);
  expect(outcome.stderr).toContain('the response to ListApplications is not from AppConfig (HTTP 403)');
  expect(outcome.stderr).not.toContain('Deserialization');
});

test('a test report has a step that failed in one of several accounts and Regions once', async () => {
  const world = createWorld({
    'appcfg.yml':
      'project: p\nenvironments: { dev: {}, prod: { region: eu-west-1, roleArn: "arn:aws:iam::444455556666:role/appcfg" } }\n',
    'template/A.yml': 'a: 1\n',
    'tenants/one/dev/.gitkeep': '',
    'tenants/one/prod/.gitkeep': '',
  });
  world.emulator.injectFault({ operation: 'StartDeployment', kind: 'deny' });
  const { stdout, stderr } = await world.appcfg('sync', '-o', 'junit');
  expect(stdout).toContain('failures="1"');
  expect(stderr).toMatch(/error: one\/\w+\/A in \d{12}\/[\w-]+ {2}access denied: StartDeployment/);
});
