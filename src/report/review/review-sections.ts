// A review as sections of text: what a reader looks for first comes first.
import type { Change } from '../../core/document/diff-values.ts';
import { groupsBy } from '../../core/model/groups-by.ts';
import { formatSource, type SourcePosition } from '../../core/model/source-position.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { Edit, KeptByTemplate, NewAddresses, Outlier, Review } from '../../core/review/review.ts';
import type { SettingsChange } from '../../core/settings-changes/compare-settings.ts';
import { addressText } from '../style/address-text.ts';
import { changeRows, pathText, signIndent } from '../style/changes.ts';
import { firstFitting, widthOf, wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { someOf } from '../style/shortened.ts';
import type { TextOptions } from '../style/text-options.ts';
import {
  besidesTemplate,
  editsWithoutEffect,
  keepingAddresses,
  keptByTemplate,
  keptTitle,
  leavesSomethingLive,
  type NameChange,
  nameChanges,
  nameChangeText,
  outlierTitle,
  type ShieldView,
  settingsByEffect,
  shieldedTitle,
  shieldViews,
  totalsByProfile,
} from '../view/review-view.ts';
import type { Section } from './section.ts';
import { settingLine } from './setting-line.ts';

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
  return groupsBy(rows, ({ text }) => text)
    .map((same) => {
      const names = same.map(({ name }) => name);
      return { ...same[0], name: someOf(names, mostProfiles) };
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
export function reviewSections(review: Review, plan: Plan, options: SectionOptions): readonly Section[] {
  const { settingsChanges } = plan;
  const { loosened, others } = settingsByEffect(settingsChanges);
  const idle = editsWithoutEffect(review);
  const sections: readonly Section[] = [
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
      title: outlierTitle(review),
      tone: 'warning',
      rows: review.outliers.map((outlier) => outlierRow(outlier, options)),
    },
    shieldsSection(review, options),
    {
      title: keptTitle,
      tone: 'strong',
      rows: keptByTemplate(review).map((kept) => [keptText(kept, options)]),
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
  if (options.short) return [`  ${settingLine(change, options.width - 2)}`];
  const { path, before, after, reason, addresses, source } = change;
  const op = before === undefined ? 'add' : after === undefined ? 'remove' : 'replace';
  const values = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
  const about = [
    ...(reason === undefined ? [] : [visible(reason)]),
    ...(addresses === undefined ? [] : [`affects ${count(addresses, 'address', 'addresses')}`]),
  ].join('; ');
  const lines = changeRows([{ op, path, ...values, source }], options);
  return about === '' ? lines : [...lines, options.style.faint(`      ${about}`)];
}

function tenantsSection(review: Review, options: SectionOptions): Section {
  const changes = nameChanges(review);
  return {
    title: 'Tenants',
    tone: 'strong',
    rows: options.short ? shortTenantRows(changes, review, options) : tenantRows(changes, review, options),
    ...(leavesSomethingLive(changes)
      ? {
          note: 'What is removed or renamed stays live until appcfg cleanup deletes it.',
          shortNote: 'what is removed or renamed stays live until appcfg cleanup',
        }
      : {}),
  };
}

type Rows = readonly (readonly string[])[];

function tenantRows(changes: readonly NameChange[], review: Review, options: SectionOptions): Rows {
  return changes.map((change) =>
    [
      `${signOf(change, options)} ${visible(change.name)}  ${nameChangeText(change)}`,
      ...asTemplateRows(besidesTemplate(review, change), options),
    ].map((line) => `${signIndent(options)}${line}`),
  );
}

/** Every name, in as few lines as possible: what is added with its differences, if there are few. */
function shortTenantRows(changes: readonly NameChange[], review: Review, options: SectionOptions): Rows {
  return groupsBy(changes, ({ kind, of }) => `${kind} ${of}`).flatMap((same) => {
    const [{ kind, of }] = same;
    const sign = signOf(same[0], options);
    if (kind === 'added' && of === 'tenant' && same.length <= mostDescribed) {
      return same.map((change) => [
        `  ${sign} added: ${[visible(change.name), ...asTemplateRows(besidesTemplate(review, change), options)].join(', ')}`,
      ]);
    }
    const what = `${of === 'tenant' ? '' : 'environment '}${kind === 'renamed' ? 'probably renamed' : kind}`;
    const names = same.map(({ name }) => visible(name));
    return [namesIn(names, { first: `  ${sign} ${what}: `, indent: '    ', width: options.width })];
  });
}

/** Added tenants of which a screen shows what they have besides the template. */
const mostDescribed = 3;

function signOf({ kind }: NameChange, { style }: TextOptions): string {
  return { added: style.added('+'), removed: style.removed('-'), renamed: style.changed('~') }[kind];
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

function outlierRow(outlier: Outlier, options: SectionOptions): readonly string[] {
  const { address, source, expected, changes } = outlier;
  const [first] = expected;
  const more = expected.length > 1 ? `, and ${count(expected.length - 1, 'more value')}` : '';
  const was = changes.find(({ path }) => path === first?.path)?.before;
  const has =
    first === undefined
      ? ''
      : `${was === undefined ? 'keeps ' : ''}${pathText(first.path)} ${was === undefined ? '' : `${short(was)} → `}${short(first.after)}, not ${short(first.before)}${more}`;
  const text = `  ${addressText(address)}  ${has}  `;
  const where = sourceText(source);
  const shown = options.short ? endOf(where, options.width - widthOf(text)) : where;
  return [`${text}${options.style.faint(shown)}`.trimEnd()];
}

/** The end of a position: its file begins with the address. */
function endOf(position: string, width: number): string {
  if (widthOf(position) <= width) return position;
  const parts = position.split('/');
  const tails = parts.map((_part, index) => `…/${parts.slice(index + 1).join('/')}`).slice(0, -1);
  const fitting = firstFitting(tails, width);
  return widthOf(fitting) <= width ? fitting : '';
}

/** A row for each override; on a screen one for all of an edit, with the position of the first. */
function shieldsSection(review: Review, options: SectionOptions): Section {
  const shields = shieldViews(review);
  const title = shieldedTitle(review);
  const tone = 'strong';
  if (!options.short) return { title, tone, rows: shields.flatMap((shield) => shieldRows(shield, options)) };
  const [shield, ...others] = shields;
  if (shield === undefined || others.length > 0) {
    const rows = shields.map((each) => shieldNames(each, `${shieldText(each)}: `, options));
    return { title, tone, rows };
  }
  const who = count(keepingAddresses(review).length, 'address keeps its', 'addresses keep their');
  return { title: `${who} own ${shieldText(shield)}`, tone, rows: [shieldNames(shield, '', options)] };
}

function shieldRows({ overrides }: ShieldView, { style }: TextOptions): readonly (readonly string[])[] {
  return overrides.map(({ source, values, addresses }) => {
    const kept = values.map(({ path, value }) => `${pathText(path)} ${short(value)}`);
    const names = addresses.map((address) => addressText(address)).join(', ');
    return [`  ${names}  ${someOf(kept, mostPaths)}  ${style.faint(sourceText(source))}`];
  });
}

/** `/limits/rps (tenants/acme/Limits.yml:3, …)`. */
function shieldText({ paths, overrides }: ShieldView): string {
  const more = overrides.length > 1 ? ', …' : '';
  return `${someOf(paths.map(pathText), mostPaths)} (${sourceText(overrides[0]?.source)}${more})`;
}

function shieldNames({ names }: ShieldView, first: string, { width }: TextOptions): readonly string[] {
  return namesIn(names.map(visible), { first: `  ${first}`, indent: first === '' ? '  ' : '    ', width });
}

/** Names in a few lines, and how many there are besides. */
function namesIn(
  names: readonly string[],
  { first, indent, width }: { readonly first: string; readonly indent: string; readonly width: number },
): readonly string[] {
  const linesOf = (some: number) => {
    const hidden = names.length - some;
    const text = `${names.slice(0, some).join(', ')}${hidden > 0 ? `, … and ${number(hidden)} more` : ''}`;
    const lines = wrapped(first + text, width - indent.length).split('\n');
    return lines.map((line, index) => (index === 0 ? line.trimEnd() : `${indent}${line.trim()}`));
  };
  let some = Math.min(names.length, mostNames);
  while (some > 1 && linesOf(some).length > (width < narrow ? 2 : 3)) some -= 1;
  return linesOf(some);
}

/** Columns below which names take fewer lines: everything else takes more. */
const narrow = 70;

/** In these lines. */
const mostNames = 60;

/** `in prod /limits/burst`. */
function keptText({ environment, paths, values, source }: KeptByTemplate, { style }: TextOptions): string {
  const stays = (index: number) => (index < values.length ? ` stays ${short(values[index]?.value)}` : '');
  const what = someOf(
    paths.map((path, index) => pathText(path) + stays(index)),
    mostPaths,
  );
  return `  in ${visible(environment)}  ${what}  ${style.faint(sourceText(source))}`;
}

function idleText({ source, paths, shielded }: Edit, isShort: boolean): string {
  const why = shielded === 0 || isShort ? '' : `: ${count(shielded, 'address overrides it', 'addresses override it')}`;
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
