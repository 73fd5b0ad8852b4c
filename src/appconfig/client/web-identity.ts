// GitLab's id token in exchange for an AWS role. Everything else is the SDK's own chain.
import { longestSessionName } from '../../core/model/service-limits.ts';
import { failure } from '../../core/problem/problem.ts';
import type { Context } from '../../engine/context.ts';
import type { CommonOptions } from '../../engine/options.ts';
import type { ConnectOptions } from './connection.ts';

type Credentials = NonNullable<ConnectOptions['credentials']>;

/**
 * Credentials from `APPCFG_ID_TOKEN` and a role, where there is such a token and no explicit AWS profile; undefined
 * leaves it to the SDK. The token is looked at before STS is, and never shown. @throws AppcfgError
 */
export async function webIdentityCredentials(about: {
  readonly region: string;
  /** A read-only role may be set apart for commands that write nothing. */
  readonly access: 'read' | 'write';
  readonly options: CommonOptions;
  readonly context: Context;
}): Promise<Credentials | undefined> {
  const { region, access, options, context } = about;
  const { environment } = context;
  const token = environment.APPCFG_ID_TOKEN;
  if (options.awsProfile !== undefined) return undefined;
  const readRole = access === 'read' ? environment.AWS_CREDS_READ_ROLE : undefined;
  const roleArn = environment.AWS_ROLE_ARN || readRole || environment.AWS_CREDS_TARGET_ROLE;
  if (token === undefined || token === '') return undefined;
  if (roleArn === undefined || roleArn === '') {
    throw failure('credentials-missing', 'there is an id token (APPCFG_ID_TOKEN), and no role to exchange it for', {
      hint: { text: 'set the CI/CD variable AWS_CREDS_TARGET_ROLE to the ARN of the role to assume' },
    });
  }
  if (!/^arn:[\w-]+:iam::\d{12}:role\/./.test(roleArn)) {
    throw failure('credentials-refused', `"${roleArn}" is not the ARN of a role`, {
      hint: {
        text: 'set the CI/CD variable AWS_CREDS_TARGET_ROLE, for example to arn:aws:iam::111122223333:role/appcfg',
      },
    });
  }
  checkToken(token, context.clock.now());
  const { fromWebToken } = await import('@aws-sdk/credential-provider-web-identity');
  const provide = fromWebToken({
    roleArn,
    webIdentityToken: token,
    roleSessionName: sessionName(environment, ['CI_PROJECT_ID', 'CI_JOB_ID']),
    clientConfig: {
      region,
      ...(options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl }),
    },
  });
  return async (...args: Parameters<typeof provide>) => {
    try {
      return await provide(...args);
    } catch (error) {
      throw exchangeFailure(error, roleArn);
    }
  };
}

/** What STS refuses is told of STS, not of the call that needed the credentials. Everything else stays as it is. */
function exchangeFailure(error: unknown, roleArn: string): unknown {
  const { name, message, $metadata } = error as {
    name: string;
    message: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  if (!(error instanceof Error) || status < 400 || status >= 500 || status === 429) return error;
  if (/^ExpiredToken/.test(name)) return error;
  return failure('credentials-refused', `STS does not exchange the id token for the role "${roleArn}": ${message}`, {
    hint: {
      text: "look at AWS_CREDS_TARGET_ROLE, and at the role's trust policy: its `aud` and `sub` have to be those of this job",
    },
  });
}

/** Refuses a token that STS is bound to refuse. A token whose claims cannot be read is left to STS. */
function checkToken(token: string, now: number): void {
  if (token.split('.').length !== 3) {
    throw failure('credentials-refused', 'APPCFG_ID_TOKEN is not an id token (three parts with dots between)', {
      hint: { text: 'give the job `id_tokens: { APPCFG_ID_TOKEN: { aud: $CI_SERVER_URL } }`' },
    });
  }
  const expires = idTokenExpiry(token);
  if (expires !== undefined && expires < now) {
    throw failure('credentials-expired', `the id token ran out at ${new Date(expires).toISOString()}`, {
      hint: { text: 'set `timeout:` of the job: it is the lifetime of its id token; then run the job again' },
    });
  }
}

/** When a token ends, in milliseconds since 1970; undefined where it does not say. */
export function idTokenExpiry(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

/** Tells CloudTrail which job it was. @param parts variables of the CI that say so */
export function sessionName(environment: Context['environment'], parts: readonly string[]): string {
  const job = parts.map((name) => environment[name]).filter((part) => part !== undefined);
  return (environment.AWS_ROLE_SESSION_NAME ?? ['appcfg', ...job].join('-'))
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, longestSessionName);
}
