// How addresses, accounts and Regions are written.

import { formatAddress, type Subject } from '../../core/model/address.ts';
import type { Located } from '../view/plan-view.ts';
import { visible } from './escape.ts';

export function addressText(subject: Subject): string {
  return visible(formatAddress(subject));
}

/** ` in 444455556666/eu-west-1`; empty where a run is in one account and Region. */
export function accountRegionText({ accountRegion }: Pick<Located, 'accountRegion'>): string {
  return accountRegion === undefined ? '' : ` in ${accountRegion}`;
}

/** Whether they are in several accounts and Regions, which are named then. */
export function areInSeveral(items: readonly { readonly accountRegion: string }[]): boolean {
  return items.some(({ accountRegion }) => accountRegion !== items[0]?.accountRegion);
}

/** The address with its account and Region. */
export function locatedText(located: Located): string {
  return addressText(located.subject) + accountRegionText(located);
}
