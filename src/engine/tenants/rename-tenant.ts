import { positional } from '../../core/problem/hint.ts';
import { applicationNameOf } from '../../core/settings/application-name.ts';
import type { Context } from '../context.ts';
import type { RenameTenantOptions } from '../options.ts';
import { createTenant } from './add-tenant.ts';
import { openChangeableTree } from './change-tree.ts';

/** The first part of a renaming: the copy, and the steps in which no client is without its configuration. */
export async function renameTenant({ from, to }: RenameTenantOptions, context: Context): Promise<void> {
  const tree = await openChangeableTree(context);
  if (tree === undefined) return;
  const { files, notes, settings } = await createTenant({ name: to, like: from, environments: [] }, tree, context);
  const [before, after] = [from, to].map((tenant) => applicationNameOf(settings, tenant));
  context.emit({
    type: 'files-changed',
    directory: context.directory,
    files,
    isWritten: true,
    next: [
      ...notes,
      { text: `deploy "${to}" beside "${from}"`, command: { run: 'sync', args: [], selects: { tenant: to } } },
      { text: `move the clients from the application "${before}" to "${after}"` },
      {
        text: `remove "${from}" from the tree; this is refused until "${to}" serves the same`,
        command: { run: 'tenant rename', args: ['--finish', ...renamed(from, to)], selects: 'all' },
      },
      {
        text: `delete what "${from}" has in AppConfig`,
        command: { run: 'cleanup', args: [], selects: { tenant: from } },
      },
    ],
  });
}

function renamed(from: string, to: string): readonly string[] {
  return positional(from).length === 1 && positional(to).length === 1 ? [from, to] : ['--', from, to];
}
