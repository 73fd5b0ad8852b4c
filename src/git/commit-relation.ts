import type { CommitRelation } from '../core/model/origin.ts';
import { isShallow } from './is-shallow.ts';
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
  if (head === undefined || ![head, commit].every((id) => /^[0-9a-f]{7,64}$/i.test(id))) return 'unknown';
  if (head === commit) return 'same';
  for (const id of [commit, head]) {
    if ((await askGit(location, ['cat-file', '-e'], [`${id}^{commit}`])) === undefined) return 'unknown';
  }
  const isAncestor = async (one: string, other: string) =>
    (await askGit(location, ['merge-base', '--is-ancestor'], [one, other])) !== undefined;
  if (await isAncestor(commit, head)) return 'older';
  if (await isAncestor(head, commit)) return 'newer';
  // A shallow clone may lack the commits between the two.
  return (await isShallow(location)) === false ? 'unrelated' : 'unknown';
}
