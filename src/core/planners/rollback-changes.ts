// How the content of an address changes by its rollback.
import type { RollbackApplication, RollbackVerdict, RollbackWay } from '../assess/rollback-verdict.ts';
import { createRedactor } from '../document/redact.ts';
import { liveValue } from '../live/live-content.ts';
import { profileTypeOf } from '../model/resource.ts';
import { type ContentChange, contentChange } from '../plan/change-groups.ts';
import type { Policy } from '../settings/policy.ts';

/** How a rollback changes the content of an address. */
export function rollbackChange(
  { from, to }: RollbackWay,
  context: {
    readonly application: RollbackApplication;
    readonly verdict: RollbackVerdict;
    readonly policy: Policy;
  },
): ContentChange {
  const { application, verdict, policy } = context;
  const { profile } = verdict;
  const version =
    from && application.facts.get({ kind: 'version', profileId: profile.id, versionNumber: from.versionNumber });
  const profileType = profileTypeOf(profile.type);
  const parsed = (text: string | undefined) => (text === undefined ? undefined : liveValue(text, profileType));
  const before = parsed(version === undefined || version === 'missing' ? undefined : version.text);
  const after = parsed(to?.stored?.text);
  const isComparable = before !== undefined && (after !== undefined || to === undefined);
  return contentChange({
    profile: profile.name,
    profileType,
    label: to?.label ?? `${application.id} ${profile.id} ${to?.number}`,
    ...(isComparable ? { before, after } : { before: undefined, after: undefined }),
    redact: createRedactor(policy.settings),
  });
}
