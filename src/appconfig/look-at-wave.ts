// Whether what was live in a wave still is: somebody may have taken it back while the wave was watched.
import type { Problem } from '../core/errors.ts';
import type { LiveDeployment } from '../core/live.ts';
import { isDeployment, type Plan, type PlannedAddress, type StepId } from '../core/plan.ts';
import { wasLive } from '../core/waves.ts';
import type { Connection } from './client.ts';
import { deploymentPages, liveDeployment } from './read-live-state.ts';
import type { Resources } from './resources.ts';

/** An address that has no more what the tree wants. */
export interface TakenBack {
  readonly address: string;
  /** The newest deployment of its profile; undefined where there is none any more. */
  readonly newest: LiveDeployment | undefined;
}

/** What is live of one environment. */
export type LiveLane = readonly [PlannedAddress, ...PlannedAddress[]];

/** Of one wave what the tree wants and clients receive, by environment. @param deployed steps whose deployments completed */
export function liveLanesOf(wave: string, plan: Plan, deployed: ReadonlySet<StepId>): readonly LiveLane[] {
  const steps = new Map(plan.steps.filter(isDeployment).map((step) => [`${step.place} ${step.address}`, step.id]));
  const lanes = new Map<string, [PlannedAddress, ...PlannedAddress[]]>();
  for (const address of plan.addresses) {
    const step = steps.get(`${address.place} ${address.address}`);
    const isLive = step === undefined ? wasLive(address.action) : deployed.has(step);
    if (address.wave !== wave || !isLive) continue;
    const name = `${address.place} ${address.application}/${address.environment}`;
    const lane = lanes.get(name);
    if (lane === undefined) lanes.set(name, [address]);
    else lane.push(address);
  }
  return [...lanes.values()];
}

/**
 * Reads one environment, newest deployments first, as far as it has to. What is in flight there counts as if it were live:
 * an older version that is on its way back is not what the tree wants.
 * @throws CallFailure, MissingResource
 */
export async function takenBackIn(
  addresses: LiveLane,
  at: { readonly connection: Connection; readonly resources: Resources; readonly signal: AbortSignal },
): Promise<readonly TakenBack[]> {
  const [{ application: name, environment }] = addresses;
  const { connection, resources, signal } = at;
  const application = { id: resources.application(name), name, description: undefined };
  const environmentId = resources.environment(name, environment);
  const idsByName = new Map(
    addresses.map((address) => [profileOf(address), resources.profile(name, profileOf(address))]),
  );
  const open = new Map(addresses.map((address) => [idsByName.get(profileOf(address)) ?? '', address]));
  const newest = new Map<string, LiveDeployment>();
  const takenBack: TakenBack[] = [];
  for await (const page of deploymentPages(connection, { application, environmentId, signal })) {
    for (const row of page) {
      const deployment = liveDeployment(row, idsByName);
      const { profileId = '' } = deployment;
      const address = open.get(profileId);
      if (address === undefined) continue;
      if (!newest.has(profileId)) newest.set(profileId, deployment);
      if (undone.has(deployment.state)) continue;
      open.delete(profileId);
      if (!isWanted(deployment, address, resources.versionFor(profileId, address.desired?.versionLabel ?? ''))) {
        takenBack.push({ address: address.address, newest: newest.get(profileId) });
      }
    }
    if (open.size === 0) return takenBack;
  }
  const gone = [...open].map(([profileId, { address }]) => ({ address, newest: newest.get(profileId) }));
  return [...takenBack, ...gone];
}

export function takenBackProblem({ address, newest }: TakenBack, wave: string): Problem {
  const isBack = newest === undefined || undone.has(newest.state);
  const how = isBack ? 'was taken back' : 'has made room for something else';
  const which = newest === undefined ? '' : ` (deployment ${newest.number})`;
  return {
    code: 'deployment-stopped',
    severity: 'error',
    message: `what was live ${how} while wave "${wave}" was watched${which}`,
    hint: `find out who and why: appcfg history ${address}`,
    source: address,
  };
}

const undone: ReadonlySet<LiveDeployment['state']> = new Set(['ROLLED_BACK', 'ROLLING_BACK', 'REVERTED']);

function isWanted(
  { versionLabel, versionNumber }: LiveDeployment,
  { desired, live, action }: PlannedAddress,
  version: string,
): boolean {
  if (versionLabel !== undefined && versionLabel === desired?.versionLabel) return true;
  return String(versionNumber) === version || (wasLive(action) && versionNumber === live?.versionNumber);
}

/** Of `tenant/environment/Profile`. */
function profileOf({ address }: PlannedAddress): string {
  return address.split('/').slice(2).join('/');
}
