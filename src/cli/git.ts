// Asks Git: which commit this is, and how another one stands to it. Everything works without Git, too.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { failure } from '../core/errors.ts';
import type { CommitRelation } from '../core/live.ts';
import type { Origin } from '../core/policy.ts';
import type { Environment } from './context.ts';

const execute = promisify(execFile);

/** Which commit and pipeline the run is for: what CI says, else what Git says. */
export async function readOrigin(directory: string, environment: Environment): Promise<Origin> {
  const iid = environment.CI_PIPELINE_IID ?? '';
  const commit = environment.CI_COMMIT_SHA || (await headOf(directory, environment));
  // A CI job has checked out its commit, and nothing else.
  const changes = environment.CI_COMMIT_SHA || commit === undefined ? '' : await changesOfTree(directory);
  const pipelineUrl = environment.CI_PIPELINE_URL;
  return {
    commit: commit || undefined,
    dirty: changes !== undefined && changes !== '',
    pipeline: /^[0-9]+$/.test(iid) ? Number(iid) : undefined,
    url: pipelineUrl ? cleanRemoteUrl(pipelineUrl) : await remoteUrl(directory, environment),
  };
}

function headOf(directory: string, environment: Environment): Promise<string | undefined> {
  if (!isInRepository(directory, environment)) return Promise.resolve(undefined);
  return git(directory, 'rev-parse', '--verify', '--quiet', 'HEAD');
}

/** Starting Git to be told that there is no repository takes longer than looking. */
function isInRepository(directory: string, environment: Environment): boolean {
  if (environment.GIT_DIR) return true;
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return true;
    if (folder === dirname(folder)) return false;
  }
}

/** What Git would list as changed, of the files that make the tree. */
function changesOfTree(directory: string): Promise<string | undefined> {
  return git(directory, 'status', '--porcelain', '--', 'template', 'tenants', 'appcfg.yml', 'appcfg.yaml');
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
export async function remoteUrl(directory: string, environment: Environment): Promise<string | undefined> {
  if (!isInRepository(directory, environment)) return undefined;
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

/** A folder's files as they were in some revision. */
export interface CheckedOut {
  readonly directory: string;
  /** The commit, abbreviated. */
  readonly commit: string;
  close(): Promise<void>;
}

/** Writes a revision of a folder into a folder of its own; the repository and its index stay as they are. @throws AppcfgError */
export async function checkOut(directory: string, revision: string, environment: Environment): Promise<CheckedOut> {
  const commit = await git(directory, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  if (commit === undefined) {
    const inRepository = (await git(directory, 'rev-parse', '--git-dir')) !== undefined;
    throw failure('usage-invalid', `--base "${revision}" is not a revision that Git knows here`, {
      hint: inRepository
        ? `fetch it first: git fetch origin ${revision.replace(/^origin\//, '')}`
        : 'the tree is not in a Git repository, or git is not installed',
    });
  }
  const prefix = ((await git(directory, 'rev-parse', '--show-prefix')) ?? '').replace(/\/$/, '');
  const room = await mkdtemp(join(tmpdir(), 'appcfg-base-'));
  const close = () => rm(room, { recursive: true, force: true });
  try {
    const tree = join(room, 'tree');
    await mkdir(tree);
    const env = { ...environment, GIT_INDEX_FILE: join(room, 'index') };
    const isThere = (await git(directory, 'cat-file', '-e', `${commit}:${prefix}`)) !== undefined;
    if (isThere) {
      const top = (await git(directory, 'rev-parse', '--show-toplevel')) ?? directory;
      await execute('git', ['read-tree', `${commit}:${prefix}`], { cwd: top, env });
      await execute('git', ['checkout-index', '--all', `--prefix=${tree}/`], { cwd: top, env, maxBuffer: 2 ** 26 });
    }
    return { directory: tree, commit: commit.slice(0, 10), close };
  } catch (error) {
    await close();
    throw error;
  }
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
