// Tenants and environments that come, go, or have another name.
import { html } from 'hono/html';
import { groupsBy } from '../../core/model/groups-by.ts';
import { count } from '../../core/problem/quantity.ts';
import type { Review } from '../../core/review/review.ts';
import { newAddressesOf } from '../view/review-view.ts';
import { changeRow, type Html, moreRows, mostRows } from './html-parts.ts';

export function tenantsPanel(review: Review): Html | '' {
  const { tenants, environments } = review;
  const nameOf = (tenant: string | undefined, environment: string) =>
    tenant === undefined ? `${environment} of all tenants` : `${tenant}/${environment}`;
  const size = (each: { readonly configurations: number; readonly environments?: readonly string[] }) =>
    `${each.environments === undefined ? '' : `${count(each.environments.length, 'environment')}, `}${count(each.configurations, 'configuration')}`;
  const asTemplate = (at: { readonly tenant: string | undefined; readonly environment?: string }) => {
    const changes = newAddressesOf(review, at).flatMap(({ configurationProfile, environment, changes: own }) =>
      own.map((change) => ({ configurationProfile, environment, change })),
    );
    if (changes.length === 0) return '';
    // The same in several environments is one row.
    const same = groupsBy(changes, ({ configurationProfile, change: { op, path, before, after } }) =>
      JSON.stringify([configurationProfile, op, path, before, after]),
    );
    const rows = same.map((some) => {
      const [first] = some;
      const where = some.map(({ environment }) => environment).join(', ');
      return changeRow(first.change, `${first.configurationProfile} (${where})`);
    });
    return html`<p class="note">as the template, but:</p><table class="changes"><tbody>${rows.slice(0, mostRows)}</tbody></table>`;
  };
  const row = (
    tenant: string | undefined,
    [sign, name, words]: readonly [string, string, string],
    content: Html | '' = '',
  ) =>
    html`<tr ${tenant === undefined ? '' : html`data-t="${tenant}"`}><td class="sign">${sign}<th scope="row">${name}<td>${words}${content}</tr>
`;
  const rows = [
    ...tenants.removed.map((each) => row(each.tenant, ['−', each.tenant, `removed: ${size(each)}`])),
    ...tenants.renamed.map((each) =>
      row(each.tenant, ['~', `${each.from} → ${each.tenant}`, 'probably renamed: a new application']),
    ),
    ...tenants.added.map((each) =>
      row(each.tenant, ['+', each.tenant, `added: ${size(each)}`], asTemplate({ tenant: each.tenant })),
    ),
    ...environments.removed.map((each) =>
      row(each.tenant, ['−', nameOf(each.tenant, each.environment), `environment removed: ${size(each)}`]),
    ),
    ...environments.renamed.map((each) =>
      row(each.tenant, [
        '~',
        `${nameOf(each.tenant, each.from ?? '')} → ${each.environment}`,
        'environment probably renamed',
      ]),
    ),
    ...environments.added.map((each) =>
      row(
        each.tenant,
        ['+', nameOf(each.tenant, each.environment), `environment added: ${size(each)}`],
        asTemplate(each),
      ),
    ),
  ];
  if (rows.length === 0) return '';
  const leaves =
    tenants.removed.length + tenants.renamed.length + environments.removed.length + environments.renamed.length;
  return html`<section class="panel" id="tenants"><h2>Tenants and environments that come and go</h2>
<div class="wide"><table class="settings going">${rows.slice(0, mostRows)}</table></div>${moreRows(rows.length)}
${leaves === 0 ? '' : html`<p class="note">What is removed or renamed stays live until <kbd>appcfg cleanup</kbd> deletes it.</p>`}</section>
`;
}
