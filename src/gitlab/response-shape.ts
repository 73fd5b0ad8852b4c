// The members of a response that are used, checked: a proxy or another server can send anything.
import { GitlabFailure } from './api.ts';

type Members = Readonly<Record<string, unknown>>;

/** @throws GitlabFailure if it is no object */
export function objectOf(json: unknown, request: string): Members {
  if (!isObject(json)) throw anotherForm(request);
  return json;
}

/** The `id` of an object. @throws GitlabFailure if there is none */
export function idOf(json: unknown, request: string): number {
  const id = idIn(json);
  if (id === undefined) throw anotherForm(request);
  return id;
}

/** The `id` of what may be missing, such as a user that was deleted. */
export function idIn(json: unknown): number | undefined {
  return isObject(json) && typeof json.id === 'number' ? json.id : undefined;
}

export function anotherForm(request: string): GitlabFailure {
  return new GitlabFailure({ is: 'unexpected', what: 'JSON of another form' }, request);
}

export function isObject(json: unknown): json is Members {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
