// What the checks on the change report between two trees.
import { judgeChanges } from '../../src/core/change-checks/judge-changes.ts';
import { formatSource } from '../../src/core/model/source-position.ts';
import { compareRevisions } from '../../src/core/planners/compare-revisions.ts';
import { mergeProblems } from '../../src/core/problem/merge-problems.ts';
import type { Problem } from '../../src/core/problem/problem.ts';
import { defaultSettings } from '../../src/core/settings/settings.ts';
import { type TreeTexts, treeFrom } from './reviewed-trees.ts';

/** As `diff --base` reports them, or with what is live instead of a base, whose lines are not known. */
export async function changeProblems(
  before: TreeTexts,
  after: TreeTexts,
  { isLive = false } = {},
): Promise<readonly Problem[]> {
  const [base, head] = [await treeFrom(before), await treeFrom(after)];
  const { problems } = judgeChanges(compareRevisions(base, head, 'acme/config'), {
    checks: (after.settings ?? defaultSettings).guards.changes,
    acknowledged: [],
    trees: { head, base: isLive ? undefined : base },
    dormantAt: () => [],
    reach: undefined,
  });
  return mergeProblems(problems);
}

/** `change-kind template/L.yml:3`. */
export function codeAndLine({ code, source }: Problem): string {
  return `${code} ${source === undefined ? 'nowhere' : formatSource(source)}`;
}
