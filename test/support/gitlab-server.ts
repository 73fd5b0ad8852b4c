// A stand-in for the part of GitLab's REST API that a job uses: the threads of one merge request, and deployments. It listens on
// loopback, keeps every request, and fails on demand. What it does is taken from lib/api/{discussions,notes,deployments}.rb of
// GitLab: lists come in pages, the job token reads notes and writes none, a thread is resolved from the role Developer up, and a
// text loses carriage returns and white space at its end.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface GitlabNote {
  readonly id: number;
  readonly author: GitlabUser;
  body: string;
  readonly system: boolean;
  resolved: boolean;
  resolvedBy: GitlabUser | undefined;
}

export interface GitlabDiscussion {
  readonly id: string;
  /** False of single comments, which are no threads. */
  readonly isThread: boolean;
  readonly notes: GitlabNote[];
}

export interface GitlabDeployment {
  readonly id: number;
  readonly environment: string;
  readonly sha: string;
  readonly ref: string;
  readonly tag: boolean;
  /** The job, of what GitLab itself has created. */
  readonly deployable?: { readonly id: number };
  /** All that it had, the newest last. */
  readonly statuses: string[];
}

export interface GitlabUser {
  readonly id: number;
  readonly username: string;
  readonly role: 'guest' | 'reporter' | 'developer' | 'maintainer';
}

export interface GitlabRequest {
  readonly method: string;
  /** Below the API's URL, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly token: { readonly header: 'PRIVATE-TOKEN' | 'JOB-TOKEN' | undefined; readonly value: string | undefined };
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape they assert.
  readonly body: any;
}

/** Instead of the response: one of these, a connection that is cut, or silence. */
export type GitlabFault =
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'reset'
  | 'no response'
  /** It is carried out, but the connection is cut before the response. */
  | 'response lost';

export interface GitlabServer {
  readonly url: string;
  /** The URL of the API, `CI_API_V4_URL`. */
  readonly apiUrl: string;
  readonly bot: GitlabUser;
  /** The bot's project access token. */
  readonly token: string;
  readonly jobToken: string;
  readonly discussions: GitlabDiscussion[];
  readonly deployments: GitlabDeployment[];
  readonly requests: GitlabRequest[];
  /** Items of a page at most, whatever is asked for. */
  pageSize: number;
  /** How the next page is named. */
  paging: 'number' | 'link';
  /** The newest pipeline of the merge request. */
  headPipeline: { readonly id: number; readonly source: string } | undefined;
  /** Decides, before each request, whether it fails. */
  fault: (request: GitlabRequest) => GitlabFault | undefined;
  /** Another user, and a token of it. */
  addUser(username: string, role?: GitlabUser['role']): { readonly user: GitlabUser; readonly token: string };
  /** A comment or a thread of the merge request. */
  add(body: string, options?: { by?: GitlabUser; isThread?: boolean }): GitlabDiscussion;
  /** What a user does in the browser. */
  resolve(discussion: GitlabDiscussion, by: GitlabUser, resolved?: boolean): void;
  reply(discussion: GitlabDiscussion, body: string, by: GitlabUser): void;
  /** The bot's threads. */
  ownThreads(): readonly GitlabDiscussion[];
  /** `POST /projects/17/merge_requests/7/discussions` of requests that write, since the last call. */
  takeWrites(): readonly string[];
  /** The variables of a job in a pipeline of the merge request, with the token of the note. */
  variables(pipeline: number): Record<string, string>;
  /** The variables of a job in a pipeline of the default branch. */
  branchVariables(pipeline: number): Record<string, string>;
}

/** Of the one project and merge request that it has. */
export const gitlabProject = '17';
export const gitlabMergeRequest = '7';

/** @param path in front of the API, as instances have it that share a host */
export async function createGitlab(path = ''): Promise<GitlabServer> {
  const state = new State();
  const sockets = new Set<Socket>();
  const server = createServer((incoming, response) => void handle(incoming, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  let taken = 0;
  const ofPipeline = (pipeline: number) => ({
    CI: 'true',
    GITLAB_CI: 'true',
    CI_SERVER_URL: url,
    CI_API_V4_URL: `${url}/api/v4`,
    CI_PROJECT_ID: gitlabProject,
    CI_PROJECT_URL: `${url}/acme/config`,
    CI_PIPELINE_ID: String(pipeline),
    CI_PIPELINE_URL: `${url}/acme/config/-/pipelines/${pipeline}`,
    CI_JOB_TOKEN: state.jobToken,
  });

  const gitlab: GitlabServer = {
    url,
    apiUrl: `${url}/api/v4`,
    bot: state.bot,
    token: state.token,
    jobToken: state.jobToken,
    discussions: state.discussions,
    deployments: state.deployments,
    requests: [],
    pageSize: 100,
    paging: 'number',
    headPipeline: undefined,
    fault: () => undefined,
    addUser: (username, role = 'developer') => state.addUser(username, role),
    add: (body, { by = state.bot, isThread = true } = {}) => state.discuss(body, by, isThread),
    resolve: (discussion, by, resolved = true) => state.resolve(discussion, by, resolved),
    reply: (discussion, body, by) => void discussion.notes.push(state.note(body, by)),
    ownThreads: () => state.discussions.filter(({ notes }) => notes[0]?.author === state.bot),
    takeWrites: () => {
      const writes = gitlab.requests.slice(taken).filter(({ method }) => method !== 'GET');
      taken = gitlab.requests.length;
      return writes.map(({ method, path }) => `${method} ${path}`);
    },
    variables: (pipeline) => ({
      ...ofPipeline(pipeline),
      CI_COMMIT_REF_NAME: 'feature',
      CI_MERGE_REQUEST_IID: gitlabMergeRequest,
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      APPCFG_GITLAB_TOKEN: state.token,
    }),
    branchVariables: (pipeline) => ({
      ...ofPipeline(pipeline),
      CI_COMMIT_SHA: 'c'.repeat(40),
      CI_COMMIT_REF_NAME: 'main',
      CI_COMMIT_BRANCH: 'main',
      CI_DEFAULT_BRANCH: 'main',
    }),
  };

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await requestOf(incoming, `${path}/api/v4`);
    gitlab.requests.push(request);
    const fault = gitlab.fault(request);
    if (fault === 'no response') return;
    if (fault === 'reset') {
      incoming.socket.destroy();
      return;
    }
    const answer = fault === undefined || fault === 'response lost' ? state.answer(request, gitlab) : fault;
    if (fault === 'response lost') {
      incoming.socket.destroy();
      return;
    }
    const { status, body, headers } = answer;
    const text = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(status === 204 ? '' : text);
  }

  return gitlab;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

class State {
  readonly token = 'glpat-NoteBot-4711_abcDEF';
  readonly jobToken = 'glcbt-64_JobToken-0815xyz';
  readonly bot: GitlabUser = { id: 100, username: 'project_17_bot', role: 'developer' };
  readonly discussions: GitlabDiscussion[] = [];
  readonly deployments: GitlabDeployment[] = [];
  readonly #users = new Map<string, GitlabUser>([[this.token, this.bot]]);
  #nextId = 1000;

  addUser(username: string, role: GitlabUser['role']) {
    const user = { id: this.#id(), username, role };
    const token = `glpat-${username}-${user.id}`;
    this.#users.set(token, user);
    return { user, token };
  }

  note(body: string, author: GitlabUser): GitlabNote {
    const kept = body.replaceAll('\r', '').trimEnd();
    return { id: this.#id(), author, body: kept, system: false, resolved: false, resolvedBy: undefined };
  }

  discuss(body: string, author: GitlabUser, isThread: boolean): GitlabDiscussion {
    const id = this.#id().toString(16).padStart(40, '0');
    const discussion: GitlabDiscussion = { id, isThread, notes: [this.note(body, author)] };
    this.discussions.push(discussion);
    return discussion;
  }

  resolve({ notes }: GitlabDiscussion, by: GitlabUser, resolved: boolean): void {
    for (const note of notes) {
      note.resolved = resolved;
      note.resolvedBy = resolved ? by : undefined;
    }
  }

  answer(request: GitlabRequest, gitlab: GitlabServer): Answer {
    const { method, path, token } = request;
    const isJob = token.header === 'JOB-TOKEN' && token.value === this.jobToken;
    const user = token.header === 'PRIVATE-TOKEN' ? this.#users.get(token.value ?? '') : undefined;
    if (user === undefined && !isJob) return message(401, '401 Unauthorized');
    if (path === '/user') return user === undefined ? message(401, '401 Unauthorized') : { status: 200, body: user };
    const project = `/projects/${gitlabProject}`;
    if (path.startsWith(`${project}/deployments`)) return this.#deployment(request, path.slice(project.length), gitlab);
    const mergeRequest = `${project}/merge_requests/${gitlabMergeRequest}`;
    if (!path.startsWith(mergeRequest) || user?.role === 'guest') return message(404, '404 Not found');
    if (method === 'GET') return this.#read(request, path.slice(mergeRequest.length), gitlab);
    // The job token reads notes, and writes none.
    return user === undefined
      ? message(401, '401 Unauthorized')
      : this.#write(request, path.slice(mergeRequest.length), user);
  }

  #read({ query }: GitlabRequest, path: string, gitlab: GitlabServer): Answer {
    if (path === '') {
      const { headPipeline } = gitlab;
      const iid = Number(gitlabMergeRequest);
      return { status: 200, body: { iid, head_pipeline: headPipeline ?? null } };
    }
    if (path === '/discussions') return paged(this.discussions.map(discussionJson), query, gitlab);
    const notes = this.discussions.flatMap((each) => each.notes.map((note) => noteJson(note, each)));
    return path === '/notes' ? paged(notes.toReversed(), query, gitlab) : message(404, '404 Not found');
  }

  #write({ method, body }: GitlabRequest, path: string, user: GitlabUser): Answer {
    if (method === 'POST' && (path === '/discussions' || path === '/notes')) {
      if (typeof body?.body !== 'string' || body.body.trim() === '') return message(400, 'body is missing');
      if (body.body.length > 1_000_000) return message(400, 'Note is too long (maximum is 1000000 characters)');
      const created = this.discuss(body.body, user, path === '/discussions');
      const [note] = created.notes;
      const json = path === '/discussions' || note === undefined ? discussionJson(created) : noteJson(note, created);
      return { status: 201, body: json };
    }
    const [, discussionId, ofDiscussion, ofMergeRequest] =
      /^(?:\/discussions\/([0-9a-f]+)(?:\/notes\/([0-9]+))?|\/notes\/([0-9]+))$/.exec(path) ?? [];
    const noteId = ofDiscussion ?? ofMergeRequest;
    const discussion = this.discussions.find(({ id, notes }) =>
      discussionId === undefined ? notes.some((note) => String(note.id) === noteId) : id === discussionId,
    );
    const note = discussion?.notes.find(({ id }) => noteId === undefined || String(id) === noteId);
    if (discussion === undefined || note === undefined) return message(404, '404 Not found');
    const isAuthor = note.author === user;
    const mayAdmin = isAuthor || user.role === 'maintainer';
    if (method === 'DELETE') {
      if (!mayAdmin) return message(403, '403 Forbidden');
      discussion.notes.splice(discussion.notes.indexOf(note), 1);
      if (discussion.notes.length === 0) this.discussions.splice(this.discussions.indexOf(discussion), 1);
      return { status: 204 };
    }
    if (method !== 'PUT' || (body?.body === undefined) === (body?.resolved === undefined)) {
      return message(400, 'body, resolved are missing, exactly one parameter must be provided');
    }
    if (body.resolved !== undefined) {
      if (!discussion.isThread || !['developer', 'maintainer'].includes(user.role))
        return message(403, '403 Forbidden');
      this.resolve(discussion, user, body.resolved === true);
      return { status: 200, body: discussionJson(discussion) };
    }
    if (!mayAdmin) return message(403, '403 Forbidden');
    note.body = String(body.body).replaceAll('\r', '').trimEnd();
    return { status: 200, body: noteJson(note, discussion) };
  }

  #deployment({ method, body, query }: GitlabRequest, path: string, gitlab: GitlabServer): Answer {
    const statuses = ['running', 'success', 'failed', 'canceled'];
    if (method === 'POST' && path === '/deployments') {
      const { environment, sha, ref, tag, status } = body ?? {};
      const isComplete = [environment, sha, ref].every((each) => typeof each === 'string' && each !== '');
      if (!isComplete || typeof tag !== 'boolean' || !statuses.includes(status))
        return message(400, 'a parameter is missing');
      if (environment.length > 255 || !/^[\w${}. -]([\w/${}. -]*[\w${}. -])?$/.test(environment)) {
        return message(400, 'name is invalid');
      }
      const deployment = { id: this.#id(), environment, sha, ref, tag, statuses: [status] };
      this.deployments.push(deployment);
      return { status: 201, body: { ...deployment, status } };
    }
    if (method === 'GET' && path === '/deployments') {
      const found = this.deployments
        .map(({ environment, ...each }) => ({
          ...each,
          environment: { name: environment },
          status: each.statuses.at(-1),
          deployable: each.deployable ?? null,
        }))
        .filter(({ status, environment }) => status === query.status && environment.name === query.environment);
      return paged(found, query, gitlab);
    }
    const [, id] = /^\/deployments\/([0-9]+)$/.exec(path) ?? [];
    const deployment = this.deployments.find((each) => String(each.id) === id);
    if (deployment === undefined) return message(404, '404 Not found');
    if (method !== 'PUT' || !statuses.includes(body?.status)) return message(400, 'status does not have a valid value');
    if (deployment.statuses.at(-1) !== 'running') return message(400, 'Status cannot transition');
    deployment.statuses.push(body.status);
    return { status: 200, body: { ...deployment, status: body.status } };
  }

  #id(): number {
    this.#nextId += 1;
    return this.#nextId;
  }
}

async function requestOf(incoming: IncomingMessage, prefix: string): Promise<GitlabRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
  const header = (['PRIVATE-TOKEN', 'JOB-TOKEN'] as const).find((name) => incoming.headers[name.toLowerCase()]);
  return {
    method: incoming.method ?? '',
    path: pathname.startsWith(prefix) ? pathname.slice(prefix.length) : pathname,
    query: Object.fromEntries(searchParams),
    token: { header, value: header === undefined ? undefined : String(incoming.headers[header.toLowerCase()]) },
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function paged(items: readonly unknown[], query: Readonly<Record<string, string>>, gitlab: GitlabServer): Answer {
  const page = Number(query.page ?? 1);
  const size = Math.min(Number(query.per_page ?? 20), gitlab.pageSize);
  const hasNext = page * size < items.length;
  const next = new URLSearchParams({ ...query, page: String(page + 1) });
  return {
    status: 200,
    body: items.slice((page - 1) * size, page * size),
    headers:
      gitlab.paging === 'number'
        ? { 'x-next-page': hasNext ? String(page + 1) : '', 'x-page': String(page) }
        : {
            link: `${hasNext ? `<https://elsewhere.example/x?${next}>; rel="next", ` : ''}<https://elsewhere.example/x>; rel="first"`,
          },
  };
}

function discussionJson(discussion: GitlabDiscussion) {
  const { id, isThread, notes } = discussion;
  return { id, individual_note: !isThread, notes: notes.map((note) => noteJson(note, discussion)) };
}

function noteJson({ id, author, body, system, resolved, resolvedBy }: GitlabNote, { isThread }: GitlabDiscussion) {
  const resolution = isThread ? { resolved, resolved_by: resolvedBy ?? null } : {};
  return { id, type: isThread ? 'DiscussionNote' : null, author, body, system, resolvable: isThread, ...resolution };
}

function message(status: number, text: string): Answer {
  return { status, body: { message: text } };
}
