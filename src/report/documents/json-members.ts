// Parts of JSON documents. Decides alone which members of a plan and a problem programs see.

import type { AddressStatus } from '../../core/assess/address-status.ts';
import type { Change } from '../../core/document/diff-values.ts';
import { redactionMark } from '../../core/document/redact.ts';
import type { WrittenFile } from '../../core/events/event.ts';
import type { AddressHistory } from '../../core/live/deployment-history.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Validator } from '../../core/model/resource.ts';
import { formatSource } from '../../core/model/source-position.ts';
import type { Plan, PlannedAddress } from '../../core/plan/plan.ts';
import type { Step } from '../../core/plan/step.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { concernedBy } from '../../core/problem/merge-problems.ts';
import type { Problem } from '../../core/problem/problem.ts';
import type { ExplainedValue } from '../../core/render/explain.ts';
import type { SettingsChange } from '../../core/settings-changes/compare-settings.ts';
import { locationOf } from '../view/problem-parts.ts';
import { JsonText } from './json-text.ts';

export function shownProblem(problem: Problem, spell: SpellCommand): object {
  const { code, severity, message, common = message, hint, accountRegion, count } = problem;
  return {
    code,
    severity,
    message,
    ...(common === message ? {} : { common }),
    hint: { text: hint.text, command: hint.command ? spell(hint.command) : null },
    source: locationOf(problem) ?? null,
    accountRegion: accountRegion ?? null,
    addresses: concernedBy(problem).map(formatAddress),
    ...(count === undefined ? {} : { count }),
  };
}

export function shownPlan({ expect: _, ...plan }: Plan, spell: SpellCommand) {
  return {
    ...plan,
    accountRegions: plan.accountRegions.map(orNull),
    settingsChanges: plan.settingsChanges.map(shownSettingsChange),
    changeGroups: plan.changeGroups.map((group) => ({
      ...group,
      addresses: group.addresses.map(formatAddress),
      changes: group.changes.map(shownChange),
    })),
    addresses: plan.addresses.map(shownAddress),
    refusals: plan.refusals.map((problem) => shownProblem(problem, spell)),
    problems: plan.problems.map((problem) => shownProblem(problem, spell)),
    waves: plan.waves.map(orNull),
    steps: plan.steps.map(shownStep),
  };
}

/** Absent members are null, so that a reader sees that they exist. */
export function orNull(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, member ?? null]));
}

/** A value that is JSON on one line, or the redaction mark. */
export function jsonValue(text: string | undefined): JsonText | string | null {
  return text === undefined ? null : text === redactionMark ? redactionMark : new JsonText(text);
}

function shownSettingsChange(change: SettingsChange): object {
  const { path, before, after, loosened, reason, addresses, source } = change;
  return {
    path,
    before: jsonValue(before),
    after: jsonValue(after),
    loosened,
    reason: reason ?? null,
    addresses: addresses ?? null,
    source: formatSource(source),
  };
}

export function shownChange({ op, path, before, after, flag, source, sourceFiles = 1 }: Change): object {
  return {
    op,
    path,
    before: jsonValue(before),
    after: jsonValue(after),
    ...(flag === undefined ? {} : { flag }),
    source: source === undefined ? null : formatSource(source),
    sourceFiles: source === undefined ? 0 : sourceFiles,
  };
}

/** Content is left out: it can be large, and hold values that are redacted elsewhere. */
function shownStep({ subject, lane, ...step }: Step): object {
  const shared = { address: formatAddress(subject), ...(lane === undefined ? {} : { queue: lane }) };
  if (step.operation === 'StartDeployment') return { ...step, ...shared, version: orNull(step.version) };
  if (step.operation === 'CreateConfigurationProfile' || step.operation === 'UpdateConfigurationProfile') {
    return { ...step, ...shared, ...(step.validators && { validators: step.validators.map(shownValidator) }) };
  }
  if (step.operation !== 'CreateHostedConfigurationVersion') return { ...step, ...shared };
  const { content, ...rest } = step;
  return {
    ...rest,
    ...shared,
    versionLabel: content.versionLabel ?? null,
    contentType: content.contentType,
    bytes: content.bytes ?? null,
  };
}

function shownValidator({ type, content }: Validator): object {
  return type === 'LAMBDA' ? { type, content } : { type, characters: content.length };
}

function shownAddress(planned: PlannedAddress): object {
  const {
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
    drift,
  } = planned;
  return {
    address: formatAddress(address),
    accountRegion,
    action,
    wave: wave ?? null,
    changeGroup: changeGroup ?? null,
    live: live === undefined ? null : orNull(live),
    desired: desired === undefined ? null : orNull(desired),
    deploymentStrategy: deploymentStrategy ?? null,
    drift: drift === undefined ? null : orNull(drift),
    reason,
    blockedBy: blockedBy?.code ?? null,
  };
}

export function shownFile(written: WrittenFile): object {
  return { ...orNull(written), address: formatAddress(written.address) };
}

export function shownStatus(status: AddressStatus): object {
  const { address, drift, problem } = status;
  return {
    ...orNull(status),
    address: formatAddress(address),
    drift: drift === undefined ? null : orNull(drift),
    problem: problem?.code ?? null,
  };
}

export function shownHistory({ address, accountRegion, deployments, truncated }: AddressHistory): object {
  return {
    address: formatAddress(address),
    accountRegion,
    deployments: deployments.map((each) => ({ ...orNull(each), strategy: orNull(each.strategy) })),
    truncated,
  };
}

export function shownValue({ source, overrode, variables = [], ...value }: ExplainedValue): object {
  return {
    ...value,
    source: source === undefined ? '' : formatSource(source),
    overrode: overrode.map((each) => ({ ...each, source: formatSource(each.source) })),
    ...(variables.length === 0
      ? {}
      : { variables: variables.map((each) => ({ ...each, source: formatSource(each.source) })) }),
  };
}
