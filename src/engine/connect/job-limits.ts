// What bounds this run's time: the CI job, the id token, credentials that cannot be renewed, and --timeout.
import type { Connection } from '../../appconfig/client/connection.ts';
import { idTokenExpiry } from '../../appconfig/client/web-identity.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { type TimeLimit, timeProblems } from '../../core/rollout/run-deadlines.ts';
import type { Context } from '../context.ts';
import type { CommonOptions } from '../options.ts';

const goesOn = 'what is left is picked up by the next run';

/** What will end before the plan does is said before the first write. */
export function warnOfTime(
  plan: Plan,
  connection: Connection,
  about: { readonly options: CommonOptions; readonly context: Context },
): void {
  const { options, context } = about;
  const clock = { now: context.clock.now(), speed: connection.serviceClock.speed };
  for (const problem of timeProblems(plan, timeLimits(context, options.timeoutMs), clock)) {
    context.emit({ type: 'problem-found', problem });
  }
}

/** As far as the environment tells. Credentials that the SDK renews by itself are no limit. */
function timeLimits(context: Context, timeoutMs: number | undefined): readonly TimeLimit[] {
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
