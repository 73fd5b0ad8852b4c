import { changeFindings } from '../change-findings/change-findings.ts';
import type { Change } from '../document/diff-values.ts';
import { createRedactor } from '../document/redact.ts';
import type { Facts } from '../live/facts.ts';
import { liveValue } from '../live/live-content.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import type { Value } from '../model/value.ts';
import { type ContentChange, contentChange } from '../plan/change-groups.ts';
import type { ChangeFinding } from '../plan/plan.ts';
import type { Policy } from '../settings/policy.ts';
import { profileAsWritten } from '../settings/settings.ts';

export interface CheckedChange extends ContentChange {
  readonly findings: readonly ChangeFinding[];
}

/** How the desired content differs from a version. Asks for that version. */
export function changeFrom(
  version: { readonly profileId: string; readonly versionNumber: number },
  desired: DesiredConfiguration,
  { facts, policy }: { readonly facts: Facts; readonly policy: Policy },
): CheckedChange {
  const found = facts.get({ kind: 'version', ...version });
  const before = found === undefined || found === 'missing' ? undefined : liveValue(found.text, desired.profileType);
  const change = changeOf(desired, { before, after: before === undefined ? undefined : desired.value }, policy);
  if (change.changes.length > 0 || before === undefined || found === undefined || found === 'missing') return change;
  const { contentType } = desired.content;
  return found.contentType === contentType
    ? change
    : { ...change, changes: [formatChange(found.contentType, contentType)] };
}

/** The same values in another format. */
export function formatChange(before: string, after: string): Change {
  return { op: 'replace', path: '', before: JSON.stringify(before), after: JSON.stringify(after) };
}

/** Of content where there was none. */
export function newContentChange(desired: DesiredConfiguration, policy: Policy): CheckedChange {
  return changeOf(desired, { before: undefined, after: desired.value }, policy);
}

function changeOf(
  { address, profileType, content, asWritten }: DesiredConfiguration,
  values: { readonly before: Value | undefined; readonly after: Value | undefined },
  { settings }: Policy,
): CheckedChange {
  const redact = createRedactor(settings);
  const profile = address.configurationProfile;
  const change = contentChange({
    profile,
    profileType,
    label: content.versionLabel,
    ...values,
    asWritten,
    redact,
  });
  const { lists } = profileAsWritten(settings, profile);
  return { ...change, findings: changeFindings(values, { checks: settings.guards.changes, lists, redact }) };
}
