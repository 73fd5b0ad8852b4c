// Runs .gitlab-ci.yml unchanged, with a real runner, against an emulator over HTTP.
import { expect, test } from 'vitest';
import { createRepository, mergeRequest, previewJobs, push, withRoles } from '../support/pipeline.ts';

test('a push to the default branch ends with every address live', { timeout: 60_000 }, async () => {
  const { pipeline, url, emulator } = await createRepository();
  const { jobs, output } = await pipeline(['install', 'update-app-config', 'deploy-app-config'], {
    ...push,
    ...withRoles,
    AWS_ENDPOINT_URL: url,
  });
  expect(jobs, output).toEqual({ install: 'PASS', 'update-app-config': 'PASS', 'deploy-app-config': 'PASS' });
  expect(emulator.stats()).toMatchObject({ StartDeployment: 12, CreateApplication: 2, AssumeRoleWithWebIdentity: 2 });
});

test('a merge request shows the difference and runs no job that writes', { timeout: 60_000 }, async () => {
  const { pipeline, url, emulator } = await createRepository();
  const { jobs, output, artifact } = await pipeline([], { ...mergeRequest, ...withRoles, AWS_ENDPOINT_URL: url }, [
    'CI_COMMIT_BRANCH',
  ]);
  const own = { build: 'PASS', sbom: 'PASS', lint: 'PASS', test: 'PASS' };
  expect(jobs, output).toEqual({ install: 'PASS', validate: 'PASS', diff: 'PASS', ...own });
  expect(Object.keys(emulator.stats()).filter((name) => !/^(List|Get|Assume)/.test(name))).toEqual([]);
  expect(JSON.parse(artifact('diff', 'tfplan.json'))).toEqual({ create: 2, update: 0, delete: 0 });
});

test('without credentials the job fails, and one line names the variable to set', { timeout: 60_000 }, async () => {
  const { pipeline, url, emulator } = await createRepository();
  const { jobs, output } = await pipeline(['install', 'update-app-config'], {
    ...push,
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: url,
  });
  expect(jobs, output).toEqual({ install: 'PASS', 'update-app-config': 'FAIL' });
  expect(output).toMatch(/AWS_CREDS_TARGET_ROLE/);
  expect(emulator.stats()).toEqual({});
});

test('every job that calls AWS has an ID token and a timeout; jobs that write cannot be cancelled and run one at a time', async () => {
  const preview = await previewJobs();
  for (const job of ['diff', 'update-app-config', 'deploy-app-config']) {
    expect(preview[job], job).toMatchObject({
      timeout: '1 hour',
      id_tokens: { APPCFG_ID_TOKEN: { aud: expect.any(String) } },
    });
  }
  for (const job of ['update-app-config', 'deploy-app-config']) {
    expect(preview[job], job).toMatchObject({ interruptible: false, resource_group: expect.anything() });
  }
  expect(preview.stages).toEqual(expect.arrayContaining(['validate', 'update-app-config', 'deploy-app-config']));
});
