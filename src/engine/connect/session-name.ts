import { longestSessionName } from '../../core/model/service-limits.ts';
import type { Context } from '../context.ts';

/** The role session name, by which CloudTrail identifies the job: at most 64 of the characters that STS allows. */
export function sessionName({ environment, job }: Context, ...ids: readonly (string | undefined)[]): string {
  const name = environment.AWS_ROLE_SESSION_NAME ?? ['appcfg', job.projectId, ...ids].filter(Boolean).join('-');
  return name.replace(/[^\w+=,.@-]/g, '-').slice(0, longestSessionName);
}
