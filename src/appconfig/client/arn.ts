// ARNs of AppConfig's resources. No answer of AppConfig carries one, so they are made from the caller's own.
import type { Connection } from './connection.ts';

/** @param path the resource part: `application/abc1234/environment/def5678`. Partition and account are the caller's. */
export async function arnOf(connection: Connection, path: string): Promise<string> {
  const { account, arn } = await connection.identity();
  const partition = arn.split(':')[1] ?? 'aws';
  return `arn:${partition}:appconfig:${connection.region}:${account}:${path}`;
}
