// What bounds this run's time: the CI job, the id token, credentials that cannot be renewed, and --timeout.
import type { TimeLimit } from '../core/time-limits.ts';
import type { Context } from './context.ts';
import { idTokenExpiry } from './credentials.ts';

const goesOn = 'what is left is picked up by the next run';

/** As far as the environment tells. Credentials that the SDK renews by itself are no limit. */
export function timeLimits(context: Context, timeoutMs: number | undefined): readonly TimeLimit[] {
  const { environment, startedAt } = context;
  const jobStart = Date.parse(environment.CI_JOB_STARTED_AT ?? '');
  const jobSeconds = Number(environment.CI_JOB_TIMEOUT ?? Number.NaN);
  const tokenEnd = idTokenExpiry(environment.APPCFG_ID_TOKEN ?? '');
  const keysEnd =
    environment.AWS_ACCESS_KEY_ID === undefined ? Number.NaN : Date.parse(environment.AWS_CREDENTIAL_EXPIRATION ?? '');
  const limits: readonly (readonly [string, number, string])[] = [
    [
      'the CI job is ended',
      jobStart + jobSeconds * 1000,
      `give the job a longer \`timeout:\`; running deployments go on without it, and ${goesOn}`,
    ],
    [
      'its id token ends',
      tokenEnd ?? Number.NaN,
      `the token lives as long as the job's \`timeout:\`; without it the role cannot be assumed again, and ${goesOn}`,
    ],
    ['the AWS credentials end', keysEnd, `get credentials that last longer; ${goesOn}`],
    ['--timeout ends the run', startedAt + (timeoutMs ?? Number.NaN), `give a longer --timeout; ${goesOn}`],
  ];
  return limits.filter(([, endsAt]) => !Number.isNaN(endsAt)).map(([what, endsAt, hint]) => ({ what, endsAt, hint }));
}
