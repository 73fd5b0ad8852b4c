// What the same tree costs a pipeline of shell scripts, which deploys everything serially, whatever has changed. Counted for
// the pipeline that appcfg replaces: 43 calls and 6 deployments for the sample tree of two tenants, that is, one list, three
// calls for each configuration, and three deployments for each tenant.
import { environments, profiles } from './fleet.ts';

const callsForConfiguration = 3;
const deploymentsForTenant = 3;

/** `a shell pipeline: 43 calls and its polls, 6 deployments one after another, 12 min`. */
export function shellPipeline(tenants: number, minutesOfDeployment: number): string {
  const deployments = tenants * deploymentsForTenant;
  const calls = 1 + tenants * environments.length * profiles.length * callsForConfiguration + deployments;
  const number = (count: number) => count.toLocaleString('en');
  return `a shell pipeline: ${number(calls)} calls and its polls, ${number(deployments)} deployments one after another, ${spanOf(deployments * minutesOfDeployment)}`;
}

function spanOf(minutes: number): string {
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}
