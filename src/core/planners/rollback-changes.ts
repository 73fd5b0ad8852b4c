import type { RollbackApplication, RollbackVerdict, RollbackWay } from '../assess/rollback-verdict.ts';
import { changesBetween } from '../document/diff-values.ts';
import { createRedactor } from '../document/redact.ts';
import { liveValue } from '../live/live-content.ts';
import { profileTypeOf } from '../model/resource.ts';
import { type ChangeGroups, changeGroupOf } from '../plan/change-groups.ts';
import type { Policy } from '../settings/policy.ts';

/** Adds the change of an address to its change group. @returns the id of the group */
export function addRollbackChange(
  { from, to }: RollbackWay,
  context: {
    readonly application: RollbackApplication;
    readonly verdict: RollbackVerdict;
    readonly policy: Policy;
    readonly changeGroups: ChangeGroups;
  },
): string {
  const { application, verdict, policy, changeGroups } = context;
  const { address, profile } = verdict;
  const version =
    from && application.facts.get({ kind: 'version', profileId: profile.id, versionNumber: from.versionNumber });
  const parsed = (text: string | undefined) =>
    text === undefined ? undefined : liveValue(text, profileTypeOf(profile.type));
  const before = parsed(version === undefined || version === 'missing' ? undefined : version.text);
  const after = parsed(to?.text);
  // Content that was deleted, or does not parse, has no differences to show.
  const isComparable = before !== undefined && (after !== undefined || to === undefined);
  const changes = (redacted: readonly string[]) =>
    isComparable ? changesBetween(before, after, { redact: createRedactor(redacted) }) : [];
  const id = changeGroupOf({
    configurationProfile: profile.name,
    versionLabel: to?.label ?? `${application.id} ${profile.id} ${to?.number}`,
    changes: changes([]),
  });
  changeGroups.add(id, address, changes(policy.settings.redact));
  return id;
}
