// What can be checked without AWS: Node, Git, the ID token of the job.
import { idTokenClaims } from '../../appconfig/client/web-identity.ts';
import type { Check } from '../../core/doctor/check.ts';
import { type CheckedCommand, onlyReads } from '../../core/doctor/needed-actions.ts';
import { gitState } from '../../git/git-state.ts';
import type { Context } from '../context.ts';

/** The oldest Node that the program supports. */
const oldestNode = [20, 19] as const;

export function nodeCheck({ nodeVersion }: Pick<Context, 'nodeVersion'>): Check {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  const isSupported = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  const detail = nodeVersion.replace(/^v/, '');
  if (isSupported) return { name: 'Node', result: 'ok', detail };
  return {
    name: 'Node',
    result: 'fault',
    detail: `${detail} is too old`,
    hint: { text: `install Node ${oldestNode.join('.')} or later` },
  };
}

/** Which of two commits is newer, and what a tree was before, only Git knows. */
export async function gitCheck(context: Pick<Context, 'directory' | 'environment' | 'job'>): Promise<Check> {
  const name = 'Git';
  const state = await gitState(context);
  if (state === 'missing') {
    return { name, result: 'fault', detail: 'the program git cannot be started', hint: { text: 'install Git' } };
  }
  if (state === 'no repository') {
    return {
      name,
      result: 'fault',
      detail: 'the tree is in no Git repository: reviews and the guard newer need its history',
      hint: { text: 'create one: git init' },
    };
  }
  if (state === 'shallow') {
    return {
      name,
      result: 'fault',
      detail: 'the clone is shallow: appcfg cannot tell which of two commits is newer',
      hint: { text: context.job.isCi ? 'set GIT_DEPTH: "0" for the job' : 'fetch them: git fetch --unshallow' },
    };
  }
  return { name, result: 'ok', detail: 'a repository with its history' };
}

/** The claims that decide whether STS accepts the token. Undefined: the run has none and needs none. */
export function idTokenCheck(
  { environment, job, clock }: Pick<Context, 'environment' | 'job' | 'clock'>,
  command: CheckedCommand,
): Check | undefined {
  const name = 'ID token';
  const token = environment.APPCFG_ID_TOKEN?.trim();
  if (!token) {
    const isGitLab = environment.GITLAB_CI === 'true';
    return isGitLab
      ? { name, result: 'ok', detail: 'none: the credentials are those of the runner or of variables' }
      : undefined;
  }
  const claims = idTokenClaims(token);
  if (claims === undefined) {
    return {
      name,
      result: 'fault',
      detail: 'APPCFG_ID_TOKEN is not an ID token (three parts, separated by dots)',
      hint: { text: 'give the job `id_tokens: { APPCFG_ID_TOKEN: { aud: appcfg } }`' },
    };
  }
  const { aud, sub, exp, ref_protected: isProtected } = claims;
  const shown = `aud ${shownClaim(aud)}, sub ${shownClaim(sub)}`;
  const lifetime = { text: 'set `timeout:` of the job, which is the lifetime of its ID token' };
  const expires = typeof exp === 'number' ? exp * 1000 : undefined;
  if (expires !== undefined && expires <= clock.now()) {
    return {
      name,
      result: 'fault',
      detail: `it expired at ${new Date(expires).toISOString()}; ${shown}`,
      hint: lifetime,
    };
  }
  const jobEnds = (job.startedAt ?? Number.NaN) + (job.timeoutMs ?? Number.NaN);
  if (expires !== undefined && expires + 60_000 < jobEnds) {
    const minutes = Math.round((jobEnds - expires) / 60_000);
    return {
      name,
      result: 'fault',
      detail: `it expires ${minutes} minutes before the job ends; ${shown}`,
      hint: lifetime,
    };
  }
  if (aud === undefined || sub === undefined) {
    return {
      name,
      result: 'fault',
      detail: `a claim is missing; ${shown}`,
      hint: { text: 'give the job `aud`: the audience of the IAM identity provider' },
    };
  }
  if (!onlyReads(command) && String(isProtected) === 'false') {
    return {
      name,
      result: 'fault',
      detail: `its branch is not protected, so everyone who may push to it can use the role that writes; ${shown}`,
      hint: { text: 'protect the default branch (Settings, Repository, Protected branches)' },
    };
  }
  return { name, result: 'ok', detail: `${shown}; AWS compares both with the trust policy of the role` };
}

function shownClaim(claim: unknown): string {
  return claim === undefined ? 'none' : JSON.stringify(claim);
}
