// `status -o html`: environments by state, then what is not synced, by its cause.
import { html } from 'hono/html';
import type { AddressState, AddressStatus } from '../../core/assess/address-status.ts';
import type { Report } from '../../core/events/report.ts';
import { driftText } from '../../core/live/drifted-deployment.ts';
import { formatAddress } from '../../core/model/address.ts';
import { groupsBy } from '../../core/model/groups-by.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { number } from '../../core/problem/quantity.ts';
import { commitText } from '../results/history.ts';
import { areInSeveral } from '../style/address-text.ts';
import { utcTime } from '../style/quantities.ts';
import { extentText, summaryText } from '../text/status.ts';
import { occurringStates, type StatusCause, statusCauses, statusTotals } from '../view/status-view.ts';
import { folded, type Html, hintHtml, tenantFragment } from './html-parts.ts';

/** Rows of one cause; the JSON document has all. */
const mostRows = 2_000;

export function statusContent(
  { addresses, environments }: Pick<Report, 'addresses' | 'environments'>,
  spell: SpellCommand,
): { readonly head: Html; readonly body: Html } {
  const inState = (state: AddressState) => addresses.filter((each) => each.state === state);
  const [synced, deploying] = [inState('synced'), inState('deploying').length];
  const others = addresses.length - synced.length - deploying;
  const causes = statusCauses(addresses);
  const states = occurringStates(addresses).filter((state) => state !== 'synced');
  const rowOptions = { showsTargets: areInSeveral(addresses) };
  const sections = states.map((state) => {
    const parts = causes.filter((cause) => cause.state === state).map((cause) => causePart(cause, spell, rowOptions));
    return section(state, inState(state).length, parts);
  });
  return {
    head: html`<h1>${summaryText(addresses)}</h1>
<dl class="numbers"><div class="good"><dd>${number(synced.length)}</dd><dt>synced</dt></div><div><dd>${number(deploying)}</dd><dt>deploying</dt></div><div class="${others > 0 ? 'bad' : ''}"><dd>${number(others)}</dd><dt>not synced</dt></div></dl>`,
    body: html`${board(addresses, environments)}${sections}${synced.length === 0 ? '' : section('synced', synced.length, rowsOf('synced', synced, { ...rowOptions, reasons: false }))}`,
  };
}

function section(state: AddressState, addresses: number, content: unknown): Html {
  return html`<section class="panel" id="${state}">${folded(html`<h2><span class="state ${state}">${state}</span> ${number(addresses)}</h2>`, content, { open: state !== 'synced' })}</section>
`;
}

/** Environment × state. */
function board(addresses: readonly AddressStatus[], environments: readonly string[]): Html {
  const states = occurringStates(addresses);
  const totals = groupsBy(statusTotals(addresses, environments), ({ environment }) => environment);
  const rows = totals.map((own) => {
    const cells = states.map((state) => {
      const some = own.find((total) => total.state === state)?.addresses;
      return html`<td class="${some === undefined ? 'none' : `state ${state}`}">${some === undefined ? '·' : number(some)}`;
    });
    const all = own.reduce((sum, total) => sum + total.addresses, 0);
    return html`<tr><th scope="row">${own[0].environment}${cells}<td>${number(all)}</tr>`;
  });
  return html`<section id="board"><h2>Environments</h2><div class="wide"><table class="board"><thead><tr><th scope="col">environment${states.map((state) => html`<th scope="col">${state}`)}<th scope="col">all</tr></thead><tbody>${rows}</tbody></table></div></section>
`;
}

/** One cause: its reason, what to do, and its addresses. */
function causePart(
  cause: StatusCause,
  spell: SpellCommand,
  { showsTargets }: { readonly showsTargets: boolean },
): Html {
  const { state, addresses, reason, hint, hasOwnReasons } = cause;
  return html`<p>${reason}${extentText(cause)}</p>
${hint === undefined ? '' : hintHtml(hint, spell)}${rowsOf(state, addresses, { showsTargets, reasons: hasOwnReasons })}`;
}

interface RowOptions {
  readonly showsTargets: boolean;
  /** The addresses have reasons of their own. */
  readonly reasons: boolean;
}

/** Profiles of an environment that show the same are one row. */
function rowsOf(state: AddressState, addresses: readonly AddressStatus[], options: RowOptions): Html {
  const same = groupsBy(addresses, (status) => JSON.stringify(lookOf(status, options)));
  const rows = same.slice(0, mostRows).map((some) => {
    const [status] = some;
    const { tenant, environment } = status.address;
    const { target, version, since, commit, about } = lookOf(status, options);
    const profiles = some.map(({ address }) => address.configurationProfile).join(', ');
    return html`<tr data-t="${tenant}"><th scope="row"><a href="#${tenantFragment(tenant)}">${formatAddress({ tenant, environment })}</a> <small>${profiles}</small>${options.showsTargets ? html`<br><small>${target}</small>` : ''}<td>${version}<td>${since}<td>${commit}<td>${about}</tr>
`;
  });
  return html`<div class="wide" tabindex="0" role="region" aria-label="${state}"><table class="off"><thead><tr><th scope="col">address<th scope="col">live<th scope="col">since<th scope="col">commit<th scope="col">more</tr></thead><tbody>${rows}</tbody></table></div>${same.length > mostRows ? html`<p class="note">${number(same.length - mostRows)} more rows</p>` : ''}`;
}

/** What a row shows. */
function lookOf(status: AddressStatus, { reasons }: RowOptions) {
  const { address, accountRegion, versionNumber, since, drift, experiment, problem } = status;
  const about = [
    // The problem of an address that has drifted names its deployment.
    ...(drift === undefined || problem !== undefined ? [] : [driftText(drift)]),
    ...(experiment === true ? ['in an experiment'] : []),
    ...(reasons && problem !== undefined ? [problem.message] : []),
  ].join('; ');
  return {
    of: [address.tenant, address.environment],
    target: accountRegion,
    version: versionNumber === undefined ? '' : `version ${versionNumber}`,
    since: since === undefined ? '' : utcTime(since),
    commit: status.commit === undefined ? '' : commitText(status),
    about,
  };
}
