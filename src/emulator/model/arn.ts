// Amazon Resource Names of what an account has in a Region.
import { partitionOf } from '../wire/caller.ts';

/** The account and Region that an ARN names. */
interface Owner {
  readonly account: string;
  readonly region: string;
}

/** The ARN of an AppConfig resource. @param resource the part after the account */
export function arnOf({ account, region }: Owner, resource: string): string {
  return `arn:${partitionOf(region)}:appconfig:${region}:${account}:${resource}`;
}

/** The ARN of a KMS key given by id, alias or ARN. Nothing is encrypted here, so no key is looked up. */
export function kmsKeyArn({ account, region }: Owner, key: string | undefined): string | undefined {
  if (key === undefined || key.startsWith('arn:')) return key;
  const resource = /^(alias|key)\//.test(key) ? key : `key/${key}`;
  return `arn:${partitionOf(region)}:kms:${region}:${account}:${resource}`;
}
