import { formatSource } from '../core/model/source-position.ts';
import type { ChangeGroup } from '../core/plan/plan.ts';
import type { Settings } from '../core/settings/settings.ts';
import type { Context } from './context.ts';
import { explainAddress } from './explain-address.ts';

/** Classes whose changes are traced to the file and line that make them; beyond, a reader has other worries. */
export const tracedClasses = 100;

/** Changes with `file:line`, where the class has one address or all of it comes from one file. */
export async function traced(changeGroup: ChangeGroup, settings: Settings, context: Context): Promise<ChangeGroup> {
  const address = changeGroup.addresses[0];
  if (address === undefined || changeGroup.changes.every((change) => change.op === 'remove')) return changeGroup;
  const values = await explainAddress({
    directory: context.directory,
    settings,
    address,
    // They were told when the tree was read.
    report: () => {},
  });
  // A line is near enough for a reviewer.
  const sources = new Map(
    values?.flatMap(({ path, source }) =>
      source === undefined
        ? []
        : [[path, formatSource({ file: source.file, ...(source.line && { line: source.line }) })] as const],
    ),
  );
  const shared = changeGroup.addresses.length === 1 ? undefined : 'template/';
  return {
    ...changeGroup,
    changes: changeGroup.changes.map((change) => {
      const source = change.op === 'remove' ? undefined : sourceOf(change.path, sources);
      return source === undefined || (shared !== undefined && !source.startsWith(shared))
        ? change
        : { ...change, source };
    }),
  };
}

/** Where a value is set, or the list that it is an item of. */
function sourceOf(pointer: string, sources: ReadonlyMap<string, string>): string | undefined {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const source = sources.get(at);
    if (source !== undefined) return source;
  }
  return sources.get('');
}
