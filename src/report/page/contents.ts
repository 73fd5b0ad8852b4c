// The content of one address before and after, side by side, with the file and line that set each value.
import { html } from 'hono/html';
import type { Change } from '../../core/document/diff-values.ts';
import { ancestors } from '../../core/document/json-pointer.ts';
import { count } from '../../core/problem/quantity.ts';
import type { ExplainedValue } from '../../core/render/explain.ts';
import { type Html, sourceHtml, valueHtml } from './html-parts.ts';

interface Row {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly source: ExplainedValue['source'];
  readonly op: Change['op'] | 'same';
}

/** Values in the page: what changes, and those around it. */
const mostRows = 200;
const around = 8;

/** @param values of the new content, in its order */
export function contentsHtml(values: readonly ExplainedValue[], changes: readonly Change[]): Html {
  const rows = rowsOf(values, changes);
  const near = rows.map((_, index) =>
    rows.length <= mostRows ? true : rows.slice(Math.max(0, index - around), index + around + 1).some(isChange),
  );
  const shown = rows.filter((_, index) => near[index]).slice(0, mostRows);
  const hidden = rows.length - shown.length;
  const hiddenChanges = rows.filter(isChange).length - shown.filter(isChange).length;
  return html`<div class="wide" tabindex="0" role="region" aria-label="Content before and after"><table class="sides"><thead><tr><th scope="col">value<th scope="col">before<th scope="col">after<th scope="col">set by</tr></thead><tbody>
${shown.map(
  ({ path, before, after, source, op }) =>
    html`<tr class="${op}"><td class="path">${path === '' ? '(the whole content)' : path}<td>${before === undefined ? '' : valueHtml(before)}<td>${after === undefined ? '' : valueHtml(after)}<td class="at">${sourceHtml(source)}</tr>
`,
)}</tbody></table></div>${hidden > 0 ? html`<p class="note">${hiddenText(hidden, hiddenChanges)}</p>` : ''}`;
}

function isChange({ op }: Row): boolean {
  return op !== 'same';
}

function hiddenText(hidden: number, changes: number): string {
  const same = count(hidden - changes, 'value that stays the same is', 'values that stay the same are');
  return changes === 0
    ? `${same} not shown.`
    : `${count(changes, 'change')} and ${count(hidden - changes, 'other value')} are not shown.`;
}

/** Each value with what it was; what is removed comes after the value that is next to it. */
function rowsOf(values: readonly ExplainedValue[], changes: readonly Change[]): readonly Row[] {
  const left = new Map(changes.map((change) => [`${change.op} ${change.path}`, change]));
  const take = (path: string) => {
    const found = left.get(`replace ${path}`) ?? left.get(`add ${path}`);
    if (found !== undefined) left.delete(`${found.op} ${path}`);
    return found;
  };
  const changed = new Set(changes.map(({ path }) => path));
  const aboveChanged = new Set(changes.flatMap(({ path }) => ancestors(path)));
  const rows: Row[] = [];
  for (const { path, value, source } of values) {
    if (value === undefined) continue;
    const change = take(path);
    const isInside = aboveChanged.has(path) || ancestors(path).some((above) => changed.has(above));
    if (change !== undefined) rows.push({ path, before: change.before, after: change.after, source, op: change.op });
    // Of what changes as a whole, or in parts, the change has the values.
    else if (!isInside) rows.push({ path, before: value, after: value, source, op: 'same' });
  }
  for (const { path, before, after, source, op } of left.values()) {
    rows.splice(indexFor(path, rows), 0, { path, before, after, source, op });
  }
  return rows;
}

/** After the last row that has the longest beginning in common. */
function indexFor(path: string, rows: readonly Row[]): number {
  let best = { length: -1, index: rows.length };
  for (const [index, row] of rows.entries()) {
    const length = commonSteps(path, row.path);
    if (length >= best.length) best = { length, index: index + 1 };
  }
  return best.index;
}

function commonSteps(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  let steps = 0;
  while (steps < left.length && left[steps] === right[steps]) steps += 1;
  return steps;
}
