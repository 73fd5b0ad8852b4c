// Tenants and addresses as a note names them.
import { formatAddress, type Subject } from '../../core/model/address.ts';
import { groupMap, groupsBy } from '../../core/model/groups-by.ts';
import { formatSource, type SourcePosition } from '../../core/model/source-position.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { code, folded, linked } from '../style/markdown.ts';
import { type NoteOptions, pageUrl } from './note-options.ts';

/** A name of AWS has at most 128 characters. */
export const longestName = 130;

/** An address has three names of at most 128 characters. */
const longestAddress = 300;

export function tenantName(tenant: string, { htmlUrl }: NoteOptions): string {
  return linked(code(tenant, longestAddress), pageUrl(htmlUrl, 't', tenant));
}

export function addressName(address: Subject, { htmlUrl }: NoteOptions): string {
  const { tenant } = address;
  const url = tenant === undefined ? undefined : pageUrl(htmlUrl, 't', tenant);
  return linked(code(formatAddress(address), longestAddress), url);
}

/** `a, b, c and 12 more`. */
export function namesText(names: readonly string[], most: number): string {
  const hidden = names.length - most;
  if (hidden <= 0) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${number(hidden)} more`;
}

export function sourceName(source: SourcePosition | undefined, { bounds }: NoteOptions): string {
  return source === undefined ? '' : ` — ${code(formatSource(source), bounds.value)}`;
}

/** Items, of which the first stand open and the rest is folded. */
export function itemList<T>(items: readonly T[], options: NoteOptions, itemOf: (item: T) => string): string {
  const { bounds } = options;
  const open = items.slice(0, bounds.rows).map(itemOf);
  const rest = items.slice(open.length, open.length + bounds.foldedRows).map(itemOf);
  const hidden = items.length - open.length - rest.length;
  const more = hidden === 0 ? [] : [`- … and ${number(hidden)} more`];
  if (rest.length === 0) return [...open, ...more].join('\n');
  const summary = `${number(rest.length + (hidden === 0 ? 0 : hidden))} more`;
  return [...open, '', folded(summary, [...rest, ...more].join('\n'))].join('\n');
}

/** Addresses by their environments: a line for all tenants that have the same ones. */
export function whoLines(addresses: readonly Subject[], options: NoteOptions): readonly string[] {
  const byTenant = groupsBy(addresses, ({ tenant }) => tenant);
  const sameEnvironments = groupMap(byTenant, (own) => environmentNames(own, options));
  return [...sameEnvironments]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([where, tenants]) => {
      const names = tenants.map(([first]) => code(first.tenant ?? '', longestAddress));
      return `${count(tenants.length, 'tenant')} in ${where}: ${namesText(names, options.bounds.names)}`;
    });
}

/** `acme` in its environments, for addresses that are of few tenants. */
export function whereText(addresses: readonly Subject[], options: NoteOptions): string {
  const byTenant = groupsBy(addresses, ({ tenant }) => tenant);
  const texts = byTenant.map(
    (own) => `${tenantName(own[0].tenant ?? '', options)} in ${environmentNames(own, options)}`,
  );
  return namesText(texts, options.bounds.names);
}

/** `dev, prod`, in the order of reports. */
export function environmentNames(addresses: readonly Subject[], { environments }: NoteOptions): string {
  const names = [...new Set(addresses.map(({ environment = '' }) => environment))];
  const order = (name: string) => (environments.includes(name) ? environments.indexOf(name) : environments.length);
  return names
    .sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1))
    .map((name) => code(name, longestAddress))
    .join(', ');
}
