// Which addresses change in the same way.
import { createHash } from 'node:crypto';
import { type Change, changesBetween, hasMark, shownText } from '../document/diff-values.ts';
import { valueAt } from '../document/json-pointer.ts';
import { type Redactor, redactNothing } from '../document/redact.ts';
import { canonicalText } from '../document/write-json.ts';
import { nameFlagChange } from '../flags/name-flag-change.ts';
import { groupsBy } from '../model/groups-by.ts';
import { type ProfileType, profileTypes } from '../model/resource.ts';
import type { Value } from '../model/value.ts';
import { variablesIn } from '../render/variables.ts';
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
  /** `after` before its variables were replaced, where it has some. */
  readonly asWritten?: Value | undefined;
  readonly redact: Redactor;
}): ContentChange {
  const { profile, profileType, label, before, after, asWritten, redact } = of;
  const between = (redactor: Redactor) =>
    changesBetween(before, after, { redact: redactor }).map((change) => written(change, asWritten, redactor));
  const changes = between(redact);
  const unredacted = redact.active || changes.some(hasMark) ? between(redactNothing) : changes;
  const isNew = before === undefined && after !== undefined;
  const how = isNew
    ? ['new', asWritten === undefined ? label : canonicalText(asWritten)]
    : unredacted.length === 0
      ? ['other', label]
      : unredacted;
  const digest = createHash('sha256').update(JSON.stringify([profile, how]));
  const isFlags = profileTypes[profileType].document === 'feature flags';
  return { changes: isFlags ? changes.map(nameFlagChange) : changes, changeGroup: digest.digest('hex').slice(0, 12) };
}

/** A string with variables enters as written, without what it was before: it is the same change wherever it is made. */
function written(change: Change, asWritten: Value | undefined, redact: Redactor): Change {
  const value = change.after === undefined ? undefined : valueAt(asWritten, change.path);
  if (value === undefined || !variablesIn(value)?.length) return change;
  const { before: _replaced, ...others } = change;
  return { ...others, after: shownText(value, change.path, redact) };
}

/** Makes groups with the same id one group. */
export function mergeChangeGroups(groups: readonly ChangeGroup[]): readonly ChangeGroup[] {
  return groupsBy(groups, ({ id }) => id).map((same) => ({
    ...same[0],
    addresses: same.flatMap(({ addresses }) => addresses),
  }));
}

/** Groups of the same size stay in their order. */
export function largestFirst(groups: readonly ChangeGroup[]): readonly ChangeGroup[] {
  return groups.toSorted((a, b) => b.addresses.length - a.addresses.length);
}

/** What a report shows of a change, but for the files it comes from: equal where only redacted values differ. */
export function lookOf({ addresses, changes }: ChangeGroup): string {
  const profile = addresses[0]?.configurationProfile;
  return JSON.stringify([profile, changes.map(({ op, path, before, after }) => [op, path, before, after])]);
}
