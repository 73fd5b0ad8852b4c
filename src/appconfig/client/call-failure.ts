// What went wrong in a call: the kind, which decides what a caller does next, and the problem to report.
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import type { ProblemCode } from '../../core/problem/problem-codes.ts';
import { knownRegions, unknownRegionHint } from '../../core/problem/region.ts';
import { isOfValidator, type RefusingError, withoutSchema } from './refused-values.ts';

export type FailureKind =
  /** Too many calls; AppConfig did nothing. */
  | 'throttled'
  /** A 5xx response; AppConfig may have acted. */
  | 'server-error'
  /** The connection broke; AppConfig may have acted. */
  | 'lost'
  /** There was no connection; AppConfig did nothing. */
  | 'unreachable'
  | 'bad-request'
  | 'not-found'
  | 'conflict'
  | 'quota'
  | 'access'
  | 'aborted'
  /** The response is not from AppConfig. */
  | 'unexpected';

/** One failed call. */
export class CallFailure extends Error {
  readonly kind: FailureKind;
  /** What to report when the caller can do nothing more. */
  readonly problem: Problem;

  constructor(kind: FailureKind, problem: Problem, cause: unknown) {
    super(problem.message, { cause });
    this.name = 'CallFailure';
    this.kind = kind;
    this.problem = problem;
  }
}

/** Whether AppConfig may have acted on the call. */
export function mayHaveActed({ kind }: CallFailure): boolean {
  return kind === 'server-error' || kind === 'lost';
}

/** Whether every other call with the same credentials fails, too. */
export function endsCredentials({ code }: Problem): boolean {
  return /^(?:credentials-(?:expired|missing|invalid|refused)|role-refused)$/.test(code);
}

/** Whether the failure is temporary: an outage, or throttling. */
export function isTemporary({ kind }: CallFailure): boolean {
  return kind === 'throttled' || kind === 'server-error' || kind === 'lost' || kind === 'unreachable';
}

/**
 * What a call reads; undefined where it is not allowed.
 * @throws CallFailure for another reason
 */
export async function unlessDenied<Of>(reading: Promise<Of>): Promise<Of | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof CallFailure && error.kind === 'access') return undefined;
    throw error;
  }
}

/** The call that failed. */
export interface FailedCall {
  readonly operation: string;
  /** What it was for: `tenant1/dev`, or empty. */
  readonly target: string;
  readonly awsProfile: string | undefined;
}

/**
 * Classifies a failed call.
 * @throws the error itself where it is neither a response, a failure of the network nor one of credentials: an internal error, or a
 * problem already
 */
export function describeFailure(error: unknown, call: FailedCall): CallFailure {
  if (error instanceof CallFailure) return error;
  if (error instanceof AppcfgError) {
    const [problem] = error.problems;
    if (!problem.code.startsWith('credentials-')) throw error;
    return new CallFailure('access', problem, error);
  }
  const failed = detailsOf(error as SdkError, call);
  const row = rows.find(({ when }) => when(failed));
  if (row === undefined) throw error;
  const { kind, code, message, hint } = row;
  const common = message({ ...failed, what: call.operation, reason: commonReason(failed) });
  return new CallFailure(
    kind,
    {
      code,
      severity: 'error',
      message: message(failed),
      common,
      quoted: failed.reason,
      // What keeps a run from AWS has several causes: doctor looks at each.
      hint:
        kind === 'unreachable' ? { text: hint(failed), command: { run: 'doctor', args: [] } } : { text: hint(failed) },
    },
    error,
  );
}

/** A denial names the resource. */
function commonReason({ reason, action }: Failed): string {
  return / on resource: /.test(reason) ? `not authorized to perform: ${action}` : reason;
}

/** What the SDK's errors and Node's have, as far as the table below uses it. The reason of an abort has nothing of it. */
interface SdkError extends RefusingError {
  readonly name?: string;
  readonly code?: string;
  /** The host that was not found. */
  readonly hostname?: string;
  /** Only an error that the service reports has it. */
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

interface Failed {
  readonly name: string;
  /** Node's code for a failure of the network, or empty. */
  readonly code: string;
  /** The Region whose endpoint of AWS was not found, where it is not a known one; or empty. */
  readonly unknownRegion: string;
  /** HTTP status; 0 without a response. */
  readonly status: number;
  /** Whether the SDK could read the response. */
  readonly isParsed: boolean;
  /** Whether there is a response, and the service does not report this error in it. */
  readonly isUnreadable: boolean;
  /** The error's own message, in one line. */
  readonly reason: string;
  /** Whether a validator of the profile rejects the content. */
  readonly isOfValidator: boolean;
  /** `StartDeployment tenant1/dev`. */
  readonly what: string;
  /** `appconfig:StartDeployment`. */
  readonly action: string;
  readonly service: 'AppConfig' | 'STS';
  readonly profile: string;
}

function detailsOf(error: SdkError, { operation, target, awsProfile }: FailedCall): Failed {
  const { name = '', code = '', hostname = '', $fault, $metadata, $response } = error;
  const service = operation === 'GetCallerIdentity' ? 'STS' : 'AppConfig';
  const original = withoutSchema(error.message ?? '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  const reason = quotesSignature.test(`${name} ${original}`)
    ? "AWS's text is left out: it quotes the request"
    : original;
  return {
    name,
    code,
    unknownRegion: code === 'ENOTFOUND' ? unknownRegionOf(hostname) : '',
    status: $metadata?.httpStatusCode ?? $response?.statusCode ?? 0,
    isParsed: $metadata !== undefined,
    isUnreadable: unreadableNames.has(name) || ($response !== undefined && $fault === undefined),
    reason,
    isOfValidator: isOfValidator(error),
    what: target === '' ? operation : `${operation} ${target}`,
    // The action that was denied may be another one than the operation's: kms:Decrypt, iam:PassRole.
    action: /\bperform: ([\w-]+:\w+)/.exec(original)?.[1] ?? `${service.toLowerCase()}:${operation}`,
    service,
    profile: awsProfile === undefined ? '' : ` in the profile "${awsProfile}"`,
  };
}

function unknownRegionOf(hostname: string): string {
  const [, region = ''] = /^(?:appconfig|sts)(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws|api)\./.exec(hostname) ?? [];
  return knownRegions.has(region) ? '' : region;
}

/** Errors of signatures quote the request with its tokens. A clock that is wrong is named in the hint instead. */
const quotesSignature = /Signature|canonical string|string-to-sign|\bAuthorization\b|\bCredential=|X-Amz-/i;

interface Row {
  readonly when: (failed: Failed) => boolean;
  readonly kind: FailureKind;
  readonly code: ProblemCode;
  readonly message: (failed: Failed) => string;
  readonly hint: (failed: Failed) => string;
}

const runAgain = () => 'run the same command again';

/** A response that the SDK cannot read: an error page of a proxy, or of a service that is not AppConfig. */
const unreadable = {
  code: 'response-unexpected',
  message: ({ what, service, status }) =>
    `the response to ${what} is not from ${service}${status === 0 ? '' : ` (HTTP ${status})`}`,
  hint: () =>
    'check that --endpoint-url (or AWS_ENDPOINT_URL) is the endpoint of AWS or of an emulator, and that no proxy responds instead',
} as const satisfies Partial<Row>;

const rejected = {
  code: 'request-rejected',
  message: ({ service, what, reason }) => `${service} rejected ${what}: ${reason}`,
} as const satisfies Partial<Row>;

/** The first row that matches describes the failure. */
const rows: readonly Row[] = [
  {
    when: ({ name }) => name === 'AbortError',
    kind: 'aborted',
    code: 'request-rejected',
    message: ({ what }) => `${what} was interrupted`,
    hint: runAgain,
  },
  {
    when: ({ name }) => name === 'UnexpectedResponse',
    kind: 'unexpected',
    code: 'response-unexpected',
    message: ({ what, service, reason }) => `the response to ${what} is not as ${service} defines it: ${reason}`,
    hint: unreadable.hint,
  },
  { when: ({ isUnreadable, status }) => isUnreadable && status >= 500, kind: 'server-error', ...unreadable },
  { when: ({ isUnreadable }) => isUnreadable, kind: 'unexpected', ...unreadable },
  {
    when: ({ name }) => expired.has(name),
    kind: 'access',
    code: 'credentials-expired',
    message: ({ what }) => `credentials expired during ${what}`,
    hint: () =>
      'get new credentials and run the same command again: finished steps are not repeated, and deployments in flight continue in AppConfig',
  },
  {
    when: ({ name }) => name === 'CredentialsProviderError' || name === 'TokenProviderError',
    kind: 'access',
    code: 'credentials-missing',
    message: ({ profile, reason }) => `no AWS credentials${profile}: ${reason}`,
    hint: () =>
      'set AWS_PROFILE after aws sso login or aws configure, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; in GitLab set AWS_CREDS_READ_ROLE and AWS_CREDS_TARGET_ROLE; without an AWS account try --local',
  },
  {
    when: ({ name }) => refused.has(name),
    kind: 'access',
    code: 'credentials-refused',
    message: ({ name, reason }) => `AWS does not accept the credentials (${name}: ${reason})`,
    hint: ({ name }) =>
      name.includes('Signature')
        ? "check the secret access key, and that this machine's clock is right"
        : 'check them with: aws sts get-caller-identity',
  },
  {
    when: ({ name, status, isParsed }) => name.startsWith('AccessDenied') || (status === 403 && isParsed),
    kind: 'access',
    code: 'permission-denied',
    message: ({ what, reason }) => `access denied: ${what}: ${reason}`,
    hint: ({ action }) =>
      `allow the IAM action ${action}; node_modules/@appcfg/cli/docs/iam.md lists the actions that each command needs`,
  },
  {
    when: ({ name, status }) => throttled.has(name) || status === 429,
    kind: 'throttled',
    code: 'throttled',
    message: ({ service, what }) => `${service} throttled ${what}`,
    hint: () => 'run the same command again later',
  },
  {
    // Not temporary: no further attempt finds a host that does not exist.
    when: ({ unknownRegion }) => unknownRegion !== '',
    kind: 'bad-request',
    code: 'region-unknown',
    message: ({ unknownRegion, reason }) => `the Region "${unknownRegion}" may not exist: ${reason}`,
    hint: ({ unknownRegion }) => unknownRegionHint(unknownRegion),
  },
  {
    when: ({ code }) => neverConnected.has(code),
    kind: 'unreachable',
    code: 'endpoint-unreachable',
    message: ({ code, reason }) => `the endpoint cannot be reached (${code}: ${reason})`,
    hint: () => 'check --endpoint-url, the Region and the network',
  },
  {
    when: ({ code, name, reason }) => broken.has(code) || name === 'TimeoutError' || reason === 'socket hang up',
    kind: 'lost',
    code: 'endpoint-unreachable',
    message: ({ what, code, reason }) => `the connection broke during ${what} (${code || reason})`,
    hint: runAgain,
  },
  {
    when: ({ status }) => status >= 500,
    kind: 'server-error',
    code: 'response-unexpected',
    message: ({ service, what, status }) => `${service} failed at ${what} (HTTP ${status})`,
    hint: runAgain,
  },
  {
    when: ({ status }) => status === 402,
    kind: 'quota',
    code: 'quota-exceeded',
    message: ({ what, reason }) => `quota exceeded in ${what}: ${reason}`,
    hint: () => 'request an increase in the Service Quotas console (AWS AppConfig), then run the same command again',
  },
  {
    when: ({ name }) => name === 'ResourceNotFoundException',
    kind: 'not-found',
    ...rejected,
    hint: () => 'run the same command again: another run or user may have deleted it',
  },
  {
    when: ({ status }) => status === 409,
    kind: 'conflict',
    ...rejected,
    hint: () => 'wait until what the message names has ended, then run the same command again',
  },
  {
    when: ({ isOfValidator }) => isOfValidator,
    kind: 'bad-request',
    code: 'content-rejected',
    message: ({ reason }) => `a validator of the profile rejects the content: ${reason}`,
    hint: () => 'fix the value in the tree, or the validator',
  },
  {
    when: ({ status }) => status > 0,
    kind: 'bad-request',
    ...rejected,
    hint: () => 'the message names the invalid value: fix it in the tree or appcfg.yml',
  },
];

/** Errors for a response that names no error, or that is not JSON. */
const unreadableNames: ReadonlySet<string> = new Set(['SyntaxError', 'Unknown', 'UnknownError']);

const throttled: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'SlowDown',
]);

const expired: ReadonlySet<string> = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'RequestExpired',
  'TokenRefreshRequired',
]);

const refused: ReadonlySet<string> = new Set([
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

const neverConnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

const broken: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
  'ERR_SOCKET_CLOSED',
  'UND_ERR_SOCKET',
]);
