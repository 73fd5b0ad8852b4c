import type { Connection } from './connection.ts';

/**
 * The ARN of a resource. AppConfig's responses have none, so it is made from the partition and account of the credentials.
 * @param path its resource part: `application/abc1234/environment/def5678`
 */
export async function arnOf(connection: Connection, path: string): Promise<string> {
  const { account, arn } = await connection.identity();
  const partition = arn.split(':')[1] ?? 'aws';
  return `arn:${partition}:appconfig:${connection.region}:${account}:${path}`;
}
