// Where an address is deployed: an account and a Region.

/** `444455556666/eu-west-1`; the account is `unknown` until STS has reported it. */
export type AccountRegionId = `${string}/${string}`;

export interface AccountRegion {
  readonly id: AccountRegionId;
  /** Undefined where it could not be reached. */
  readonly account: string | undefined;
  readonly region: string;
  /** The role that was assumed for it; undefined: the run's own credentials. */
  readonly roleArn: string | undefined;
}

/** How to reach an account and Region. STS reports the account itself. */
export interface Destination {
  /** Undefined: neither flags, environment nor settings name one. */
  readonly region: string | undefined;
  /** To assume; undefined: the run's own credentials. */
  readonly roleArn: string | undefined;
}

export function accountRegionId(of: {
  readonly account: string | undefined;
  readonly region: string;
}): AccountRegionId {
  return `${of.account ?? 'unknown'}/${of.region}`;
}

/** Where AppConfig is not contacted. */
export const unknownAccountRegion: AccountRegion = {
  id: 'unknown/unknown',
  account: undefined,
  region: 'unknown',
  roleArn: undefined,
};
