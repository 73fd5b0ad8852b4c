// The reports of the jobs of a rollout as one: a plan with the results of its steps.
import { redactionMark } from '../document/redact.ts';
import type { StepResult } from '../events/event.ts';
import type { EventOf } from '../events/event-handlers.ts';
import { createReportFold, exitCodeOfReport, wasApplied } from '../events/report.ts';
import { unknownAccountRegion } from '../model/account-region.ts';
import { groupsBy } from '../model/groups-by.ts';
import type { LaneId } from '../model/lane.ts';
import { lookOf, mergeChangeGroups } from '../plan/change-groups.ts';
import { emptyPlan } from '../plan/empty-plan.ts';
import {
  type ChangeGroup,
  isLive,
  laneOf,
  type Plan,
  type PlannedAddress,
  type PlannedWave,
  plannedAddress,
} from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { exitCodeOf, type Problem } from '../problem/problem.ts';
import { mergeCauses, problemFinder } from './merge-causes.ts';
import { type JobReport, keyOf, type ReportedPlan, subjectOf } from './read-report.ts';

type JobsRead = EventOf<'jobs-read'>;

interface PlannedReport extends JobReport {
  readonly plan: ReportedPlan;
  /** Makes its ids unique among those of all reports. */
  readonly prefix: string;
  readonly stepIds: ReadonlySet<string>;
  /** By the id that the report has. */
  readonly groups: ReadonlyMap<string, ChangeGroup>;
  /** Finds what blocks an address. */
  readonly findProblem: ReturnType<typeof problemFinder>;
}

/** What the jobs did, as one run. */
interface MergedReports extends Pick<JobsRead, 'plan' | 'results' | 'interruptedBy'> {
  /** Besides those of steps that failed. */
  readonly problems: readonly Problem[];
}

/** @param reports of the jobs that have written one, in the order of the rollout */
export function mergeReports(reports: readonly JobReport[]): MergedReports {
  const planned = reports.flatMap(({ plan, ...report }, index): PlannedReport[] =>
    plan === undefined
      ? []
      : [
          {
            ...report,
            plan,
            prefix: `${index + 1} `,
            groups: groupsIn(plan, index),
            stepIds: new Set(plan.steps.map(({ id }) => id)),
            findProblem: problemFinder(report.problems),
          },
        ],
  );
  const changesOf = ({ plan }: JobReport, index: number) =>
    new Map([...groupsIn(plan, index)].map(([id, group]) => [id, group.id]));
  return {
    plan: mergedPlan(planned),
    results: planned.flatMap((report) => report.results.map((result) => resultOf(result, report))),
    interruptedBy: reports.find(({ interruptedBy }) => interruptedBy !== undefined)?.interruptedBy,
    problems: mergeCauses(reports.map((report, index) => ({ ...report, changes: changesOf(report, index) }))),
  };
}

function groupsIn(plan: ReportedPlan | undefined, report: number): ReadonlyMap<string, ChangeGroup> {
  return new Map((plan?.changeGroups ?? []).map((group) => [group.id, groupOf(group, report)]));
}

/** What became of the steps of a job. */
export function jobSummary(report: JobReport): JobsRead['jobs'][number] {
  const { file, plan, results, problems } = report;
  const withStatus = (status: string) => results.filter((result) => result.status === status).length;
  const fold = createReportFold();
  const { problems: _problems, ...merged } = mergeReports([report]);
  fold.add({ type: 'jobs-read', jobs: [], ...merged });
  for (const problem of problems) fold.add({ type: 'problem-found', problem });
  const whole = fold.report();
  const exitCode = exitCodeOfReport(whole, { detailed: false });
  const isInterrupted = exitCode === 130 || exitCode === 143;
  const errors = problems.filter(({ severity }) => severity === 'error');
  return {
    file,
    isRead: true,
    succeeded: withStatus('succeeded'),
    failed: withStatus('failed'),
    skipped: withStatus('skipped'),
    inFlight: results.filter(({ status, running }) => status === 'skipped' && running !== undefined).length,
    problem:
      wasApplied(whole) || isInterrupted
        ? undefined
        : (errors.find((each) => exitCodeOf([each]) === exitCode) ?? errors[0]),
    exitCode,
    accountRegions: [...new Set(plan?.steps.map(({ accountRegion }) => accountRegion))],
  };
}

function mergedPlan(reports: readonly PlannedReport[]): Plan {
  const [first, ...others] = uniqueAccountRegions(reports);
  const project = reports[0]?.plan.project;
  if (first === undefined || project === undefined) return emptyPlan('sync', '', unknownAccountRegion);
  const addresses = mergedAddresses(reports);
  return {
    ...emptyPlan('sync', project, first),
    accountRegions: [first, ...others],
    steps: reports.flatMap((report) => report.plan.steps.map((step) => stepOf(step, report))),
    addresses,
    changeGroups: mergeChangeGroups(reports.flatMap(({ groups }) => [...groups.values()])),
    waves: mergedWaves(reports, addresses),
  };
}

function uniqueAccountRegions(reports: readonly PlannedReport[]): readonly Plan['accountRegions'][number][] {
  const all = reports.flatMap(({ plan }) => plan.accountRegions);
  return groupsBy(all, ({ id }) => id).map(([each]) => ({ ...each, account: each.account, roleArn: each.roleArn }));
}

/** A job reads more than it changes. Of two reports on an address, that of the job which has something to do there counts. */
function mergedAddresses(reports: readonly PlannedReport[]): readonly PlannedAddress[] {
  const all = reports.flatMap((report) => report.plan.addresses.map((planned) => addressOf(planned, report)));
  return groupsBy(all, ({ address, accountRegion }) => keyOf(address, accountRegion)).map((same) =>
    same.reduce((best, other) => (weightOf(other) > weightOf(best) ? other : best)),
  );
}

function weightOf({ action }: PlannedAddress): number {
  if (action === 'unchanged') return 0;
  return action === 'blocked' || action === 'drifted' ? 1 : 2;
}

function addressOf(planned: ReportedPlan['addresses'][number], { findProblem, groups }: PlannedReport): PlannedAddress {
  const { address: written, blockedBy: code, changeGroup, wave, drift, live, desired, ...rest } = planned;
  const address = subjectOf(written);
  const {
    addresses: _addresses,
    count: _count,
    ...found
  } = findProblem(planned) ?? {
    severity: 'error' as const,
    hint: { text: 'see the log of the job' },
  };
  const blockedBy: Problem | undefined = code && { ...found, code, message: rest.reason, subject: address };
  return plannedAddress({
    ...rest,
    address,
    blockedBy,
    live: live && { versionNumber: live.versionNumber, versionLabel: live.versionLabel, since: live.since },
    desired: desired && { versionLabel: desired.versionLabel, bytes: desired.bytes },
    ...(wave === undefined ? {} : { wave }),
    ...(drift === undefined ? {} : { drift: drift as PlannedAddress['drift'] & object }),
    changeGroup: groups.get(changeGroup ?? '')?.id,
  });
}

/** Equal changes are one group in all reports, unless it is not known whether they are equal: values are redacted, or not compared. */
function groupOf({ id, addresses, changes }: ReportedPlan['changeGroups'][number], report: number): ChangeGroup {
  const group = {
    id: `${report} ${id}`,
    addresses: addresses.map((each) => ({ tenant: '', environment: '', configurationProfile: '', ...subjectOf(each) })),
    changes: changes.map(withoutUndefined),
  };
  const isHidden = changes.length === 0 || changes.some(({ before, after }) => hasMark(before) || hasMark(after));
  return isHidden ? group : { ...group, id: lookOf(group) };
}

function hasMark(value: string | undefined): boolean {
  return value?.includes(redactionMark) === true;
}

/** The numbers are those of the addresses: a job sees only a part of its wave. */
function mergedWaves(reports: readonly PlannedReport[], addresses: readonly PlannedAddress[]): readonly PlannedWave[] {
  const named = groupsBy(
    reports.flatMap(({ plan }) => plan.waves),
    ({ name }) => name,
  );
  return named.map((same): PlannedWave => {
    const [{ name, soakMinutes }] = same;
    const own = addresses.filter((each) => each.wave === name);
    const live = own.filter(isLive);
    const lanes = groupsBy(own, ({ accountRegion }) => accountRegion).map((there) => new Set(there.map(laneOf)).size);
    return {
      name,
      soakMinutes,
      maxFailures: Math.max(...same.map(({ maxFailures }) => maxFailures)),
      addresses: own.length,
      live: live.length,
      environments: Math.max(0, ...lanes),
      blocked: own.filter(({ action }) => action === 'blocked').length,
      liveSince: live
        .flatMap((each) => each.live?.since ?? [])
        .sort()
        .at(-1),
    };
  });
}

/** Of its operation it has what reports show. */
function stepOf(step: ReportedPlan['steps'][number], { prefix, groups }: PlannedReport): Step {
  const { address, queue, id, after, changeGroup, versionLabel, ...rest } = step;
  const group = groups.get(changeGroup ?? '');
  const content =
    step.operation === 'CreateHostedConfigurationVersion'
      ? {
          content: { contentType: 'application/json', text: '', bytes: 0, canonicalBytes: 0, digest: '', versionLabel },
        }
      : {};
  // The compiler does not relate an operation that was read to its members.
  return {
    ...withoutUndefined(rest),
    ...content,
    id: prefix + id,
    after: after.map((each) => prefix + each),
    subject: subjectOf(address),
    ...(queue === undefined ? {} : { lane: queue as LaneId }),
    ...(group === undefined ? {} : { changeGroup: group.id }),
  } as unknown as Step;
}

function resultOf(
  { step, status, problem, blockedBy, note, running }: JobReport['results'][number],
  report: PlannedReport,
): StepResult {
  const id = report.prefix + step;
  if (status === 'failed' && problem !== undefined) return { step: id, status, problem };
  const noted = { ...(note === undefined ? {} : { note }), ...(running === undefined ? {} : { running }) };
  if (status === 'succeeded') return { step: id, status, ...noted };
  const cause = blockedBy ?? 'not-applied';
  const isStep = report.stepIds.has(cause);
  return { step: id, status: 'skipped', blockedBy: isStep ? report.prefix + cause : cause, ...noted };
}

function withoutUndefined<Of extends object>(of: Of): { readonly [Key in keyof Of]: Exclude<Of[Key], undefined> } {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as never;
}
