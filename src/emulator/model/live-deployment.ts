// Which deployment's configuration a client receives.
import { createHash } from 'node:crypto';
import { percentageAt, stateAt } from './deployment-progress.ts';
import type { Deployment, Environment, Profile } from './resources.ts';

/** A client, or one session of it, that reads a configuration. */
export interface Poll {
  readonly client: string;
  readonly now: number;
}

/**
 * The newest deployment of a profile in an environment that has reached a client: complete, baking, or grown to this
 * client. One that was rolled back or reverted is skipped. Undefined if none has.
 */
export function liveDeployment(
  { environment, profile }: { readonly environment: Environment; readonly profile: Profile },
  poll: Poll,
): Deployment | undefined {
  for (let number = environment.lastDeployment; number > 0; number -= 1) {
    const deployment = environment.deployments.get(number);
    if (deployment?.profileId === profile.id && reaches(deployment, poll)) return deployment;
  }
  return undefined;
}

function reaches(deployment: Deployment, { client, now }: Poll): boolean {
  switch (stateAt(deployment, now)) {
    case 'COMPLETE':
    case 'BAKING':
      return true;
    case 'DEPLOYING':
      return percentileOf(client, deployment) < percentageAt(deployment, now);
    case 'ROLLING_BACK':
    case 'ROLLED_BACK':
    case 'REVERTED':
      return false;
  }
}

/** The percentage at which a deployment reaches a client, from 0 to below 100. The same for every poll. */
function percentileOf(client: string, { number, startedAt }: Deployment): number {
  const hash = createHash('sha256').update(`${client} ${number} ${startedAt}`).digest();
  return (hash.readUInt32BE(0) / 2 ** 32) * 100;
}
