// A rollout in a child pipeline, with a real runner: the parent as docs/large-fleets.md has it, two accounts and Regions, two waves.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout, readDocument } from '../support/documents.ts';
import { createRepository, withRoles } from '../support/pipeline.ts';

const wave = "canary's $CI_JOB_TOKEN";
const settings = `project: acme/config
deploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }
deploymentStrategy: instant
environments:
  dev: { region: eu-west-1 }
  prod: { region: us-east-1, roleArn: "arn:aws:iam::444455556666:role/appcfg" }
waves:
  - { name: "${wave}", tenants: [one] }
  - { name: everyone }
`;

/** What the page gives to copy. */
function parentOfPage(): string {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readDocument('docs/large-fleets.md')) ?? [];
  return yaml;
}

async function createFleet() {
  const created = await createRepository();
  const { write, git, commit, url, directory } = created;
  git('rm', '-r', '-q', 'template', 'tenants');
  write('.gitlab-ci.yml', parentOfPage());
  // Where `appcfg init` writes it.
  write('.gitlab/appcfg.yml', readDocument('templates/appcfg.yml'));
  write('appcfg.yml', settings);
  write('template/Limits.yml', 'rate: 100\n');
  for (const tenant of ['one', 'two']) {
    for (const environment of ['dev', 'prod']) write(`tenants/${tenant}/${environment}/.gitkeep`, '');
  }
  commit('a fleet');
  // Those of the project: a child does not have what the runner was given for its parent.
  const ofProject = { ...withRoles, AWS_ENDPOINT_URL: url, AWS_EC2_METADATA_DISABLED: 'true', GITLAB_CI: 'true' };
  mkdirSync(join(directory, '.gitlab-ci-local'));
  writeFileSync(join(directory, '.gitlab-ci-local/variables.yml'), JSON.stringify({ global: ofProject }));
  const run = async () => {
    const pipeline = await created.pipeline([], {});
    const found = [...pipeline.output.matchAll(/^ (PASS|FAIL|WARN) +(?:\[appcfg-fleet\] -> )?(.+?) *$/gm)];
    const all = found.map(([, result, job = '']) => [job, result] as const);
    return {
      ...pipeline,
      jobs: Object.fromEntries(all.filter(([job]) => / /.test(job) && !job.startsWith('downstream'))),
    };
  };
  /** The last job by itself, as GitLab runs it with the reports that there are. This runner does not start it after skipped stages. */
  const summarize = () =>
    created.pipeline(['--file', '.gitlab-ci-local/artifacts/appcfg-generate/appcfg-fleet.yml', 'appcfg summary'], {
      CI_PIPELINE_SOURCE: 'parent_pipeline',
    });
  return { ...created, run, summarize };
}

const canaryOwn = 'wave 1 canary_s_CI_JOB_TOKEN: [unknown/eu-west-1]';
const canaryOther = 'wave 1 canary_s_CI_JOB_TOKEN: [444455556666/us-east-1]';
const restOwn = 'wave 2 everyone: [unknown/eu-west-1]';
const restOther = 'wave 2 everyone: [444455556666/us-east-1]';
const passed = Object.fromEntries(
  ['appcfg prepare', canaryOwn, canaryOther, restOwn, restOther, 'appcfg summary'].map((name) => [name, 'PASS']),
);

test('the child deploys wave after wave in all accounts and Regions, and its summary is one report', {
  timeout: 120_000,
}, async () => {
  const { run, emulator } = await createFleet();
  const { jobs, output, artifact } = await run();
  expect(jobs, output).toEqual(passed);
  expect(emulator.stats()).toMatchObject({ StartDeployment: 4, CreateApplication: 4 });
  const summary = JSON.parse(artifact('appcfg summary', 'appcfg-summary.json'));
  expect(summary.jobs.map(({ exitCode }: { exitCode: number }) => exitCode)).toEqual([0, 0, 0, 0]);
  expect(summary.plan.waves).toMatchObject([{ name: wave }, { name: 'everyone' }]);
  expect(output).not.toContain(withRoles.APPCFG_ID_TOKEN);
});

test('a wave that fails stops the next one, and a run again deploys only the rest', {
  timeout: 180_000,
}, async () => {
  const { run, summarize, emulator } = await createFleet();
  emulator.injectFault({ operation: 'StartDeployment', kind: 'deny', times: 1 });
  const failed = await run();
  const canaries = [failed.jobs[canaryOwn], failed.jobs[canaryOther]].sort();
  expect(canaries, failed.output).toEqual(['FAIL', 'PASS']);
  expect([failed.jobs[restOwn], failed.jobs[restOther]]).toEqual([undefined, undefined]);
  emulator.resetStats();
  const { output, artifact } = await summarize();
  expect(emulator.stats(), output).toEqual({});
  expect(output).toMatch(/ FAIL +appcfg summary/);
  expect(output).toContain('no report of 2 of 4 jobs');
  expect(output).toMatch(/Failed: /);
  const summary = JSON.parse(artifact('appcfg summary', 'appcfg-summary.json'));
  const ends = summary.jobs.map(({ exitCode }: { exitCode: number | null }) => exitCode);
  expect(ends.slice(0, 2).toSorted()).toEqual([0, 6]);
  expect(ends.slice(2)).toEqual([null, null]);
  expect(summary.problems.map(({ code }: { code: string }) => code)).toContain('job-not-run');
  const junit = artifact('appcfg summary', 'appcfg-summary.xml');
  expect(junit).toContain('<failure');
  for (const file of ['appcfg-summary.md', 'appcfg-summary.html'])
    expect(artifact('appcfg summary', file)).toContain('one/');
  const again = await run();
  expect(again.jobs, again.output).toEqual(passed);
  expect(emulator.stats()).toMatchObject({ StartDeployment: 3 });
});

test("GitLab's schema of pipelines accepts the child, and that of a tree with nothing to deploy", {
  timeout: 60_000,
}, async () => {
  const { repository, write, directory } = await createFleet();
  const appcfg = (...args: string[]) =>
    execFileSync(process.execPath, [join(checkout, 'bin/appcfg.js'), 'ci', 'generate', ...args], { cwd: repository });
  const runner = join(checkout, 'node_modules/gitlab-ci-local/dist/index.js');
  const env = { PATH: `${join(checkout, 'test/support/bin')}:${process.env.PATH}`, HOME: directory };
  const variables = [
    '--variable',
    'CI_PIPELINE_SOURCE=parent_pipeline',
    '--ignore-predefined-vars',
    'CI_PIPELINE_SOURCE',
  ];
  const listed = (file: string) =>
    execFileSync(process.execPath, [runner, '--file', file, '--list-csv', '--no-color', ...variables], {
      cwd: repository,
      env,
      encoding: 'utf8',
    });
  appcfg('--out', 'child.yml', '--image', 'node:22');
  expect(
    listed('child.yml')
      .split('\n')
      .filter((line) => line.startsWith('"') || line.includes(';')),
  ).toHaveLength(7);
  write('appcfg.yml', `${settings.split('waves:')[0]}tenants: [{ match: "*", excludeProfiles: [Limits] }]\n`);
  appcfg('--out', 'empty.yml');
  expect(listed('empty.yml')).toContain('nothing to deploy');
});
