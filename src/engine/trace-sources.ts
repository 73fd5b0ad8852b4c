// Where the tree sets what a plan changes, and what AppConfig refuses.
import { ancestors } from '../core/document/json-pointer.ts';
import type { Subject } from '../core/model/address.ts';
import { everything } from '../core/model/selection.ts';
import type { SourcePosition } from '../core/model/source-position.ts';
import type { ChangeGroup } from '../core/plan/plan.ts';
import type { ExplainedValue } from '../core/render/explain.ts';
import type { Settings } from '../core/settings/settings.ts';
import { DiskSource } from '../tree/disk-source.ts';
import { type OpenTree, openTree } from '../tree/read-tree.ts';
import type { Context } from './context.ts';
import { explainAddress } from './explain-address.ts';
import type { LoadedProject } from './load-project.ts';
import { withParser } from './load-tree.ts';

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
    const source = change.op === 'remove' ? undefined : sourceAt(change.path, lines);
    const isShared = others.length === 0 || source?.file.startsWith('template/');
    return source !== undefined && isShared ? { ...change, source } : change;
  });
  return { ...changeGroup, changes };
}

/** Of the value, of what contains it, or, for a map, of the first value in it. */
function sourceAt(path: string, lines: ReadonlyMap<string, SourcePosition>): SourcePosition | undefined {
  const at = ancestors(path).find((pointer) => lines.has(pointer));
  if (at !== undefined) return lines.get(at);
  if (path === '') return undefined;
  for (const [pointer, source] of lines) if (pointer.startsWith(`${path}/`)) return source;
  return undefined;
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

/** Finds where the tree sets the values of a version. The tree is read again: a run rarely needs to know. */
export function valueLocator(
  { desired, settings, cache }: LoadedProject,
  context: Context,
): (version: Subject & { readonly versionLabel: string }) => Promise<(pointer: string) => SourcePosition | undefined> {
  return async ({ tenant, configurationProfile, versionLabel }) => {
    const address = desired
      .filter((application) => application.tenant === tenant)
      .flatMap(({ environments }) => environments.flatMap(({ configurations }) => configurations))
      .filter(({ content }) => content.versionLabel === versionLabel)
      .find((each) => each.address.configurationProfile === configurationProfile)?.address;
    if (address === undefined) return () => undefined;
    const values = await withParser(context, async (parsing) => {
      const source = new DiskSource(context.directory);
      const tree = await openTree(source, { settings, selection: everything, cache, ...parsing });
      return explainAddress(tree, address, { settings, report: () => {} });
    });
    const sources = new Map((values ?? []).map(({ path, source }) => [path, source]));
    return (pointer) =>
      ancestors(pointer)
        .map((at) => sources.get(at))
        .find((source) => source !== undefined);
  };
}
