// Tenants and environments that come, go, or have another name.
import { html } from 'hono/html';
import { groupsBy } from '../../core/model/groups-by.ts';
import type { Review } from '../../core/review/review.ts';
import {
  besidesTemplate,
  leavesSomethingLive,
  type NameChange,
  nameChanges,
  nameChangeText,
} from '../view/review-view.ts';
import { changeRow, type Html, moreRows, mostRows } from './html-parts.ts';

export function tenantsPanel(review: Review): Html | '' {
  const changes = nameChanges(review);
  if (changes.length === 0) return '';
  return html`<section class="panel" id="tenants"><h2>Tenants and environments added, removed or renamed</h2>
<div class="wide"><table class="settings going">${changes.slice(0, mostRows).map((change) => rowHtml(change, review))}</table></div>${moreRows(changes.length)}
${leavesSomethingLive(changes) ? html`<p class="note">What is removed or renamed stays live until <kbd>appcfg cleanup</kbd> deletes it.</p>` : ''}</section>
`;
}

const signs = { removed: '−', renamed: '~', added: '+' } as const satisfies Record<NameChange['kind'], string>;

function rowHtml(change: NameChange, review: Review): Html {
  const { kind, tenant, name } = change;
  return html`<tr ${tenant === undefined ? '' : html`data-t="${tenant}"`}><td class="sign">${signs[kind]}<th scope="row">${name}<td>${nameChangeText(change)}${asTemplate(change, review)}</tr>
`;
}

/** The same in several environments is one row. */
function asTemplate(change: NameChange, review: Review): Html | '' {
  const changes = besidesTemplate(review, change).flatMap(({ configurationProfile, environment, changes: own }) =>
    own.map((each) => ({ configurationProfile, environment, change: each })),
  );
  if (changes.length === 0) return '';
  const same = groupsBy(changes, ({ configurationProfile, change: { op, path, before, after } }) =>
    JSON.stringify([configurationProfile, op, path, before, after]),
  );
  const rows = same.slice(0, mostRows).map((some) => {
    const where = some.map(({ environment }) => environment).join(', ');
    return changeRow(some[0].change, `${some[0].configurationProfile} (${where})`);
  });
  return html`<p class="note">as the template, but:</p><table class="changes"><tbody>${rows}</tbody></table>`;
}
