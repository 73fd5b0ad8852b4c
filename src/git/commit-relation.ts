import type { CommitRelation } from '../core/model/origin.ts';
import { git } from './run-git.ts';

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
