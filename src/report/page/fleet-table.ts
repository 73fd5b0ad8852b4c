// The fleet as a table: tenants by wave or label, environments side by side, a mark for each address with something to show.

import { partition } from 'es-toolkit/array/partition';
import { html } from 'hono/html';
import { groupsBy } from '../../core/model/groups-by.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { Fleet, FleetMark, FleetRow, FleetSection } from '../view/fleet-view.ts';
import { runOutcomes } from '../view/run-results.ts';
import { folded, type Html, tenantFragment } from './html-parts.ts';
import { type GroupMark, groupMarkHtml, kindMarkHtml, kindWords, outcomeSigns } from './marks.ts';

type Marks = ReadonlyMap<string, GroupMark>;

/** Marks in a cell. */
const mostMarks = 12;

export function fleetTable(fleet: Fleet, marks: Marks): Html | '' {
  const { environments, sections } = fleet;
  const rows = sections.reduce((sum, section) => sum + section.rows.length, 0);
  if (rows === 0) return '';
  return html`<section id="fleet"><h2>All tenants</h2>
<p class="legend">${legend(fleet)}</p>
<div class="wide"><table class="fleet"><caption class="hidden">Tenants by environment, with the change group of each address</caption>
<thead><tr><th scope="col">tenant${environments.map((name) => html`<th scope="col">${name}`)}</tr></thead>
${sections.map((section) => sectionHtml(section, { environments, marks, isOnly: sections.length === 1 }))}</table></div></section>`;
}

/** @param isOnly there is no other section */
function sectionHtml(
  { waves, label, rows, unchanged }: FleetSection,
  {
    environments,
    marks,
    isOnly,
  }: { readonly environments: readonly string[]; readonly marks: Marks; readonly isOnly: boolean },
): Html {
  const all = rows.length + unchanged.length;
  const many = count(all, 'tenant');
  const title =
    waves.length > 0
      ? html`${waves.length === 1 ? 'wave' : 'waves'} <b>${waves.join(', ')}</b> · ${many}`
      : label === undefined
        ? html`${many}${isOnly ? '' : ' in no wave'}`
        : label.value === undefined
          ? html`${many} without the label ${label.name}`
          : html`${label.name} <b>${label.value}</b> · ${many}`;
  const width = environments.length + 1;
  return html`<tbody><tr class="wave"><th scope="rowgroup" colspan="${width}">${title}</tr>
${rows.map((row) => rowHtml(row, marks))}${unchanged.length === 0 ? '' : html`<tr class="same"><td colspan="${width}">${unchangedHtml(unchanged)}</tr>`}</tbody>
`;
}

function rowHtml({ tenant, cells }: FleetRow, marks: Marks): Html {
  return html`<tr id="${tenantFragment(tenant)}"><th scope="row">${tenant}${cells.map((cell) => html`<td>${cellHtml(cell, marks)}`)}</tr>
`;
}

/** A mark for each address in a change group; one for all others of a kind. */
function cellHtml(cell: readonly FleetMark[], marks: Marks): Html {
  const [inGroups, others] = partition(cell, ({ group }) => group !== undefined && marks.has(group));
  const kinds = groupsBy(others, ({ kind, outcome }) => `${kind} ${outcome}`);
  const more = inGroups.length - mostMarks;
  return html`${inGroups.slice(0, mostMarks).map((mark) => groupMarkHtml(mark, marks))}${more > 0 ? html`<small>+${number(more)}</small>` : ''}${kinds.map(kindMarkHtml)}`;
}

function unchangedHtml(tenants: readonly string[]): Html {
  const names = tenants.map((tenant) => html`<span id="${tenantFragment(tenant)}">${tenant}</span> `);
  return folded(`${count(tenants.length, 'tenant')} without a change`, html`<p class="names">${names}</p>`);
}

/** The signs that the table has. */
function legend({ sections }: Fleet): readonly Html[] {
  const used = sections.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.flat()));
  const kinds = [...new Set(used.map(({ kind }) => kind))].filter((kind) => kind !== 'changed');
  const outcomes = runOutcomes.filter(
    (outcome) => outcomeSigns[outcome] !== '' && used.some((mark) => mark.outcome === outcome),
  );
  return [
    ...kinds.map(
      (kind) =>
        html`<span><b class="m ${kind}" data-kind="${kind}">${kindWords[kind].sign}</b> ${kindWords[kind].words}</span> `,
    ),
    ...outcomes.map((outcome) => html`<span><b>${outcomeSigns[outcome]}</b> ${outcome}</span> `),
  ];
}
