// What the checks on the change report between two trees.
import { judgeChanges } from '../../src/core/change-checks/judge-changes.ts';
import { formatSource } from '../../src/core/model/source-position.ts';
import { compareRevisions } from '../../src/core/planners/compare-revisions.ts';
import { mergeProblems } from '../../src/core/problem/merge-problems.ts';
import type { Problem } from '../../src/core/problem/problem.ts';
import { defaultSettings } from '../../src/core/settings/settings.ts';
import { type TreeTexts, treeFrom } from './reviewed-trees.ts';

interface Against {
  /** Beside what is live instead of a base: the lines of what was deleted are not known. */
  readonly isLive?: boolean;
}

/** As `diff --base` reports them. */
export async function changeProblems(before: TreeTexts, after: TreeTexts, against: Against = {}) {
  return (await changesSince(before))(after, against);
}

/** The same for several trees. */
export async function changesSince(
  before: TreeTexts,
): Promise<(after: TreeTexts, against?: Against) => Promise<readonly Problem[]>> {
  const base = await treeFrom(before);
  return async (after, { isLive = false } = {}) => {
    const head = await treeFrom(after);
    const { problems } = judgeChanges(compareRevisions(base, head, 'acme/config'), {
      checks: (after.settings ?? defaultSettings).guards.changes,
      acknowledged: [],
      trees: { head, base: isLive ? undefined : base },
      dormantAt: () => [],
      reach: undefined,
    });
    return mergeProblems(problems);
  };
}

/** `change-kind template/L.yml:3`. */
export function codeAndLine({ code, source }: Problem): string {
  return `${code} ${source === undefined ? 'nowhere' : formatSource(source)}`;
}
