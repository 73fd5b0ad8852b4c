import { type Change, changesBetween } from '../document/diff-values.ts';
import { createRedactor } from '../document/redact.ts';
import type { Facts } from '../live/facts.ts';
import { desiredValue, liveValue } from '../live/live-content.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import { changeGroupOf } from '../plan/change-groups.ts';
import type { Policy } from '../settings/policy.ts';
import type { Verdict } from './verdict.ts';

type ContentChange = Pick<Verdict, 'changes' | 'changeGroup'>;

/** How the desired content differs from a version. Asks for that version. */
export function changeFrom(
  version: { readonly profileId: string; readonly versionNumber: number },
  desired: DesiredConfiguration,
  { facts, policy }: { readonly facts: Facts; readonly policy: Policy },
): ContentChange {
  const found = facts.get({ kind: 'version', ...version });
  const before = found === undefined || found === 'missing' ? undefined : liveValue(found.text, desired.profileType);
  if (before === undefined) return { changes: [], changeGroup: groupOf(desired, []) };
  const after = desiredValue(desired);
  const redact = createRedactor(policy.settings.redact);
  const changes = changesBetween(before, after, { redact });
  const unredacted = redact.active ? changesBetween(before, after, { redact: createRedactor([]) }) : changes;
  return { changes, changeGroup: groupOf(desired, unredacted) };
}

/** Of content where there was none. */
export function newContentChange(desired: DesiredConfiguration, policy: Policy): ContentChange {
  const redact = createRedactor(policy.settings.redact);
  return {
    changes: changesBetween(undefined, desiredValue(desired), { redact }),
    changeGroup: groupOf(desired, 'new'),
  };
}

function groupOf({ address, content }: DesiredConfiguration, changes: readonly Change[] | 'new'): string {
  const { configurationProfile } = address;
  return changeGroupOf({ configurationProfile, versionLabel: content.versionLabel, changes });
}
