import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { createEmulator } from '../../src/emulator/host/emulator.ts';
import { listen } from '../../src/emulator/host/http-server.ts';
import { readDocument } from '../support/documents.ts';
import { idToken, previewJobs } from '../support/pipeline.ts';
import { createWorld } from '../support/world.ts';

const jobs = await previewJobs();
const jobNames = Object.keys(jobs).filter((name) => jobs[name]?.script !== undefined && !name.startsWith('.'));
const scriptOf = (job: string) =>
  [jobs[job]?.before_script, jobs[job]?.script, jobs[job]?.after_script].flatMap((lines) => lines ?? []).join('\n');
const withToken = jobNames.filter((name) => jobs[name]?.id_tokens !== undefined);
const writing = ['update-app-config', 'deploy-app-config', 'appcfg:cleanup'];

test('only the jobs that contact AWS have an ID token, with an audience of its own', () => {
  expect(withToken).toEqual([
    'appcfg:diff',
    'update-app-config',
    'deploy-app-config',
    'appcfg:drift',
    'appcfg:cleanup',
  ]);
  for (const name of withToken) expect(jobs[name]?.id_tokens, name).toEqual({ APPCFG_ID_TOKEN: { aud: 'appcfg' } });
});

test('a job with an ID token installs nothing, and starts the program by its path', () => {
  for (const name of withToken) {
    expect(scriptOf(name), name).toMatch(/^ *node_modules\/\.bin\/appcfg /m);
    expect(scriptOf(name), name).not.toMatch(/\b(?:npm|npx|yarn|pnpm|curl|wget)\b/);
  }
});

test('no job runs the scripts of packages', () => {
  for (const name of jobNames) {
    for (const [install] of scriptOf(name).matchAll(/\bnpm (?:ci|i|install|add)\b.*/g)) {
      expect(install, name).toContain('--ignore-scripts');
    }
  }
  expect(readDocument('templates/appcfg.yml')).toContain('default: npm ci --ignore-scripts --omit=dev\n');
});

test('in a merge request, jobs whose output may show values know what the target branch redacts', () => {
  for (const name of ['appcfg:validate', 'appcfg:diff']) {
    expect(scriptOf(name), name).toMatch(/^ *git fetch [^\n]*\$branch:refs\/remotes\/origin\/\$branch/m);
  }
});

test('artifacts of every job are for developers only', () => {
  for (const name of jobNames) {
    const artifacts = jobs[name]?.artifacts;
    if (artifacts !== undefined) expect(artifacts, name).toMatchObject({ access: 'developer' });
  }
  expect(jobNames.filter((name) => jobs[name]?.artifacts !== undefined)).toEqual(
    expect.arrayContaining(['appcfg:install', 'appcfg:validate', 'appcfg:diff', 'deploy-app-config']),
  );
});

test('jobs that write have the environment, and run on the default branch only; no other job has it', () => {
  for (const name of writing) {
    expect(jobs[name]?.environment, name).toMatchObject({ name: 'production', deployment_tier: 'production' });
    expect(JSON.stringify(jobs[name]?.rules), name).toContain('$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH');
  }
  expect(jobNames.filter((name) => jobs[name]?.environment !== undefined)).toEqual(writing);
});

test('the documented trust policies pin the audience that the jobs request, and the subject; no other claim is tested', () => {
  const policies = [...readDocument('docs/iam.md').matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) =>
    JSON.parse(text.startsWith('{') ? text : `{${text}}`),
  );
  const conditions = policies
    .flatMap((policy) => policy.Statement ?? [policy])
    .flatMap((statement) => statement.Condition ?? []);
  const claims = conditions.map((condition) =>
    Object.values<Record<string, string>>(condition).flatMap((tests) =>
      Object.entries(tests).map(([key, value]) => [key.replace('gitlab.example.com:', ''), value]),
    ),
  );
  const gitlab = claims.filter((tests) => tests.some(([key]) => key === 'aud'));
  expect(gitlab).toHaveLength(2);
  for (const tests of gitlab) {
    expect(tests.map(([key]) => key).sort()).toEqual(['aud', 'sub']);
    expect(Object.fromEntries(tests).aud).toBe('appcfg');
    expect(Object.fromEntries(tests).sub).toMatch(/^project_path:acme\/config:ref_type:branch:ref:/);
  }
  expect(gitlab.filter((tests) => JSON.stringify(tests).includes('*'))).toHaveLength(1);
});

const reader = 'arn:aws:iam::111111111111:role/reader';
const writer = 'arn:aws:iam::222222222222:role/writer';
const other = 'arn:aws:iam::333333333333:role/other';

/** Runs a command in this process, with these variables, against an emulator over HTTP that assumes any role. */
async function inJob(variables: Readonly<Record<string, string>>, args: readonly string[], account = '111111111111') {
  const world = createWorld({
    'appcfg.yml': `project: acme/config\naws: { allowedAccounts: ["${account}"] }\n`,
    'template/Limits.yml': 'a: 1\n',
    'tenants/acme/dev/.gitkeep': '',
  });
  const emulator = createEmulator({ now: Date.now, speed: 3000 });
  const server = await listen(emulator, { port: 0 });
  onTestFinished(() => server.close());
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await run(
    [...args, '--endpoint-url', server.url],
    {
      env: {
        PATH: process.env.PATH,
        NO_COLOR: '1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_REGION: 'eu-west-1',
        APPCFG_ID_TOKEN: idToken,
        ...variables,
      },
      stdin: process.stdin,
      stdout: { write: (text) => out.push(text) },
      stderr: { write: (text) => err.push(text) },
      cwd: () => world.directory,
      cpuUsage: () => process.cpuUsage(),
      on: () => {},
      off: () => {},
      exit: () => {},
    },
    {},
  );
  return { exitCode, stdout: out.join(''), stderr: err.join(''), calls: emulator.stats() };
}

const keys = { APPCFG_ID_TOKEN: '', AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' };
const both = { AWS_CREDS_READ_ROLE: reader, AWS_CREDS_TARGET_ROLE: writer };

test.each([
  ['diff', both, '111111111111'],
  ['status', both, '111111111111'],
  ['sync --dry-run', both, '222222222222'],
  ['sync', both, '222222222222'],
  ['diff', { AWS_ROLE_ARN: other }, '333333333333'],
  ['sync --dry-run', { AWS_ROLE_ARN: other }, '333333333333'],
  ['diff', { ...both, AWS_ROLE_ARN: reader }, '111111111111'],
  // GitLab hands on variables that are empty.
  ['diff', { AWS_CREDS_READ_ROLE: '', AWS_CREDS_TARGET_ROLE: '', AWS_ROLE_ARN: other }, '333333333333'],
  ['diff', { ...both, AWS_ROLE_ARN: '', AWS_ACCESS_KEY_ID: '', AWS_PROFILE: '' }, '111111111111'],
] as const)('%s with %j works in account %s', async (command, variables, account) => {
  const outcome = await inJob(variables, command.split(' '), account);
  expect(outcome.stderr).not.toContain('error');
  expect(outcome).toMatchObject({ exitCode: 0, calls: { AssumeRoleWithWebIdentity: 1 } });
});

test.each([
  // No fallback to the other role.
  ['diff', { AWS_CREDS_TARGET_ROLE: writer }, 'credentials-missing', 'AWS_CREDS_READ_ROLE'],
  ['status', { AWS_CREDS_TARGET_ROLE: writer }, 'credentials-missing', 'AWS_CREDS_READ_ROLE'],
  [
    'history acme/*/*',
    { AWS_CREDS_TARGET_ROLE: writer, AWS_CREDS_READ_ROLE: '' },
    'credentials-missing',
    'AWS_CREDS_READ_ROLE',
  ],
  ['sync', { AWS_CREDS_READ_ROLE: reader }, 'credentials-missing', 'AWS_CREDS_TARGET_ROLE'],
  ['sync --dry-run', { AWS_CREDS_READ_ROLE: reader }, 'credentials-missing', 'AWS_CREDS_TARGET_ROLE'],
  ['rollback acme/*/* --yes', { AWS_CREDS_READ_ROLE: reader }, 'credentials-missing', 'AWS_CREDS_TARGET_ROLE'],
  ['cleanup --all --yes', { AWS_CREDS_READ_ROLE: reader }, 'credentials-missing', 'AWS_CREDS_TARGET_ROLE'],
  ['sync', {}, 'credentials-missing', 'AWS_CREDS_TARGET_ROLE'],
  ['diff', {}, 'credentials-missing', 'AWS_CREDS_READ_ROLE'],
  // Nothing wins silently.
  [
    'diff',
    { ...both, AWS_ROLE_ARN: writer },
    'credentials-ambiguous',
    'unset AWS_ROLE_ARN; to use it instead, unset AWS_CREDS_READ_ROLE and AWS_CREDS_TARGET_ROLE',
  ],
  ['sync', { ...both, AWS_ROLE_ARN: reader }, 'credentials-ambiguous', 'AWS_ROLE_ARN'],
  ['sync', { ...both, AWS_ROLE_ARN: other }, 'credentials-ambiguous', 'AWS_ROLE_ARN'],
  [
    'diff',
    { AWS_CREDS_TARGET_ROLE: writer, AWS_ROLE_ARN: writer },
    'credentials-ambiguous',
    'AWS_ROLE_ARN and AWS_CREDS_TARGET_ROLE are both set',
  ],
  [
    'diff',
    { ...both, AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' },
    'credentials-ambiguous',
    'unset AWS_ACCESS_KEY_ID; to use it instead, unset APPCFG_ID_TOKEN, AWS_CREDS_READ_ROLE and AWS_CREDS_TARGET_ROLE',
  ],
  ['sync', { ...both, AWS_SECRET_ACCESS_KEY: 'x' }, 'credentials-ambiguous', 'AWS_SECRET_ACCESS_KEY'],
  ['sync', { AWS_ROLE_ARN: other, AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' }, 'credentials-ambiguous', 'AWS_ACCESS_KEY_ID'],
  ['diff', { ...both, AWS_PROFILE: 'ops' }, 'credentials-ambiguous', 'AWS_PROFILE and APPCFG_ID_TOKEN are both set'],
  ['sync', { AWS_ROLE_ARN: other, AWS_PROFILE: 'ops' }, 'credentials-ambiguous', 'AWS_PROFILE'],
  ['rollback acme/*/* --yes', { ...both, AWS_PROFILE: 'default' }, 'credentials-ambiguous', 'AWS_PROFILE'],
  ['diff', { ...both, ...keys }, 'credentials-ambiguous', 'AWS_ACCESS_KEY_ID and AWS_CREDS_READ_ROLE are both set'],
  [
    'sync',
    { AWS_CREDS_TARGET_ROLE: writer, ...keys },
    'credentials-ambiguous',
    'and AWS_CREDS_TARGET_ROLE are both set',
  ],
  [
    'diff',
    { AWS_CREDS_TARGET_ROLE: writer, ...keys },
    'credentials-ambiguous',
    'and AWS_CREDS_TARGET_ROLE are both set',
  ],
  ['status', { ...both, APPCFG_ID_TOKEN: '', AWS_PROFILE: 'ops' }, 'credentials-ambiguous', 'AWS_PROFILE'],
  // A role that nothing can assume: not even what the machine has is used instead.
  ['diff', { ...both, APPCFG_ID_TOKEN: '' }, 'credentials-missing', 'but APPCFG_ID_TOKEN is not'],
  ['sync', { ...both, APPCFG_ID_TOKEN: '', AWS_ROLE_ARN: writer }, 'credentials-missing', 'APPCFG_ID_TOKEN'],
  // The variable that holds a wrong ARN.
  ['diff', { ...both, AWS_CREDS_READ_ROLE: '$AWS_CREDS_READ_ROLE' }, 'credentials-refused', 'AWS_CREDS_READ_ROLE'],
  ['sync', { ...both, AWS_CREDS_TARGET_ROLE: `${writer}\n` }, 'credentials-refused', 'AWS_CREDS_TARGET_ROLE'],
  ['sync', { AWS_ROLE_ARN: 'arn:aws:iam::1:user/x' }, 'credentials-refused', 'AWS_ROLE_ARN'],
] as const)('%s with %j ends with %s, names %s, and calls nothing', async (command, variables, code, variable) => {
  const outcome = await inJob(variables, [...command.split(' '), '-o', 'jsonl']);
  expect(outcome).toMatchObject({ exitCode: 6, calls: {} });
  expect(outcome.stderr).toContain(variable);
  expect(outcome.stdout).toContain(`"code":"${code}"`);
  expect(outcome.stdout + outcome.stderr).not.toContain(idToken);
});
