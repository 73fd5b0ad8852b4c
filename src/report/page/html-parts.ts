// Small parts of the page. `html` escapes every value, so that text from configurations stays text.
import { html } from 'hono/html';
import type { Change } from '../../core/document/diff-values.ts';
import { flagState } from '../../core/flags/name-flag-change.ts';
import type { Address, Subject } from '../../core/model/address.ts';
import { formatAddress } from '../../core/model/address.ts';
import { formatSource, type SourcePosition } from '../../core/model/source-position.ts';
import { type Hint, quoteForShell, type SpellCommand } from '../../core/problem/hint.ts';
import { number } from '../../core/problem/quantity.ts';
import { pathText, sourceText } from '../style/changes.ts';

/** A piece of HTML. */
export type Html = ReturnType<typeof html>;

/** Characters of a value in a page: a list can have megabytes. */
const longestValue = 600;

/** A value that is JSON on one line. */
export function valueHtml(text: string | undefined): Html {
  if (text === undefined) return html`<i>none</i>`;
  const hidden = text.length - longestValue;
  const shown = hidden > 0 ? text.slice(0, longestValue) : text;
  return hidden > 0
    ? html`<code>${shown}…</code> <small>${number(hidden)} more characters</small>`
    : html`<code>${shown}</code>`;
}

export function sourceHtml(source: SourcePosition | undefined): Html | '' {
  return source === undefined ? '' : html`<span class="source">${formatSource(source)}</span>`;
}

/** `#t=acme`: fragments name tenants as URLs write them. */
export function tenantFragment(tenant: string): string {
  return `t=${encodeURIComponent(tenant.toWellFormed())}`;
}

export function groupFragment(id: string): string {
  return `g=${id}`;
}

/** An address, with a link to its tenant. */
export function addressHtml(address: Address | Subject): Html {
  const { tenant } = address;
  const name = formatAddress(address);
  return tenant === undefined ? html`${name}` : html`<a href="#${tenantFragment(tenant)}">${name}</a>`;
}

/** What to do, with the command to type. */
export function hintHtml({ text, command }: Hint, spell: SpellCommand): Html {
  return html`<p class="hint">${text}${command === undefined ? '' : html`: <kbd>${spell(command).map(quoteForShell).join(' ')}</kbd>`}</p>`;
}

const signs = { add: '+', remove: '−', replace: '~' } as const satisfies Record<Change['op'], string>;

/**
 * A row of a table: what changes, from what, to what, and where that is set.
 * @param of profile and environments, where the table does not name them
 */
export function changeRow(change: Change, of?: string): Html {
  const { op, path, before, after, flag } = change;
  const shown = (text: string | undefined) => valueHtml(text && flagState(change, text));
  const values =
    op === 'replace' && before !== undefined
      ? html`<del>${shown(before)}</del> <span class="to">→</span> <ins>${shown(after)}</ins>`
      : op === 'remove'
        ? html`<del>${shown(before)}</del>`
        : html`<ins>${shown(after)}</ins>`;
  return html`<tr class="${op}"><td class="sign">${signs[op]}<td class="path">${of === undefined ? '' : html`<small>${of}</small> `}${flag === undefined ? pathText(path) : html`${flag} <small>${pathText(path)}</small>`}<td class="value">${values}<td class="at"><span class="source">${sourceText(change)}</span></tr>`;
}

/** What is long, behind its summary. */
export function folded(summary: Html | string, content: unknown, { open = false } = {}): Html {
  return open
    ? html`<details open><summary>${summary}</summary>${content}</details>`
    : html`<details><summary>${summary}</summary>${content}</details>`;
}

/** Rows of a table; all are in the JSON document. */
export const mostRows = 60;

export function moreRows(all: number): Html | '' {
  return all <= mostRows ? '' : html`<p class="note">${number(all - mostRows)} more.</p>`;
}
