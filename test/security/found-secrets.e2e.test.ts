// Found secrets where they come from elsewhere: another revision, an error of AWS, another settings base, what scripts deployed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { OtherClient } from '../support/other-client.ts';
import { intercepted } from '../support/request-handlers.ts';
import { commit, createWorld, inPipeline } from '../support/world.ts';

// In parts, so that no scanner takes this file for a leak.
const token = `glpa${'t-'}q7Xw2Lk9RtB4nZc1VmYp`;
const password = 'Tr0ub4dor3xQ9';

const tree = {
  'appcfg.yml': 'project: p\n',
  'template/Service.yml': `limit: 1\ntoken: ${token}\nurl: postgres://app:${password}@db/app\n`,
  'tenants/acme/dev/.gitkeep': '',
};

function expectNone({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }, shown = ''): void {
  for (const secret of [token, password]) if (secret !== shown) expect(stdout + stderr).not.toContain(secret);
}

test('a secret that a change removes is in no output of diff --base', async () => {
  const world = createWorld(tree);
  commit(world);
  world.write('template/Service.yml', 'limit: 2\nurl: none\n');
  for (const more of [
    ['--full', '-v'],
    ['-o', 'json', '-o', 'markdown=m.md', '-o', 'html=p.html'],
  ]) {
    const run = await world.appcfg('diff', '--base', 'HEAD', ...more);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('(redacted)');
    expectNone(run);
  }
  const texts = ['m.md', 'p.html'].map((file) => readFileSync(join(world.directory, file), 'utf8'));
  expectNone({ stdout: texts.join(), stderr: '' });
});

test('an error of AWS that quotes a secret is shown without it', async () => {
  const world = createWorld(tree, inPipeline);
  const requestHandler = intercepted(world, async ({ method, path, answer }) => {
    if (method !== 'POST' || !path.endsWith('/hostedconfigurationversions')) return answer();
    const body = JSON.stringify({ Message: `invalid: {"token": "${token}", "url": "app:${password}@db"}` });
    const headers = { 'x-amzn-errortype': 'BadRequestException', 'content-type': 'application/json' };
    return { response: { statusCode: 400, headers, body: Readable.from([Buffer.from(body)]) } };
  });
  for (const more of [[], ['-v'], ['-o', 'json'], ['-o', 'junit']]) {
    const run = await world.appcfgWith({ requestHandler }, 'sync', '--yes', ...more);
    expect(run.exitCode).toBe(4);
    expect(run.stdout + run.stderr).toContain('AppConfig rejected CreateHostedConfigurationVersion');
    expectNone(run);
  }
});

test('secrets are shown where both the tree and the settings base allow them', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': 'project: p\nguards: { secretsAllowed: [/token] }\n' });
  commit(world);
  world.write('appcfg.yml', 'project: p\nguards: { secretsAllowed: [/token, /url] }\n');
  const run = await world.appcfg('render', '--settings-base', 'HEAD');
  expect(run.stdout).toContain(token);
  expectNone(run, token);
  world.write('appcfg.yml', 'project: p\nguards: { secretsAllowed: [/url] }\n');
  expectNone(await world.appcfg('render', '--settings-base', 'HEAD'));
});

test('import writes the secrets of what is live, and prints none', async () => {
  const world = createWorld({});
  const scripts = new OtherClient(world.emulator);
  for (const environment of ['dev', 'prod']) {
    const content = JSON.stringify({ limit: environment.length, token, url: `postgres://app:${password}@db/app` });
    await scripts.deploy({ application: 'acme', environment, configurationProfile: 'Service', content });
    world.clock.advance(10 * 60_000);
  }
  for (const [index, more] of [[], ['-v'], ['-o', 'json']].entries()) {
    const run = await world.appcfg('import', '--out', `out${index}`, ...more);
    expect(run.exitCode, run.stderr).toBe(0);
    expectNone(run);
  }
  expect(readFileSync(join(world.directory, 'out0/template/Service.yml'), 'utf8')).toContain(token);
});
