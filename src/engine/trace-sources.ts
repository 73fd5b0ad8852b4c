import { ancestors } from '../core/document/json-pointer.ts';
import type { SourcePosition } from '../core/model/source-position.ts';
import type { ChangeGroup } from '../core/plan/plan.ts';
import type { ExplainedValue } from '../core/render/explain.ts';
import type { Settings } from '../core/settings/settings.ts';
import type { OpenTree } from '../tree/read-tree.ts';
import { explainAddress } from './explain-address.ts';

/**
 * The change group with the file and line that set each new value. In a group of several addresses only positions in the
 * template are the same for all of them; others are left out.
 * @param tree with all tenants selected.
 */
export async function traceSources(changeGroup: ChangeGroup, tree: OpenTree, settings: Settings): Promise<ChangeGroup> {
  const [address, ...others] = changeGroup.addresses;
  if (address === undefined || changeGroup.changes.every((change) => change.op === 'remove')) return changeGroup;
  // Problems of the tree are already reported.
  const values = (await explainAddress(tree, address, { settings, report: () => {} })) ?? [];
  const lines = linesByPointer(values);
  const changes = changeGroup.changes.map((change) => {
    const at = change.op === 'remove' ? undefined : ancestors(change.path).find((pointer) => lines.has(pointer));
    const source = at === undefined ? undefined : lines.get(at);
    const isShared = others.length === 0 || source?.file.startsWith('template/');
    return source !== undefined && isShared ? { ...change, source } : change;
  });
  return { ...changeGroup, changes };
}

/** Without columns: a reviewer reads lines. */
function linesByPointer(values: readonly ExplainedValue[]): ReadonlyMap<string, SourcePosition> {
  return new Map(
    values.flatMap(({ path, source }) => {
      if (source === undefined) return [];
      const { column, ...line } = source;
      return [[path, line]];
    }),
  );
}
