import type { Context } from '../context.ts';

/** The role session name, by which CloudTrail identifies the job. STS allows 64 characters, and not every one. */
export function sessionName({ environment, job }: Context, ...ids: readonly (string | undefined)[]): string {
  const name = environment.AWS_ROLE_SESSION_NAME ?? ['appcfg', job.projectId, ...ids].filter(Boolean).join('-');
  return name.replace(/[^\w+=,.@-]/g, '-').slice(0, 64);
}
