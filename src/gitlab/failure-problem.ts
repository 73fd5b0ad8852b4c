// A failure of GitLab's API as a problem: what, where, and what to do. It is a warning, whatever failed: no job depends on GitLab.
import { type Problem, stackOf } from '../core/problem/problem.ts';
import { GitlabFailure, type GitlabFailureKind } from './api.ts';

/** What failed, and the advice that depends on it. */
export interface Recorded {
  /** `the note of the merge request was not written`. */
  readonly what: string;
  /** What a refused token needs. */
  readonly ifRefused: string;
  /** Where a resource is not found, or not visible to the token. */
  readonly ifMissing: string;
  /** What may succeed the next time. */
  readonly ifTemporary: string;
}

const kinds: {
  readonly [Is in GitlabFailureKind['is']]: (kind: Extract<GitlabFailureKind, { is: Is }>, of: Recorded) => Described;
} = {
  status: ({ status }, of) => ({ how: `GitLab responded with status ${status}`, text: adviceOn(status, of) }),
  redirect: ({ to }) => ({
    how: `GitLab redirects to ${to}, where the token is not sent`,
    text: 'set the external URL of the GitLab instance to the URL that it redirects to',
  }),
  timeout: ({ seconds }, of) => ({ how: `GitLab did not respond within ${seconds} s`, text: of.ifTemporary }),
  unfinished: (_, of) => ({ how: 'GitLab had not responded when the run ended', text: of.ifTemporary }),
  unreachable: ({ code }) => ({
    how: `GitLab cannot be reached (${code})`,
    text: connectionAdvice.find(([codes]) => codes.test(code))?.[1] ?? '',
  }),
  'too-large': ({ megabytes }) => ({
    how: `GitLab sent a response of more than ${megabytes} MB`,
    text: 'check that CI_API_V4_URL is the URL of GitLab; then run the job again',
  }),
  unexpected: ({ what }) => ({
    how: `GitLab sent an unexpected response: ${what}`,
    text: 'check that CI_API_V4_URL is the URL of GitLab, not of a proxy or a sign-in page; then run the job again',
  }),
  unusable: ({ what, advice }, of) => ({ how: what, text: advice ?? of.ifRefused }),
};

/** By the code of Node's error; the first that fits. */
const connectionAdvice: readonly (readonly [codes: RegExp, text: string])[] = [
  [/ALTNAME/, 'check that CI_API_V4_URL has the host name of the certificate of GitLab'],
  [
    /CERT|SELF_SIGNED|ISSUER/,
    'set NODE_EXTRA_CA_CERTS to a file with the certificates of the authority that GitLab uses',
  ],
  [/TLS|SSL/, 'check that CI_API_V4_URL is the URL of a server with HTTPS'],
  [/^/, 'check that the runner can reach CI_API_V4_URL; then run the job again'],
];

interface Described {
  readonly how: string;
  readonly text: string;
}

/** @param error any but a GitlabFailure is a bug in appcfg */
export function failureProblem(error: unknown, of: Recorded): Problem {
  const common = { code: 'note-failed', severity: 'warning' } as const;
  if (!(error instanceof GitlabFailure)) {
    const quoted = stackOf(error);
    const message = `${of.what}: internal error in appcfg: ${quoted}`;
    return {
      ...common,
      message,
      quoted,
      hint: { text: 'open an issue of appcfg with this text and the command that the job ran' },
    };
  }
  const { kind, request } = error;
  const { how, text } = describe(kind, of);
  const at = kind.is === 'unusable' ? '' : ` (${request})`;
  return { ...common, message: `${of.what}: ${how}${at}`, hint: { text } };
}

function describe(kind: GitlabFailureKind, of: Recorded): Described {
  // The row found by a kind takes that kind. The compiler does not relate the two.
  return (kinds[kind.is] as (kind: GitlabFailureKind, of: Recorded) => Described)(kind, of);
}

function adviceOn(status: number, { ifRefused, ifMissing, ifTemporary }: Recorded): string {
  if (status === 401 || status === 403) return ifRefused;
  if (status === 404) return ifMissing;
  if (status === 429 || status >= 500) return ifTemporary;
  return 'open an issue of appcfg with this text and your GitLab version';
}
