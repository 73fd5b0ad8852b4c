// Which addresses change in the same way.
import { createHash } from 'node:crypto';
import { groupBy } from 'es-toolkit/array/groupBy';
import { type Change, changesBetween } from '../document/diff-values.ts';
import { type Redactor, redactNothing } from '../document/redact.ts';
import { nameFlagChange } from '../flags/name-flag-change.ts';
import { type ProfileType, profileTypes } from '../model/resource.ts';
import type { Value } from '../model/value.ts';
import type { ChangeGroup } from './plan.ts';

/** How one content changes. */
export interface ContentChange {
  /** Redacted, as they are shown. */
  readonly changes: readonly Change[];
  /** Id of the change group: the same pointers of one profile, with the same values before and after. */
  readonly changeGroup: string;
}

/** Contents that cannot be compared, because one was deleted or does not parse, are both undefined. */
export function contentChange(of: {
  readonly profile: string;
  readonly profileType: ProfileType;
  /** Of the new content: where no changes can be shown, and where there was no content, equal contents are one group. */
  readonly label: string;
  /** Undefined where there was no content. */
  readonly before: Value | undefined;
  /** Undefined where there is no content any more. */
  readonly after: Value | undefined;
  readonly redact: Redactor;
}): ContentChange {
  const { profile, profileType, label, before, after, redact } = of;
  const changes = changesBetween(before, after, { redact });
  const unredacted = redact.active ? changesBetween(before, after, { redact: redactNothing }) : changes;
  const isNew = before === undefined && after !== undefined;
  const how = isNew ? ['new', label] : unredacted.length === 0 ? ['other', label] : unredacted;
  const digest = createHash('sha256').update(JSON.stringify([profile, how]));
  const isFlags = profileTypes[profileType].document === 'feature flags';
  return { changes: isFlags ? changes.map(nameFlagChange) : changes, changeGroup: digest.digest('hex').slice(0, 12) };
}

/** Makes groups with the same id one group. */
export function mergeChangeGroups(groups: readonly ChangeGroup[]): readonly ChangeGroup[] {
  return Object.values(groupBy(groups, ({ id }) => id)).flatMap(([first, ...others]) =>
    first === undefined ? [] : { ...first, addresses: [first, ...others].flatMap(({ addresses }) => addresses) },
  );
}
