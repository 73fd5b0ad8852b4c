// What clients receive of a profile in an environment: the newest deployment that reached them.
import { createHash } from 'node:crypto';
import { percentageAt, stateAt } from './deployment-progress.ts';
import type { Deployment, Environment, Profile } from './store.ts';

/** A client, or one session of it, and the time it asks. */
export interface Asking {
  readonly client: string;
  readonly now: number;
}

/**
 * The deployment whose configuration a client gets: of those that are under way only one that has grown to this client,
 * of those that were rolled back or reverted none. Undefined where no deployment has reached it.
 */
export function deploymentFor(
  { environment, profile }: { readonly environment: Environment; readonly profile: Profile },
  asking: Asking,
): Deployment | undefined {
  for (let number = environment.lastDeployment; number > 0; number -= 1) {
    const deployment = environment.deployments.get(number);
    if (deployment?.profileId !== profile.id) continue;
    if (reaches(deployment, asking)) return deployment;
  }
  return undefined;
}

function reaches(deployment: Deployment, { client, now }: Asking): boolean {
  switch (stateAt(deployment, now)) {
    case 'COMPLETE':
    case 'BAKING':
      return true;
    case 'DEPLOYING':
      return placeOf(client, deployment) < percentageAt(deployment, now);
    case 'ROLLING_BACK':
    case 'ROLLED_BACK':
    case 'REVERTED':
      return false;
  }
}

/** At which percentage a deployment comes to a client: from 0 to below 100, the same whenever it asks. */
function placeOf(client: string, { number, startedAt }: Deployment): number {
  const hash = createHash('sha256').update(`${client} ${number} ${startedAt}`).digest();
  return (hash.readUInt32BE(0) / 2 ** 32) * 100;
}
