import type { CommitRelation } from '../core/model/origin.ts';
import { askGit, type GitLocation } from './run-git.ts';

/** How another commit relates to this run's. Git is asked once for each commit. */
export function relationTo(
  head: string | undefined,
  location: GitLocation,
): (commit: string) => Promise<CommitRelation> {
  const known = new Map<string, Promise<CommitRelation>>();
  return (commit) => {
    let relation = known.get(commit);
    if (relation === undefined) {
      relation = findRelation(head, commit, location);
      known.set(commit, relation);
    }
    return relation;
  };
}

async function findRelation(head: string | undefined, commit: string, location: GitLocation): Promise<CommitRelation> {
  if (head === undefined || !/^[0-9a-f]{7,64}$/i.test(commit)) return 'unknown';
  if (head === commit) return 'same';
  const holds = async (...args: readonly string[]) => (await askGit(location, ...args)) !== undefined;
  if (!(await holds('cat-file', '-e', `${commit}^{commit}`))) return 'unknown';
  if (await holds('merge-base', '--is-ancestor', commit, head)) return 'older';
  if (await holds('merge-base', '--is-ancestor', head, commit)) return 'newer';
  // A shallow clone may lack the commits between the two.
  return (await askGit(location, 'rev-parse', '--is-shallow-repository')) === 'false' ? 'unrelated' : 'unknown';
}
