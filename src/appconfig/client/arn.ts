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

/** The resource part of an ARN, by the ids of an application or a part of it. */
export function resourcePath(application: string, { environmentId, profileId }: PartId = {}): string {
  const path = `application/${application}`;
  if (environmentId !== undefined) return `${path}/environment/${environmentId}`;
  return profileId === undefined ? path : `${path}/configurationprofile/${profileId}`;
}

/** The id of an environment or a configuration profile; of none: of the application itself. */
export interface PartId {
  readonly environmentId?: string | undefined;
  readonly profileId?: string | undefined;
}
