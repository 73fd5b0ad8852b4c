// Addresses. Only this file knows how one is written as text.
import { globOfName, isLiteralName, matchesAny, nameOfGlob } from './globs.ts';

/** One configuration: what one environment of one tenant receives for one configuration profile. */
export interface Address {
  readonly tenant: string;
  readonly environment: string;
  readonly configurationProfile: string;
}

/** What a step or a problem concerns: an address, a leading part of one, or a deployment strategy. */
export interface Subject extends Partial<Address> {
  readonly deploymentStrategy?: string;
}

/** The address that a subject is; undefined of a part of one. */
export function wholeAddress({ tenant, environment, configurationProfile }: Subject): Address | undefined {
  if (tenant === undefined || environment === undefined || configurationProfile === undefined) return undefined;
  return { tenant, environment, configurationProfile };
}

/** `tenant/environment/Profile`, or the parts that are set. A profile without an environment gets `*` for it. */
export function formatAddress({ tenant, environment, configurationProfile, deploymentStrategy }: Subject): string {
  const any = configurationProfile === undefined ? undefined : '*';
  return [tenant, environment ?? any, configurationProfile, deploymentStrategy]
    .filter((part) => part !== undefined)
    .join('/');
}

/** @returns undefined where `text` is not `tenant/environment/Profile`. The name of a profile may contain slashes. */
export function parseAddress(text: string): Address | undefined {
  const [tenant, environment, ...profile] = text.split('/');
  const configurationProfile = profile.join('/');
  return tenant && environment && configurationProfile ? { tenant, environment, configurationProfile } : undefined;
}

/** The glob that matches one address only, or all that have the parts that are set. */
export function globOfAddress({ tenant, environment, configurationProfile }: Subject): string {
  return [tenant, environment, configurationProfile]
    .map((part) => (part === undefined ? '*' : globOfName(part)))
    .join('/');
}

/** Addresses as a user names them: each part may be a glob. With `**` or braces one part can match several. */
export interface AddressGlob extends Address {
  readonly text: string;
  /** Whether it names one address. */
  readonly isLiteral: boolean;
  /** Whether one part can match several parts of an address: then the others may be empty. */
  readonly spansParts: boolean;
}

/** @returns undefined where `text` is neither `tenant/environment/Profile` nor has a `**` */
export function parseAddressGlob(text: string): AddressGlob | undefined {
  const [tenant = '', environment = '', ...profile] = text.split('/');
  const configurationProfile = profile.join('/');
  const isWhole = tenant !== '' && environment !== '' && configurationProfile !== '';
  if (!isWhole && !text.includes('**')) return undefined;
  if (isLiteralName(text)) {
    const names = { tenant: nameOfGlob(tenant), environment: nameOfGlob(environment) };
    return {
      text,
      ...names,
      configurationProfile: nameOfGlob(configurationProfile),
      isLiteral: true,
      spansParts: false,
    };
  }
  const spansParts = /\*\*|[{(]/.test(text);
  return { text, tenant, environment, configurationProfile, isLiteral: false, spansParts };
}

/** Whether at least one of them matches an address; every address where there are none. */
export function isNamed(address: Address, globs: readonly AddressGlob[]): boolean {
  return (
    globs.length === 0 ||
    matchesAny(
      formatAddress(address),
      globs.map(({ text }) => text),
    )
  );
}
