// What went wrong in a call, in the few kinds that decide what to do next; and the problem to tell the user.

import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import type { ProblemCode } from '../../core/problem/problem-codes.ts';

export type FailureKind =
  /** Refused for its rate; AppConfig did nothing. */
  | 'throttled'
  /** A 5xx answer: may or may not have acted. */
  | 'server-error'
  /** The connection broke: may or may not have acted. */
  | 'lost'
  /** No connection came about; AppConfig did nothing. */
  | 'unreachable'
  | 'bad-request'
  | 'not-found'
  | 'conflict'
  | 'quota'
  | 'access'
  | 'aborted'
  /** Not an answer of AppConfig. */
  | 'unexpected';

/** One failed call. `kind` decides what to do; `problem` is what to tell when nothing more can be done. */
export class CallFailure extends Error {
  readonly kind: FailureKind;
  readonly problem: Problem;

  constructor(kind: FailureKind, problem: Problem, cause: unknown) {
    super(problem.message, { cause });
    this.name = 'CallFailure';
    this.kind = kind;
    this.problem = problem;
  }
}

/** True where it is not known whether the service acted. */
export function mayHaveActed(failure: CallFailure): boolean {
  return failure.kind === 'server-error' || failure.kind === 'lost';
}

/** Where credentials come to this, nothing more can be done with them. */
export function endsCredentials({ code }: Problem): boolean {
  return ['credentials-expired', 'credentials-missing', 'credentials-refused', 'role-refused'].includes(code);
}

/** True for an outage, or too many calls: another try may tell. */
export function mayPass({ kind }: CallFailure): boolean {
  return kind === 'throttled' || kind === 'server-error' || kind === 'lost' || kind === 'unreachable';
}

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
  readonly Reason?: string;
}

const throttlings = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'SlowDown',
]);

const expired = new Set(['ExpiredTokenException', 'ExpiredToken', 'RequestExpired', 'TokenRefreshRequired']);

const refused = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'InvalidIdentityTokenException',
  'InvalidIdentityToken',
  'IDPRejectedClaimException',
  'IDPRejectedClaim',
  'AuthFailure',
]);

const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

const broken = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'ERR_SOCKET_CLOSED', 'UND_ERR_SOCKET']);

/**
 * Names a failed call. @param what the operation and its target, for the message: `StartDeployment tenant1/dev`.
 * What is not an answer of a service, and not the network, is a defect and is thrown as it is.
 */
export function describeFailure(error: unknown, what: string, awsProfile?: string): CallFailure {
  if (error instanceof CallFailure) return error;
  if (error instanceof AppcfgError) throw error;
  const e = error as SdkError;
  const status = e.$metadata?.httpStatusCode ?? e.$response?.statusCode;
  const tell = (kind: FailureKind, code: ProblemCode, message: string, hint?: string) =>
    new CallFailure(
      kind,
      { code, severity: 'error', message, ...(hint === undefined ? {} : { hint: { text: hint } }) },
      error,
    );
  const said = oneLine(e.message);
  const service = what.startsWith('GetCallerIdentity') ? 'STS' : 'AppConfig';

  if (e.name === 'AbortError') return tell('aborted', 'request-rejected', `${what} was interrupted`);
  // An answer that the SDK cannot read: an error page of a proxy, an endpoint of something else.
  if (e.name === 'SyntaxError' || e.name === 'Unknown' || e.name === 'UnknownError') {
    const isServerError = status !== undefined && status >= 500;
    return tell(
      isServerError ? 'server-error' : 'unexpected',
      'response-unexpected',
      `the answer to ${what} is not one of ${service}${status === undefined ? '' : ` (HTTP ${status})`}`,
      'check that --endpoint-url (or AWS_ENDPOINT_URL) leads to AWS or to an emulator, and that no proxy answers in its place',
    );
  }
  if (expired.has(e.name)) {
    return tell(
      'access',
      'credentials-expired',
      `the credentials ran out during ${what}`,
      'get new ones and run the same command again: what is done is not repeated, and running deployments go on in AppConfig',
    );
  }
  if (e.name === 'CredentialsProviderError' || e.name === 'TokenProviderError') {
    return tell(
      'access',
      'credentials-missing',
      `no AWS credentials${awsProfile === undefined ? '' : ` in the profile "${awsProfile}"`}: ${said}`,
      'set AWS_PROFILE or --aws-profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; in GitLab CI set AWS_CREDS_TARGET_ROLE and an id token APPCFG_ID_TOKEN; without an AWS account try --local',
    );
  }
  if (refused.has(e.name)) {
    return tell(
      'access',
      'credentials-refused',
      `AWS does not accept the credentials (${e.name}: ${said})`,
      'check them with: aws sts get-caller-identity',
    );
  }
  if (/^AccessDenied/.test(e.name) || (status === 403 && e.$metadata !== undefined && e.name !== 'Unknown')) {
    return tell(
      'access',
      'permission-denied',
      `the credentials may not do ${what}: ${said}`,
      'docs/iam.md lists the IAM actions that each command needs',
    );
  }
  if (throttlings.has(e.name) || status === 429) {
    return tell('throttled', 'throttled', `${service} throttled ${what}`, 'run the same command again later');
  }
  if (e.code !== undefined && neverConnected.has(e.code)) {
    return tell(
      'unreachable',
      'endpoint-unreachable',
      `the endpoint cannot be reached (${e.code}: ${said})`,
      'check --endpoint-url, the Region and the network',
    );
  }
  if ((e.code !== undefined && broken.has(e.code)) || e.name === 'TimeoutError' || said === 'socket hang up') {
    return tell(
      'lost',
      'endpoint-unreachable',
      `the connection broke during ${what} (${e.code ?? said})`,
      'run the same command again',
    );
  }
  if (status === undefined) throw error;
  if (status >= 500) {
    return tell(
      'server-error',
      'response-unexpected',
      `${service} failed at ${what} (HTTP ${status})`,
      'run the same command again',
    );
  }
  if (status === 402) {
    return tell(
      'quota',
      'quota-exceeded',
      `a quota of the account is used up at ${what}: ${said}`,
      'ask AWS for more in the Service Quotas console (AWS AppConfig), then run the same command again',
    );
  }
  const kind = status === 404 ? 'not-found' : status === 409 ? 'conflict' : 'bad-request';
  return tell(kind, 'request-rejected', `${service} refused ${what}: ${said}`);
}

function oneLine(text: string): string {
  return (text ?? '').replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}
