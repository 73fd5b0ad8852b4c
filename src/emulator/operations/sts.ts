// The operations of STS that clients of AppConfig need: the caller's identity and the credentials of a role.
import type { Caller } from '../wire/caller.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';
import { ServiceError } from '../wire/service-error.ts';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** A call of STS. */
export interface StsCall {
  readonly form: URLSearchParams;
  readonly caller: Caller;
  readonly requestId: string;
  /** The caller's clock, which decides when credentials expire. */
  readonly now: number;
}

/** The XML inside each operation's result. */
const operations: Readonly<Record<string, (call: StsCall) => string>> = {
  GetCallerIdentity: ({ caller: { arn, userId, account } }) =>
    element('Arn', arn) + element('UserId', userId) + element('Account', account),
  AssumeRole: roleCredentials,
  AssumeRoleWithWebIdentity: (call) => {
    checkWebIdentityToken(call.form.get('WebIdentityToken'));
    const subject = element('SubjectFromWebIdentityToken', 'local') + element('Provider', 'local');
    return roleCredentials(call) + subject;
  },
};

/** The form in the body of an STS call, or undefined if the request is not one. */
export function stsForm(request: WireRequest): URLSearchParams | undefined {
  if (request.method !== 'POST' || (request.path !== '/' && request.path !== '')) return undefined;
  return new URLSearchParams(Buffer.from(request.body).toString('utf8'));
}

/** Whether STS has an operation of that name here. */
export function isStsOperation(name: string): boolean {
  return Object.hasOwn(operations, name);
}

/** The operation in a form. `Unknown` for all that do not exist, because calls are counted by this name. */
export function stsOperation(form: URLSearchParams): string {
  const action = form.get('Action') ?? '';
  return isStsOperation(action) ? action : 'Unknown';
}

/** Carries out an STS call. @throws ServiceError */
export function runStsOperation(call: StsCall): WireResponse {
  const action = call.form.get('Action') ?? '';
  const result = isStsOperation(action) ? operations[action]?.(call) : undefined;
  if (result === undefined) throw new ServiceError(400, 'InvalidAction', `The local STS does not have ${action}.`);
  const metadata = `<ResponseMetadata>${element('RequestId', call.requestId)}</ResponseMetadata>`;
  return xmlResponse(
    200,
    `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result>${metadata}</${action}Response>`,
  );
}

/** An error in the form STS sends it. */
export function stsErrorResponse(error: ServiceError, requestId: string): WireResponse {
  const type = element('Type', error.status < 500 ? 'Sender' : 'Receiver');
  const inner = type + element('Code', error.name) + element('Message', error.message);
  return xmlResponse(
    error.status,
    `<ErrorResponse xmlns="${namespace}"><Error>${inner}</Error>${element('RequestId', requestId)}</ErrorResponse>`,
  );
}

/** Source: STS API reference, AssumeRole, RoleSessionName: 2 to 64 characters of a pattern. */
const sessionNameRules: readonly (readonly [holds: (name: string) => boolean, rule: string])[] = [
  [(name) => name.length >= 2, 'have length greater than or equal to 2'],
  [(name) => name.length <= 64, 'have length less than or equal to 64'],
  [(name) => /^[\w+=,.@-]*$/.test(name), 'satisfy regular expression pattern: [\\w+=,.@-]*'],
];

function roleCredentials({ form, now }: StsCall): string {
  const roleArn = form.get('RoleArn') ?? '';
  const [, partition, account, path] = /^arn:(aws[\w-]*):iam::(\d{12}):role\/(.+)$/.exec(roleArn) ?? [];
  if (account === undefined || path === undefined) {
    throw new ServiceError(400, 'ValidationError', `${roleArn} is invalid`);
  }
  const session = form.get('RoleSessionName') ?? '';
  const [, rule] = sessionNameRules.find(([holds]) => !holds(session)) ?? [];
  if (rule !== undefined) {
    const text = `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint: Member must ${rule}`;
    throw new ServiceError(400, 'ValidationError', text);
  }
  const seconds = Number(form.get('DurationSeconds') ?? 3600);
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) {
    throw new ServiceError(400, 'ValidationError', 'The requested DurationSeconds is not between 900 and 43200.');
  }
  const role = path.split('/').at(-1) ?? path;
  const assumed = `arn:${partition}:sts::${account}:assumed-role/${role}/${session}`;
  const credentials =
    // `callerOf` reads the account from the key id and the role from the token of later calls.
    element('AccessKeyId', `ASIA${account}LOCL`) +
    element('SecretAccessKey', 'local') +
    element('SessionToken', Buffer.from(assumed).toString('base64')) +
    element('Expiration', new Date(now + seconds * 1000).toISOString());
  const user = element('AssumedRoleId', `AROALOCAL:${session}`) + element('Arn', assumed);
  return `<Credentials>${credentials}</Credentials><AssumedRoleUser>${user}</AssumedRoleUser>`;
}

function checkWebIdentityToken(token: string | null): void {
  // A token that was read from a file may end with white space.
  if (token !== null && /^[^.\s]+\.[^.\s]+\.[^.\s]+\s*$/.test(token)) return;
  throw new ServiceError(
    400,
    'InvalidIdentityToken',
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  );
}

function xmlResponse(status: number, xml: string): WireResponse {
  return { status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(xml) };
}

function element(name: string, text: string): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return `<${name}>${escaped}</${name}>`;
}
