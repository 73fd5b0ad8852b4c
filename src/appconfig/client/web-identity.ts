// Credentials for an OIDC token, such as an ID token of GitLab. All other credentials are found by the SDK itself.
import type { Clock } from '../../core/model/clock.ts';
import { failure } from '../../core/problem/problem.ts';
import { isRole } from '../credentials/fault.ts';
import { responseChecks } from './check-responses.ts';
import { type ConnectOptions, requestLimits } from './connection.ts';

export interface WebIdentity {
  /** The ID token. It is checked before STS gets it, and never printed. */
  readonly token: string;
  /** The role to exchange it for. */
  readonly role: RoleVariable;
  readonly sessionName: string;
  /** Of STS. */
  readonly region: string;
  readonly endpointUrl: string | undefined;
  readonly clock: Clock;
}

/** An environment variable that holds the ARN of a role; undefined: it is not set. */
export interface RoleVariable {
  readonly variable: string;
  readonly arn: string | undefined;
}

type CredentialProvider = Extract<ConnectOptions['credentials'], (...args: never[]) => unknown>;

/** @throws AppcfgError for a token or role that STS would refuse; so does the provider that is returned. */
export async function webIdentityCredentials(identity: WebIdentity): Promise<CredentialProvider> {
  const { token, sessionName, region, endpointUrl } = identity;
  const roleArn = checkRole(identity.role);
  checkToken(token, identity.clock.now());
  const { fromWebToken } = await import('@aws-sdk/credential-provider-web-identity');
  const provide = fromWebToken({
    roleArn,
    webIdentityToken: token,
    roleSessionName: sessionName,
    clientConfig: {
      region,
      requestHandler: requestLimits,
      ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    },
    clientPlugins: [responseChecks(identity.clock)],
  });
  return async (...args: Parameters<typeof provide>) => {
    try {
      return await provide(...args);
    } catch (error) {
      throw exchangeFailure(error, { variable: identity.role.variable, arn: roleArn }, token);
    }
  };
}

/** When a token expires, in milliseconds since 1970; undefined where it cannot be read. */
export function idTokenExpiry(token: string): number | undefined {
  const exp = idTokenClaims(token)?.exp;
  return typeof exp === 'number' ? exp * 1000 : undefined;
}

/** The claims of a token, whose signature is not checked; undefined where it has not the form of a token. */
export function idTokenClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parts = token.split('.');
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString());
    return typeof claims === 'object' && claims !== null && parts.length === 3 ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}

/** @throws AppcfgError */
function checkRole({ variable, arn }: RoleVariable): string {
  if (arn === undefined) {
    throw failure('credentials-missing', `APPCFG_ID_TOKEN is set, but ${variable} is not`, {
      hint: { text: `set the CI/CD variable ${variable} to the ARN of the role that this command assumes` },
    });
  }
  if (!isRole(arn)) {
    throw failure('credentials-refused', `${variable} is "${arn}", which is not the ARN of a role`, {
      hint: { text: `set the CI/CD variable ${variable}, for example to arn:aws:iam::111122223333:role/appcfg` },
    });
  }
  return arn;
}

/** Whether the claims of a token can be read is left to STS. @throws AppcfgError */
function checkToken(token: string, now: number): void {
  if (token.split('.').length !== 3) {
    throw failure('credentials-refused', 'APPCFG_ID_TOKEN is not an ID token (three parts, separated by dots)', {
      hint: { text: 'give the job `id_tokens: { APPCFG_ID_TOKEN: { aud: appcfg } }`' },
    });
  }
  const expires = idTokenExpiry(token);
  if (expires !== undefined && expires < now) {
    throw failure('credentials-expired', `the ID token expired at ${new Date(expires).toISOString()}`, {
      hint: { text: 'set `timeout:` of the job, which is the lifetime of its ID token; then run the job again' },
    });
  }
}

/** The problem where STS rejects the token, whichever call needed the credentials. Other errors are returned as they are. */
function exchangeFailure(error: unknown, { variable, arn }: RoleVariable, token: string): unknown {
  const { name, message, $metadata } = error as {
    name: string;
    message: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  if (!(error instanceof Error) || status < 400 || status >= 500 || status === 429) return error;
  if (/^ExpiredToken/.test(name)) return error;
  return failure('credentials-refused', `STS rejected the ID token for the role "${arn}": ${message}`, {
    hint: {
      text: `check ${variable}, and that the role's trust policy allows ${claimsText(token)}`,
    },
  });
}

/** Neither of the two is a secret, and a trust policy names both. */
function claimsText(token: string): string {
  const { aud, sub } = idTokenClaims(token) ?? {};
  return `aud ${JSON.stringify(aud) ?? '(none)'} and sub ${JSON.stringify(sub) ?? '(none)'} of the token`;
}
