// `status -o html`: environments by state, then what is off.
import { groupBy } from 'es-toolkit/array/groupBy';
import { html } from 'hono/html';
import { type AddressState, type AddressStatus, addressStates as states } from '../../core/assess/address-status.ts';
import type { Report } from '../../core/events/report.ts';
import { driftText } from '../../core/live/drifted-deployment.ts';
import { formatAddress } from '../../core/model/address.ts';
import { areInSeveral } from '../style/address-text.ts';
import { count, number, utcTime } from '../style/quantities.ts';
import { commitText } from '../text/history.ts';
import { folded, type Html, tenantFragment } from './html-parts.ts';

/** Rows of one state that is off; the JSON document has all. */
const mostRows = 2_000;

export function statusContent({ addresses, environments }: Pick<Report, 'addresses' | 'environments'>): {
  readonly head: Html;
  readonly body: Html;
} {
  const off = addresses.filter(({ state }) => state !== 'synced');
  const deploying = off.filter(({ state }) => state === 'deploying').length;
  const synced = addresses.length - off.length;
  const title =
    off.length === 0
      ? `All ${count(addresses.length, 'address is', 'addresses are')} synced`
      : `${number(off.length)} of ${count(addresses.length, 'address', 'addresses')} ${off.length === 1 ? 'is' : 'are'} not synced`;
  return {
    head: html`<h1>${title}</h1>
<dl class="numbers"><div class="good"><dd>${number(synced)}</dd><dt>synced</dt></div><div><dd>${number(deploying)}</dd><dt>deploying</dt></div><div class="${off.length > deploying ? 'bad' : ''}"><dd>${number(off.length - deploying)}</dd><dt>off</dt></div></dl>`,
    body: html`${board(addresses, environments)}${states.map((state) => stateSection(state, addresses, areInSeveral(addresses)))}`,
  };
}

/** Environments by state. */
function board(addresses: readonly AddressStatus[], environments: readonly string[]): Html | '' {
  if (addresses.length === 0) return '';
  const used = states.filter((state) => addresses.some((each) => each.state === state));
  const byEnvironment = groupBy(addresses, ({ address }) => `environment ${address.environment}`);
  const rows = environments.map((environment) => {
    const own = byEnvironment[`environment ${environment}`] ?? [];
    const cells = used.map((state) => {
      const some = own.filter((each) => each.state === state).length;
      return html`<td class="${some === 0 ? 'none' : `state ${state}`}">${some === 0 ? '·' : number(some)}`;
    });
    return html`<tr><th scope="row">${environment}${cells}<td>${number(own.length)}</tr>`;
  });
  return html`<section id="board"><h2>Environments</h2><div class="wide"><table class="board"><thead><tr><th scope="col">environment${used.map((state) => html`<th scope="col">${state}`)}<th scope="col">all</tr></thead><tbody>${rows}</tbody></table></div></section>
`;
}

function stateSection(state: AddressState, addresses: readonly AddressStatus[], showsTargets: boolean): Html | '' {
  const own = addresses.filter((each) => each.state === state);
  if (own.length === 0) return '';
  const same = Object.values(groupBy(own, (status) => JSON.stringify(lookOf(status))));
  const rows = same.slice(0, mostRows).map((some) => {
    const [status] = some;
    if (status === undefined) return '';
    const { tenant, environment } = status.address;
    const { target, version, since, commit, about } = lookOf(status);
    const profiles = some.map(({ address }) => address.configurationProfile).join(', ');
    return html`<tr data-t="${tenant}"><th scope="row"><a href="#${tenantFragment(tenant)}">${formatAddress({ tenant, environment })}</a> <small>${profiles}</small>${showsTargets ? html`<br><small>${target}</small>` : ''}<td>${version}<td>${since}<td>${commit}<td>${about}</tr>
`;
  });
  const table = html`<div class="wide" tabindex="0" role="region" aria-label="${state}"><table class="off"><thead><tr><th scope="col">address<th scope="col">live<th scope="col">since<th scope="col">commit<th scope="col">more</tr></thead><tbody>${rows}</tbody></table></div>${same.length > mostRows ? html`<p class="note">${number(same.length - mostRows)} more rows</p>` : ''}`;
  return html`<section class="panel" id="${state}">${folded(html`<h2><span class="state ${state}">${state}</span> ${number(own.length)}</h2>`, table, { open: state !== 'synced' })}</section>
`;
}

/** What a row shows; profiles of an environment with the same are one row. */
function lookOf(status: AddressStatus) {
  const { address, accountRegion, versionNumber, since } = status;
  return {
    of: [address.tenant, address.environment],
    target: accountRegion,
    version: versionNumber === undefined ? '' : `version ${versionNumber}`,
    since: since === undefined ? '' : utcTime(since),
    commit: status.commit === undefined ? '' : commitText(status),
    about: aboutText(status),
  };
}

function aboutText({ drift, experiment, problem }: AddressStatus): string {
  return [
    // The problem of an address that has drifted names its deployment.
    ...(drift === undefined || problem !== undefined ? [] : [driftText(drift)]),
    ...(experiment === true ? ['in an experiment'] : []),
    ...(problem === undefined ? [] : [problem.message]),
  ].join('; ');
}
