// How many resources of a type an account may have in a Region.

/** AWS's default quotas. */
export const awsQuotas = {
  applications: 100,
  environments: 20,
  profiles: 100,
  strategies: 20,
  /** AWS publishes no number for extensions. */
  extensions: 100,
  /** The size of a hosted configuration version's content, in KB. */
  content: 2048,
};

/** A limit for each type. */
export type Quotas = Readonly<typeof awsQuotas>;

/** Quotas that differ from AWS's defaults. */
export type OtherQuotas = { readonly [Name in keyof Quotas]?: number | undefined };

/** AWS's default quotas with some replaced. */
export function quotasWith(others: OtherQuotas = {}): Quotas {
  const given = Object.entries(others).filter(([, quota]) => quota !== undefined);
  return { ...awsQuotas, ...Object.fromEntries(given) };
}
