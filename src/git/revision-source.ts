// The files of a tree as they are in a revision. They are read as blobs into memory: nothing is checked out, so that no
// attribute, filter or hook has a part in it.
import { posix } from 'node:path';
import { quoteForShell } from '../core/problem/hint.ts';
import { failure } from '../core/problem/problem.ts';
import { nearest } from '../core/problem/suggest.ts';
import { isShallow } from './is-shallow.ts';
import { findRepository } from './repository.ts';
import { askGit, type GitLocation, gitBounds, runGit } from './run-git.ts';

/** A file of a revision. A link is not followed; a blob that is too large is not read. */
export type RevisionFile =
  | { readonly kind: 'file'; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'other' };

export interface Revision {
  /** The full id. */
  readonly commit: string;
  /** By path in the tree, with `/`. */
  readonly files: ReadonlyMap<string, RevisionFile>;
}

/** A revision, and the flag that names it. */
export interface NamedRevision {
  readonly revision: string;
  /** For messages. */
  readonly flag: string;
}

/** A configuration is smaller, and so is everything that it is made of. */
const mostBytesOfFile = 8 * 2 ** 20;
/** Of all files, as one call of Git could return them. */
const mostBytesOfCall = gitBounds.bytes / 2;
/** As on Linux, of a path and of what a link names. */
const longestPath = 4096;
/** How often links may name files that are not in the folders that were read. */
const mostRounds = 8;

/** What the name of a reference does not have. */
const noName = /[\s~^:?*[\\]|\.\.|@\{/;

/** What a tree has besides files that its settings and links name. */
export const treePaths = ['template', 'tenants', 'appcfg.yml', 'appcfg.yaml'] as const;

/**
 * Reads a folder's files as they were in a revision.
 * @param paths files and folders, relative to the folder; what their links name is read, too
 * @throws AppcfgError for a revision that Git does not know, or that is not complete
 */
export async function readRevision(
  { revision, flag }: NamedRevision,
  location: GitLocation,
  paths: readonly string[] = treePaths,
): Promise<Revision> {
  const commit = await findCommit(revision, location);
  if (commit === undefined) {
    throw failure('usage-invalid', ...(await whyUnknown({ revision, flag }, location)));
  }
  const entries = new Map<string, Entry>();
  const contents: Contents = new Map();
  try {
    let wanted = paths;
    for (let round = 0; wanted.length > 0 && round < mostRounds; round += 1) {
      const found = await list(commit, wanted, location);
      if (found.length === 0) break;
      await readBlobs(found, contents, location);
      for (const entry of found) entries.set(entry.path, entry);
      wanted = missingTargets(entries, contents);
    }
  } catch {
    location.signal?.throwIfAborted();
    throw failure('usage-invalid', `${flag} "${revision}" cannot be read from this Git repository`, {
      hint: { text: 'the clone may be partial, or the tree of the revision too large: clone it without --filter' },
    });
  }
  return { commit, files: new Map([...entries].map(([path, entry]) => [path, fileOf(entry, contents)])) };
}

/**
 * The full id of a revision; undefined where Git does not know it. A name that begins with `origin/` is that of a branch of
 * the remote. Git would prefer a tag of this name, which people may push who may not push to the branch.
 */
export async function findCommit(revision: string, location: GitLocation): Promise<string | undefined> {
  const commitOf = (name: string) =>
    askGit(location, ['rev-parse', '--verify', '--quiet'], [`${name}^{commit}`]).then((id) => id || undefined);
  // After a name, they would lead to another commit.
  if (revision.startsWith('refs/') && noName.test(revision)) return undefined;
  const branch = revision.startsWith('origin/') ? await commitOf(`refs/remotes/${revision}`) : undefined;
  return branch ?? commitOf(revision);
}

/** What a revision that Git does not know may be meant to be: a branch, a tag, or a branch of the remote; undefined for none. */
export async function similarRevision(revision: string, location: GitLocation): Promise<string | undefined> {
  const output = await askGit(location, ['for-each-ref', '--format=%(refname)']);
  const short = (name: string) => name.replace(/^refs\/(?:heads|tags|remotes)\//, '');
  const names = (output ?? '').split('\n').map(short);
  const ofRemote = `origin/${revision}`;
  return names.includes(ofRemote) ? ofRemote : nearest(short(revision), names);
}

type UnknownReason = 'no repository' | 'shallow' | 'unknown';

async function reasonOf(location: GitLocation): Promise<UnknownReason> {
  const shallow = await isShallow(location);
  if (shallow === undefined) return 'no repository';
  return shallow ? 'shallow' : 'unknown';
}

const unknown = {
  'no repository': {
    reason: 'needs a Git repository',
    hint: 'run the command in a Git repository, with git installed',
  },
  shallow: {
    reason: 'is not a revision in this Git repository, which is shallow',
    hint: 'fetch the older commits: git fetch --unshallow; in a GitLab job set GIT_DEPTH: 0',
  },
  unknown: {
    reason: 'is not a revision in this Git repository',
    hint: 'check its name; if it is a branch or a tag of the remote, fetch it first: git fetch origin --tags',
  },
} as const satisfies Record<UnknownReason, unknown>;

/** The message, and what to do. */
async function whyUnknown({ revision, flag }: NamedRevision, location: GitLocation) {
  const why = await reasonOf(location);
  const { reason, hint } = unknown[why];
  const message = `${flag} "${revision}" ${reason}`;
  if (why === 'no repository') return [message, { hint: { text: hint } }] as const;
  const meant = await similarRevision(revision, location);
  const didYouMean = meant === undefined ? '' : `did you mean "${meant}"? Otherwise `;
  return [message, { hint: { text: `${didYouMean}${hintToFetch(revision) ?? hint}` } }] as const;
}

/** Also where the clone is shallow: `--unshallow` fetches no other branch. Undefined for what is no branch of the remote. */
function hintToFetch(revision: string): string | undefined {
  const [, branch = ''] = /^(?:refs\/remotes\/)?origin\/(.+)$/.exec(revision) ?? [];
  if (branch === '' || branch === 'HEAD' || noName.test(branch)) return undefined;
  const refspec = quoteForShell(`+refs/heads/${branch}:refs/remotes/origin/${branch}`);
  return `check its name; if it is a branch of the remote, fetch it first: git fetch origin ${refspec}`;
}

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly blob: string;
}

/** By blob; undefined for one that is too large. */
type Contents = Map<string, Buffer | undefined>;

/** @throws Error for a listing that is too large, or a repository that lacks a part of it */
async function list(commit: string, paths: readonly string[], location: GitLocation): Promise<readonly Entry[]> {
  const prefix = findRepository(location.directory)?.prefix ?? '';
  const below = prefix === '' ? '' : `${prefix}/`;
  const output = await runGit(location, {
    options: ['ls-tree', '-r', '-z', '--full-tree'],
    operands: [commit, ...paths.map((path) => `${below}${path}`)],
  });
  return output
    .toString('utf8')
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const [, mode = '', blob = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t([\s\S]*)$/.exec(line) ?? [];
      if (path.length > longestPath) throw new Error('a path is too long');
      return { path: path.slice(below.length), mode, blob };
    });
}

const modes: Readonly<Record<string, 'file' | 'link'>> = { '100644': 'file', '100755': 'file', '120000': 'link' };

/** Reads blobs that are not in `contents` yet, as many at a time as one call of Git may return. */
async function readBlobs(entries: readonly Entry[], contents: Contents, location: GitLocation): Promise<void> {
  const limits = new Map<string, number>();
  for (const { blob, mode } of entries) {
    if (modes[mode] === undefined || contents.has(blob)) continue;
    limits.set(blob, modes[mode] === 'link' ? longestPath : mostBytesOfFile);
  }
  let batch: Blob[] = [];
  let bytes = 0;
  for (const blob of await sizesOf([...limits.keys()], location)) {
    contents.set(blob.id, undefined);
    if (blob.bytes > (limits.get(blob.id) ?? 0)) continue;
    if (bytes + blob.bytes > mostBytesOfCall) {
      await readBatch(batch, contents, location);
      batch = [];
      bytes = 0;
    }
    batch.push(blob);
    bytes += blob.bytes;
  }
  await readBatch(batch, contents, location);
}

interface Blob {
  readonly id: string;
  readonly bytes: number;
}

/** @throws Error for a blob that the repository lacks */
async function sizesOf(ids: readonly string[], location: GitLocation): Promise<readonly Blob[]> {
  if (ids.length === 0) return [];
  const output = await runGit(location, { options: ['cat-file', '--batch-check'], input: `${ids.join('\n')}\n` });
  const lines = output.toString('latin1').trimEnd().split('\n');
  return ids.map((id, index) => {
    const [, bytes] = /^[0-9a-f]+ blob (\d+)$/.exec(lines[index] ?? '') ?? [];
    if (bytes === undefined) throw new Error(`${id} is missing from the repository`);
    return { id, bytes: Number(bytes) };
  });
}

async function readBatch(blobs: readonly Blob[], contents: Contents, location: GitLocation): Promise<void> {
  if (blobs.length === 0) return;
  const input = blobs.map(({ id }) => `${id}\n`).join('');
  const output = await runGit(location, { options: ['cat-file', '--batch'], input });
  let at = 0;
  for (const { id, bytes } of blobs) {
    const header = `${id} blob ${bytes}\n`;
    if (output.toString('latin1', at, at + header.length) !== header) throw new Error(`${id} cannot be read`);
    at += header.length;
    // A copy: a part of it would keep the whole output in memory.
    contents.set(id, Buffer.from(output.subarray(at, at + bytes)));
    at += bytes + 1;
  }
}

/** Targets of links that are in the folder, and were not read. */
function missingTargets(entries: ReadonlyMap<string, Entry>, contents: Contents): readonly string[] {
  const folders = new Set<string>();
  for (const path of entries.keys()) {
    for (let at = posix.dirname(path); at !== '.'; at = posix.dirname(at)) folders.add(at);
  }
  const targets = new Set<string>();
  for (const { path, mode, blob } of entries.values()) {
    if (modes[mode] !== 'link') continue;
    const target = posix.join(posix.dirname(path), contents.get(blob)?.toString('utf8') ?? '');
    const isInside = target !== '.' && !target.startsWith('../') && target !== '..';
    if (isInside && !entries.has(target) && !folders.has(target)) targets.add(target.replace(/\/$/, ''));
  }
  return [...targets];
}

function fileOf({ mode, blob }: Entry, contents: Contents): RevisionFile {
  const kind = modes[mode];
  if (kind === undefined) return { kind: 'other' };
  const bytes = contents.get(blob);
  return kind === 'file' ? { kind, bytes } : { kind, target: bytes?.toString('utf8') ?? '' };
}
