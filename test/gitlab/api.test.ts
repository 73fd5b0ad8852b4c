// Requests to GitLab, over HTTP: what is sent again, where the token goes, and that no failure quotes it.
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { GitlabApi, GitlabFailure } from '../../src/gitlab/api.ts';
import { createGitlab, type GitlabFault, type GitlabServer } from '../support/gitlab-server.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const discussions = '/projects/17/merge_requests/7/discussions';

function apiOf(gitlab: GitlabServer, more: Partial<ConstructorParameters<typeof GitlabApi>[0]> = {}): GitlabApi {
  const { apiUrl: url, token } = gitlab;
  const { signal } = new AbortController();
  return new GitlabApi({
    url,
    header: 'PRIVATE-TOKEN',
    token,
    clock: new VirtualClock(),
    signal,
    timeoutMs: 5_000,
    ...more,
  });
}

/** These faults one after the other, then none. */
function faulty(gitlab: GitlabServer, faults: readonly GitlabFault[]): void {
  const left = [...faults];
  gitlab.fault = () => left.shift();
}

/** Silence is not waited for long; a response can be slow on a busy machine. */
function timeoutFor(fault: GitlabFault) {
  return { timeoutMs: fault === 'no response' ? 300 : 10_000 };
}

async function failureOf(request: Promise<unknown>): Promise<GitlabFailure> {
  const error = await request.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GitlabFailure);
  return error as GitlabFailure;
}

const outage = { status: 502, body: '<html>Bad Gateway</html>' };

test.each<[string, GitlabFault]>([
  ['an outage', outage],
  ['a limit of rates', { status: 429 }],
  ['a connection that is cut', 'reset'],
  ['silence', 'no response'],
])('after %s a request that reads or replaces is sent again, twice at most', async (_what, fault) => {
  const gitlab = await createGitlab();
  faulty(gitlab, [fault, fault]);
  expect(await apiOf(gitlab, timeoutFor(fault)).get('/user')).toMatchObject({ id: gitlab.bot.id });
  expect(gitlab.requests).toHaveLength(3);
  faulty(gitlab, [fault, fault, fault]);
  await failureOf(apiOf(gitlab, timeoutFor(fault)).put(`${discussions}/1`, { resolved: true }));
  expect(gitlab.requests).toHaveLength(6);
});

test.each<[string, GitlabFault, number]>([
  ['an outage', outage, 1],
  ['silence', 'no response', 1],
  ['a connection that is cut', 'reset', 1],
  ['a limit of rates, which has created nothing', { status: 429 }, 2],
])('after %s a request that creates is not sent again, unless nothing was created', async (_what, fault, times) => {
  const gitlab = await createGitlab();
  faulty(gitlab, [fault]);
  await apiOf(gitlab, timeoutFor(fault))
    .post(discussions, { body: 'a' })
    .catch(() => {});
  expect(gitlab.requests).toHaveLength(times);
});

test.each([400, 401, 403, 404, 405, 409, 422])('status %i is final', async (status) => {
  const gitlab = await createGitlab();
  faulty(gitlab, [{ status, body: `{"message":"${gitlab.token}"}` }]);
  const { kind, request } = await failureOf(apiOf(gitlab).get('/user'));
  expect([kind, request]).toEqual([{ is: 'status', status }, 'GET /user']);
  expect(gitlab.requests).toHaveLength(1);
});

test.each([301, 302, 303, 307, 308])('a redirect (%i) is not followed: the token goes to one host', async (status) => {
  const gitlab = await createGitlab();
  const other = await createGitlab();
  const location = `${other.apiUrl}/user?private_token=${gitlab.token}`;
  faulty(gitlab, [{ status, headers: { location } }]);
  const { kind, message } = await failureOf(apiOf(gitlab).get('/user'));
  expect(kind).toEqual({ is: 'redirect', to: new URL(other.url).origin });
  expect(message).not.toContain(gitlab.token);
  expect(other.requests).toEqual([]);
});

test.each<[string, GitlabFault]>([
  ['a sign-in page', { status: 200, body: '<!DOCTYPE html><title>Sign in</title>' }],
  ['nothing', { status: 200, body: '' }],
  ['half a document', { status: 200, body: '[{"id":' }],
])('a response that is %s is unexpected', async (_what, fault) => {
  const gitlab = await createGitlab();
  faulty(gitlab, [fault]);
  expect((await failureOf(apiOf(gitlab).get('/user'))).kind).toEqual({ is: 'unexpected', what: 'no JSON' });
});

test('of a response of more than 8 MB no more is read', async () => {
  const gitlab = await createGitlab();
  faulty(gitlab, [{ status: 200, body: JSON.stringify('x'.repeat(9 * 1024 * 1024)) }]);
  expect((await failureOf(apiOf(gitlab).get('/user'))).kind).toMatchObject({
    megabytes: 8,
  });
});

test.each<[string, 'number' | 'link']>([
  ['by its number', 'number'],
  ['by a link to another host, of which only the query is used', 'link'],
])('all pages are read, the next one named %s', async (_how, paging) => {
  const gitlab = await createGitlab('/gitlab');
  const { user } = gitlab.addUser('reviewer');
  for (let index = 0; index < 7; index += 1) gitlab.add(`comment ${index}`, { by: user });
  Object.assign(gitlab, { pageSize: 3, paging });
  expect(await apiOf(gitlab).list(discussions, (item) => item)).toHaveLength(7);
  expect(gitlab.requests).toHaveLength(3);
});

test('a page can be empty although others follow, and a list that does not end is an error', async () => {
  const gitlab = await createGitlab();
  gitlab.add('comment');
  faulty(gitlab, [{ status: 200, body: '[]', headers: { 'x-next-page': '1' } }]);
  expect(await apiOf(gitlab).list(discussions, (item) => item)).toHaveLength(1);
  gitlab.fault = () => ({ status: 200, body: '[]', headers: { 'x-next-page': '2' } });
  expect((await failureOf(apiOf(gitlab).list(discussions, (item) => item))).kind).toMatchObject({
    what: 'a list without an end',
  });
  gitlab.fault = () => ({ status: 200, body: '{}' });
  expect((await failureOf(apiOf(gitlab).list(discussions, (item) => item))).kind).toMatchObject({ what: 'no list' });
});

test('without a connection the failure has the code of the error, and nothing of the URL', async () => {
  const gitlab = await createGitlab();
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const nowhere = { url: `http://127.0.0.1:${(closed.address() as AddressInfo).port}/api/v4` };
  await new Promise((resolve) => closed.close(resolve));
  const { kind, message } = await failureOf(apiOf(gitlab, nowhere).get('/user'));
  expect(kind).toEqual({ is: 'unreachable', code: 'ECONNREFUSED' });
  expect(message).not.toContain('127.0.0.1');
});

test.each([
  'ftp://gitlab.example.com/api/v4',
  'gitlab.example.com',
  'https://user:secret-0815@gitlab.example.com/api/v4',
  '',
])('the URL %j is refused before the first request', async (url) => {
  const gitlab = await createGitlab();
  expect(() => apiOf(gitlab, { url })).toThrow(GitlabFailure);
  expect(() => apiOf(gitlab, { url })).not.toThrow(/secret-0815/);
});

test.each(['glpat-a\nb', 'glpat-a b', 'glpat-ü', ''])('the token %j is refused, and not quoted', async (token) => {
  const gitlab = await createGitlab();
  expect(() => apiOf(gitlab, { token })).toThrow(/^the first request: unusable$/);
});

test('an abort ends a request, and the wait for the next one, with its reason', async () => {
  for (const fault of ['no response', { status: 503 }] as const) {
    const gitlab = await createGitlab();
    const controller = new AbortController();
    gitlab.fault = () => {
      setTimeout(() => controller.abort('SIGINT'), 10);
      return fault;
    };
    const clock = { now: () => 0, sleep: (_ms: number, signal?: AbortSignal) => aborted(signal) };
    const { signal } = controller;
    await expect(apiOf(gitlab, { signal, clock, timeoutMs: 60_000 }).get('/user')).rejects.toBe('SIGINT');
    expect(gitlab.requests).toHaveLength(1);
  }
});

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}
