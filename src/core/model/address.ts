// Addresses. Only this file knows how one is written.

/** One configuration: what one environment of one tenant receives for one configuration profile. */
export interface Address {
  readonly tenant: string;
  readonly environment: string;
  readonly configurationProfile: string;
}

/** What a step, a problem or an orphan concerns: an address, as much of one as applies, or a deployment strategy. */
export interface Subject extends Partial<Address> {
  readonly deploymentStrategy?: string;
}

/** `tenant/environment/Profile`, or as much of it as there is. A profile without an environment has `*` in its place. */
export function formatAddress({ tenant, environment, configurationProfile, deploymentStrategy }: Subject): string {
  const any = configurationProfile === undefined ? undefined : '*';
  return [tenant, environment ?? any, configurationProfile, deploymentStrategy]
    .filter((part) => part !== undefined)
    .join('/');
}

/** @returns undefined for a text that is not `tenant/environment/Profile`; a profile's name may contain slashes. */
export function parseAddress(text: string): Address | undefined {
  const [tenant, environment, ...profile] = text.split('/');
  const configurationProfile = profile.join('/');
  return tenant && environment && configurationProfile ? { tenant, environment, configurationProfile } : undefined;
}
