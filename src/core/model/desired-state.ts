// The nouns that everything else speaks of; the tree is in tree.ts, what AppConfig has in live.ts. All of it is plain data.
import { type Address, formatAddress } from './address.ts';
import type { Content } from './content.ts';
import type { ProfileType } from './resource.ts';

/** What the tree wants of one tenant: one AppConfig application. */
export interface DesiredApplication {
  readonly tenant: string;
  /** The application's name in AppConfig: `applicationName` of the settings with the tenant filled in. */
  readonly name: string;
  readonly environments: readonly DesiredEnvironment[];
}

export interface DesiredEnvironment {
  readonly name: string;
  readonly configurations: readonly DesiredConfiguration[];
}

export interface DesiredConfiguration {
  readonly address: Address;
  readonly profileType: ProfileType;
  readonly content: Content;
  /** The files it was merged from, weakest first; paths relative to the tree, with `/`. */
  readonly sources: readonly string[];
}

/** Addresses as they are written, in the order of the tree. */
export function desiredAddresses(desired: readonly DesiredApplication[]): readonly Address[] {
  return desired.flatMap(({ environments }) =>
    environments.flatMap(({ configurations }) => configurations.map(({ address }) => address)),
  );
}

/** As they are written. */
export function formattedAddresses(desired: readonly DesiredApplication[]): readonly string[] {
  return desiredAddresses(desired).map(formatAddress);
}
