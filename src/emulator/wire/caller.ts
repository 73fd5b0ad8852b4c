// The caller of a request. The signature's scope is believed as it is: signatures are not checked.

/** The identity that signed a request. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  readonly userId: string;
}

/** The caller named in a request's headers. `defaults` fill in for headers that name no account or Region. */
export function callerOf(
  headers: Readonly<Record<string, string>>,
  defaults: { readonly account: string; readonly region: string },
): Caller {
  const [, key = '', region = defaults.region] =
    /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/[^/]+\/aws4_request/.exec(headers.authorization ?? '') ?? [];
  // The emulator's STS puts the account into the access key id and the role into the session token.
  const account = /^ASIA(\d{12})/.exec(key)?.[1];
  if (account === undefined) {
    return {
      account: defaults.account,
      region,
      arn: `arn:${partitionOf(region)}:iam::${defaults.account}:user/local`,
      userId: 'AIDALOCAL',
    };
  }
  const token = Buffer.from(headers['x-amz-security-token'] ?? '', 'base64').toString('utf8');
  const start = `arn:${partitionOf(region)}:sts::${account}:assumed-role/`;
  const arn = token.startsWith(start) ? token : `${start}unknown/local`;
  return { account, region, arn, userId: `AROALOCAL:${arn.split('/').at(-1)}` };
}

/** The partition that a Region is in. */
export function partitionOf(region: string): string {
  const [, partition] = partitions.find(([prefix]) => region.startsWith(prefix)) ?? ['', 'aws'];
  return partition;
}

/** By the beginning of the names of its Regions. */
const partitions: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
];
