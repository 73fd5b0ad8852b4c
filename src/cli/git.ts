// Asks Git: which commit this is, and how another one stands to it. Everything works without Git, too.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CommitRelation } from '../core/live.ts';
import type { Origin } from '../core/policy.ts';
import type { Environment } from './context.ts';

const execute = promisify(execFile);

/** Which commit and pipeline the run is for: what CI says, else what Git says. */
export async function readOrigin(directory: string, environment: Environment): Promise<Origin> {
  const iid = environment.CI_PIPELINE_IID ?? '';
  const commit = environment.CI_COMMIT_SHA || (await git(directory, 'rev-parse', '--verify', '--quiet', 'HEAD'));
  const remote = environment.CI_PIPELINE_URL ? undefined : await remoteUrl(directory);
  return {
    commit: commit || undefined,
    pipeline: /^[0-9]+$/.test(iid) ? Number(iid) : undefined,
    url: environment.CI_PIPELINE_URL || remote,
  };
}

/** How some commit stands to ours; asked once for each. */
export function relationToHead(
  directory: string,
  ours: string | undefined,
): (commit: string) => Promise<CommitRelation> {
  const known = new Map<string, Promise<CommitRelation>>();
  return (commit) => {
    let relation = known.get(commit);
    if (relation === undefined) {
      relation = findRelation(directory, ours, commit);
      known.set(commit, relation);
    }
    return relation;
  };
}

async function findRelation(directory: string, ours: string | undefined, theirs: string): Promise<CommitRelation> {
  if (ours === undefined || !/^[0-9a-f]{7,64}$/i.test(theirs)) return 'unknown';
  if (ours === theirs) return 'same';
  const present = await git(directory, 'cat-file', '-e', `${theirs}^{commit}`);
  if (present === undefined) return 'unknown';
  if ((await git(directory, 'merge-base', '--is-ancestor', theirs, ours)) !== undefined) return 'older';
  if ((await git(directory, 'merge-base', '--is-ancestor', ours, theirs)) !== undefined) return 'newer';
  // A shallow clone may lack the commits that would tell.
  return (await git(directory, 'rev-parse', '--is-shallow-repository')) === 'false' ? 'unrelated' : 'unknown';
}

/** The URL of `origin` without user name, password, query and fragment. */
export async function remoteUrl(directory: string): Promise<string | undefined> {
  const url = await git(directory, 'config', '--get', 'remote.origin.url');
  return url === undefined || url === '' ? undefined : cleanRemoteUrl(url);
}

/** `https://host/group/name`, whichever way the remote is written. */
export function cleanRemoteUrl(url: string): string {
  const scp = /^(?:[^@/:]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(url);
  if (scp !== null && !/^[A-Za-z]:[\\/]/.test(url))
    return `https://${scp[1]}/${scp[2]?.replace(/^\/+/, '').replace(/[?#].*$/, '')}`;
  if (!URL.canParse(url)) return url.replace(/[?#].*$/, '');
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  parsed.hash = '';
  return parsed.href;
}

/** A Git command's output; undefined where it fails, or there is no Git. */
async function git(directory: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await execute('git', args, { cwd: directory, timeout: 10_000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
