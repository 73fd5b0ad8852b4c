// Deletes the versions that the settings no longer keep, of all profiles or the selected ones.
import { readPruneTargets } from '../../appconfig/read/read-inventory.ts';
import type { PruneTarget } from '../../appconfig/read/read-rollback-state.ts';
import { deletes } from '../../core/guards/deletes.ts';
import { isLiteralName, nameOfGlob } from '../../core/model/globs.ts';
import { areLabelsSelected, formatLabelSelector, isSelected } from '../../core/model/selection.ts';
import { isAppcfgVersion } from '../../core/planners/prune-versions.ts';
import { type AppcfgError, failure, type Problem } from '../../core/problem/problem.ts';
import { suggest } from '../../core/problem/suggest.ts';
import { applicationNameOf, tenantNaming } from '../../core/settings/application-name.ts';
import { labelsOf } from '../../core/settings/effective-settings.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { emitUnreached, inAccountRegions } from '../connect/each-account-region.ts';
import { runSession } from '../connect/run-session.ts';
import { reachedAccountRegions, type Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { loadProject } from '../load-project.ts';
import type { CleanupOptions } from '../options.ts';
import { confirmAndApply } from './confirm-and-apply.ts';
import { type PrunableAccountRegion, type PruneRun, planPruneOf, readPrunableOf } from './prune.ts';

/** The tree is read, because versions that it wants are kept. */
export async function cleanupVersions(options: CleanupOptions, context: Context): Promise<void> {
  const project = await loadProject(options, context);
  if (project === undefined) return;
  const sessionOptions = { ...project, options, access: 'write', context, everywhere: true } as const;
  await runSession('cleanup', sessionOptions, async (session) => {
    if (!keepsLess(project.settings)) context.emit({ type: 'problem-found', problem: nothingToKeep });
    const run = { project, options, context, signal: session.signal };
    const read = await readEverywhere(session, run, options);
    const { plan, ...planned } = planPruneOf(read, run);
    const refusal = refusalOf(plan.steps.length, read, { project: project.project, options });
    const refusals = refusal === undefined ? [] : [refusal];
    await confirmAndApply({ ...planned, plan: { ...plan, refusals } }, session, run);
  });
}

function keepsLess({ versions, profiles }: Settings): boolean {
  return versions !== undefined || [...profiles.values()].some((profile) => profile.versions !== undefined);
}

const nothingToKeep: Problem = {
  code: 'deletion-skipped',
  severity: 'warning',
  message: 'no version is deleted: appcfg.yml does not set versions.keep',
  hint: { text: 'for example: versions: { keep: 20 }' },
};

/** @throws AppcfgError for a selection without an application or a profile */
async function readEverywhere(
  session: Session,
  run: PruneRun,
  { tenants, labels, configurationProfiles }: CleanupOptions,
): Promise<readonly [PrunableAccountRegion, ...PrunableAccountRegion[]]> {
  const { project, settings } = run.project;
  const tenantOf = tenantNaming(settings);
  const isTenantSelected = (tenant: string) =>
    isSelected(tenant, tenants) && areLabelsSelected(labelsOf(settings, tenant), labels);
  const named = ({ name }: { readonly name: string }) => {
    const tenant = tenantOf(name);
    return tenant === undefined ? tenants.length + labels.length === 0 : isTenantSelected(tenant);
  };
  const profiles = new Set<string>();
  const hasProfile = (profile: string) => {
    profiles.add(profile);
    return isSelected(profile, configurationProfiles);
  };
  const reading = { project, named, tenantOf, hasProfile, signal: run.signal };
  const { done, failed } = await inAccountRegions(session, reachedAccountRegions(session), async ({ at }) => {
    const targets = await readPruneTargets(at.connection, reading);
    return { targets, ...(await readPrunableOf(at, targets, run)) };
  });
  const unread = [...failed, ...session.unreached];
  emitUnreached(unread, run.context.emit);
  const targets = done.flatMap((each) => each.targets);
  if (unread.length === 0)
    refuseEmpty({ targets, profiles: [...profiles] }, { tenants, labels, configurationProfiles }, settings);
  return done;
}

/** @throws AppcfgError */
function refuseEmpty(
  { targets, profiles }: { readonly targets: readonly PruneTarget[]; readonly profiles: readonly string[] },
  { tenants, labels, configurationProfiles }: Pick<CleanupOptions, 'tenants' | 'labels' | 'configurationProfiles'>,
  settings: Settings,
): void {
  const found = new Set(targets.map(({ application }) => application.name));
  const isLiteral = (glob: string) => !glob.startsWith('!') && isLiteralName(glob);
  const applicationOf = (tenant: string) => applicationNameOf(settings, nameOfGlob(tenant));
  const missing = tenants.filter(isLiteral).find((tenant) => labels.length === 0 && !found.has(applicationOf(tenant)));
  if (missing !== undefined) throw noneSelected([`--tenant ${missing}`], found, applicationOf(missing));
  if (found.size === 0 && tenants.length + labels.length > 0) {
    const selectors = labels.map((label) => `--selector ${formatLabelSelector(label)}`);
    throw noneSelected([...tenants.map((tenant) => `--tenant ${tenant}`), ...selectors], found);
  }
  if (configurationProfiles.length === 0 || targets.some((target) => target.configurationProfiles.length > 0)) return;
  throw failure(
    'selection-empty',
    `no profile matches ${configurationProfiles.map((glob) => `--config-profile ${glob}`).join(' ')}`,
    { hint: suggest(configurationProfiles[0] ?? '', profiles) },
  );
}

/** @param name of the application that is meant, where one is named */
function noneSelected(selected: readonly string[], found: ReadonlySet<string>, name = ''): AppcfgError {
  return failure('selection-empty', `this project manages no application for ${selected.join(' ')}`, {
    hint: found.size === 0 ? { text: 'check the name, and "project" in appcfg.yml' } : suggest(name, [...found]),
  });
}

/** Retention deletes many versions at first: only a limit that the user gives applies. */
function refusalOf(
  deleted: number,
  read: readonly PrunableAccountRegion[],
  { project, options }: { readonly project: string; readonly options: CleanupOptions },
): Problem | undefined {
  if (options.maxDeletes === undefined) return undefined;
  const versions = read.flatMap(({ applications }) =>
    applications.flatMap(({ configurationProfiles }) => configurationProfiles.flatMap((profile) => profile.versions)),
  );
  const managed = versions.filter((version) => isAppcfgVersion(version, project)).length;
  return deletes.check({ what: 'versions', deleted, managed, limit: options.maxDeletes, isExplicit: false });
}
