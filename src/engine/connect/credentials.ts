// The credentials of a run: those that a job's ID token gives, else those of the AWS SDK.
import type { ConnectOptions } from '../../appconfig/client/connection.ts';
import { type RoleVariable, webIdentityCredentials } from '../../appconfig/client/web-identity.ts';
import { characterProblem } from '../../appconfig/credentials/key-characters.ts';
import { type AppcfgError, failure } from '../../core/problem/problem.ts';
import type { Context, Environment } from '../context.ts';
import type { OpenOptions } from './open-appconfig.ts';
import { sessionName } from './session-name.ts';

/** The role of the commands that read, and of those that write. A command never takes the other one's. */
const roleVariables = { read: 'AWS_CREDS_READ_ROLE', write: 'AWS_CREDS_TARGET_ROLE' } as const;

/** Credentials that a job has beside its ID token because they were set, not because of where it runs. */
const otherCredentials = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'] as const;

/**
 * Credentials for `APPCFG_ID_TOKEN`, where it is set and no flag names an AWS profile; undefined: the SDK finds its own.
 * @throws AppcfgError
 */
export async function findCredentials(
  run: Pick<OpenOptions, 'access' | 'options'> & { readonly region: string },
  context: Context,
): Promise<ConnectOptions['credentials']> {
  const { region, access, options } = run;
  // A file that is read into a variable ends with a newline.
  const token = context.environment.APPCFG_ID_TOKEN?.trim();
  if (options.awsProfile !== undefined) return undefined;
  if (!token) {
    refuseRoleWithoutToken(context.environment);
    refuseUnusableKeys(context.environment);
    return undefined;
  }
  return webIdentityCredentials({
    token,
    role: chooseRole(access, context.environment),
    sessionName: sessionName(context, context.job.jobId),
    region,
    endpointUrl: options.endpointUrl,
    clock: context.clock,
  });
}

/**
 * Without the token the role is not used, but whatever the SDK finds.
 * @throws AppcfgError where a variable names a role for the token
 */
function refuseRoleWithoutToken(environment: Environment): void {
  const [role] = setRoles(environment);
  if (role === undefined) return;
  const other = otherCredentials.find((name) => environment[name]);
  if (other !== undefined) throw ambiguous(other, role, setRoles(environment));
  throw failure('credentials-missing', `${role} is set, but APPCFG_ID_TOKEN is not`, {
    hint: {
      text: environment.GITLAB_CI
        ? 'give the job `id_tokens: { APPCFG_ID_TOKEN: { aud: appcfg } }`'
        : `unset ${role}: it names the role of a GitLab job`,
    },
  });
}

/** @throws AppcfgError for keys with characters that no request can have */
function refuseUnusableKeys(environment: Environment): void {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
    const problem = characterProblem(environment[name] ?? '');
    if (problem === undefined) continue;
    throw failure('credentials-invalid', `${name} ${problem}`, { hint: { text: 'set it to the key alone' } });
  }
}

/** @throws AppcfgError for other credentials beside the token, one of which would be used silently */
function chooseRole(access: OpenOptions['access'], environment: Environment): RoleVariable {
  const other = otherCredentials.find((name) => environment[name]);
  if (other !== undefined) throw ambiguous(other, 'APPCFG_ID_TOKEN', ['APPCFG_ID_TOKEN', ...setRoles(environment)]);
  const { AWS_ROLE_ARN } = environment;
  const [role] = setRoles(environment);
  if (role === undefined) {
    if (AWS_ROLE_ARN) return { variable: 'AWS_ROLE_ARN', arn: AWS_ROLE_ARN };
    return { variable: roleVariables[access], arn: undefined };
  }
  const variable = roleVariables[access];
  const arn = environment[variable] || undefined;
  if (AWS_ROLE_ARN && AWS_ROLE_ARN !== arn) {
    throw ambiguous('AWS_ROLE_ARN', arn === undefined ? role : variable, setRoles(environment));
  }
  return { variable, arn };
}

function setRoles(environment: Environment): readonly string[] {
  return Object.values(roleVariables).filter((name) => environment[name]);
}

/** @param others what is to be unset for `variable` to be used */
function ambiguous(variable: string, beside: string, others: readonly string[]): AppcfgError {
  const last = others.at(-1) ?? beside;
  const listed = others.length < 2 ? last : `${others.slice(0, -1).join(', ')} and ${last}`;
  return failure(
    'credentials-ambiguous',
    `${variable} and ${beside} are both set: it is not clear which credentials to use`,
    { hint: { text: `unset ${variable}; to use it instead, unset ${listed}` } },
  );
}
