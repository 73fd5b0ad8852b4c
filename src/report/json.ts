// Documents for programs. Members may be added, none is taken away; see README, "Output".
import { randomUUID } from 'node:crypto';
import type { Change } from '../core/document/diff-values.ts';
import { redactionMark } from '../core/document/redact.ts';
import type { Event } from '../core/events/event.ts';
import type { Report } from '../core/events/report.ts';
import { formatAddress } from '../core/model/address.ts';
import type { ChangeGroup, Plan } from '../core/plan/plan.ts';
import type { Step } from '../core/plan/step.ts';
import type { Problem } from '../core/problem/problem.ts';
import { summaryOf } from './counts.ts';
import { invisible } from './visible.ts';

const formatVersion = 1;

/** The document of a whole run; `events` are those that the fold does not keep. */
export function documentOf(command: string, report: Report, events: readonly Event[]): object {
  const problems = report.problems.map(shownProblem);
  switch (command) {
    case 'diff':
      return { ...diffDocument(report.plan), problems };
    case 'sync':
    case 'cleanup':
    case 'rollback': {
      const planned = events.find((event) => event.type === 'schedule-made');
      const schedule = planned === undefined ? {} : { schedule: planned.schedule };
      return { ...applyDocument(report), ...schedule, interruptedBy: report.interruptedBy ?? null, problems };
    }
    case 'status':
      return {
        formatVersion,
        addresses: report.addresses.map(orNull),
        problems,
      };
    case 'history': {
      const read = events.find((event) => event.type === 'history-read');
      return {
        formatVersion,
        histories: (read?.histories ?? []).map(({ address, accountRegion, deployments, truncated }) => ({
          address,
          ...(accountRegion === undefined ? {} : { accountRegion }),
          deployments: deployments.map((deployment) => ({
            ...orNull(deployment),
            strategy: orNull(deployment.strategy),
          })),
          truncated,
        })),
        problems,
      };
    }
    case 'render':
      return {
        formatVersion,
        configurations: events.flatMap((event) =>
          event.type === 'content-rendered'
            ? [
                {
                  address: formatAddress(event.address),
                  contentType: event.content.contentType,
                  versionLabel: event.content.versionLabel,
                  text: event.content.text,
                },
              ]
            : [],
        ),
        problems,
      };
    case 'explain': {
      const explained = events.find((event) => event.type === 'configuration-explained');
      return {
        formatVersion,
        address: explained === undefined ? null : formatAddress(explained.address),
        values: explained?.values ?? [],
        problems,
      };
    }
    default: {
      const validated = events.find((event) => event.type === 'tree-validated');
      const { tenants = 0, environments = 0, configurations = 0 } = validated ?? {};
      return {
        formatVersion,
        valid: validated !== undefined,
        summary: { tenants, environments, configurations },
        problems,
      };
    }
  }
}

/** A document as text, two spaces deep. */
export function documentText(document: object): string {
  return `${stringified(document, 2)}\n`;
}

/** One event as a line of `jsonl`. Contents are told by label and size. */
export function eventLine(event: Event): string {
  const projected = event.type === 'plan-made' ? { ...event, plan: shownPlan(event.plan) } : event;
  return `${stringified({ formatVersion, ...projected })}\n`;
}

/** Stands for a JSON text that goes into the document as it is: a number there keeps its digits. */
class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function stringified(document: object, indent?: number): string {
  const texts = new Map<string, string>();
  const placeholders = randomUUID();
  const holdPlace = (_key: string, value: unknown) => {
    if (!(value instanceof JsonText)) return value;
    const placeholder = `${placeholders}-${texts.size}`;
    texts.set(placeholder, value.text);
    return placeholder;
  };
  return (
    JSON.stringify(document, holdPlace, indent)
      .replace(
        new RegExp(`"(${placeholders}-\\d+)"`, 'g'),
        (_, placeholder: string) => texts.get(placeholder) ?? 'null',
      )
      // A reader gets the same text, and a terminal no characters that steer it.
      .replace(invisible, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  );
}

function diffDocument(plan: Plan | undefined): object {
  const { summary, ...rest } = plan === undefined ? noDiff : shownDiff(plan);
  return { formatVersion, summary, ...rest };
}

const noDiff = {
  summary: { create: 0, update: 0, delete: 0, unchanged: 0, blocked: 0, deployments: 0, expectedMinutes: null },
  settingsChanges: [],
  changeGroups: [],
  waves: [],
  addresses: [],
  steps: [],
};

function shownDiff(plan: Plan) {
  return {
    summary: { ...summaryOf(plan), expectedMinutes: plan.expectedMinutes ?? null },
    settingsChanges: plan.settingsChanges.map(shownChange),
    ...(plan.accountRegions === undefined ? {} : { accountRegions: plan.accountRegions.map(orNull) }),
    changeGroups: plan.changeGroups.map(shownGroup),
    waves: plan.waves.map(orNull),
    addresses: plan.addresses.map(
      ({
        address,
        accountRegion,
        action,
        wave,
        changeGroup,
        live,
        desired,
        deploymentStrategy,
        reason,
        blockedBy,
      }) => ({
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
      }),
    ),
    steps: plan.steps.map(shownStep),
  };
}

function applyDocument(report: Report): object {
  const { plan } = report;
  if (plan === undefined) {
    return {
      formatVersion,
      plan: { steps: [] },
      results: [],
      summary: { succeeded: 0, failed: 0, skipped: 0, unchanged: 0 },
    };
  }
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
  const statuses = (status: string) => results.filter((result) => result.status === status).length;
  return {
    formatVersion,
    plan: shownPlan(plan),
    results,
    summary: {
      succeeded: statuses('succeeded'),
      failed: statuses('failed'),
      skipped: statuses('skipped'),
      unchanged: summaryOf(plan).unchanged,
    },
  };
}

function shownPlan(plan: Plan): object {
  return {
    ...plan,
    settingsChanges: plan.settingsChanges.map(shownChange),
    changeGroups: plan.changeGroups.map(shownGroup),
    waves: plan.waves.map(orNull),
    steps: plan.steps.map(shownStep),
  };
}

function shownGroup(changeGroup: ChangeGroup): object {
  return { ...changeGroup, changes: changeGroup.changes.map(shownChange) };
}

function shownChange({ op, path, before, after, source }: Change): object {
  const shown = (text: string | undefined) =>
    text === undefined ? null : text === redactionMark ? redactionMark : new JsonText(text);
  return { op, path, before: shown(before), after: shown(after), source: source ?? null };
}

function shownProblem({ code, severity, message, hint, source }: Problem): object {
  return { code, severity, message, hint: hint ?? null, source: source ?? null };
}

/** Contents can be large, and hold what is redacted elsewhere. */
function shownStep(step: Step): object {
  if (step.operation !== 'CreateHostedConfigurationVersion') return step;
  const { content, ...rest } = step;
  return { ...rest, versionLabel: content.versionLabel, contentType: content.contentType, bytes: content.bytes };
}

/** What is not there is null in a document: a reader sees that it was looked for. */
function orNull(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, member ?? null]));
}
