// The address in a command that a hint shows as an example.
import type { Address } from '../model/address.ts';

/** In capitals, because they are to be replaced. */
const placeholders: Address = { tenant: 'TENANT', environment: 'ENVIRONMENT', configurationProfile: 'PROFILE' };

/** @param known an address that exists; undefined where none is known: then words that stand for names */
export function exampleAddress(known?: Address): Address {
  return known ?? placeholders;
}
