// The note of a merge request, as it is kept in GitLab: over HTTP, against a stand-in for GitLab's API.
import { describe, expect, test } from 'vitest';
import { markerLine, markerOf } from '../../src/core/discussion/note-marker.ts';
import type { Event } from '../../src/core/events/event.ts';
import type { Report } from '../../src/core/events/report.ts';
import type { Problem } from '../../src/core/problem/problem.ts';
import { ciJob } from '../../src/gitlab/ci-job.ts';
import { type NoteRun, publishNote } from '../../src/publish/publish-note.ts';
import { createGitlab, type GitlabDiscussion, type GitlabFault, type GitlabServer } from '../support/gitlab-server.ts';
import { reportOf } from '../support/notes.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** A change without anything to answer, to this value. */
function changeTo(value: string): Report {
  const text = (what: string) => (what === 'after' ? value : what);
  const name = (what: string, index: number) => `${what}${index}`;
  return { ...reportOf({ tenants: 3, groups: 1, each: 0 }, { text, name }), problems: [] };
}

const error: Problem = {
  code: 'guard-owner',
  severity: 'error',
  message: 'blocked',
  hint: { text: 'adopt it', command: { run: 'same', args: ['--adopt'] } },
};

function withError(report: Report): Report {
  return { ...report, problems: [error] };
}

interface Publishing extends Partial<NoteRun> {
  readonly scope?: string;
  readonly pipeline?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

/** What the run emits: `created`, or the code of a problem. */
async function publish(gitlab: GitlabServer, report: Report, of: Publishing = {}): Promise<readonly string[]> {
  return (await eventsOf(gitlab, report, of)).map((event) =>
    event.type === 'note-kept' ? event.outcome : event.type === 'problem-found' ? event.problem.code : event.type,
  );
}

async function eventsOf(gitlab: GitlabServer, report: Report, of: Publishing = {}): Promise<readonly Event[]> {
  const { scope = '.', pipeline = 1, variables, ...more } = of;
  const events: Event[] = [];
  await publishNote(report, scope, {
    job: ciJob({ ...gitlab.variables(pipeline), ...variables }),
    token: gitlab.token,
    spell: () => ['appcfg', 'diff'],
    htmlUrl: undefined,
    emit: (event) => void events.push(event),
    clock: new VirtualClock(),
    signal: new AbortController().signal,
    ...more,
  });
  return events;
}

async function problemOf(gitlab: GitlabServer, of: Publishing = {}, report = changeTo('1')): Promise<Problem> {
  const events = await eventsOf(gitlab, report, of);
  expect(events.map(({ type }) => type)).toEqual(['problem-found']);
  const [event] = events;
  if (event?.type !== 'problem-found') throw new Error('no problem');
  return event.problem;
}

/** The bot's only thread. */
function thread(gitlab: GitlabServer): GitlabDiscussion {
  const [only, ...others] = gitlab.ownThreads();
  if (only === undefined || others.length > 0) throw new Error('the bot has not one thread');
  return only;
}

function first(discussion: GitlabDiscussion) {
  const [note] = discussion.notes;
  if (note === undefined) throw new Error('a discussion without a note');
  return note;
}

const isResolved = (gitlab: GitlabServer) => first(thread(gitlab)).resolved;

test('the note is created once, and updated where it is', async () => {
  const gitlab = await createGitlab();
  expect(await publish(gitlab, changeTo('1'))).toEqual(['created']);
  const { id } = first(thread(gitlab));
  expect(await publish(gitlab, changeTo('2'), { pipeline: 2 })).toEqual(['updated']);
  expect(first(thread(gitlab))).toMatchObject({ id, body: expect.stringContaining('+ 2') });
  expect(markerOf(first(thread(gitlab)).body)).toMatchObject({ scope: '.', pipeline: 2 });
});

test('a note that would not change is not sent', async () => {
  const gitlab = await createGitlab();
  for (const report of [changeTo('1'), withError(changeTo('1'))]) {
    await publish(gitlab, report);
    gitlab.takeWrites();
    expect(await publish(gitlab, report, { pipeline: 9 })).toEqual(['unchanged']);
    expect(gitlab.takeWrites()).toEqual([]);
  }
});

test('the event has the URL of the note', async () => {
  const gitlab = await createGitlab();
  const [event] = await eventsOf(gitlab, changeTo('1'));
  const url = `${gitlab.url}/acme/config/-/merge_requests/7#note_${first(thread(gitlab)).id}`;
  expect(event).toEqual({ type: 'note-kept', scope: '.', outcome: 'created', url });
});

describe('of an older pipeline', () => {
  test('a note does not replace that of a newer one', async () => {
    const gitlab = await createGitlab();
    await publish(gitlab, changeTo('5'), { pipeline: 5 });
    gitlab.takeWrites();
    expect(await publish(gitlab, withError(changeTo('4')), { pipeline: 4 })).toEqual(['newer']);
    expect(gitlab.takeWrites()).toEqual([]);
  });

  test('a note does not replace an older one that a newer pipeline has found equal', async () => {
    const gitlab = await createGitlab();
    await publish(gitlab, changeTo('1'), { pipeline: 1 });
    await publish(gitlab, changeTo('1'), { pipeline: 3 });
    gitlab.headPipeline = { id: 3, source: 'merge_request_event' };
    gitlab.takeWrites();
    expect(await publish(gitlab, changeTo('2'), { pipeline: 2 })).toEqual(['newer']);
    expect(gitlab.takeWrites()).toEqual([]);
    expect(await publish(gitlab, changeTo('2'), { pipeline: 3 })).toEqual(['updated']);
  });

  test('a note is not created: the newer one creates it', async () => {
    const gitlab = await createGitlab();
    gitlab.headPipeline = { id: 2, source: 'merge_request_event' };
    expect(await publish(gitlab, changeTo('1'), { pipeline: 1 })).toEqual(['newer']);
    expect(gitlab.discussions).toEqual([]);
  });

  test('a note is sent although the branch has a newer pipeline: that one has no note', async () => {
    const gitlab = await createGitlab();
    gitlab.headPipeline = { id: 2, source: 'push' };
    expect(await publish(gitlab, changeTo('1'), { pipeline: 1 })).toEqual(['created']);
  });

  test('a note is sent where GitLab does not report the newest pipeline', async () => {
    const gitlab = await createGitlab();
    gitlab.fault = ({ method, path }) => (method === 'GET' && path.endsWith('/7') ? { status: 403 } : undefined);
    expect(await publish(gitlab, changeTo('1'))).toEqual(['created']);
  });
});

describe('the thread', () => {
  test('is open while there is something to answer, and resolved otherwise', async () => {
    const gitlab = await createGitlab();
    await publish(gitlab, changeTo('1'));
    expect(isResolved(gitlab), 'created without').toBe(true);
    await publish(gitlab, withError(changeTo('1')), { pipeline: 2 });
    expect(isResolved(gitlab), 'with an error').toBe(false);
    await publish(gitlab, changeTo('1'), { pipeline: 3 });
    expect(isResolved(gitlab), 'without it again').toBe(true);
    gitlab.takeWrites();
    await publish(gitlab, changeTo('2'), { pipeline: 4 });
    expect(gitlab.takeWrites(), 'it is not resolved twice').toHaveLength(1);
  });

  test('that was created with something to answer is open', async () => {
    const gitlab = await createGitlab();
    await publish(gitlab, withError(changeTo('1')));
    expect(isResolved(gitlab)).toBe(false);
    expect(gitlab.takeWrites()).toHaveLength(1);
  });

  test('that a person has resolved stays so while the note means the same, with whatever link', async () => {
    const gitlab = await createGitlab();
    const { user } = gitlab.addUser('reviewer');
    const report = withError(changeTo('1'));
    const at = (job: number) => {
      const htmlUrl = `https://gitlab.example.com/-/jobs/${job}/artifacts/file/diff.html`;
      return { htmlUrl, spell: () => ['appcfg', 'diff', '--html-url', htmlUrl] };
    };
    await publish(gitlab, report, at(1));
    gitlab.resolve(thread(gitlab), user);
    gitlab.takeWrites();
    expect(await publish(gitlab, report, { pipeline: 2, ...at(1) })).toEqual(['unchanged']);
    expect(gitlab.takeWrites()).toEqual([]);
    expect(await publish(gitlab, report, { pipeline: 3, ...at(2) })).toEqual(['updated']);
    expect(first(thread(gitlab)).body).toContain('/jobs/2/');
    expect(gitlab.takeWrites()).toHaveLength(1);
    expect(isResolved(gitlab)).toBe(true);
    await publish(gitlab, withError(changeTo('2')), { pipeline: 4, ...at(3) });
    expect(isResolved(gitlab), 'with another meaning').toBe(false);
  });

  test('that a person has opened stays open while the note means the same', async () => {
    const gitlab = await createGitlab();
    const { user } = gitlab.addUser('reviewer');
    await publish(gitlab, changeTo('1'));
    gitlab.resolve(thread(gitlab), user, false);
    gitlab.reply(thread(gitlab), 'why?', user);
    expect(await publish(gitlab, changeTo('1'), { pipeline: 2 })).toEqual(['unchanged']);
    expect(isResolved(gitlab)).toBe(false);
  });

  test('that could not be opened is opened by the next run', async () => {
    const gitlab = await createGitlab();
    await publish(gitlab, changeTo('1'));
    gitlab.fault = ({ body }) => (body?.resolved === false ? { status: 503 } : undefined);
    expect(await publish(gitlab, withError(changeTo('1')), { pipeline: 2 })).toEqual(['note-failed']);
    gitlab.fault = () => undefined;
    expect(await publish(gitlab, withError(changeTo('1')), { pipeline: 2 })).toEqual(['updated']);
    expect(isResolved(gitlab)).toBe(false);
  });

  test('that a person has resolved, and that could not be opened for what is new, is opened by the next run', async () => {
    const gitlab = await createGitlab();
    const { user } = gitlab.addUser('reviewer');
    await publish(gitlab, withError(changeTo('1')));
    gitlab.resolve(thread(gitlab), user);
    gitlab.fault = ({ body }) => (body?.resolved === false ? { status: 502 } : undefined);
    expect(await publish(gitlab, withError(changeTo('2')), { pipeline: 2 })).toEqual(['note-failed']);
    expect(first(thread(gitlab)).body, 'the text is new all the same').toContain('2');
    gitlab.fault = () => undefined;
    expect(await publish(gitlab, withError(changeTo('2')), { pipeline: 3 })).toEqual(['updated']);
    expect(isResolved(gitlab)).toBe(false);
    expect(await publish(gitlab, withError(changeTo('2')), { pipeline: 4 })).toEqual(['unchanged']);
  });

  test('is never closed with the text that must be answered', async () => {
    const gitlab = await createGitlab();
    await publish(gitlab, withError(changeTo('1')));
    gitlab.fault = ({ method, body }) => (method === 'PUT' && body?.body !== undefined ? { status: 502 } : undefined);
    expect(await publish(gitlab, changeTo('2'), { pipeline: 2 })).toEqual(['note-failed']);
    gitlab.fault = () => undefined;
    expect(await publish(gitlab, withError(changeTo('1')), { pipeline: 3 })).toEqual(['unchanged']);
    expect(isResolved(gitlab)).toBe(false);
  });

  test('that could not be closed is closed by the next run', async () => {
    const gitlab = await createGitlab();
    await publish(gitlab, withError(changeTo('1')));
    gitlab.fault = ({ body }) => (body?.resolved === true ? { status: 502 } : undefined);
    expect(await publish(gitlab, changeTo('2'), { pipeline: 2 })).toEqual(['note-failed']);
    gitlab.fault = () => undefined;
    expect(await publish(gitlab, changeTo('2'), { pipeline: 3 })).toEqual(['updated']);
    expect(isResolved(gitlab)).toBe(true);
  });

  test('is resolved from the role Developer up: with less the note is there, and a warning', async () => {
    const gitlab = await createGitlab();
    const { user, token } = gitlab.addUser('reporter', 'reporter');
    const [event] = await eventsOf(gitlab, changeTo('1'), { token });
    expect(event).toMatchObject({ problem: { message: expect.stringContaining('status 403 (PUT /projects/17/') } });
    expect(gitlab.discussions.map(({ notes }) => notes[0]?.author)).toEqual([user]);
    const [again] = await eventsOf(gitlab, changeTo('1'), { token, pipeline: 2 });
    expect(again, 'each run warns, as long as its thread is open').toMatchObject({ type: 'problem-found' });
  });
});

describe('notes of others', () => {
  test.each(['before', 'after'])('with a copied marker are left alone, posted %s the own one', async (when) => {
    const gitlab = await createGitlab();
    const { user } = gitlab.addUser('attacker', 'maintainer');
    const forged = `${markerLine({ scope: '.', pipeline: 999_999, meaning: 'ab' })}### appcfg\n\nNothing changes.`;
    if (when === 'before') gitlab.add(forged, { by: user });
    expect(await publish(gitlab, changeTo('1'))).toEqual(['created']);
    if (when === 'after') gitlab.add(forged, { by: user });
    expect(await publish(gitlab, changeTo('2'), { pipeline: 2 })).toEqual(['updated']);
    const copies = gitlab.discussions.filter(({ notes }) => notes[0]?.author === user);
    expect(copies.map((each) => first(each))).toEqual([expect.objectContaining({ body: forged, resolved: false })]);
    expect(thread(gitlab)).toBeDefined();
  });

  test('that quote the marker, in their text or in a reply to the own thread, change nothing', async () => {
    const gitlab = await createGitlab();
    const { user } = gitlab.addUser('attacker');
    await publish(gitlab, changeTo('1'));
    gitlab.reply(thread(gitlab), markerLine({ scope: '.', pipeline: 999_999, meaning: 'ab' }), user);
    gitlab.add(`> ${first(thread(gitlab)).body}`, { by: user });
    expect(await publish(gitlab, changeTo('2'), { pipeline: 2 })).toEqual(['updated']);
    expect(first(thread(gitlab)).body).toContain('+ 2');
  });

  test.each(['number', 'link'] as const)('are paged through, whatever the size of a page: by %s', async (paging) => {
    const gitlab = await createGitlab('/gitlab');
    const { user } = gitlab.addUser('reviewer');
    Object.assign(gitlab, { pageSize: 2, paging });
    for (let index = 0; index < 9; index += 1) gitlab.add(`comment ${index}`, { by: user, isThread: index % 2 === 0 });
    await publish(gitlab, changeTo('1'));
    for (let index = 0; index < 9; index += 1) gitlab.add(`comment ${index}`, { by: user });
    expect(await publish(gitlab, changeTo('2'), { pipeline: 2 })).toEqual(['updated']);
    expect(thread(gitlab)).toBeDefined();
  });
});

test.each(['number', 'link'] as const)('long comments do not hide the note: pages by %s', async (paging) => {
  const gitlab = await createGitlab();
  gitlab.paging = paging;
  const { user } = gitlab.addUser('attacker');
  const long = 'x'.repeat(999_000);
  for (let n = 0; n < 12; n += 1) gitlab.add(long, { by: user });
  const larger = gitlab.add('a thread that is too large by itself', { by: user });
  for (let n = 0; n < 9; n += 1) gitlab.reply(larger, long, user);
  expect(await publish(gitlab, withError(changeTo('1')))).toEqual(['created']);
  expect(isResolved(gitlab)).toBe(false);
  for (let n = 0; n < 60; n += 1) gitlab.add('short', { by: user });
  expect(await publish(gitlab, withError(changeTo('1')), { pipeline: 2 })).toEqual(['unchanged']);
  expect(await publish(gitlab, changeTo('1'), { pipeline: 3 })).toEqual(['updated']);
  expect(isResolved(gitlab)).toBe(true);
});

test('each scope has its own note', async () => {
  const gitlab = await createGitlab();
  const scopes = ['.', 'production', 'production/eu', 'a-->b', 'ü b'];
  for (const scope of scopes) expect(await publish(gitlab, changeTo('1'), { scope })).toEqual(['created']);
  for (const scope of scopes) expect(await publish(gitlab, changeTo('2'), { scope, pipeline: 2 })).toEqual(['updated']);
  const bodies = gitlab.ownThreads().map((each) => first(each).body);
  expect(bodies.map((body) => body.split('\n')[1])).toEqual([
    '### appcfg',
    '### appcfg `production`',
    '### appcfg `production/eu`',
    '### appcfg `a-->b`',
    '### appcfg `ü b`',
  ]);
});

test('copies that two jobs at once have created are deleted, except for those with replies', async () => {
  const gitlab = await createGitlab();
  const { user } = gitlab.addUser('reviewer');
  await publish(gitlab, changeTo('1'));
  const { body } = first(thread(gitlab));
  const answered = gitlab.add(body);
  gitlab.reply(answered, 'done', user);
  gitlab.add(body);
  const [kept] = gitlab.ownThreads();
  expect(await publish(gitlab, changeTo('1'), { pipeline: 2 }), 'also where nothing else changes').toEqual([
    'unchanged',
  ]);
  expect(gitlab.ownThreads()).toEqual([kept, answered]);
});

test('a copy that another job has deleted meanwhile, or that a repeated request has, is no problem', async () => {
  for (const fault of ['reset', { status: 502 }, undefined] as const) {
    const gitlab = await createGitlab();
    await publish(gitlab, changeTo('1'));
    const [kept] = gitlab.ownThreads();
    const { body } = first(thread(gitlab));
    for (let copy = 0; copy < 2; copy += 1) gitlab.add(body);
    gitlab.fault = ({ method, path }) => {
      const at = gitlab.discussions.findIndex(({ notes }) => path.endsWith(`/notes/${notes[0]?.id}`));
      if (method !== 'DELETE' || at < 0) return undefined;
      gitlab.discussions.splice(at, 1);
      return fault;
    };
    expect(await publish(gitlab, changeTo('2'), { pipeline: 2 }), JSON.stringify(fault)).toEqual(['updated']);
    expect(gitlab.ownThreads()).toEqual([kept]);
  }
});

test('a copy that may not be deleted is a problem', async () => {
  const gitlab = await createGitlab();
  await publish(gitlab, changeTo('1'));
  gitlab.add(first(thread(gitlab)).body);
  gitlab.fault = ({ method }) => (method === 'DELETE' ? { status: 403 } : undefined);
  expect(await publish(gitlab, changeTo('2'), { pipeline: 2 })).toEqual(['note-failed']);
});

test('a note that another job deletes as a copy before its thread is resolved is no problem', async () => {
  const gitlab = await createGitlab();
  gitlab.fault = ({ body }) => {
    if (body?.resolved === true) gitlab.discussions.splice(0);
    return undefined;
  };
  expect(await publish(gitlab, changeTo('1'))).toEqual(['created']);
});

test('a note that was deleted meanwhile is created again', async () => {
  const gitlab = await createGitlab();
  await publish(gitlab, changeTo('1'));
  const { id } = thread(gitlab);
  gitlab.fault = ({ body }) => {
    if (body?.body !== undefined && gitlab.discussions[0]?.id === id) gitlab.discussions.splice(0);
    return undefined;
  };
  expect(await publish(gitlab, changeTo('2'), { pipeline: 2 })).toEqual(['created']);
});

test('the note of the largest change fits', async () => {
  const gitlab = await createGitlab();
  const name = (what: string, index: number) => `${what}-${'x'.repeat(40)}-${index}`;
  const report = reportOf({ tenants: 500, groups: 300, each: 100 }, { text: (what) => what.repeat(50), name });
  expect(await publish(gitlab, report, { scope: '-'.repeat(200) })).toEqual(['created']);
  expect(first(thread(gitlab)).body.length).toBeLessThan(51_000);
});

describe('nothing is sent', () => {
  test.each<[string, string, Publishing]>([
    ['without a token', 'no-token', { token: undefined }],
    ['with an empty token', 'no-token', { token: ' \n' }],
    ['outside of a merge request', 'no-merge-request', { variables: { CI_MERGE_REQUEST_IID: '' } }],
    ['outside of GitLab', 'no-merge-request', { variables: { CI_API_V4_URL: '' } }],
  ])('%s', async (_when, outcome, of) => {
    const gitlab = await createGitlab();
    expect(await publish(gitlab, changeTo('1'), of)).toEqual([outcome]);
    expect(gitlab.requests).toEqual([]);
  });

  test('after the end of --timeout', async () => {
    const gitlab = await createGitlab();
    expect(await publish(gitlab, changeTo('1'), { timeLeftMs: 0 })).toEqual([]);
    expect(gitlab.requests).toEqual([]);
  });

  test('by a run that was interrupted', async () => {
    const gitlab = await createGitlab();
    expect(await publish(gitlab, changeTo('1'), { signal: AbortSignal.abort('SIGINT') })).toEqual([]);
    expect(gitlab.requests).toEqual([]);
  });
});

test('an interrupt ends a request that GitLab does not respond to', async () => {
  const gitlab = await createGitlab();
  const controller = new AbortController();
  gitlab.fault = () => {
    setTimeout(() => controller.abort('SIGINT'), 10);
    return 'no response';
  };
  expect(await publish(gitlab, changeTo('1'), { signal: controller.signal })).toEqual([]);
});

test('all requests together end with --timeout', async () => {
  const gitlab = await createGitlab();
  gitlab.fault = () => 'no response';
  const { message } = await problemOf(gitlab, { timeLeftMs: 50 });
  expect(message).toContain('GitLab did not respond within 0.05 s (all requests)');
});

test('white space around the token is removed, and a pipeline of a fork writes to the project that it targets', async () => {
  const gitlab = await createGitlab('/gitlab');
  const variables = { CI_PROJECT_ID: '99', CI_MERGE_REQUEST_PROJECT_ID: '17' };
  expect(await publish(gitlab, changeTo('1'), { token: ` ${gitlab.token}\n`, variables })).toEqual(['created']);
});

describe('a failure is one warning that names the request and what to do', () => {
  const role = /project access token with the role Developer and the scope api/;
  const leaking = (gitlab: GitlabServer) => `{"message":"not with ${gitlab.token}"}`;
  test.each<[string, (gitlab: GitlabServer) => GitlabFault, string | RegExp, RegExp]>([
    ['401', (gitlab) => ({ status: 401, body: leaking(gitlab) }), 'status 401', role],
    ['403', (gitlab) => ({ status: 403, body: leaking(gitlab) }), 'status 403', role],
    ['404', (gitlab) => ({ status: 404, body: leaking(gitlab) }), 'status 404', /this project/],
    ['429', () => ({ status: 429 }), 'status 429', /run the job again later/],
    ['500', (gitlab) => ({ status: 500, body: leaking(gitlab) }), 'status 500', /run the job again later/],
    ['a cut connection', () => 'reset', /cannot be reached \((ECONNRESET|UND_ERR_SOCKET)\)/, /runner can reach/],
    ['a sign-in page', () => ({ status: 200, body: '<html>' }), 'unexpected response: no JSON', /CI_API_V4_URL/],
    ['an object', () => ({ status: 200, body: '{}' }), 'unexpected response: no list', /CI_API_V4_URL/],
    ['[null]', () => ({ status: 200, body: '[null]' }), 'JSON of another form', /CI_API_V4_URL/],
    ['[{}]', () => ({ status: 200, body: '[{}]' }), 'JSON of another form', /CI_API_V4_URL/],
    [
      'a redirect',
      () => ({ status: 302, headers: { location: 'https://sso.example/' } }),
      'redirects to https://sso.example,',
      /redirects/,
    ],
    [
      'a redirect to a sign-in page',
      () => ({ status: 302, headers: { location: '/users/sign_in' } }),
      'redirects to http://127.0.0.1:',
      /redirects/,
    ],
    ['another status', () => ({ status: 422 }), 'status 422', /your GitLab version/],
    ['a redirect to nowhere', () => ({ status: 302 }), 'status 302', /your GitLab version/],
  ])('%s', async (_what, fault, message, hint) => {
    const gitlab = await createGitlab();
    gitlab.fault = () => fault(gitlab);
    const problem = await problemOf(gitlab);
    expect(problem).toMatchObject({ code: 'note-failed', severity: 'warning' });
    expect(problem.message).toMatch(
      /^the note of the merge request was not updated: .* \(GET \/projects\/17\/merge_requests\/7\/discussions\)$/,
    );
    expect(problem.message).toMatch(message);
    expect(problem.hint.text).toMatch(hint);
    expect(JSON.stringify(problem)).not.toContain(gitlab.token);
  });

  test.each<[string, Publishing, string]>([
    ['a token with a line break', { token: 'glpat-0123456789\nabc' }, 'the token has characters that no token has'],
    ['another URL', { variables: { CI_API_V4_URL: 'file:///etc/passwd' } }, 'CI_API_V4_URL is not the URL of an API'],
  ])('%s', async (_what, of, message) => {
    const gitlab = await createGitlab();
    const problem = await problemOf(gitlab, of);
    expect(problem.message).toBe(`the note of the merge request was not updated: ${message}`);
    expect(JSON.stringify(problem)).not.toContain('0123456789');
  });

  test.each(['POST', 'PUT'])('a %s that is refused', async (method) => {
    const gitlab = await createGitlab();
    if (method === 'PUT') await publish(gitlab, changeTo('1'));
    gitlab.fault = (request) => (request.method === method ? { status: 403 } : undefined);
    const { message } = await problemOf(gitlab, { pipeline: 2 }, changeTo('2'));
    expect(message).toContain(`status 403 (${method} /projects/17/merge_requests/7/discussions`);
  });
});

test('an internal error is a warning with its stack, which the scrubber sees as quoted text', async () => {
  const gitlab = await createGitlab();
  const cause = new TypeError('cannot read the fruit');
  const spell = () => {
    throw cause;
  };
  const problem = await problemOf(gitlab, { spell }, withError(changeTo('1')));
  expect(problem).toMatchObject({ code: 'note-failed', severity: 'warning', quoted: cause.stack });
  expect(problem.message).toContain(`internal error in appcfg: ${cause.stack}`);
});

test('the job token reads notes, and may write none', async () => {
  const gitlab = await createGitlab();
  const headers = { 'JOB-TOKEN': gitlab.jobToken, 'content-type': 'application/json' };
  const url = `${gitlab.apiUrl}/projects/17/merge_requests/7/notes`;
  expect((await fetch(url, { headers })).status).toBe(200);
  expect((await fetch(url, { method: 'POST', headers, body: '{"body":"a"}' })).status).toBe(401);
});
