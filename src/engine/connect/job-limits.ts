// What may end a run early: the CI job, its ID token, credentials that cannot be renewed, and --timeout.
import type { Connection } from '../../appconfig/client/connection.ts';
import { idTokenExpiry } from '../../appconfig/client/web-identity.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { type TimeLimit, timeProblems } from '../../core/rollout/run-deadlines.ts';
import type { Context } from '../context.ts';
import type { CommonOptions } from '../options.ts';

/** Warns before the first write of each limit that ends before the plan does. */
export function warnOfTimeLimits(
  plan: Plan,
  connection: Connection,
  run: { readonly options: CommonOptions; readonly context: Context },
): void {
  const { options, context } = run;
  const clock = { now: context.clock.now(), speed: connection.serviceClock.speed };
  for (const problem of timeProblems(plan, timeLimits(context, options.timeoutMs), clock)) {
    context.emit({ type: 'problem-found', problem });
  }
}

/** Those that the environment reports. Credentials that the SDK renews by itself are no limit. */
function timeLimits(context: Context, timeoutMs = Number.NaN): readonly TimeLimit[] {
  const { environment, job, startedAt } = context;
  const { APPCFG_ID_TOKEN = '', AWS_ACCESS_KEY_ID, AWS_CREDENTIAL_EXPIRATION = '' } = environment;
  const rest = 'the next run continues';
  const limits: readonly TimeLimit[] = [
    {
      what: 'the CI job ends',
      endsAt: (job.startedAt ?? Number.NaN) + (job.timeoutMs ?? Number.NaN),
      hint: `set a longer \`timeout:\` on the job; deployments in flight continue, and ${rest}`,
    },
    {
      what: "the job's ID token expires",
      endsAt: idTokenExpiry(APPCFG_ID_TOKEN) ?? Number.NaN,
      hint: `set a longer \`timeout:\` on the job: it is also the lifetime of the ID token; ${rest}`,
    },
    {
      what: 'the AWS credentials expire',
      endsAt: AWS_ACCESS_KEY_ID === undefined ? Number.NaN : Date.parse(AWS_CREDENTIAL_EXPIRATION),
      hint: `get credentials that last longer; ${rest}`,
    },
    { what: '--timeout ends the run', endsAt: startedAt + timeoutMs, hint: `give a longer --timeout; ${rest}` },
  ];
  return limits.filter(({ endsAt }) => !Number.isNaN(endsAt));
}
