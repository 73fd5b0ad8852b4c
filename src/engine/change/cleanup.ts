import { applyPlan } from '../../appconfig/apply/apply-plan.ts';
import { readInventory } from '../../appconfig/read/read-inventory.ts';
import { resourcesOfInventory } from '../../appconfig/read/resource-ids.ts';
import type { Inventory } from '../../core/live/inventory.ts';
import { applicationNameOf, tenantNaming } from '../../core/model/application-name.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { isLiteralName } from '../../core/model/globs.ts';
import { areLabelsSelected, formatLabelSelector, isSelected } from '../../core/model/selection.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { type CleanupTarget, planCleanup } from '../../core/planners/plan-cleanup.ts';
import { failure } from '../../core/problem/problem.ts';
import { listNames } from '../../core/problem/suggest.ts';
import { labelsOf } from '../../core/settings/effective-settings.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { ReachedAccountRegion } from '../connect/reach.ts';
import { inAccountRegions, reachedAccountRegions, type Session, withSession } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { emitStart, type Prepared, policyOf, prepare, prepareSettings } from '../load-project.ts';
import type { CleanupOptions } from '../options.ts';
import { emitPlanEvents } from '../show-plan.ts';

/** Removes what appcfg owns: named tenants, everything, or what left the tree. */
export async function cleanup(options: CleanupOptions, context: Context): Promise<void> {
  const prepared = options.orphans ? await prepare(options, context) : await prepareSettings(context);
  if (prepared === undefined) return;
  const { settings, project, desired } = prepared;
  refuseUnsafePlace(options, settings, context);
  const about = { options, settings, project, access: 'write', context, desired, everywhere: true } as const;
  await withSession(about, async (session) => {
    emitStart('cleanup', session, context);
    const { signal } = session;
    const tenantOf = tenantNaming(settings.applicationName);
    const isNamed = (name: string) => {
      const tenant = tenantOf(name);
      return (
        tenant !== undefined &&
        options.tenants.length + options.labels.length > 0 &&
        isSelected(tenant, options.tenants) &&
        areLabelsSelected(labelsOf(settings, tenant), options.labels)
      );
    };
    const reading = { project, named: ({ name }: { readonly name: string }) => isNamed(name), signal };
    const { done: read, failed } = await inAccountRegions(session, reachedAccountRegions(session), async ({ at }) => ({
      at,
      inventory: await readInventory(at.connection, reading),
    }));
    for (const { problem } of [...failed, ...session.unreached]) context.emit({ type: 'problem-found', problem });
    const names = new Set(read.flatMap(({ inventory }) => inventory.applications.map(({ name }) => name)));
    const targetAt = targetOf(options, { names, isNamed, applicationName: settings.applicationName });
    const [first, ...others] = read.map(({ at, inventory }) => ({
      accountRegion: at.accountRegion,
      isOwn: at.isOwn,
      inventory,
      target: targetAt(at.desired),
    }));
    if (first === undefined) throw new Error('a cleanup without places');
    const plan = planCleanup([first, ...others], {
      project,
      tenantOf,
      includeAdopted: options.includeAdopted,
      maxDeletes: options.maxDeletes ?? settings.guards.maxDeletes,
    });
    emitPlanEvents(plan, context);
    if (plan.refusals.length > 0 || options.dryRun || plan.steps.length === 0) return;
    await askConsent(plan, session, { options, context });
    context.emit({ type: 'phase-started', phase: 'applying-plan' });
    await carryOut(plan, read, { prepared, options, context, signal });
  });
}

interface ReadInventory {
  readonly at: ReachedAccountRegion;
  readonly inventory: Inventory;
}

async function carryOut(
  plan: Plan,
  read: readonly ReadInventory[],
  about: {
    readonly prepared: Prepared;
    readonly options: CleanupOptions;
    readonly context: Context;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { prepared, options, context, signal } = about;
  const reaches = new Map(
    read.map(({ at, inventory }) => [
      at.accountRegion.id,
      { connection: at.connection, resources: resourcesOfInventory(inventory) },
    ]),
  );
  const [first] = read;
  const own = first && reaches.get(first.at.accountRegion.id);
  if (first === undefined || own === undefined) throw new Error('a cleanup without places');
  await applyPlan(plan, own.connection, {
    policy: policyOf(prepared, first.at.accountRegion, options),
    reaches,
    relationTo: prepared.relationTo,
    emit: context.emit,
    signal,
    wait: true,
    busyTimeoutMs: 0,
    failFast: false,
    bypassDeletionProtection: options.bypassDeletionProtection,
  });
}

/** @returns the target in a place, by what of the tree is there */
function targetOf(
  options: CleanupOptions,
  about: {
    readonly names: ReadonlySet<string>;
    readonly isNamed: (application: string) => boolean;
    readonly applicationName: string;
  },
): (desired: readonly DesiredApplication[]) => CleanupTarget {
  if (options.all) return () => ({ kind: 'all' });
  if (options.orphans) return (desired) => ({ kind: 'orphans', desired });
  // What a negation leaves over is as open as a glob.
  const negated = options.tenants.some((tenant) => tenant.startsWith('!'));
  const literal = new Set(
    options.tenants
      .filter((tenant) => !negated && options.labels.length === 0 && isLiteralName(tenant))
      .map((tenant) => applicationNameOf(about.applicationName, tenant)),
  );
  const missing = [...literal].find((name) => !about.names.has(name));
  const names = new Set([...about.names].filter(about.isNamed));
  const selected = [
    ...options.tenants.map((tenant) => `--tenant ${tenant}`),
    ...options.labels.map((label) => `--selector ${formatLabelSelector(label)}`),
  ];
  if (missing !== undefined || names.size === 0) {
    throw failure(
      'selection-empty',
      `AppConfig has no application for ${missing === undefined ? selected.join(' ') : `--tenant ${missing}`}`,
      {
        hint:
          about.names.size === 0
            ? { text: 'this project owns nothing here' }
            : { text: `it has: ${listNames([...about.names])}` },
      },
    );
  }
  return () => ({ kind: 'applications', names, literal });
}

/** The guard *place*. @throws AppcfgError */
function refuseUnsafePlace(options: CleanupOptions, settings: Settings, context: Context): void {
  if (!options.all && !options.orphans) return;
  const flag = options.all ? '--all' : '--orphans';
  if (settings.project === undefined) {
    throw failure(
      'guard-cleanup-scope',
      `cleanup ${flag} without a \`project\` in appcfg.yml could take another project's things for ours`,
      {
        hint: { text: 'set `project:` in appcfg.yml to the name that owns them' },
      },
    );
  }
  const { CI_COMMIT_BRANCH: branch, CI_DEFAULT_BRANCH: defaultBranch, GITLAB_CI, CI } = context.environment;
  if ((GITLAB_CI === 'true' || CI === 'true') && defaultBranch !== undefined && branch !== defaultBranch) {
    throw failure(
      'guard-cleanup-scope',
      `cleanup ${flag} in CI runs on the default branch only, and this is ${branch === undefined ? 'not a branch pipeline' : `"${branch}"`}`,
      {
        hint: { text: `run it on "${defaultBranch}": another branch's tree says little about what should go` },
      },
    );
  }
}

/** The guard *consent*. @throws AppcfgError */
async function askConsent(
  plan: Plan,
  { reached: [{ target: place }] }: Session,
  about: { readonly options: CleanupOptions; readonly context: Context },
): Promise<void> {
  const { options, context } = about;
  if (options.yes) return;
  const applications = plan.steps.filter((step) => step.operation === 'DeleteApplication').length;
  const what =
    applications > 0
      ? applications === 1
        ? '1 application with everything in it'
        : `${applications} applications with everything in them`
      : `${plan.steps.length} things`;
  const account = place.account === undefined ? '' : `account ${place.account}, `;
  const places = new Set(plan.steps.map((step) => step.accountRegion).filter((id) => id !== undefined));
  const where = places.size === 0 ? `${account}${place.region}` : [...places].join(' and ');
  const answer = await context.confirm(`Delete ${what} from ${where} (project ${place.project})?`);
  if (answer === true) return;
  throw answer === false
    ? failure('declined', 'nothing was deleted')
    : failure('guard-confirmation', 'a cleanup has to be agreed to, and there is no terminal to ask on', {
        hint: { text: 'look at the plan with --dry-run, then add --yes' },
      });
}
