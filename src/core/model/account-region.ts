export interface AccountRegion {
  /** `444455556666/eu-west-1`. */
  readonly id: string;
  /** Undefined where nobody got there. */
  readonly account: string | undefined;
  readonly region: string;
  /** The role that was assumed for it; undefined: the run's own credentials. */
  readonly roleArn: string | undefined;
}

/** How to get to an account and Region. The account itself is known when somebody asked there. */
export interface Destination {
  /** Undefined: nothing names one. */
  readonly region: string | undefined;
  /** To assume; undefined: the run's own credentials. */
  readonly roleArn: string | undefined;
}

/** `444455556666/eu-west-1`: what a place is called in plans and texts. */
export function accountRegionId(place: { readonly account: string | undefined; readonly region: string }): string {
  return `${place.account ?? 'unknown'}/${place.region}`;
}
