// Keys that encrypt configurations. Nothing is encrypted here; what names a key is checked, kept and shown.
import type { Place } from './store.ts';

/** The ARN of a key that is told by id, alias or ARN; undefined where there is none. */
export function keyArn(place: Place, key: string | undefined): string | undefined {
  if (key === undefined || key.startsWith('arn:')) return key;
  const resource = /^(alias|key)\//.test(key) ? key : `key/${key}`;
  return `arn:aws:kms:${place.region}:${place.account}:${resource}`;
}
