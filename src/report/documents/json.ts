// The JSON document of a command. Minor versions add members and remove none; docs/json-output.md describes them.

import type { Event } from '../../core/events/event.ts';
import type { EventOf } from '../../core/events/event-handlers.ts';
import type { Report } from '../../core/events/report.ts';
import { unknownAccountRegion } from '../../core/model/account-region.ts';
import { formatAddress } from '../../core/model/address.ts';
import { emptyPlan } from '../../core/plan/empty-plan.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { summaryOf } from '../view/plan-summary.ts';
import { environmentName } from '../view/plan-view.ts';
import { hintText } from '../view/problem-parts.ts';
import { statusTotals } from '../view/status-view.ts';
import { orNull, shownFile, shownHistory, shownPlan, shownProblem, shownStatus, shownValue } from './json-members.ts';
import { shownReview } from './json-review.ts';
import { jsonText } from './json-text.ts';

export const formatVersion = 1;

/** The events that documents need beside the report. */
export const documentedEvents = [
  'tree-validated',
  'tree-tidied',
  'content-rendered',
  'file-written',
  'configuration-explained',
  'configuration-pulled',
  'tree-imported',
  'files-changed',
  'history-read',
  'checks-made',
  'pipeline-generated',
  'jobs-read',
  'schedule-made',
] as const;

/** The run that a document is about. */
export interface DocumentedRun {
  readonly command: string;
  /** Undefined of a command that has no dry run. */
  readonly isDryRun: boolean | undefined;
  readonly spell: SpellCommand;
}

/** @param events of the kinds above */
export function jsonDocument(run: DocumentedRun, report: Report, events: readonly Event[]): string {
  const { command, isDryRun, spell } = run;
  const membersOf: Members | undefined = Object.hasOwn(documents, command)
    ? documents[command as keyof typeof documents]
    : undefined;
  const problems = report.problems.map((problem) => shownProblem(problem, spell));
  const omitted = report.omittedProblems > 0 ? { omittedProblems: report.omittedProblems } : {};
  return `${jsonText(
    {
      formatVersion,
      command,
      ...(isDryRun === undefined ? {} : { dryRun: isDryRun }),
      ...membersOf?.(report, events, spell),
      interruptedBy: report.interruptedBy ?? null,
      problems,
      ...omitted,
    },
    2,
  )}\n`;
}

type Members = (report: Report, events: readonly Event[], spell: SpellCommand) => object;

/** One row for each command that has a document. */
export const documents = {
  doctor: checkMembers,
  init: changedFiles,
  'tenant add': changedFiles,
  'tenant rename': changedFiles,
  validate: (_report, events) => {
    const [validated] = eventsOf(events, 'tree-validated');
    const { tenants = 0, environments = 0, addresses = 0 } = validated ?? {};
    return { valid: validated !== undefined, summary: { tenants, environments, addresses } };
  },
  tidy: (report, events) => {
    const [tidied] = eventsOf(events, 'tree-tidied');
    const { redundantOverrides = 0, left = 0, removals = [], moves = [], proof = null } = tidied ?? {};
    return { summary: { redundantOverrides, left }, removals, moves, proof, ...changedFiles(report, events) };
  },
  render: (_report, events) => ({
    configurations: [
      ...eventsOf(events, 'content-rendered').map(({ address, content }) => ({
        address: formatAddress(address),
        contentType: content.contentType,
        versionLabel: content.versionLabel ?? null,
        text: content.text,
      })),
      ...eventsOf(events, 'file-written').map(({ written }) => shownFile(written)),
    ],
  }),
  explain: (_report, events) => {
    const [explained] = eventsOf(events, 'configuration-explained');
    return {
      address: explained === undefined ? null : formatAddress(explained.address),
      values: (explained?.values ?? []).map(shownValue),
    };
  },
  diff: ({ plan = noPlan, review }, _events, spell) => {
    const { accountRegions, settingsChanges, changeGroups, waves, addresses, acknowledged, steps } = shownPlan(
      plan,
      spell,
    );
    return {
      summary: { ...summaryOf(plan), expectedMinutes: plan.expectedMinutes ?? null },
      review: review === undefined ? null : shownReview(review),
      settingsChanges,
      accountRegions,
      changeGroups,
      waves,
      addresses,
      acknowledged,
      steps,
      expect: expectOf(plan),
    };
  },
  sync: (report, events, spell) => ({ ...appliedMembers(report, events, spell), expect: expectOf(report.plan) }),
  cleanup: appliedMembers,
  'ci summary': (report, events, spell) => {
    const [read] = eventsOf(events, 'jobs-read');
    const jobs = (read?.jobs ?? []).map((job) => ({
      ...orNull(job),
      problem: job.problem === undefined ? null : shownProblem(job.problem, spell),
    }));
    return { jobs, ...appliedMembers(report, events, spell) };
  },
  rollback: appliedMembers,
  status: ({ addresses, environments }) => ({
    totals: statusTotals(addresses, environments),
    addresses: addresses.map(shownStatus),
  }),
  pull: (_report, events) => ({
    addresses: eventsOf(events, 'configuration-pulled').map(({ address, file, isWritten }) => ({
      address: formatAddress(address),
      file: file ?? null,
      written: isWritten,
    })),
  }),
  import: (_report, events) => {
    const [imported] = eventsOf(events, 'tree-imported');
    return {
      written: imported?.isWritten ?? false,
      directory: imported?.directory ?? null,
      summary: imported?.summary ?? null,
      files: (imported?.files ?? []).map(({ path, leaves }) => ({ path, leaves: leaves ?? null })),
    };
  },
  'ci generate': (_report, events) => {
    const [generated] = eventsOf(events, 'pipeline-generated');
    return { file: generated?.file ?? null, jobs: (generated?.jobs ?? []).map(orNull) };
  },
  history: (_report, events) => ({
    histories: eventsOf(events, 'history-read').flatMap(({ histories }) => histories.map(shownHistory)),
  }),
} as const satisfies Record<string, Members>;

function changedFiles(_report: Report, events: readonly Event[]): object {
  const [changed] = eventsOf(events, 'files-changed');
  return { files: changed?.files ?? [], written: changed?.isWritten ?? false };
}

function checkMembers(_report: Report, events: readonly Event[], spell: SpellCommand): object {
  const [made] = eventsOf(events, 'checks-made');
  return {
    for: made?.command ?? null,
    checks: (made?.checks ?? []).map(({ name, result, detail, hint, accountRegion }) => ({
      name,
      result,
      detail,
      hint: hint === undefined ? null : hintText(hint, spell),
      accountRegion: accountRegion ?? null,
    })),
  };
}

/** Of a run that ended before it had one. */
const noPlan = emptyPlan('sync', '', unknownAccountRegion);

/** What an approval of the plan is for; null where it was not compared with what is live. */
function expectOf(plan: Plan | undefined): readonly string[] | null {
  return plan === undefined || plan === noPlan || plan.kind === 'comparison' ? null : plan.expect;
}

function appliedMembers(report: Report, events: readonly Event[], spell: SpellCommand): object {
  const { plan = noPlan } = report;
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const results = report.results.map((result) => {
    const step = steps.get(result.step);
    return {
      step: result.step,
      operation: step?.operation,
      address: step && formatAddress(step.subject),
      accountRegion: step?.accountRegion,
      status: result.status,
      problem: result.status === 'failed' ? shownProblem(result.problem, spell) : null,
      blockedBy: result.status === 'skipped' ? result.blockedBy : null,
      ...(result.status !== 'failed' && result.note !== undefined ? { note: result.note } : {}),
      ...(result.status !== 'failed' && result.running !== undefined ? { running: result.running } : {}),
    };
  });
  const withStatus = (status: string) => results.filter((result) => result.status === status).length;
  const [made] = eventsOf(events, 'schedule-made');
  return {
    plan: report.plan === undefined ? { steps: [] } : shownPlan(plan, spell),
    review: report.review === undefined ? null : shownReview(report.review),
    results,
    summary: {
      succeeded: withStatus('succeeded'),
      failed: withStatus('failed'),
      skipped: withStatus('skipped'),
      unchanged: summaryOf(plan).unchanged,
    },
    ...(made === undefined ? {} : { schedule: shownSchedule(made) }),
  };
}

function shownSchedule({ schedule, plan }: EventOf<'schedule-made'>): object {
  const stages = schedule.stages.map((stage) => ({ ...stage, slowest: environmentName(stage.slowest, plan) }));
  return { ...schedule, stages };
}

function eventsOf<T extends (typeof documentedEvents)[number]>(
  events: readonly Event[],
  type: T,
): readonly EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}
