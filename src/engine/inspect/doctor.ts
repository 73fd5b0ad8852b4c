import { unlessDenied } from '../../appconfig/client/call-failure.ts';
import { liveTarget } from '../../appconfig/probe/live-target.ts';
import { probeActions, readDeletionProtection } from '../../appconfig/probe/probe-actions.ts';
import { listApplications } from '../../appconfig/read/list-resources.ts';
import { type Check, faultOf } from '../../core/doctor/check.ts';
import { judgePermissions } from '../../core/doctor/judge-permissions.ts';
import { type CheckedCommand, neededActions, onlyReads } from '../../core/doctor/needed-actions.ts';
import type { Event } from '../../core/events/event.ts';
import { quota } from '../../core/guards/quota.ts';
import type { ListedApplication } from '../../core/live/live-state.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { everything } from '../../core/model/selection.ts';
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import type { ProblemCode } from '../../core/problem/problem-codes.ts';
import { count } from '../../core/problem/quantity.ts';
import { RenderCache } from '../../core/render/render-cache.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { ReachedAccountRegion } from '../connect/reach.ts';
import { isOneOfSeveral, withSession } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { loadSettings, readCheckedApplications, readingOf } from '../load-project.ts';
import type { DoctorOptions } from '../options.ts';
import { ProblemReporter } from '../problem-reporter.ts';
import { projectName } from '../project-name.ts';
import { gitCheck, idTokenCheck, nodeCheck } from './doctor-machine.ts';

/** How far two clocks may differ, in milliseconds: AWS refuses signatures that are five minutes off. */
const largestSkew = 4 * 60_000;

/** Checks what a command needs, one thing after the other, by calls that change nothing. */
export async function doctor(options: DoctorOptions, context: Context): Promise<void> {
  const checks: Check[] = [nodeCheck(context), await gitCheck(context)];
  const tree = await checkTree(context, options.for);
  checks.push(...tree.checks);
  const token = idTokenCheck(context, options.for);
  if (token !== undefined) checks.push(token);
  const ofAppConfig = await checkAppConfig(options, { ...tree, context });
  checks.push(...(token?.result === 'fault' ? ofAppConfig.map(unlessOfToken) : ofAppConfig));
  context.emit({ type: 'checks-made', command: options.for, checks });
}

/** With a token that STS refuses, there are no credentials: that is one fault. */
function unlessOfToken(check: Check): Check {
  const { name, result, accountRegion } = check;
  if (name !== 'credentials' || result !== 'fault') return check;
  return { name, result: 'not-checkable', detail: 'the ID token has a fault', accountRegion };
}

interface CheckedTree {
  readonly settings: Settings;
  readonly project: string;
  readonly desired: readonly DesiredApplication[];
  readonly checks: readonly Check[];
}

/** Settings, tree and project: their problems become faults. */
async function checkTree(context: Context, command: CheckedCommand): Promise<CheckedTree> {
  const found: Problem[] = [];
  const collecting: Context = { ...context, emit: collect(found, context) };
  const reporter = new ProblemReporter(collecting);
  const settings = await loadSettings(collecting, reporter);
  const inSettings = found.filter(({ severity }) => severity === 'error');
  const desired: DesiredApplication[] = [];
  const hasTree = command !== 'import';
  if (hasTree && inSettings.length === 0) {
    const reading = readingOf({ settings, selection: everything, cache: new RenderCache() }, collecting, reporter);
    try {
      for await (const application of readCheckedApplications(reading)) desired.push(application);
    } catch (error) {
      if (!(error instanceof AppcfgError)) throw error;
      found.push(...error.problems);
    }
  }
  const inTree = found.filter((problem) => problem.severity === 'error' && !inSettings.includes(problem));
  const { name: project, problems } = await projectName(settings, context);
  const [guessed] = problems;
  const environments = desired.reduce((sum, application) => sum + application.environments.length, 0);
  return {
    settings,
    project,
    desired,
    checks: [
      firstOf('settings', inSettings) ?? { name: 'settings', result: 'ok', detail: 'appcfg.yml has no error' },
      firstOf('tree', inTree) ?? {
        name: 'tree',
        result: inSettings.length > 0 ? 'not-checkable' : 'ok',
        detail:
          inSettings.length > 0
            ? 'the settings have errors'
            : hasTree
              ? `${count(desired.length, 'tenant')}, ${count(environments, 'environment')}`
              : 'the import writes it',
      },
      // An import takes the name of the folder for the project, and reports that.
      ...(inSettings.length > 0 ? [] : [projectCheck(project, hasTree ? guessed : undefined)]),
    ],
  };
}

function projectCheck(project: string, guessed: Problem | undefined): Check {
  return guessed === undefined ? { name: 'project', result: 'ok', detail: project } : faultOf('project', guessed);
}

/** Passes everything on but problems. */
function collect(found: Problem[], { emit }: Context): Context['emit'] {
  return (event: Event) => {
    if (event.type === 'problem-found') found.push(event.problem);
    else emit(event);
  };
}

/** The first of several errors; `validate` lists all. */
function firstOf(name: string, problems: readonly Problem[]): Check | undefined {
  const [first] = problems;
  if (first === undefined) return undefined;
  const check = faultOf(name, first);
  if (problems.length === 1) return check;
  const command = { run: 'validate', args: [], selects: 'all' } as const;
  return {
    ...check,
    detail: `${check.detail} (and ${count(problems.length - 1, 'more error')})`,
    hint: { text: 'list all errors', command },
  };
}

interface Found extends CheckedTree {
  readonly context: Context;
}

/** Credentials, account, Region, and what they allow. */
async function checkAppConfig(options: DoctorOptions, found: Found): Promise<readonly Check[]> {
  const { settings, project, desired, context } = found;
  const warnings: Problem[] = [];
  const run = {
    options,
    settings,
    project,
    desired,
    everywhere: true,
    needsAccount: true,
    access: onlyReads(options.for) ? ('read' as const) : ('write' as const),
    context: { ...context, emit: collect(warnings, context) },
  };
  try {
    const checks = await withSession(run, async (session) => {
      const several = isOneOfSeveral(session);
      const reached = await Promise.all(
        session.reached.map(async (at) => {
          const made = await checkAccountRegion(at, options.for, found);
          return several ? made.map((check) => ({ ...check, accountRegion: at.accountRegion.id })) : made;
        }),
      );
      return [...reached.flat(), ...session.unreached.map(({ problem }) => connectionFault(problem))];
    });
    return [...warnings.map(connectionFault), ...(checks ?? [])];
  } catch (error) {
    if (!(error instanceof AppcfgError)) throw error;
    const [first] = error.problems;
    return [...warnings, first].map(connectionFault);
  }
}

/** What a problem of the connection is about. */
function connectionFault(problem: Problem): Check {
  const names: Partial<Record<ProblemCode, string>> = {
    'account-not-allowed': 'account',
    'region-missing': 'Region',
    'region-unknown': 'Region',
    'usage-invalid': 'Region',
  };
  const fallback = /^(?:credentials-|role-)/.test(problem.code) ? 'credentials' : 'connection';
  return { ...faultOf(names[problem.code] ?? fallback, problem), accountRegion: problem.accountRegion };
}

async function checkAccountRegion(
  { connection, accountRegion, target }: ReachedAccountRegion,
  command: CheckedCommand,
  { settings, project, desired, context }: Found,
): Promise<readonly Check[]> {
  const { signal, clock } = context;
  const { account, arn } = await connection.identity();
  const { allowedAccounts } = settings.aws;
  const actions = neededActions(command, settings);
  const applications = await unlessDenied(listApplications(connection, signal));
  const live = await liveTarget(connection, { applications: applications ?? [], desired, project, signal });
  const permissions = judgePermissions(await probeActions(connection, actions, { project, signal, live }));
  const skew = connection.serviceClock.now() - clock.now();
  return [
    { name: 'credentials', result: 'ok', detail: arn },
    {
      name: 'account',
      result: 'ok',
      detail: `${account}${allowedAccounts === undefined ? '; aws.allowedAccounts is not set, so any account is allowed' : ', which is allowed'}`,
    },
    { name: 'Region', result: 'ok', detail: accountRegion.region },
    ...permissions,
    ...besides(settings, command),
    quotaCheck(applications, { settings, desired }),
    await protectionCheck(connection, signal),
    clockCheck(skew, connection.serviceClock.speed === 1 && !target.local),
  ];
}

/** Permissions for other services, which no harmless call shows. */
function besides(settings: Settings, command: CheckedCommand): readonly Check[] {
  if (command !== 'sync' && command !== 'rollback') return [];
  const entries = [...(settings.environments?.values() ?? []), ...settings.tenants];
  const hasMonitors = entries.some(({ monitors = [] }) => monitors.length > 0);
  const hasKeys =
    [...(settings.environments?.values() ?? [])].some(({ kmsKey }) => kmsKey !== undefined) ||
    [...settings.profiles.values()].some(({ kmsKey }) => kmsKey !== undefined);
  const needed = [
    ...(hasMonitors && command === 'sync' ? [{ name: 'iam:PassRole', of: 'the roles of monitors' }] : []),
    ...(hasKeys ? [{ name: 'kms:GenerateDataKey', of: 'the keys in `kmsKey`' }] : []),
  ];
  return needed.map(({ name, of }) => ({
    name,
    result: 'not-checkable',
    detail: `needed for ${of}; only a deployment shows whether it is allowed`,
    isPermission: true,
  }));
}

/** @param applications undefined where listing them is not allowed */
function quotaCheck(
  applications: readonly ListedApplication[] | undefined,
  { settings, desired }: Pick<CheckedTree, 'settings' | 'desired'>,
): Check {
  if (applications === undefined) {
    return { name: 'quotas', result: 'not-checkable', detail: 'ListApplications is not allowed' };
  }
  const names = new Set(applications.map(({ name }) => name));
  const created = desired.filter(({ name }) => !names.has(name)).length;
  const stated = settings.aws.quotas.applications;
  const source = settings.sourceOf('aws', 'quotas', 'applications');
  // What is there is no fault: a run is refused only where it creates more.
  const problem =
    created === 0 ? undefined : quota.check({ quota: 'applications', existing: names.size, created, stated, source });
  if (problem !== undefined) return faultOf('quotas', problem);
  return { name: 'quotas', result: 'ok', detail: `${count(names.size, 'application')}, ${created} to create` };
}

async function protectionCheck(connection: ReachedAccountRegion['connection'], signal: AbortSignal): Promise<Check> {
  const name = 'deletion protection';
  const minutes = await readDeletionProtection(connection, signal);
  if (minutes === undefined) {
    return { name, result: 'not-checkable', detail: 'reading it needs appconfig:GetAccountSettings' };
  }
  const detail =
    minutes === 0
      ? 'off'
      : `on: what clients used in the last ${minutes} minutes is not deleted, except with --bypass-deletion-protection`;
  return { name, result: 'ok', detail };
}

function clockCheck(skewMs: number, isComparable: boolean): Check {
  const name = 'clock';
  if (!isComparable) return { name, result: 'not-checkable', detail: 'a local AppConfig has a clock of its own' };
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) <= largestSkew) return { name, result: 'ok', detail: `differs from AWS by ${seconds} s` };
  return {
    name,
    result: 'fault',
    detail: `this machine's clock is ${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} that of AWS, which refuses signatures from 300 s`,
    hint: { text: 'set the clock, or let NTP set it' },
  };
}
