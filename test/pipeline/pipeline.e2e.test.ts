// Runs .gitlab-ci.yml unchanged, with a real runner, against an emulator over HTTP.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGitlab } from '../support/gitlab-server.ts';
import { OtherClient } from '../support/other-client.ts';
import { createRepository, jobsOf, mergeRequest, previewJobs, push, withRoles } from '../support/pipeline.ts';

test('a push to the default branch ends with every address live', { timeout: 60_000 }, async () => {
  const { pipeline, url, emulator } = await createRepository();
  const { jobs, output } = await pipeline(['appcfg:install', 'update-app-config', 'deploy-app-config'], {
    ...push,
    ...withRoles,
    AWS_ENDPOINT_URL: url,
  });
  expect(jobs, output).toEqual({ 'appcfg:install': 'PASS', 'update-app-config': 'PASS', 'deploy-app-config': 'PASS' });
  expect(emulator.stats()).toMatchObject({ StartDeployment: 12, CreateApplication: 2, AssumeRoleWithWebIdentity: 2 });
});

test('a merge request shows the difference and runs no job that writes', { timeout: 60_000 }, async () => {
  const { pipeline, url, emulator } = await createRepository();
  const { jobs, output, artifact } = await pipeline([], { ...mergeRequest, ...withRoles, AWS_ENDPOINT_URL: url }, [
    'CI_COMMIT_BRANCH',
  ]);
  expect(jobs, output).toEqual({ 'appcfg:install': 'PASS', 'appcfg:validate': 'PASS', 'appcfg:diff': 'PASS' });
  expect(Object.keys(emulator.stats()).filter((name) => !/^(List|Get|Assume)/.test(name))).toEqual([]);
  expect(JSON.parse(artifact('appcfg:diff', 'appcfg-tfplan.json'))).toEqual({ create: 2, update: 0, delete: 0 });
});

test('without credentials the job fails, and one line names the variable to set', { timeout: 60_000 }, async () => {
  const { pipeline, url, emulator } = await createRepository();
  const { jobs, output } = await pipeline(['appcfg:install', 'update-app-config'], {
    ...push,
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: url,
  });
  expect(jobs, output).toEqual({ 'appcfg:install': 'PASS', 'update-app-config': 'FAIL' });
  expect(output).toMatch(/AWS_CREDS_TARGET_ROLE/);
  expect(emulator.stats()).toEqual({});
});

test('every job that calls AWS has an ID token and a timeout; jobs that write cannot be cancelled and run one at a time', async () => {
  const preview = await previewJobs();
  for (const job of ['appcfg:diff', 'appcfg:drift', 'appcfg:cleanup', 'update-app-config', 'deploy-app-config']) {
    expect(preview[job], job).toMatchObject({
      timeout: '1 hour',
      id_tokens: { APPCFG_ID_TOKEN: { aud: expect.any(String) } },
    });
  }
  for (const job of ['appcfg:cleanup', 'update-app-config', 'deploy-app-config']) {
    expect(preview[job], job).toMatchObject({
      interruptible: false,
      resource_group: 'appcfg-production',
      environment: { name: 'production' },
      rules: [{ when: 'never' }, { if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' }],
    });
  }
  // An approval of a protected environment must not be needed to read.
  for (const job of ['appcfg:diff', 'appcfg:drift']) expect(preview[job]?.environment, job).toBeUndefined();
  for (const job of ['appcfg:install', 'appcfg:validate']) expect(preview[job]?.id_tokens, job).toBeUndefined();
  expect(preview.stages).toEqual(expect.arrayContaining(['validate', 'update-app-config', 'deploy-app-config']));
});

const always = ['appcfg:install', 'appcfg:validate', 'sbom', 'test'];
const onDefaultBranch = [...always, 'appcfg:cleanup', 'deploy-app-config', 'update-app-config'].sort();

test.each([
  ['a push to the default branch', push, [], onDefaultBranch],
  ['a pipeline started by hand', { ...push, CI_PIPELINE_SOURCE: 'web' }, [], onDefaultBranch],
  ['a trigger token', { ...push, CI_PIPELINE_SOURCE: 'trigger' }, [], onDefaultBranch],
  ['a merge request', mergeRequest, ['CI_COMMIT_BRANCH'], [...always, 'appcfg:diff'].sort()],
  ['a schedule', { ...push, CI_PIPELINE_SOURCE: 'schedule' }, [], [...always, 'appcfg:drift'].sort()],
  ['a push to another branch', { ...push, CI_COMMIT_BRANCH: 'change' }, [], always],
  [
    'a tag',
    { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_TAG: 'v1', CI_DEFAULT_BRANCH: 'main' },
    ['CI_COMMIT_BRANCH'],
    always,
  ],
] as const)('%s has these jobs', { timeout: 30_000 }, async (_, variables, unset, jobs) => {
  expect(await jobsOf(variables, unset)).toEqual([...jobs].sort());
});

test('a merge request without a role is compared with its target branch', { timeout: 60_000 }, async () => {
  const { pipeline, url, emulator, git, commit, write } = await createRepository();
  git('checkout', '-q', '-b', 'change');
  write('tenants/tenant1/dev/ThrottlingLimits.yml', 'api_limits: { global: { requests_per_second: 175 } }\n');
  commit('more');
  const { jobs, output, artifact } = await pipeline(
    ['appcfg:install', 'appcfg:diff'],
    { ...mergeRequest, AWS_ENDPOINT_URL: url },
    ['CI_COMMIT_BRANCH'],
  );
  expect(jobs, output).toEqual({ 'appcfg:install': 'PASS', 'appcfg:diff': 'PASS' });
  expect(emulator.stats()).toEqual({});
  expect(JSON.parse(artifact('appcfg:diff', 'appcfg-tfplan.json'))).toEqual({ create: 0, update: 1, delete: 0 });
  expect(artifact('appcfg:diff', 'appcfg-diff.md')).toMatch(
    /\/artifacts\/file\/appcfg-diff\.html#t=tenant1[\s\S]*- 150\n\+ 175\n/,
  );
});

test('a schedule fails after a deployment outside of appcfg, and a teardown by hand deletes what the tree has lost', {
  timeout: 120_000,
}, async () => {
  const { pipeline, url, emulator, git, commit } = await createRepository();
  const variables = { ...push, ...withRoles, AWS_ENDPOINT_URL: url };
  const deployed = await pipeline(['appcfg:install', 'update-app-config', 'deploy-app-config'], variables);
  expect(deployed.jobs['deploy-app-config'], deployed.output).toBe('PASS');
  const schedule = { ...variables, CI_PIPELINE_SOURCE: 'schedule' };
  const quiet = await pipeline(['appcfg:install', 'appcfg:drift'], schedule);
  expect(quiet.jobs['appcfg:drift'], quiet.output).toBe('PASS');

  await new OtherClient(emulator, '111122223333/eu-west-1').deploy({
    application: 'tenant1',
    environment: 'dev',
    configurationProfile: 'ThrottlingLimits',
    content: '{"api_limits":{}}',
  });
  const drifted = await pipeline(['appcfg:install', 'appcfg:drift'], schedule);
  expect(drifted.jobs['appcfg:drift'], drifted.output).toBe('FAIL');
  expect(drifted.artifact('appcfg:drift', 'appcfg-status.xml')).toContain('drifted');

  git('rm', '-r', '-q', 'tenants/tenant2/qa');
  commit('qa of tenant2 has left');
  const removed = await pipeline(['appcfg:install', 'appcfg:cleanup'], variables);
  expect(removed.jobs['appcfg:cleanup'], removed.output).toBe('PASS');
  expect(emulator.stats()).toMatchObject({ DeleteEnvironment: 1 });
});

test('a canary that is rolled back fails the job, later waves stay untouched, and a new content rolls out', {
  timeout: 120_000,
}, async () => {
  const { pipeline, url, emulator, commit, write, repository } = await createRepository();
  const gitlab = await createGitlab();
  const jobs = ['appcfg:install', 'update-app-config', 'deploy-app-config'];
  const variables = { ...push, ...withRoles, ...gitlab.branchVariables(1), AWS_ENDPOINT_URL: url };
  const settings = readFileSync(join(repository, 'appcfg.yml'), 'utf8');
  write('appcfg.yml', `${settings}waves:\n  - { name: canary, tenants: [tenant1] }\n  - { name: everyone }\n`);
  commit('waves');
  expect((await pipeline(jobs, variables)).jobs['deploy-app-config']).toBe('PASS');

  const limits = readFileSync(join(repository, 'template/ThrottlingLimits.yml'), 'utf8');
  write('template/ThrottlingLimits.yml', limits.replace('concurrent_requests: 50', 'concurrent_requests: 60'));
  commit('a change that harms');
  const before = emulator.stats().StartDeployment ?? 0;
  const alarm = (state: 'ALARM' | 'OK') => {
    for (const environment of ['dev', 'qa'])
      emulator.setAlarm({ account: '111122223333', region: 'eu-west-1', application: 'tenant1', environment, state });
  };
  alarm('ALARM');
  const failed = await pipeline(jobs, variables);
  expect(failed.jobs, failed.output).toMatchObject({ 'update-app-config': 'PASS', 'deploy-app-config': 'FAIL' });
  expect((emulator.stats().StartDeployment ?? 0) - before).toBe(2);
  const report = failed.artifact('deploy-app-config', 'appcfg-deploy.xml');
  expect(report).toContain('rolled back by a CloudWatch alarm');
  expect(report).toMatch(/name="everyone">\s*<skipped\/>[\s\S]*2 addresses skipped/);
  expect(failed.artifact('deploy-app-config', 'appcfg-deploy.html')).toContain('rolled back');

  expect(gitlab.deployments.map(({ environment, statuses }) => `${environment} ${statuses.join(', ')}`)).toEqual([
    'production/canary running, success',
    'production/everyone running, success',
    'production/canary running, failed',
  ]);

  // The job alone again, as with Retry in GitLab: what was rolled back is quarantined.
  alarm('OK');
  const retried = await pipeline(['appcfg:install', 'deploy-app-config'], variables);
  expect(retried.jobs['deploy-app-config'], retried.output).toBe('FAIL');
  expect(retried.output).toMatch(/is quarantined: AppConfig rolled it back/);

  write('template/ThrottlingLimits.yml', limits.replace('concurrent_requests: 50', 'concurrent_requests: 55'));
  commit('a change that does not');
  expect((await pipeline(jobs, variables)).jobs['deploy-app-config']).toBe('PASS');
});

test('a job that failed half-way continues where it ended when it is run again', { timeout: 120_000 }, async () => {
  const { pipeline, url, emulator } = await createRepository();
  const variables = { ...push, ...withRoles, AWS_ENDPOINT_URL: url };
  emulator.injectFault({ operation: 'StartDeployment', kind: 'deny', after: 5, times: Number.POSITIVE_INFINITY });
  const first = await pipeline(['appcfg:install', 'update-app-config', 'deploy-app-config'], variables);
  expect(first.jobs, first.output).toMatchObject({ 'update-app-config': 'PASS', 'deploy-app-config': 'FAIL' });
  emulator.clearFaults();
  const again = await pipeline(['appcfg:install', 'deploy-app-config'], variables);
  expect(again.jobs['deploy-app-config'], again.output).toBe('PASS');
});

test('what a guard blocks at one address keeps no other one from its deployment', { timeout: 120_000 }, async () => {
  const { pipeline, url, emulator, commit, write } = await createRepository();
  const jobs = ['appcfg:install', 'update-app-config', 'deploy-app-config'];
  const variables = { ...push, ...withRoles, AWS_ENDPOINT_URL: url };
  expect((await pipeline(jobs, variables)).jobs['deploy-app-config']).toBe('PASS');
  const scripts = new OtherClient(emulator, '111122223333/eu-west-1');
  const at = { application: 'tenant1', environment: 'dev', configurationProfile: 'ThrottlingLimits' };
  await scripts.deploy({ ...at, content: '{"api_limits":{}}' });
  for (const tenant of ['tenant1', 'tenant2']) {
    write(`tenants/${tenant}/dev/ThrottlingLimits.yml`, 'api_limits: { global: { requests_per_second: 175 } }\n');
  }
  commit('more');
  const blocked = await pipeline(jobs, variables);
  expect(blocked.jobs, blocked.output).toEqual({
    'appcfg:install': 'PASS',
    'update-app-config': 'WARN',
    'deploy-app-config': 'FAIL',
  });
  const served = await scripts.served();
  expect(served.get('tenant2/dev/ThrottlingLimits')?.text).toContain('175');
  expect(served.get('tenant1/dev/ThrottlingLimits')?.text).toBe('{"api_limits":{}}');
  expect(blocked.artifact('deploy-app-config', 'appcfg-deploy.xml')).toContain('tenant1/dev/ThrottlingLimits');
});

test('a merge request has one note, which a second pipeline updates; no token is in a log or a file', {
  timeout: 120_000,
}, async () => {
  const { pipeline, git, commit, write, repository } = await createRepository();
  const gitlab = await createGitlab();
  git('checkout', '-q', '-b', 'change');
  const change = async (rps: number, pipelineId: number) => {
    write(limits, `api_limits: { global: { requests_per_second: ${rps} } }\n`);
    commit(`to ${rps}`);
    const variables = { ...mergeRequest, ...gitlab.variables(pipelineId) };
    return pipeline(['appcfg:install', 'appcfg:diff'], variables, ['CI_COMMIT_BRANCH']);
  };
  const limits = 'tenants/tenant1/dev/ThrottlingLimits.yml';
  const bodies = () => gitlab.ownThreads().map(({ notes }) => notes[0]?.body ?? '');

  const first = await change(175, 1);
  expect(first.jobs['appcfg:diff'], first.output).toBe('PASS');
  expect(bodies()).toEqual([expect.stringMatching(/- 150\n\+ 175/)]);
  const second = await change(180, 2);
  expect(second.jobs['appcfg:diff'], second.output).toBe('PASS');
  expect(bodies()).toEqual([expect.stringMatching(/- 150\n\+ 180/)]);

  const files = readdirSync(join(repository, '.gitlab-ci-local'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/node_modules/.test(entry.parentPath))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  expect(files.length).toBeGreaterThan(3);
  for (const text of [first.output, second.output, ...bodies(), ...files]) {
    for (const token of [gitlab.token, gitlab.jobToken]) expect(text).not.toContain(token);
  }
});
