// What AppConfig should hold, according to the tree.
import { sortBy } from 'es-toolkit/array/sortBy';
import { type Address, formatAddress, type Subject } from './address.ts';
import type { Content } from './content.ts';
import type { ProfileType } from './resource.ts';
import type { Value } from './value.ts';

/** The application of one tenant. */
export interface DesiredApplication {
  readonly tenant: string;
  /** Name of the application in AppConfig: `applicationName` of the settings with the tenant filled in. */
  readonly name: string;
  readonly environments: readonly DesiredEnvironment[];
}

export interface DesiredEnvironment {
  readonly name: string;
  readonly configurations: readonly DesiredConfiguration[];
  /** A configuration has an error, and is left out. */
  readonly isIncomplete?: true;
}

export interface DesiredConfiguration {
  readonly address: Address;
  readonly profileType: ProfileType;
  readonly content: Content;
  /** What the content was rendered from: comparisons never parse the content. */
  readonly value: Value;
  /** The value before its variables were replaced, where it has some. */
  readonly asWritten?: Value;
  /** A string looks like a secret, if its key is one of a secret. */
  readonly mayHaveSecrets?: true;
  /** The files it was merged from, least specific first; paths relative to the tree, with `/`. */
  readonly sources: readonly string[];
  /** JSON Schema that the profile has as a validator, where the settings install it. */
  readonly validatorSchema?: string;
}

/** All addresses, in the order of the tree. */
export function desiredAddresses(desired: readonly DesiredApplication[]): readonly Address[] {
  return desired.flatMap(({ environments }) =>
    environments.flatMap(({ configurations }) => configurations.map(({ address }) => address)),
  );
}

/** The same as text. */
export function formattedAddresses(desired: readonly DesiredApplication[]): readonly string[] {
  return desiredAddresses(desired).map(formatAddress);
}

/** In the order of the tree; what the tree does not have comes last. */
export function inTreeOrder<Of extends { readonly address: Subject }>(
  items: readonly Of[],
  desired: readonly DesiredApplication[],
): readonly Of[] {
  const order = new Map(formattedAddresses(desired).map((address, index) => [address, index]));
  return sortBy(items, [({ address }) => order.get(formatAddress(address)) ?? order.size]);
}
