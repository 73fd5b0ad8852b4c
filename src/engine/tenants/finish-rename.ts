import { join } from 'node:path';
import type { AddressStatus } from '../../core/assess/address-status.ts';
import { isSameContent } from '../../core/document/equality.ts';
import { entriesWithApplication, textWithoutTenant } from '../../core/edit/tenant-settings.ts';
import { liveContentLearner } from '../../core/events/learn-contents.ts';
import { type Address, formatAddress } from '../../core/model/address.ts';
import type { DesiredApplication, DesiredConfiguration } from '../../core/model/desired-state.ts';
import { globOfName } from '../../core/model/globs.ts';
import { everything } from '../../core/model/selection.ts';
import type { Hint } from '../../core/problem/hint.ts';
import { failure, type Problem } from '../../core/problem/problem.ts';
import { folderToWrite } from '../../files/folder-to-write.ts';
import { removeFolder } from '../../files/remove-folder.ts';
import { filesOfTenant } from '../../tree/tenants/files-of-tenant.ts';
import { emitUnreached, inAccountRegions } from '../connect/each-account-region.ts';
import { runSession, sessionForTree } from '../connect/run-session.ts';
import type { Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { readAccountRegions } from '../inspect/read-account-regions.ts';
import { KnownStatuses, StatusBoard } from '../inspect/status-board.ts';
import { type LoadedProject, loadProject } from '../load-project.ts';
import type { CommonOptions, RenameTenantOptions } from '../options.ts';
import { untrustedFolders } from '../untrusted-folders.ts';
import { type ChangeableTree, changeSettings, openChangeableTree, requireTenant } from './change-tree.ts';

interface StatusRun {
  readonly project: LoadedProject;
  readonly options: CommonOptions;
  readonly context: Context;
}

/** The last part of a renaming: removes the old tenant from the tree, unless the new one does not serve all of it yet. */
export async function finishRename(options: RenameTenantOptions, context: Context): Promise<void> {
  const { from, to } = options;
  const tree = await openChangeableTree(context);
  if (tree === undefined) return;
  for (const name of [from, to]) requireTenant(name, tree);
  if (from === to) {
    throw failure('usage-invalid', 'the old and the new name are equal', { hint: { text: 'name two tenants' } });
  }
  const selection = { ...everything, tenants: [from, to].map(globOfName) };
  const project = await loadProject({ ...options, selection }, context);
  if (project === undefined) return;
  const applicationOf = (name: string) => project.desired.find(({ tenant }) => tenant === name);
  const run = { project, options: { ...options, selection }, context };
  await runSession('tenant rename', sessionForTree(project, { ...run, access: 'read' }), async (session) => {
    const statuses = await readStatuses(session, run);
    if (statuses === undefined) return;
    const problems = unservedProblems([applicationOf(from), applicationOf(to)], statuses, options);
    for (const problem of problems) context.emit({ type: 'problem-found', problem });
    if (problems.length === 0) await removeTenant(options, tree, context);
  });
}

/** Undefined where an account and Region could not be read, which was emitted. */
async function readStatuses(session: Session, run: StatusRun): Promise<readonly AddressStatus[] | undefined> {
  const { project, context } = run;
  const { relationTo } = project;
  const { emit } = context;
  const { signal } = session;
  const known = new KnownStatuses(emit);
  const onContent = liveContentLearner(context.scrubber, project.settings);
  const { read, unread } = await readAccountRegions(session, run);
  const { done, failed } = await inAccountRegions(session, read, async (each) => {
    const board = new StatusBoard(each, { relationTo, signal, emit, known, onContent });
    await board.read();
    return board.statuses.map(({ status }) => status);
  });
  emitUnreached([...failed, ...unread], emit);
  return failed.length + unread.length === 0 ? done.flat() : undefined;
}

/** What of the old tenant the new one does not serve, each with its reason. */
function unservedProblems(
  [old, renamed]: readonly [DesiredApplication | undefined, DesiredApplication | undefined],
  statuses: readonly AddressStatus[],
  { to }: RenameTenantOptions,
): readonly Problem[] {
  const states = new Map(statuses.map(({ address, state }) => [formatAddress(address), state]));
  const stateOf = (address: Address) => states.get(formatAddress(address)) ?? 'unknown';
  const successors = new Map(configurationsOf(renamed).map((each) => [withoutTenant(each.address), each]));
  return configurationsOf(old).flatMap((each): readonly Problem[] => {
    const { address } = each;
    const successor = successors.get(withoutTenant(address));
    if (successor === undefined) {
      return [unserved(address, `"${to}" has no such address`, { text: `add it to "${to}", and sync it` })];
    }
    if (!isSameContent(successor.asWritten ?? successor.value, each.asWritten ?? each.value)) {
      return [
        unserved(successor.address, 'the content differs from that of the old tenant', {
          text: 'make the contents equal, and sync',
        }),
      ];
    }
    const state = stateOf(successor.address);
    if (state !== 'synced') return [unserved(successor.address, `it is ${state}`, sync(to))];
    const served = stateOf(address);
    // What was never deployed has no clients.
    return served === 'synced' || served === 'missing'
      ? []
      : [unserved(address, `the old tenant is ${served}: its clients may have other content`, sync(address.tenant))];
  });
}

function unserved(subject: Address, reason: string, hint: Hint): Problem {
  return {
    code: 'rename-unfinished',
    severity: 'error',
    message: `not served by the new tenant yet: ${reason}; nothing was removed`,
    hint,
    subject,
  };
}

function sync(tenant: string): Hint {
  return { text: 'sync it, then run --finish again', command: { run: 'sync', args: [], selects: { tenant } } };
}

function configurationsOf(application: DesiredApplication | undefined): readonly DesiredConfiguration[] {
  return application?.environments.flatMap(({ configurations }) => configurations) ?? [];
}

function withoutTenant({ environment, configurationProfile }: Address): string {
  return `${environment}/${configurationProfile}`;
}

/** @throws AppcfgError */
async function removeTenant({ from }: RenameTenantOptions, tree: ChangeableTree, context: Context): Promise<void> {
  const { settingsFile, source } = tree;
  const folder = `tenants/${from}`;
  const text = settingsFile && textWithoutTenant(settingsFile.text, from);
  const removed = filesOfTenant(source, from).map(({ path }) => `${folder}/${path}`);
  const path = folderToWrite(join(context.directory, folder), {
    name: folder,
    untrusted: untrustedFolders(context),
  });
  try {
    await removeFolder(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw failure('output-unwritable', `the folder cannot be removed (${reason})`, {
      hint: { text: 'check the permissions of the folder' },
      source: { file: folder },
    });
  }
  // After the folder: the tenant never exists with other settings.
  const isChanged = settingsFile !== undefined && text !== undefined && text !== settingsFile.text;
  if (isChanged) await changeSettings(settingsFile.path, text, context);
  context.emit({
    type: 'files-changed',
    directory: context.directory,
    files: [
      ...(isChanged ? [{ file: settingsFile.path, change: 'changed' as const }] : []),
      ...removed.map((file) => ({ file, change: 'removed' as const })),
    ],
    isWritten: true,
    next: [
      ...(settingsFile !== undefined && text === undefined
        ? [{ text: `remove "${from}" from ${settingsFile.path} by hand` }]
        : []),
      { text: 'commit the change' },
      {
        text: `delete what "${from}" has in AppConfig`,
        command: { run: 'cleanup', args: [], selects: { tenant: from } },
      },
      ...entriesWithApplication(text ?? '', from).map(({ position, isAlone }) => ({
        text: `after the cleanup, ${isAlone ? 'delete' : `remove "${from}" from`} the entry at ${position} and commit`,
      })),
    ],
  });
}
