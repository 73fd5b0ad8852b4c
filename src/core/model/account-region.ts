// Where an address is deployed: an account and a Region.

/** `444455556666/eu-west-1`; the account is `unknown` until STS has reported it. */
export type AccountRegionId = `${string}/${string}`;

/** Selects accounts and Regions by their ids. */
export const accountRegionFlag = '--account-region';

export interface AccountRegion {
  readonly id: AccountRegionId;
  /** Undefined where STS has not reported it. */
  readonly account: string | undefined;
  readonly region: string;
  /** The role that the run assumes there; undefined: the run uses its own credentials. */
  readonly roleArn: string | undefined;
}

/** How to reach an account and Region. STS reports the account afterwards. */
export interface Destination {
  /** Undefined where flags, environment variables and settings name none. */
  readonly region: string | undefined;
  /** The role to assume; undefined: the run uses its own credentials. */
  readonly roleArn: string | undefined;
}

export function accountRegionId(of: {
  readonly account: string | undefined;
  readonly region: string;
}): AccountRegionId {
  return `${of.account ?? 'unknown'}/${of.region}`;
}

/** For runs that do not contact AWS. */
export const unknownAccountRegion: AccountRegion = {
  id: 'unknown/unknown',
  account: undefined,
  region: 'unknown',
  roleArn: undefined,
};

/** The account that is set, or else the account of the role; undefined where neither is set. */
export function accountOf({
  account,
  roleArn,
}: {
  readonly account?: string | undefined;
  readonly roleArn?: string | undefined;
}): string | undefined {
  return account ?? /^arn:[a-z-]+:iam::([0-9]{12}):/.exec(roleArn ?? '')?.[1];
}
