// Settings that change: what is loosened first, in red.
import { html } from 'hono/html';
import type { Plan } from '../../core/plan/plan.ts';
import type { SettingsChange } from '../../core/settings-changes/compare-settings.ts';
import { pathText } from '../style/changes.ts';
import { count } from '../style/quantities.ts';
import { type Html, sourceHtml, valueHtml } from './html-parts.ts';

export function settingsCards({ settingsChanges }: Plan): readonly Html[] {
  const loosened = settingsChanges.filter((change) => change.loosened);
  const others = settingsChanges.filter((change) => !change.loosened);
  return [
    ...(loosened.length === 0
      ? []
      : [
          html`<section class="panel bad" id="loosened"><h2>${count(loosened.length, 'setting is loosened', 'settings are loosened')}</h2>${settingsTable(loosened)}</section>
`,
        ]),
    ...(others.length === 0
      ? []
      : [
          html`<section class="panel" id="settings"><h2>${count(others.length, 'other setting changes', 'other settings change')}</h2>${settingsTable(others)}</section>
`,
        ]),
  ];
}

function settingsTable(changes: readonly SettingsChange[]): Html {
  const rows = changes.map(({ path, before, after, reason, addresses, source }) => {
    const about = [reason, addresses === undefined ? undefined : `of ${count(addresses, 'address', 'addresses')}`];
    return html`<tr><th scope="row" class="path">${pathText(path)}<td class="value"><del>${valueHtml(before)}</del> <span class="to">→</span> <ins>${valueHtml(after)}</ins>
<p class="note">${about.filter((part) => part !== undefined).join('; ')}</p><td class="at">${sourceHtml(source)}</tr>`;
  });
  return html`<div class="wide"><table class="settings"><tbody>${rows}</tbody></table></div>`;
}
