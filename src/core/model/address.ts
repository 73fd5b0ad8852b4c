/** One target: what one tenant's environment gets for one configuration profile. Written `tenant/environment/Profile`. */
export interface Address {
  readonly tenant: string;
  readonly environment: string;
  readonly configurationProfile: string;
}

/** `tenant/environment/Profile`, the form in which an address is written everywhere. */
export function formatAddress(address: Address): string {
  return `${address.tenant}/${address.environment}/${address.configurationProfile}`;
}
