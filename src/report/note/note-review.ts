// The review in a note: totals, what is loosened, who comes and goes, who differs, who is not reached.
import { sumBy } from 'es-toolkit/math/sumBy';
import type { Change } from '../../core/document/diff-values.ts';
import type { Address } from '../../core/model/address.ts';
import { groupsBy } from '../../core/model/groups-by.ts';
import { formatSource } from '../../core/model/source-position.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { Edit, Outlier, Review } from '../../core/review/review.ts';
import type { SettingsChange } from '../../core/settings-changes/compare-settings.ts';
import { code, folded, inert, table } from '../style/markdown.ts';
import {
  besidesTemplate,
  differingAddresses,
  editsWithoutEffect,
  keepingAddresses,
  keptByTemplate,
  keptTitle,
  leavesSomethingLive,
  type NameChange,
  nameChanges,
  outlierTitle,
  type ShieldView,
  settingsByEffect,
  shieldedTitle,
  shieldViews,
  totalsByProfile,
} from '../view/review-view.ts';
import { addressName, itemList, longestName, namesText, sourceName, tenantName, whereText } from './note-names.ts';
import type { NoteOptions } from './note-options.ts';

/** Environments that have a column; more are added up. */
const mostColumns = 8;
const mostProfiles = 3;

/** How many addresses change, by profile and environment. */
export function totalsTable(review: Review, { bounds }: NoteOptions): readonly string[] {
  const profiles = totalsByProfile(review);
  if (profiles.length === 0) return [];
  const environments = [...new Set(review.totals.map(({ environment }) => environment))];
  const columns = environments.length <= mostColumns ? environments : [];
  const [keeping, differing] = [keepingAddresses(review), differingAddresses(review)];
  const rows = profiles.map(([profile, totals]) => {
    const sum = (part: 'changed' | 'addresses') => sumBy(totals, (total) => total[part]);
    const ofProfile = (addresses: readonly Address[]) =>
      addresses.filter(({ configurationProfile }) => configurationProfile === profile).length;
    const different = ofProfile(differing);
    const own = columns.map((environment) => {
      const total = totals.find((each) => each.environment === environment);
      return total === undefined ? '–' : `${number(total.changed)} of ${number(total.addresses)}`;
    });
    const ofEdits = [number(ofProfile(keeping)), different === 0 ? '0' : `**${number(different)}**`];
    const all = `${number(sum('changed'))} of ${number(sum('addresses'))}`;
    const cells = [...own, all, ...(review.base === undefined ? [] : ofEdits)];
    return { profile, changed: sum('changed'), cells };
  });
  const same = groupsBy(rows, ({ cells }) => cells.join(' | ')).toSorted(([a], [b]) => b.changed - a.changed);
  const shown = same.slice(0, bounds.rows).map((group) => {
    const names = group.map(({ profile }) => code(profile, longestName));
    return [namesText(names, mostProfiles), ...group[0].cells];
  });
  const head = ['addresses that change', ...columns.map((name) => code(name, longestName)), 'all'];
  const more = same.length - shown.length;
  return [
    table([
      [
        ...head,
        ...(review.base === undefined ? [] : ['keep their own value', "change, but not to the template's value"]),
      ],
      ...shown,
    ]),
    ...(more > 0 ? [`… and ${count(more, 'more profile')}`] : []),
  ];
}

/** Settings that are loosened, apart from the others. */
export function settingsSections(changes: readonly SettingsChange[], options: NoteOptions): readonly string[] {
  const { loosened, others } = settingsByEffect(changes);
  return [
    ...(loosened.length === 0
      ? []
      : [
          `#### ⚠ ${count(loosened.length, 'setting is loosened', 'settings are loosened')}`,
          settingsTable(loosened, options),
        ]),
    ...(others.length === 0
      ? []
      : [
          folded(
            count(others.length, 'other setting changes', 'other settings change'),
            settingsTable(others, options),
          ),
        ]),
  ];
}

function settingsTable(changes: readonly SettingsChange[], { bounds }: NoteOptions): string {
  const shown = changes.slice(0, Math.max(bounds.rows, 10));
  const value = (text: string | undefined) => (text === undefined ? 'not set' : code(text, bounds.value));
  const rows = shown.map(({ path, before, after, reason, addresses, source }) => [
    code(path, bounds.value),
    value(before),
    value(after),
    [
      ...(reason === undefined ? [] : [inert(reason, bounds.message)]),
      ...(addresses === undefined ? [] : [`affects ${count(addresses, 'address', 'addresses')}`]),
    ].join('; '),
    code(formatSource(source), bounds.value),
  ]);
  const hidden = changes.length - shown.length;
  const all = table([['setting', 'before', 'after', 'effect', 'line'], ...rows]);
  return hidden === 0 ? all : `${all}\n\n… and ${count(hidden, 'more setting')}`;
}

export function tenantsSection(review: Review, options: NoteOptions): readonly string[] {
  const changes = nameChanges(review);
  if (changes.length === 0) return [];
  const note = 'What is removed or renamed stays live until `appcfg cleanup` deletes it.';
  const list = itemList(
    changes,
    options,
    (change) => `- ${nameItem(change, options)}${asTemplate(review, change, options)}`,
  );
  return ['#### Tenants', ...(leavesSomethingLive(changes) ? [note] : []), list];
}

function nameItem({ kind, of, tenant, environment = '', from = '', size }: NameChange, options: NoteOptions): string {
  const how = kind === 'renamed' ? 'probably renamed' : kind;
  const owner = tenant === undefined ? 'all tenants' : tenantName(tenant, options);
  if (of === 'tenant') {
    if (kind !== 'renamed') return `**${how}:** ${owner}, ${size}`;
    return `**${how}:** ${tenantName(from, options)} → ${owner}, a new application`;
  }
  const before = kind === 'renamed' ? `${code(from, longestName)} → ` : '';
  return `**environment ${how}:** ${before}${code(environment, longestName)} of ${owner}, ${size}`;
}

function asTemplate(review: Review, change: NameChange, { bounds }: NoteOptions): string {
  const texts = new Set(
    besidesTemplate(review, change).map(({ configurationProfile, changes }) => {
      const shown = changes.map((each) => changeText(each, bounds.value));
      return `${code(configurationProfile, longestName)} ${namesText(shown, 3)}`;
    }),
  );
  return texts.size === 0 ? '' : `: as the template, but ${namesText([...texts], 3)}`;
}

function changeText({ path, before, after }: Change, most: number): string {
  const where = code(path === '' ? '(the whole content)' : path, most);
  if (before === undefined) return `${where} ${code(after ?? '', most)}`;
  return after === undefined ? `no ${where}` : `${where} ${code(before, most)} → ${code(after, most)}`;
}

/** Who changes, and ends up with something else than the others. */
export function outliersSection(review: Review, options: NoteOptions): readonly string[] {
  const outliers = review.outliers;
  if (outliers.length === 0) return [];
  return [
    `#### ${outlierTitle(review)}`,
    itemList(outliers, options, (outlier) => `- ${outlierText(outlier, options)}`),
  ];
}

function outlierText(outlier: Outlier, options: NoteOptions): string {
  const { address, source, expected, changes } = outlier;
  const { value } = options.bounds;
  const shown = expected.map(({ path, before, after }) => {
    const was = changes.find((change) => change.path === path)?.before;
    if (was === undefined)
      return `keeps ${code(path, value)} ${valueText(after, value)}, not ${valueText(before, value)}`;
    return `${code(path, value)} ${valueText(was, value)} → ${valueText(after, value)}, not ${valueText(before, value)}`;
  });
  return `${addressName(address, options)}: ${namesText(shown, 3)}${sourceName(source, options)}`;
}

function valueText(text: string | undefined, most: number): string {
  return text === undefined ? 'not set' : code(text, most);
}

/** Who keeps the own value of what a shared file changes. */
export function shieldedSection(review: Review, options: NoteOptions): readonly string[] {
  const shields = shieldViews(review);
  if (shields.length === 0) return [];
  return [
    `#### ${shieldedTitle(review)}`,
    ...shields.slice(0, options.bounds.rows).flatMap((shield) => shieldParts(shield, options)),
  ];
}

function shieldParts({ paths, names, overrides }: ShieldView, options: NoteOptions): readonly string[] {
  const { bounds } = options;
  const what = namesText(
    paths.map((path) => code(path, bounds.value)),
    3,
  );
  const who = namesText(
    names.map((name) => code(name, longestName * 2)),
    Math.min(bounds.names, 40),
  );
  const rows = overrides.slice(0, bounds.foldedRows).map(({ source, values, addresses }) => {
    const kept = namesText(
      values.map(({ value }) => valueText(value, bounds.value)),
      3,
    );
    return `- ${whereText(addresses, options)}: ${kept}${sourceName(source, options)}`;
  });
  const hidden = overrides.length - rows.length;
  return [
    `${what}: ${who}`,
    ...(rows.length === 0
      ? []
      : [
          folded(
            `The values and where they are set (${count(overrides.length, 'line')})`,
            [...rows, ...(hidden > 0 ? [`- … and ${number(hidden)} more`] : [])].join('\n'),
          ),
        ]),
  ];
}

/** Values of an edit that not every environment gets. */
export function keptSection(review: Review, options: NoteOptions): readonly string[] {
  const all = keptByTemplate(review);
  if (all.length === 0) return [];
  const { value } = options.bounds;
  return [
    `#### ${keptTitle}`,
    itemList(all, options, ({ environment, paths, values, source }) => {
      const what = namesText(
        paths.map((path, index) =>
          index < values.length
            ? `${code(path, value)} stays ${valueText(values[index]?.value, value)}`
            : code(path, value),
        ),
        3,
      );
      return `- in ${code(environment, longestName)}: ${what}${sourceName(source, options)}`;
    }),
  ];
}

export function idleSection(review: Review, options: NoteOptions): readonly string[] {
  const idle = editsWithoutEffect(review);
  if (idle.length === 0) return [];
  return [
    `#### ${count(idle.length, 'edit reaches', 'edits reach')} no address`,
    itemList(idle, options, (edit) => `- ${idleText(edit, options)}`),
  ];
}

function idleText({ source, paths, shielded }: Edit, { bounds }: NoteOptions): string {
  const what = namesText(
    paths.map((path) => code(path, bounds.value)),
    3,
  );
  const at = code(formatSource(source), bounds.value);
  const why = shielded === 0 ? '' : `: ${count(shielded, 'address overrides it', 'addresses override it')}`;
  return `${at} ${what}${why}`;
}
