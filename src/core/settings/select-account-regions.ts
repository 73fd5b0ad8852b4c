// `--account-region`: which accounts and Regions of a run are selected, by the ids that its output shows.
import {
  type AccountRegionId,
  accountOf,
  accountRegionFlag,
  accountRegionId,
  type Destination,
} from '../model/account-region.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { matchesAny } from '../model/globs.ts';
import { AppcfgError, failure, type Problem } from '../problem/problem.ts';
import { type AccountRegionPart, accountRegionsOf, effectiveAccountRegion, partKey } from './account-regions.ts';
import { globProblems } from './check-selection.ts';
import type { Settings } from './settings.ts';

interface Known {
  readonly settings: Settings;
  /** Of the run's own credentials; undefined: nothing has asked STS. */
  readonly ownAccount: string | undefined;
}

interface Selecting extends Known {
  /** Empty: all are selected. */
  readonly globs: readonly string[];
  /** The run's own Region. */
  readonly region: string | undefined;
}

/** How output calls an account and Region: the settings name its account, or STS does. */
export function idOfPart(part: AccountRegionPart, known: Known): AccountRegionId {
  const [assigned, ...others] = assignedAccounts(part, known.settings);
  const account = accountOf(part) ?? known.ownAccount ?? (others.length === 0 ? assigned : undefined);
  return idIn(part, account);
}

/**
 * The selected ones. What uses the run's own credentials is also known as `unknown/REGION`, as where nothing asks STS, and by the
 * account that the settings give it.
 * @param wanted those of the run
 * @throws AppcfgError for a glob that matches none, and where nothing of the run is in the selected ones
 */
export function selectAccountRegions(
  wanted: readonly AccountRegionPart[],
  selecting: Selecting,
): readonly AccountRegionPart[] {
  const { globs } = selecting;
  if (globs.length === 0) return wanted;
  const [problem, ...more] = unmatched(wanted, selecting);
  if (problem !== undefined) throw new AppcfgError([problem, ...more]);
  const selected = wanted.filter((part) => isSelected(idsOf(part, selecting), globs));
  if (selected.length > 0) return selected;
  const shown = globs.map((glob) => `${accountRegionFlag} '${glob}'`).join(' ');
  throw failure('selection-empty', `no selected address is in ${shown}`, {
    hint: { text: `leave out ${accountRegionFlag} or the other selection flags` },
  });
}

/** Whether STS has to be asked which of them are selected: it knows the account of the run's own credentials. */
export function needsOwnAccount(wanted: readonly AccountRegionPart[], selecting: Selecting): boolean {
  const { globs } = selecting;
  const excludes = globs.some((glob) => glob.startsWith('!'));
  const isOpen = (part: AccountRegionPart) =>
    part.roleArn === undefined && (excludes || !isSelected(idsOf(part, selecting), globs));
  return globs.length > 0 && (wanted.some(isOpen) || unmatched(wanted, selecting).length > 0);
}

/** Of the globs that match no account and Region, also of those that only the settings name. */
function unmatched(wanted: readonly AccountRegionPart[], selecting: Selecting): readonly Problem[] {
  const { settings, globs, region } = selecting;
  const all = [...wanted, ...accountRegionsOf([], settings, { region, everywhere: true })];
  const ids = all.flatMap((part) => idsOf(part, selecting));
  const matchless = globs.filter((glob) => !ids.some((id) => matchesAny(id, [glob.replace(/^!/, '')])));
  // Listed is what output shows, not every name that is accepted.
  return globProblems(accountRegionFlag, matchless, new Set(all.map((part) => idOfPart(part, selecting))));
}

/** Those of other applications that are not in the selected accounts and Regions. */
export function partsElsewhere(
  selected: readonly AccountRegionPart[],
  others: readonly AccountRegionPart[],
): readonly AccountRegionPart[] {
  const keys = new Set(selected.map(partKey));
  return others.filter((part) => part.desired.length > 0 && !keys.has(partKey(part)));
}

/** The part of a tree that is in some accounts and Regions. @param of.region the run's own */
export function desiredIn(
  accountRegions: readonly Destination[],
  desired: readonly DesiredApplication[],
  { settings, region }: Pick<Selecting, 'settings' | 'region'>,
): readonly DesiredApplication[] {
  const keys = new Set(accountRegions.map(partKey));
  const parts = accountRegionsOf(desired, settings, { region, everywhere: false });
  return parts.filter((part) => keys.has(partKey(part))).flatMap((part) => part.desired);
}

function isSelected(ids: readonly string[], globs: readonly string[]): boolean {
  const included = globs.filter((glob) => !glob.startsWith('!'));
  const excluded = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  const matches = (list: readonly string[]) => ids.some((id) => matchesAny(id, list));
  return (included.length === 0 || matches(included)) && !matches(excluded);
}

function idsOf(part: AccountRegionPart, { settings, ownAccount }: Known): readonly AccountRegionId[] {
  const account = accountOf(part);
  if (account !== undefined) return [idIn(part, account)];
  return [ownAccount, ...assignedAccounts(part, settings), undefined].map((each) => idIn(part, each));
}

function idIn({ region = 'unknown' }: AccountRegionPart, account: string | undefined): AccountRegionId {
  return accountRegionId({ account, region });
}

/** The accounts that the settings give to the environments in it. */
function assignedAccounts({ desired }: AccountRegionPart, settings: Settings): readonly string[] {
  const accounts = desired.flatMap(({ tenant, environments }) =>
    environments.flatMap(({ name }) => effectiveAccountRegion(settings, { tenant, environment: name }).account ?? []),
  );
  return [...new Set(accounts)];
}
