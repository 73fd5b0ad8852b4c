// Who is not reached by a change of the shared layers, and who ends up different from the rest.
import { html } from 'hono/html';
import { groupsBy } from '../../core/model/groups-by.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { count } from '../../core/problem/quantity.ts';
import type { Review } from '../../core/review/review.ts';
import type { SettingsChange } from '../../core/settings-changes/compare-settings.ts';
import { pathText } from '../style/changes.ts';
import {
  editsWithoutEffect,
  keepingAddresses,
  keptByTemplate,
  keptTitle,
  outlierTitle,
  settingsByEffect,
  shieldedTitle,
  shieldViews,
} from '../view/review-view.ts';
import {
  addressHtml,
  folded,
  type Html,
  moreRows,
  mostRows,
  sourceHtml,
  tenantFragment,
  valueHtml,
} from './html-parts.ts';

export function reviewPanels(review: Review): readonly Html[] {
  return [outliersPanel(review), shieldedPanel(review), keptPanel(review), idlePanel(review)].flat();
}

function outliersPanel(review: Review): readonly Html[] {
  const outliers = review.outliers;
  if (outliers.length === 0) return [];
  const rows = outliers.slice(0, mostRows).map(({ address, source, expected, changes }) => {
    const [first] = expected;
    const was = changes.find(({ path }) => path === first?.path)?.before;
    return html`<tr data-t="${address.tenant}"><th scope="row">${addressHtml(address)}<td class="path">${first === undefined ? '' : pathText(first.path)}<td class="value">${was === undefined ? '' : html`<del>${valueHtml(was)}</del> <span class="to">→</span> `}${was === undefined ? html`<small>keeps</small> ${valueHtml(first?.after)}` : html`<ins>${valueHtml(first?.after)}</ins>`} <small>not</small> ${valueHtml(first?.before)}${expected.length > 1 ? html` <small>and ${count(expected.length - 1, 'more value')}</small>` : ''}<td class="at">${sourceHtml(source)}</tr>
`;
  });
  return [
    html`<section class="panel warn" id="outliers"><h2>${outlierTitle(review)}</h2>
<div class="wide"><table class="settings"><tbody>${rows}</tbody></table></div>${moreRows(outliers.length)}</section>
`,
  ];
}

/** Addresses that are listed without a click. */
const mostOpen = 20;

function shieldedPanel(review: Review): readonly Html[] {
  const shields = shieldViews(review);
  const addresses = keepingAddresses(review).length;
  if (addresses === 0) return [];
  const parts = shields.map(({ file, paths, overrides }) => {
    const rows = overrides.slice(0, mostRows).map(({ source, values, addresses: own }) => {
      const kept = values.map(({ value }, index) => html`${index === 0 ? '' : ', '}${valueHtml(value)}`);
      const tenants = groupsBy(own, ({ tenant }) => tenant);
      return tenants.map(
        (some) =>
          html`<tr data-t="${some[0].tenant}"><th scope="row"><a href="#${tenantFragment(some[0].tenant)}">${some[0].tenant}</a><td>${some.map(({ environment }) => environment).join(', ')}<td class="value">${kept}<td class="at">${sourceHtml(source)}</tr>
`,
      );
    });
    const summary = html`${paths.map((path, index) => html`${index === 0 ? '' : ', '}<code>${pathText(path)}</code>`)} of <span class="source">${file}</span>`;
    return html`<h3>${summary}</h3><div class="wide"><table class="settings"><tbody>${rows}</tbody></table></div>${moreRows(overrides.length)}`;
  });
  return [
    html`<section class="panel" id="shielded">${folded(html`<h2>${shieldedTitle(review)}</h2>`, parts, { open: addresses <= mostOpen })}</section>
`,
  ];
}

/** Values of an edit that not every environment gets. */
function keptPanel(review: Review): readonly Html[] {
  const all = keptByTemplate(review);
  if (all.length === 0) return [];
  const rows = all.slice(0, mostRows).map(
    ({ environment, paths, values, source }) =>
      html`<tr><th scope="row">in ${environment}<td class="path">${paths.map(pathText).join(', ')}<td class="value">${values.map(({ value }, index) => html`${index === 0 ? '' : ', '}${valueHtml(value)}`)}<td class="at">${sourceHtml(source)}</tr>
`,
  );
  return [
    html`<section class="panel" id="kept"><h2>${keptTitle}</h2>
<div class="wide"><table class="settings"><tbody>${rows}</tbody></table></div>${moreRows(all.length)}</section>
`,
  ];
}

function idlePanel(review: Review): readonly Html[] {
  const idle = editsWithoutEffect(review);
  if (idle.length === 0) return [];
  const rows = idle.slice(0, mostRows).map(
    ({ source, paths, shielded }) =>
      html`<tr><th scope="row">${sourceHtml(source)}<td class="path">${paths.map(pathText).join(', ')}<td>${shielded === 0 ? 'changes nothing' : count(shielded, 'address overrides it', 'addresses override it')}</tr>
`,
  );
  return [
    html`<section class="panel warn" id="idle"><h2>${count(idle.length, 'edit reaches no address', 'edits reach no address')}</h2>
<div class="wide"><table class="settings"><tbody>${rows}</tbody></table></div>${moreRows(idle.length)}</section>
`,
  ];
}

/** Settings that change: what is loosened first, in red. */
export function settingsCards({ settingsChanges }: Plan): readonly Html[] {
  const { loosened, others } = settingsByEffect(settingsChanges);
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
    const about = [reason, addresses === undefined ? undefined : `affects ${count(addresses, 'address', 'addresses')}`];
    return html`<tr><th scope="row" class="path">${pathText(path)}<td class="value"><del>${valueHtml(before)}</del> <span class="to">→</span> <ins>${valueHtml(after)}</ins>
<p class="note">${about.filter((part) => part !== undefined).join('; ')}</p><td class="at">${sourceHtml(source)}</tr>`;
  });
  return html`<div class="wide"><table class="settings"><tbody>${rows}</tbody></table></div>`;
}
