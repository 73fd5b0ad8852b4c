// The threads of a merge request, through GitLab's API.
import { type Discussion, hasScope } from '../core/discussion/judge-discussions.ts';
import { type GitlabApi, GitlabFailure } from './api.ts';
import { anotherForm, idIn, idOf, isObject, objectOf } from './response-shape.ts';

export class MergeRequest {
  readonly #api: GitlabApi;
  readonly #path: string;

  constructor(api: GitlabApi, of: { readonly projectId: number; readonly iid: number }) {
    this.#api = api;
    this.#path = `/projects/${of.projectId}/merge_requests/${of.iid}`;
  }

  /** Those with a note of the scope, whoever wrote it. @throws GitlabFailure */
  async discussions(scope: string): Promise<readonly Discussion[]> {
    const path = `${this.#path}/discussions`;
    return this.#api.list(path, (json) => {
      const discussion = discussionOf(json, `GET ${path}`);
      return discussion !== undefined && hasScope(discussion, scope) ? discussion : undefined;
    });
  }

  /** The user of the token. @throws GitlabFailure */
  async self(): Promise<number> {
    return idOf(await this.#api.get('/user'), 'GET /user');
  }

  /** The number of its newest pipeline; undefined where it is not known, or is one of the branch, which has no note. @throws GitlabFailure */
  async newestPipeline(): Promise<number | undefined> {
    const { head_pipeline: newest } = objectOf(await this.#api.get(this.#path), `GET ${this.#path}`);
    return isObject(newest) && newest.source === 'merge_request_event' ? idIn(newest) : undefined;
  }

  /** @throws GitlabFailure */
  async create(body: string): Promise<Discussion> {
    const path = `${this.#path}/discussions`;
    const created = discussionOf(await this.#api.post(path, { body }), `POST ${path}`);
    if (created === undefined) throw new GitlabFailure({ is: 'unexpected', what: 'no discussion' }, `POST ${path}`);
    return created;
  }

  /** @throws GitlabFailure */
  async write({ id, note }: Discussion, body: string): Promise<void> {
    await this.#api.put(`${this.#path}/discussions/${encodeURIComponent(id)}/notes/${note.id}`, { body });
  }

  /** @throws GitlabFailure */
  async resolve({ id }: Discussion, resolved: boolean): Promise<void> {
    await this.#api.put(`${this.#path}/discussions/${encodeURIComponent(id)}`, { resolved });
  }

  /** @throws GitlabFailure */
  async delete({ note }: Discussion): Promise<void> {
    await this.#api.delete(`${this.#path}/notes/${note.id}`);
  }
}

/** Undefined of a discussion none of whose notes the token may read. @throws GitlabFailure */
function discussionOf(json: unknown, request: string): Discussion | undefined {
  const { id, notes } = objectOf(json, request);
  if (typeof id !== 'string' || !Array.isArray(notes)) throw anotherForm(request);
  const [first, ...replies] = notes.map((note) => objectOf(note, request));
  if (first === undefined) return undefined;
  const { body, author, resolvable, resolved } = first;
  if (typeof body !== 'string') throw anotherForm(request);
  return {
    id,
    note: {
      id: idOf(first, request),
      // A user that was deleted is none.
      author: idIn(author) ?? -1,
      body,
    },
    hasReplies: replies.length > 0,
    isResolved: resolvable === true ? resolved === true : undefined,
  };
}
