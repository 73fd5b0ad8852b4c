// The part of STS that clients of AppConfig need: who am I, and a role's credentials.
import type { Caller } from '../wire/caller.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';
import { ServiceError } from '../wire/service-error.ts';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** What an STS call has to go by. */
export interface StsCall {
  readonly form: URLSearchParams;
  readonly caller: Caller;
  readonly requestId: string;
  /** The caller's clock, by which it judges when credentials expire. */
  readonly now: number;
}

/** The form of an STS call, if the request is one. */
export function stsForm(request: WireRequest): URLSearchParams | undefined {
  if (request.method !== 'POST' || (request.path !== '/' && request.path !== '')) return undefined;
  return new URLSearchParams(Buffer.from(request.body).toString('utf8'));
}

/** What is there of STS. */
export const stsOperations: readonly string[] = ['GetCallerIdentity', 'AssumeRole', 'AssumeRoleWithWebIdentity'];

/** The name of the STS operation a form asks for; the same one for all that are not there, for calls are counted by it. */
export function stsOperation(form: URLSearchParams): string {
  return stsOperations.find((operation) => operation === form.get('Action')) ?? 'Unknown';
}

/** Carries out an STS call. @throws ServiceError */
export function answerSts(call: StsCall): WireResponse {
  const action = call.form.get('Action') ?? '';
  switch (action) {
    case 'GetCallerIdentity': {
      const { arn, userId, account } = call.caller;
      return xml(action, call.requestId, element('Arn', arn) + element('UserId', userId) + element('Account', account));
    }
    case 'AssumeRole':
      return xml(action, call.requestId, roleCredentials(call));
    case 'AssumeRoleWithWebIdentity': {
      checkToken(call.form.get('WebIdentityToken'));
      const subject = element('SubjectFromWebIdentityToken', 'local') + element('Provider', 'local');
      return xml(action, call.requestId, roleCredentials(call) + subject);
    }
    default:
      throw new ServiceError(400, 'InvalidAction', `The embedded AppConfig's STS does not have ${action}.`);
  }
}

/** An error as STS words it. */
export function stsError(error: ServiceError, requestId: string): WireResponse {
  const type = element('Type', error.status < 500 ? 'Sender' : 'Receiver');
  const inner = type + element('Code', error.name) + element('Message', error.message);
  const body = `<ErrorResponse xmlns="${namespace}"><Error>${inner}</Error>${element('RequestId', requestId)}</ErrorResponse>`;
  return { status: error.status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) };
}

function roleCredentials({ form, now }: StsCall): string {
  const roleArn = form.get('RoleArn') ?? '';
  const [, account, path] = /^arn:aws[\w-]*:iam::(\d{12}):role\/(.+)$/.exec(roleArn) ?? [];
  if (account === undefined || path === undefined) {
    throw new ServiceError(400, 'ValidationError', `${roleArn} is invalid`);
  }
  const session = form.get('RoleSessionName') ?? '';
  if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
    const rule = 'Member must satisfy regular expression pattern: [\\w+=,.@-]*';
    const text = `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint: ${rule}`;
    throw new ServiceError(400, 'ValidationError', text);
  }
  const seconds = Number(form.get('DurationSeconds') ?? 3600);
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) {
    throw new ServiceError(400, 'ValidationError', 'The requested DurationSeconds is not between 900 and 43200.');
  }
  const role = path.split('/').at(-1) ?? path;
  const assumed = `arn:aws:sts::${account}:assumed-role/${role}/${session}`;
  const credentials =
    // The account is in the key id, and the role in the token: so later calls tell whose they are.
    element('AccessKeyId', `ASIA${account}LOCL`) +
    element('SecretAccessKey', 'embedded-appconfig') +
    element('SessionToken', Buffer.from(assumed).toString('base64')) +
    element('Expiration', new Date(now + seconds * 1000).toISOString());
  const user = element('AssumedRoleId', `AROALOCAL:${session}`) + element('Arn', assumed);
  return `<Credentials>${credentials}</Credentials><AssumedRoleUser>${user}</AssumedRoleUser>`;
}

function checkToken(token: string | null): void {
  if (token !== null && /^[^.\s]+\.[^.\s]+\.[^.\s]+$/.test(token)) return;
  throw new ServiceError(
    400,
    'InvalidIdentityToken',
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  );
}

function xml(action: string, requestId: string, result: string): WireResponse {
  const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
  const body = `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result>${metadata}</${action}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) };
}

function element(name: string, text: string): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return `<${name}>${escaped}</${name}>`;
}
