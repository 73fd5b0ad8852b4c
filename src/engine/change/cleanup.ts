// `cleanup`: deletes what was selected and is no longer in the tree, after a confirmation.
import { readInventory } from '../../appconfig/read/read-inventory.ts';
import { Resources } from '../../appconfig/read/resource-ids.ts';
import { cleanupScope } from '../../core/guards/cleanup-scope.ts';
import type { Inventory } from '../../core/live/inventory.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { isLiteralName, nameOfGlob } from '../../core/model/globs.ts';
import { areLabelsSelected, formatLabelSelector, isSelected } from '../../core/model/selection.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { CleanupTarget } from '../../core/planners/cleanup-selection.ts';
import { planCleanup } from '../../core/planners/plan-cleanup.ts';
import { AppcfgError, failure } from '../../core/problem/problem.ts';
import { suggest } from '../../core/problem/suggest.ts';
import { applicationNameOf, tenantNaming } from '../../core/settings/application-name.ts';
import { labelsOf } from '../../core/settings/effective-settings.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { emitUnreached, inAccountRegions } from '../connect/each-account-region.ts';
import type { ReachedAccountRegion } from '../connect/reach.ts';
import { runSession } from '../connect/run-session.ts';
import { reachedAccountRegions, type Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { type LoadedProject, loadProject, loadProjectWithoutTree } from '../load-project.ts';
import type { CleanupOptions } from '../options.ts';
import type { ApplyInput } from './apply-run.ts';
import { confirmAndApply } from './confirm-and-apply.ts';

interface Run {
  readonly project: LoadedProject;
  readonly options: CleanupOptions;
  readonly context: Context;
}

/** Whether an application is that of a tenant that the user named. */
type IsNamed = (application: string) => boolean;

/** Deletes what appcfg manages: named tenants, everything, or what the tree no longer has. */
export async function cleanup(options: CleanupOptions, context: Context): Promise<void> {
  const project = options.orphans ? await loadProject(options, context) : await loadProjectWithoutTree(context);
  if (project === undefined) return;
  refuseScope({ project, options, context });
  const sessionOptions = { ...project, options, access: 'write', context, everywhere: true } as const;
  await runSession('cleanup', sessionOptions, async (session) => {
    const run = { project, options, context };
    await confirmAndApply(await planCleanupRun(session, run), session, run);
  });
}

/** Reads what there is, and plans what of it to delete. */
async function planCleanupRun(session: Session, run: Run): Promise<ApplyInput & { readonly plan: Plan }> {
  const { project, options, context } = run;
  const { settings, relationTo } = project;
  const { signal } = session;
  const isNamed = namedBy(options, settings);
  const reading = { project: project.project, named: ({ name }: { readonly name: string }) => isNamed(name), signal };
  const { done: read, failed } = await inAccountRegions(session, reachedAccountRegions(session), async ({ at }) => ({
    at,
    inventory: await readInventory(at.connection, reading),
  }));
  emitUnreached([...failed, ...session.unreached], context.emit);
  const names = new Set(read.flatMap(({ inventory }) => inventory.applications.map(({ name }) => name)));
  const targetOf = cleanupTarget(options, { names, isNamed, settings });
  const planOf = ({ at, inventory }: ReadInventory) => ({
    accountRegion: at.accountRegion,
    isOwn: at.isOwn,
    inventory,
    target: targetOf(at.desired),
  });
  const [first, ...others] = read;
  const { connection } = first.at;
  return {
    plan: planCleanup([planOf(first), ...others.map(planOf)], {
      project: project.project,
      tenantOf: tenantNaming(settings),
      includeAdopted: options.includeAdopted,
      maxDeletes: options.maxDeletes ?? settings.guards.maxDeletes,
    }),
    reaches: new Map(
      read.map(({ at, inventory }) => [
        at.accountRegion.id,
        { connection: at.connection, resources: new Resources({ ...inventory, project: project.project }) },
      ]),
    ),
    connection,
    relationTo,
    emit: context.emit,
    signal,
  };
}

interface ReadInventory {
  readonly at: ReachedAccountRegion;
  readonly inventory: Inventory;
}

function namedBy({ tenants, labels }: CleanupOptions, settings: Settings): IsNamed {
  const tenantOf = tenantNaming(settings);
  const isAnyNamed = tenants.length + labels.length > 0;
  return (application) => {
    const tenant = tenantOf(application);
    return (
      tenant !== undefined &&
      isAnyNamed &&
      isSelected(tenant, tenants) &&
      areLabelsSelected(labelsOf(settings, tenant), labels)
    );
  };
}

/**
 * @returns the target in an account and Region, by the part of the tree that belongs there
 * @throws AppcfgError for a named tenant that has no application
 */
function cleanupTarget(
  options: CleanupOptions,
  live: { readonly names: ReadonlySet<string>; readonly isNamed: IsNamed; readonly settings: Settings },
): (desired: readonly DesiredApplication[]) => CleanupTarget {
  if (options.all) return () => ({ kind: 'all' });
  if (options.orphans) return (desired) => ({ kind: 'orphans', desired });
  const { tenants, labels } = options;
  // A negation selects as openly as a glob.
  const isNegated = tenants.some((tenant) => tenant.startsWith('!'));
  const literal = new Set(
    tenants
      .filter((tenant) => !isNegated && labels.length === 0 && isLiteralName(tenant))
      .map((tenant) => applicationNameOf(live.settings, nameOfGlob(tenant))),
  );
  const tenantOf = tenantNaming(live.settings);
  const ambiguous = tenants
    .map(nameOfGlob)
    .find((name) => live.names.has(name) && !literal.has(name) && tenantOf(name) === undefined);
  if (literal.size > 0 && ambiguous !== undefined) throw otherApplication(ambiguous, live.settings);
  const missing = [...literal].find((name) => !live.names.has(name));
  const names = new Set([...live.names].filter(live.isNamed));
  if (missing !== undefined) throw noApplication(`--tenant ${missing}`, live.names, missing);
  if (names.size === 0) {
    const selected = [
      ...tenants.map((tenant) => `--tenant ${tenant}`),
      ...labels.map((label) => `--selector ${formatLabelSelector(label)}`),
    ];
    throw noApplication(selected.join(' '), live.names, tenants[0]);
  }
  return () => ({ kind: 'applications', names, literal });
}

/** An application that no tenant has is reported by its own name, which can be that of a tenant with another application. */
function otherApplication(tenant: string, settings: Settings): AppcfgError {
  const message = `--tenant ${tenant} means the application "${applicationNameOf(settings, tenant)}", not the application "${tenant}", which no tenant has`;
  return failure('usage-invalid', message, {
    hint: {
      text: 'first delete the applications that the tree does not name',
      command: { run: 'cleanup', args: ['--orphans'], selects: 'all' },
    },
  });
}

function noApplication(selected: string, names: ReadonlySet<string>, name = ''): AppcfgError {
  return failure('selection-empty', `AppConfig has no application for ${selected}`, {
    hint: names.size === 0 ? { text: 'no application here is managed by this project' } : suggest(name, [...names]),
  });
}

/** @throws AppcfgError */
function refuseScope({ project: { settings }, options, context }: Run): void {
  const { isCi, branch, defaultBranch } = context.job;
  const problem = cleanupScope.check({
    scope: options.all ? '--all' : options.orphans ? '--orphans' : undefined,
    isProjectSet: settings.project !== undefined,
    job: isCi && defaultBranch !== undefined ? { branch, defaultBranch } : undefined,
  });
  if (problem !== undefined) throw new AppcfgError([problem]);
}
