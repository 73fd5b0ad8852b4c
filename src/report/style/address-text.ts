// How an address is written. The only place in this folder that knows what form it has in a plan, an event or a status.
import { visible } from './escape.ts';

export function addressText({ address }: { readonly address: string }): string {
  return visible(address);
}

/** ` in 444455556666/eu-west-1`; empty where a run is in one account and Region. */
export function accountRegionText({ accountRegion }: { readonly accountRegion?: string | undefined }): string {
  return accountRegion === undefined ? '' : ` in ${accountRegion}`;
}

/** The address with its account and Region. */
export function locatedText(located: { readonly address: string; readonly accountRegion?: string }): string {
  return addressText(located) + accountRegionText(located);
}
