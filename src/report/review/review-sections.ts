// A review as sections of text: what a reader looks for first comes first.
import { groupBy } from 'es-toolkit/array/groupBy';
import type { Change } from '../../core/document/diff-values.ts';
import { formatSource, type SourcePosition } from '../../core/model/source-position.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type {
  ChangedEnvironment,
  ChangedTenant,
  Edit,
  NewAddresses,
  Outlier,
  Review,
} from '../../core/review/review.ts';
import type { SettingsChange } from '../../core/settings-changes/compare-settings.ts';
import { addressText } from '../style/address-text.ts';
import { changeRows, pathText, signIndent } from '../style/changes.ts';
import { cut, wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { count, number } from '../style/quantities.ts';
import { someOf } from '../style/shortened.ts';
import type { TextOptions } from '../style/text-options.ts';
import {
  editsWithoutEffect,
  newAddressesOf,
  type ShieldView,
  shieldViews,
  totalsByProfile,
} from '../view/review-view.ts';

export interface ReviewSection {
  readonly title: string;
  readonly tone: 'strong' | 'error' | 'warning';
  /** Each of one or more lines. */
  readonly rows: readonly (readonly string[])[];
  /** What holds for all rows. */
  readonly note?: string;
  /** The same in few words. */
  readonly shortNote?: string;
}

/** `Limits  dev 4 of 4, prod 2 of 4`: what changes most first, profiles with the same numbers together. */
export function totalRows(review: Review): readonly { readonly name: string; readonly text: string }[] {
  const rows = totalsByProfile(review).map(([profile, totals]) => ({
    name: visible(profile),
    changed: totals.reduce((sum, { changed }) => sum + changed, 0),
    text: totals
      .map(
        ({ environment, changed, addresses }) => `${visible(environment)} ${number(changed)} of ${number(addresses)}`,
      )
      .join(', '),
  }));
  return Object.values(groupBy(rows, ({ text }) => text))
    .flatMap((same) => {
      const names = same.map(({ name }) => name);
      return same[0] === undefined ? [] : { ...same[0], name: someOf(names, mostProfiles) };
    })
    .sort((a, b) => b.changed - a.changed);
}

/** Named in one row of totals. */
const mostProfiles = 3;

interface SectionOptions extends TextOptions {
  /** As few lines as possible. */
  readonly short: boolean;
}

/** Those that have something to show. */
export function reviewSections(review: Review, plan: Plan, options: SectionOptions): readonly ReviewSection[] {
  const { settingsChanges } = plan;
  const loosened = settingsChanges.filter((change) => change.loosened);
  const others = settingsChanges.filter((change) => !change.loosened);
  const idle = editsWithoutEffect(review);
  const shields = shieldViews(review);
  const kept = shields.reduce((sum, { addresses }) => sum + addresses, 0);
  const sections: readonly ReviewSection[] = [
    {
      title: count(loosened.length, 'setting is loosened', 'settings are loosened'),
      tone: 'error',
      rows: loosened.map((change) => settingRow(change, options)),
    },
    {
      title: count(others.length, 'setting changes', 'settings change'),
      tone: 'strong',
      rows: others.map((change) => settingRow(change, options)),
    },
    tenantsSection(review, options),
    {
      title: `${count(review.outliers.length, 'outlier')}: ${review.outliers.length === 1 ? 'ends' : 'end'} up different from what the shared layers give`,
      tone: 'warning',
      rows: review.outliers.map((outlier) => outlierRow(outlier, options)),
    },
    {
      title: `${count(kept, 'address keeps its', 'addresses keep their')} own value`,
      tone: 'strong',
      rows: shields.flatMap((shield) => shieldRows(shield, options)),
    },
    {
      title: count(idle.length, 'edit reaches no address', 'edits reach no address'),
      tone: 'warning',
      rows: idle.map((edit) => [idleText(edit, options.short)]),
    },
  ];
  return sections.filter(({ rows }) => rows.length > 0);
}

/** Paths, and changes of a new tenant, in one line. */
const mostPaths = 3;

function settingRow(change: SettingsChange, options: SectionOptions): readonly string[] {
  const { path, before, after, reason, addresses, source } = change;
  const op = before === undefined ? 'add' : after === undefined ? 'remove' : 'replace';
  const values = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
  const about = [
    ...(reason === undefined ? [] : [visible(reason)]),
    ...(addresses === undefined ? [] : [`of ${count(addresses, 'address', 'addresses')}`]),
  ].join('; ');
  if (options.short) {
    const text = `${changeText({ op, path, ...values })}${about === '' ? '' : ` (${about})`}`;
    const [first = '', second, ...more] = wrapped(text, options.width - 4).split('\n');
    const rest = more.length === 0 ? second : `${second} …`;
    return [`  ${first.trimEnd()}`, ...(rest === undefined ? [] : [`    ${cut(rest, options.width - 4)}`])];
  }
  const lines = changeRows([{ op, path, ...values, source }], options);
  return about === '' ? lines : [...lines, options.style.faint(`      ${about}`)];
}

function tenantsSection(review: Review, options: SectionOptions): ReviewSection {
  const { tenants, environments } = review;
  const { style } = options;
  const added = style.added('+');
  const removed = style.removed('-');
  const renamed = style.changed('~');
  const rows = [
    ...tenants.removed.map((each) => [`${removed} ${visible(each.tenant)}  removed: ${sizeText(each)}`]),
    ...tenants.renamed.map((each) => [
      `${renamed} ${visible(each.from ?? '')} → ${visible(each.tenant)}  probably renamed: a new application`,
    ]),
    ...tenants.added.map((each) => [
      `${added} ${visible(each.tenant)}  added: ${sizeText(each)}`,
      ...asTemplateRows(newAddressesOf(review, { tenant: each.tenant }), options),
    ]),
    ...environments.removed.map((each) => [
      `${removed} ${environmentText(each)}  environment removed: ${configurations(each)}`,
    ]),
    ...environments.renamed.map((each) => [
      `${renamed} ${environmentText({ ...each, environment: each.from ?? '' })} → ${visible(each.environment)}  environment probably renamed`,
    ]),
    ...environments.added.map((each) => [
      `${added} ${environmentText(each)}  environment added: ${configurations(each)}`,
      ...asTemplateRows(newAddressesOf(review, each), options),
    ]),
  ];
  const leaves = [tenants.removed, tenants.renamed, environments.removed, environments.renamed].flat();
  return {
    title: 'Tenants',
    tone: 'strong',
    rows: rows.map((lines) =>
      options.short ? [`  ${lines.join(', ')}`] : lines.map((line) => `${signIndent(options)}${line}`),
    ),
    ...(leaves.length === 0
      ? {}
      : {
          note: 'What is removed or renamed stays live until appcfg cleanup deletes it.',
          shortNote: 'removed ones stay live until appcfg cleanup',
        }),
  };
}

function sizeText({ environments, configurations: number }: ChangedTenant): string {
  return `${count(environments.length, 'environment')}, ${count(number, 'configuration')}`;
}

function configurations({ configurations: number }: ChangedEnvironment): string {
  return count(number, 'configuration');
}

function environmentText({ tenant, environment }: Pick<ChangedEnvironment, 'tenant' | 'environment'>): string {
  return tenant === undefined ? `${visible(environment)} of all tenants` : addressText({ tenant, environment });
}

/** `as the template, but Limits /requests 100 → 4`: what is the same in several environments once. */
function asTemplateRows(groups: readonly NewAddresses[], { style, short }: SectionOptions): readonly string[] {
  const texts = new Set(
    groups.map(({ configurationProfile, changes }) => {
      const shown = changes.map((change) => changeText(change));
      return `${visible(configurationProfile)} ${someOf(shown, mostPaths)}`;
    }),
  );
  if (texts.size === 0) return [];
  return short
    ? [`as the template, but ${[...texts].join('; ')}`]
    : [...texts].map((text) => style.faint(`    as the template, but ${text}`));
}

/** `/requests 100 → 4`. */
export function changeText({ path, before, after }: Change): string {
  if (before === undefined) return `${pathText(path)} ${short(after)}`;
  return after === undefined ? `no ${pathText(path)}` : `${pathText(path)} ${short(before)} → ${short(after)}`;
}

function outlierRow({ address, source, expected, changes }: Outlier, { style }: TextOptions): readonly string[] {
  const [first] = expected;
  const more = expected.length > 1 ? `, and ${count(expected.length - 1, 'more value')}` : '';
  const has =
    first === undefined ? '' : `${pathText(first.path)} ${short(first.after)}, not ${short(first.before)}${more}`;
  const kept = changes.every(({ path }) => path !== first?.path) ? ' (its own)' : '';
  return [`  ${addressText(address)}  ${has}${kept}  ${style.faint(sourceText(source))}`];
}

/** A row for each override; on a screen one for all of an edit, with the position of the first. */
function shieldRows(shield: ShieldView, options: SectionOptions): readonly (readonly string[])[] {
  const { style, width, short: isShort } = options;
  const { paths, overrides, names } = shield;
  const what = someOf(paths.map(pathText), mostPaths);
  if (!isShort || overrides.length === 1) {
    return overrides.map(({ source, addresses }) => [
      `  ${addresses.map((address) => addressText(address)).join(', ')}  ${what}  ${style.faint(sourceText(source))}`,
    ]);
  }
  const text = `${what}: ${someOf(names.map(visible), mostNames)} (${sourceText(overrides[0]?.source)}, …)`;
  return [
    wrapped(text, width - 4)
      .split('\n')
      .map((line, index) => `${index === 0 ? '  ' : '    '}${line.trimEnd()}`),
  ];
}

/** Tenants in one row. */
const mostNames = 25;

function idleText({ source, paths, shielded }: Edit, isShort: boolean): string {
  const why =
    shielded === 0 || isShort ? '' : `: ${count(shielded, 'address keeps its', 'addresses keep their')} own value`;
  return `  ${sourceText(source)}  ${someOf(paths.map(pathText), mostPaths)}${why}`;
}

function sourceText(source: SourcePosition | undefined): string {
  return source === undefined ? '' : visible(formatSource(source));
}

/** Of a value in a sentence. */
const longestValue = 40;

function short(text: string | undefined): string {
  if (text === undefined) return 'none';
  const shown = visible(text);
  return shown.length > longestValue ? `${shown.slice(0, longestValue - 1)}…` : shown;
}
