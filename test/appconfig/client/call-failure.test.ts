// What each error of the SDK and of the network means to a run.
import { expect, test } from 'vitest';
import { CallFailure, describeFailure } from '../../../src/appconfig/client/call-failure.ts';
import { failure } from '../../../src/core/problem/problem.ts';

const call = { operation: 'StartDeployment', target: 'one/dev', awsProfile: undefined };

function errorOf(details: {
  name?: string;
  message?: string;
  code?: string;
  status?: number;
  hostname?: string;
}): Error {
  const { message = 'Because.', status, ...others } = details;
  return Object.assign(new Error(message), others, status && { $metadata: { httpStatusCode: status } });
}

test.each([
  [{ name: 'AbortError' }, 'aborted', 'StartDeployment one/dev was interrupted'],
  [{ name: 'ExpiredTokenException', status: 403 }, 'access', 'credentials expired during StartDeployment one/dev'],
  [{ name: 'CredentialsProviderError' }, 'access', 'no AWS credentials: Because'],
  [
    { name: 'UnrecognizedClientException', status: 403 },
    'access',
    'AWS does not accept the credentials (UnrecognizedClientException: Because)',
  ],
  [{ name: 'AccessDeniedException', status: 403 }, 'access', 'access denied: StartDeployment one/dev: Because'],
  [{ name: 'Forbidden', status: 403 }, 'access', 'access denied: StartDeployment one/dev: Because'],
  [{ name: 'ThrottlingException', status: 400 }, 'throttled', 'AppConfig throttled StartDeployment one/dev'],
  [{ name: 'Error', status: 429 }, 'throttled', 'AppConfig throttled StartDeployment one/dev'],
  [{ code: 'ECONNREFUSED' }, 'unreachable', 'the endpoint cannot be reached (ECONNREFUSED: Because)'],
  [{ code: 'ECONNRESET' }, 'lost', 'the connection broke during StartDeployment one/dev (ECONNRESET)'],
  [{ message: 'socket hang up' }, 'lost', 'the connection broke during StartDeployment one/dev (socket hang up)'],
  [
    { name: 'InternalServerException', status: 500 },
    'server-error',
    'AppConfig failed at StartDeployment one/dev (HTTP 500)',
  ],
  [
    { name: 'SyntaxError', status: 503 },
    'server-error',
    'the response to StartDeployment one/dev is not from AppConfig (HTTP 503)',
  ],
  [
    { name: 'SyntaxError', status: 403 },
    'unexpected',
    'the response to StartDeployment one/dev is not from AppConfig (HTTP 403)',
  ],
  [{ name: 'SyntaxError' }, 'unexpected', 'the response to StartDeployment one/dev is not from AppConfig'],
  [
    { name: 'ServiceQuotaExceededException', status: 402 },
    'quota',
    'quota exceeded in StartDeployment one/dev: Because',
  ],
  [
    { name: 'ResourceNotFoundException', status: 404 },
    'not-found',
    'AppConfig rejected StartDeployment one/dev: Because',
  ],
  [{ name: 'ConflictException', status: 409 }, 'conflict', 'AppConfig rejected StartDeployment one/dev: Because'],
  [{ name: 'BadRequestException', status: 400 }, 'bad-request', 'AppConfig rejected StartDeployment one/dev: Because'],
] as const)('%j is %s', (details, kind, message) => {
  expect(describeFailure(errorOf(details), call)).toMatchObject({ kind, problem: { severity: 'error', message } });
});

test.each([
  ['Because.', 'appconfig:StartDeployment'],
  [
    'User: arn:aws:iam::1:user/x is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/y',
    'iam:PassRole',
  ],
])('a denial names the IAM action: %s', (message, action) => {
  const { problem } = describeFailure(errorOf({ name: 'AccessDeniedException', message, status: 403 }), call);
  expect(problem.hint?.text).toContain(`allow the IAM action ${action};`);
});

test('an error that is neither a response nor of the network is not a failed call', () => {
  const error = new TypeError('x is not a function');
  expect(() => describeFailure(error, call)).toThrow(error);
  const problem = failure('role-refused', 'no', { hint: { text: 'h' } });
  expect(() => describeFailure(problem, call)).toThrow(problem);
  const credentials = failure('credentials-invalid', 'half a key', { hint: { text: 'h' } });
  expect(describeFailure(credentials, call)).toMatchObject({ kind: 'access', problem: credentials.problems[0] });
  const known = new CallFailure(
    'lost',
    { code: 'endpoint-unreachable', severity: 'error', message: 'x', hint: { text: 'h' } },
    undefined,
  );
  expect(describeFailure(known, call)).toBe(known);
});

test.each([
  ['appconfig.us-west-9.amazonaws.com', 'did you mean "us-west-1" or "us-west-2"?'],
  ['sts.eu-west-4.amazonaws.com', 'did you mean "eu-west-1" or "eu-west-2" or "eu-west-3"?'],
  ['appconfig.cn-south-1.amazonaws.com.cn', 'did you mean "cn-north-1"?'],
  ['appconfig-fips.us-gov-north-1.amazonaws.com', 'did you mean "us-gov-east-1"?'],
  ['appconfig.eusc-de-east-2.amazonaws.eu', 'did you mean "eusc-de-east-1"?'],
  ['appconfig.zz-elsewhere-1.amazonaws.com', 'check its name in the AWS console'],
])('the host %s of a Region that is not known is not found: invalid input, not an outage', (hostname, hint) => {
  const error = errorOf({ code: 'ENOTFOUND', message: `getaddrinfo ENOTFOUND ${hostname}`, hostname });
  const { kind, problem } = describeFailure(error, call);
  expect({ kind, ...problem }).toMatchObject({ kind: 'bad-request', code: 'region-unknown', hint: { text: hint } });
  expect(problem.message).toMatch(/^the Region "[a-z0-9-]+" may not exist: getaddrinfo ENOTFOUND /);
});

test.each([
  ['ENOTFOUND', 'appconfig.us-west-2.amazonaws.com'],
  ['ENOTFOUND', 'localhost.example.com'],
  ['ENOTFOUND', 'vpce-1.appconfig.us-west-9.vpce.amazonaws.com'],
  ['EAI_AGAIN', 'appconfig.us-west-9.amazonaws.com'],
])('%s of %s is temporary', (code, hostname) => {
  const { kind, problem } = describeFailure(errorOf({ code, hostname }), call);
  expect({ kind, ...problem }).toMatchObject({ kind: 'unreachable', code: 'endpoint-unreachable' });
});
