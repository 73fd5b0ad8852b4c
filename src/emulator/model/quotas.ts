// How much of a kind there may be.

/** AWS's default quotas. */
export const awsQuotas = {
  applications: 100,
  environments: 20,
  profiles: 100,
  strategies: 20,
  /** AWS publishes no number of them. */
  extensions: 100,
  /** The size of a hosted version's content, in KB. */
  content: 2048,
};

/** How many of a kind there may be. */
export type Quotas = Readonly<typeof awsQuotas>;

/** Those that are to be other than AWS's. */
export type OtherQuotas = { readonly [Name in keyof Quotas]?: number | undefined };

/** AWS's quotas, but for some. */
export function quotasWith(others: OtherQuotas = {}): Quotas {
  const told = Object.entries(others).filter(([, quota]) => quota !== undefined);
  return { ...awsQuotas, ...Object.fromEntries(told) };
}
