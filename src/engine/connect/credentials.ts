import type { ConnectOptions } from '../../appconfig/client/connection.ts';
import { webIdentityCredentials } from '../../appconfig/client/web-identity.ts';
import type { Context } from '../context.ts';
import type { OpenOptions } from './open-appconfig.ts';
import { sessionName } from './session-name.ts';

/**
 * Credentials for `APPCFG_ID_TOKEN`, where it is set and no AWS profile is given; undefined: the SDK finds its own.
 * @throws AppcfgError
 */
export async function findCredentials(
  run: Pick<OpenOptions, 'access' | 'options'> & { readonly region: string },
  context: Context,
): Promise<ConnectOptions['credentials']> {
  const { region, access, options } = run;
  const { APPCFG_ID_TOKEN, AWS_ROLE_ARN, AWS_CREDS_READ_ROLE, AWS_CREDS_TARGET_ROLE } = context.environment;
  if (options.awsProfile !== undefined || !APPCFG_ID_TOKEN) return undefined;
  // Commands that write nothing may have a role of their own.
  const readRole = access === 'read' ? AWS_CREDS_READ_ROLE : undefined;
  return webIdentityCredentials({
    token: APPCFG_ID_TOKEN,
    roleArn: AWS_ROLE_ARN || readRole || AWS_CREDS_TARGET_ROLE || undefined,
    sessionName: sessionName(context, context.job.jobId),
    region,
    endpointUrl: options.endpointUrl,
    clock: context.clock,
  });
}
