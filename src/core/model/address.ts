// Addresses. Only this file knows how one is written as text.

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
