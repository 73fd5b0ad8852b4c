// Documents for programs. Members may be added, none is taken away; see README, "Output".
import type { Event, Report } from '../core/events.ts';
import { formatAddress } from '../core/model.ts';
import type { Plan, Step } from '../core/plan.ts';
import { summaryOf } from './counts.ts';

const formatVersion = 1;

/** The document of a whole run; `events` are those that the fold does not keep. */
export function documentOf(command: string, report: Report, events: readonly Event[]): object {
  const { problems } = report;
  switch (command) {
    case 'diff':
      return { ...diffDocument(report.plan), problems };
    case 'sync':
    case 'cleanup':
      return { ...applyDocument(report), problems };
    case 'status':
      return {
        formatVersion,
        addresses: events.flatMap((event) => (event.type === 'status-read' ? event.addresses.map(orNull) : [])),
        problems,
      };
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

/** One event as a line of `jsonl`. Contents are told by label and size. */
export function lineOf(event: Event): string {
  const projected = event.type === 'plan-made' ? { ...event, plan: planWithoutContents(event.plan) } : event;
  return `${JSON.stringify({ formatVersion, ...projected })}\n`;
}

function diffDocument(plan: Plan | undefined): object {
  if (plan === undefined) return { formatVersion, summary: null, changeClasses: [], addresses: [] };
  return {
    formatVersion,
    summary: { ...summaryOf(plan), expectedMinutes: plan.expectedMinutes ?? null },
    settingsChanges: plan.settingsChanges,
    changeClasses: plan.changeClasses,
    addresses: plan.addresses.map(
      ({ address, action, changeClass, live, desired, deploymentStrategy, reason, blockedBy }) => ({
        address,
        action,
        changeClass: changeClass ?? null,
        live: live === undefined ? null : orNull(live),
        desired: desired ?? null,
        deploymentStrategy: deploymentStrategy ?? null,
        reason,
        blockedBy: blockedBy?.code ?? null,
      }),
    ),
    steps: plan.steps.map(projectedStep),
  };
}

function applyDocument(report: Report): object {
  const { plan } = report;
  if (plan === undefined) {
    return { formatVersion, plan: null, results: [], summary: { succeeded: 0, failed: 0, skipped: 0, unchanged: 0 } };
  }
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const results = report.results.map((result) => {
    const step = steps.get(result.step);
    return {
      step: result.step,
      operation: step?.operation,
      address: step?.address,
      status: result.status,
      problem: result.status === 'failed' ? result.problem : null,
      blockedBy: result.status === 'skipped' ? result.blockedBy : null,
      ...(result.status === 'succeeded' && result.note !== undefined ? { note: result.note } : {}),
    };
  });
  const statuses = (status: string) => results.filter((result) => result.status === status).length;
  return {
    formatVersion,
    plan: planWithoutContents(plan),
    results,
    summary: {
      succeeded: statuses('succeeded'),
      failed: statuses('failed'),
      skipped: statuses('skipped'),
      unchanged: summaryOf(plan).unchanged,
    },
  };
}

function planWithoutContents(plan: Plan): object {
  return { ...plan, steps: plan.steps.map(projectedStep) };
}

/** Contents can be large, and hold what is redacted elsewhere. */
function projectedStep(step: Step): object {
  if (step.operation !== 'CreateHostedConfigurationVersion') return step;
  const { content, ...rest } = step;
  return { ...rest, versionLabel: content.versionLabel, contentType: content.contentType, bytes: content.bytes };
}

/** What is not there is null in a document: a reader sees that it was looked for. */
function orNull(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, member ?? null]));
}
