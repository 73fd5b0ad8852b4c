// The JSON document of a command. Minor versions add members and remove none; docs/commands.md describes them.
import type { Event, Report } from '../../core/events.ts';
import { formatAddress } from '../../core/model.ts';
import type { Plan, PlannedAddress } from '../../core/plan.ts';
import type { EventOf } from '../view/handlers.ts';
import { summaryOf } from '../view/plan-summary.ts';
import { orNull, shownPlan, shownProblem } from './json-members.ts';
import { jsonText } from './json-text.ts';

export const formatVersion = 1;

/** The events that documents need beside the report. */
export const documentedEvents = [
  'tree-validated',
  'content-rendered',
  'configuration-explained',
  'history-read',
  'schedule-made',
] as const;

/** @param events of the kinds above */
export function jsonDocument(command: string, report: Report, events: readonly Event[]): string {
  const membersOf: Members | undefined = Object.hasOwn(documents, command)
    ? documents[command as keyof typeof documents]
    : undefined;
  const problems = report.problems.map(shownProblem);
  return `${jsonText({ formatVersion, ...membersOf?.(report, events), problems }, 2)}\n`;
}

type Members = (report: Report, events: readonly Event[]) => object;

/** One row for each command that has a document. */
export const documents = {
  validate: (_report, events) => {
    const [validated] = eventsOf(events, 'tree-validated');
    const { tenants = 0, environments = 0, configurations = 0 } = validated ?? {};
    return { valid: validated !== undefined, summary: { tenants, environments, configurations } };
  },
  render: (_report, events) => ({
    configurations: eventsOf(events, 'content-rendered').map(({ address, content }) => ({
      address: formatAddress(address),
      contentType: content.contentType,
      versionLabel: content.versionLabel,
      text: content.text,
    })),
  }),
  explain: (_report, events) => {
    const [explained] = eventsOf(events, 'configuration-explained');
    return {
      address: explained === undefined ? null : formatAddress(explained.address),
      values: explained?.values ?? [],
    };
  },
  diff: ({ plan = noPlan }) => {
    const { settingsChanges, changeGroups, waves, steps } = shownPlan(plan);
    return {
      summary: { ...summaryOf(plan), expectedMinutes: plan.expectedMinutes ?? null },
      settingsChanges,
      ...(plan.accountRegions === undefined ? {} : { accountRegions: plan.accountRegions.map(orNull) }),
      changeGroups,
      waves,
      addresses: plan.addresses.map(shownAddress),
      steps,
    };
  },
  sync: appliedMembers,
  cleanup: appliedMembers,
  rollback: appliedMembers,
  status: ({ addresses }) => ({ addresses: addresses.map(orNull) }),
  history: (_report, events) => ({
    histories: eventsOf(events, 'history-read').flatMap(({ histories }) =>
      histories.map(({ address, accountRegion, deployments, truncated }) => ({
        address,
        ...(accountRegion === undefined ? {} : { accountRegion }),
        deployments: deployments.map((each) => ({ ...orNull(each), strategy: orNull(each.strategy) })),
        truncated,
      })),
    ),
  }),
} as const satisfies Record<string, Members>;

/** Of a run that ended before it had one. */
const noPlan: Plan = {
  formatVersion,
  kind: 'sync',
  project: '',
  settingsChanges: [],
  steps: [],
  addresses: [],
  changeGroups: [],
  waves: [],
  refusals: [],
  problems: [],
  expectedMinutes: undefined,
};

function appliedMembers(report: Report, events: readonly Event[]): object {
  const { plan = noPlan } = report;
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const results = report.results.map((result) => {
    const step = steps.get(result.step);
    return {
      step: result.step,
      operation: step?.operation,
      address: step?.address,
      ...(step?.accountRegion === undefined ? {} : { accountRegion: step.accountRegion }),
      status: result.status,
      problem: result.status === 'failed' ? shownProblem(result.problem) : null,
      blockedBy: result.status === 'skipped' ? result.blockedBy : null,
      ...(result.status !== 'failed' && result.note !== undefined ? { note: result.note } : {}),
    };
  });
  const withStatus = (status: string) => results.filter((result) => result.status === status).length;
  const [made] = eventsOf(events, 'schedule-made');
  return {
    plan: report.plan === undefined ? { steps: [] } : shownPlan(plan),
    results,
    summary: {
      succeeded: withStatus('succeeded'),
      failed: withStatus('failed'),
      skipped: withStatus('skipped'),
      unchanged: summaryOf(plan).unchanged,
    },
    ...(made === undefined ? {} : { schedule: made.schedule }),
    interruptedBy: report.interruptedBy ?? null,
  };
}

function shownAddress(planned: PlannedAddress): object {
  const { address, accountRegion, action, wave, changeGroup, live, desired, deploymentStrategy, reason, blockedBy } =
    planned;
  return {
    address,
    ...(accountRegion === undefined ? {} : { accountRegion }),
    action,
    wave: wave ?? null,
    changeGroup: changeGroup ?? null,
    live: live === undefined ? null : orNull(live),
    desired: desired === undefined ? null : orNull(desired),
    deploymentStrategy: deploymentStrategy ?? null,
    reason,
    blockedBy: blockedBy?.code ?? null,
  };
}

function eventsOf<T extends (typeof documentedEvents)[number]>(
  events: readonly Event[],
  type: T,
): readonly EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}
