// The parts of a problem that people read. The only file in this room that knows how a problem keeps them.
import { formatAddress } from '../../core/model/address.ts';
import { formatSource } from '../../core/model/source-position.ts';
import type { Problem } from '../../core/problem/problem.ts';

/** `tenants/acme/prod/Limits.yml:3:5`, else the address. */
export function locationOf({ source, subject }: Problem): string | undefined {
  if (source !== undefined) return formatSource(source);
  return subject === undefined ? undefined : formatAddress(subject);
}
