// The tokens for GitLab are in no output: of no format, also where GitLab, or another server that answers, quotes them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatsOf } from '../../src/report/formats.ts';
import { createGitlab, type GitlabFault, type GitlabRequest, type GitlabServer } from '../support/gitlab-server.ts';
import { commit, createWorld, type World } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/Limits.yml': 'rps: 100\n',
  'tenants/one/dev/.gitkeep': '',
};

function repository(): World {
  const world = createWorld(tree);
  commit(world);
  execFileSync('git', ['update-ref', 'refs/remotes/origin/main', 'HEAD'], { cwd: world.directory });
  world.write('template/Limits.yml', 'rps: 200\n');
  return world;
}

/** One run with all formats of the command at once; the text of all its outputs. */
async function allOutputs(
  world: World,
  env: Record<string, string>,
  [command = '', ...args]: readonly string[],
): Promise<string> {
  const printed = ['text', 'gitlab-note'];
  const written = formatsOf(command).filter((format) => !printed.includes(format));
  const outputs = [
    ...printed.filter((format) => formatsOf(command).some((each) => each === format)),
    ...written.map((format) => `${format}=out.${format}`),
  ];
  const { exitCode, stdout, stderr } = await world.appcfgWith(
    { env },
    ...[command, ...args, '-v', ...outputs.flatMap((output) => ['-o', output])],
  );
  expect(exitCode, stderr).toBe(0);
  const texts = written.map((format) => readFileSync(join(world.directory, `out.${format}`), 'utf8'));
  return [stdout, stderr, ...texts].join('\n');
}

function expectNone(text: string, token: string): void {
  const forms = [token, encodeURIComponent(token), Buffer.from(token).toString('base64').slice(0, -4)];
  for (const form of [...forms, token.slice(-16)]) expect(text.includes(form), `${form} in:\n${text}`).toBe(false);
}

type Quoting = (request: GitlabRequest) => GitlabFault | undefined;

const quotes: readonly (readonly [how: string, quote: Quoting])[] = [
  ['in the text of an error', ({ token }) => ({ status: 403, body: `{"message":"no ${token.value}"}` })],
  ['in a page', ({ token }) => ({ status: 500, body: `<html>${token.value}</html>` })],
  ['in a response that is no JSON', ({ token }) => ({ status: 200, body: `PRIVATE-TOKEN: ${token.value}` })],
  ['in JSON of another form', ({ token }) => ({ status: 200, body: JSON.stringify([{ id: token.value }]) })],
  [
    'in the query of a redirect',
    ({ token }) => ({ status: 302, headers: { location: `https://sso.example/?t=${token.value}` } }),
  ],
  [
    'in the host of a redirect',
    ({ token }) => ({ status: 302, headers: { location: `https://${token.value?.replaceAll('_', '-')}.example/` } }),
  ],
  [
    'in a header',
    ({ token }) => ({ status: 401, body: '{}', headers: { 'www-authenticate': `Bearer ${token.value}` } }),
  ],
  ['in the link to the next page', ({ token }) => pageAfter(token.value)],
  ['in a note of the merge request', () => undefined],
];

function pageAfter(token = ''): GitlabFault {
  return { status: 200, body: '[]', headers: { link: `<https://x.example/?page=${token}>; rel="next"` } };
}

test.each(quotes)('a token that is quoted %s', async (_how, quote) => {
  const gitlab = await createGitlab();
  gitlab.add(`who lost ${gitlab.token}?`, { by: gitlab.addUser('reviewer').user });
  gitlab.fault = quote;
  const world = repository();
  const ofNote = await allOutputs(world, gitlab.variables(1), ['diff', '--base', 'origin/main']);
  expect(ofNote).toMatch(/note-failed|GitLab note created/);
  expectNone(ofNote, gitlab.token);
  const args = ['sync', '--gitlab-deployments', 'production'];
  const ofDeployments = await allOutputs(world, gitlab.branchVariables(1), args);
  expectNone(ofDeployments, gitlab.jobToken);
  expect(gitlab.requests.map(({ token }) => token.value)).toContain(gitlab.jobToken);
});

test.each<[string, (gitlab: GitlabServer) => Record<string, string>]>([
  ['has a line break', ({ token }) => ({ APPCFG_GITLAB_TOKEN: `${token}\n${token}` })],
  ['has characters of other alphabets', ({ token }) => ({ APPCFG_GITLAB_TOKEN: `${token}ü` })],
  ['is in the URL of the API', ({ apiUrl, token }) => ({ CI_API_V4_URL: apiUrl.replace('//', `//oauth2:${token}@`) })],
  ['is in the path of the API', ({ apiUrl, token }) => ({ CI_API_V4_URL: `${apiUrl}/${token}` })],
  ['is in the number of the merge request', ({ token }) => ({ CI_MERGE_REQUEST_IID: token })],
  ['is in the number of the project', ({ token }) => ({ CI_MERGE_REQUEST_PROJECT_ID: token })],
])('a token that %s', async (_what, variables) => {
  const gitlab = await createGitlab();
  const world = repository();
  const env = { ...gitlab.variables(1), ...variables(gitlab) };
  const text = await allOutputs(world, env, ['diff', '--base', 'origin/main']);
  expect(text).toMatch(/note-failed|GitLab note not sent/);
  expectNone(text, gitlab.token);
});

test('a token as a scope or in the URL of the page is in no output, and not in the note', async () => {
  const gitlab = await createGitlab();
  const world = repository();
  const { token } = gitlab;
  const htmlUrl = `https://pages.example/${token}/diff.html?t=${encodeURIComponent(token)}`;
  for (const scope of ['', `=${token}`]) {
    const args = ['diff', '--base', 'origin/main', '-v', '--html-url', htmlUrl];
    const written = formatsOf('diff').filter((format) => format !== 'text' && format !== 'gitlab-note');
    const outputs = [`gitlab-note${scope}`, 'text', ...written.map((format) => `${format}=out.${format}`)];
    const of = outputs.flatMap((output) => ['-o', output]);
    const { exitCode, stdout, stderr } = await world.appcfgWith({ env: gitlab.variables(1) }, ...args, ...of);
    expect(exitCode, stderr).toBe(0);
    const texts = written.map((format) => readFileSync(join(world.directory, `out.${format}`), 'utf8'));
    expectNone([stdout, stderr, ...texts].join('\n'), token);
  }
  const bodies = gitlab.discussions.map(({ notes }) => notes[0]?.body ?? '');
  expect(bodies).toHaveLength(2);
  for (const body of bodies) {
    expect(body).toContain('https://pages.example/');
    expectNone(body, token);
  }
});

test('no host but that of the API has a token', async () => {
  const gitlab = await createGitlab();
  const other = await createGitlab();
  gitlab.paging = 'link';
  gitlab.fault = ({ path }) =>
    path === '/user' ? { status: 307, headers: { location: `${other.apiUrl}/user` } } : undefined;
  const world = repository();
  for (const pipeline of [1, 2]) {
    world.write('template/Limits.yml', `rps: ${pipeline}\n`);
    await allOutputs(world, gitlab.variables(pipeline), ['diff', '--base', 'origin/main']);
  }
  expect(gitlab.requests.map(({ path }) => path)).toContain('/user');
  expect(other.requests).toEqual([]);
});
