// Reads an environment of a wave again: is its desired content still live?
import type { LiveDeployment } from '../../core/live/live-state.ts';
import {
  hasDesiredContent,
  type LaneFound,
  type VerifiedAddress,
  type VerifiedLane,
  type WaveRegression,
} from '../../core/rollout/wave-verification.ts';
import type { Connection } from '../client/connection.ts';
import { deploymentPages, liveDeployment } from './list-resources.ts';
import type { Resources } from './resource-ids.ts';

/** Newest deployments first, and no more of them than it takes. @throws CallFailure, MissingResource */
export async function readWaveRegressions(
  lane: VerifiedLane,
  at: { readonly connection: Connection; readonly resources: Resources; readonly signal: AbortSignal },
): Promise<LaneFound> {
  const { connection, resources, signal } = at;
  const [{ planned }] = lane;
  const { application: name, environment } = planned;
  const application = { id: resources.application(name), name, description: undefined };
  const environmentId = resources.environment(name, environment);
  const idsByName = new Map(lane.map((each) => [profileOf(each), resources.profile(name, profileOf(each))]));
  const open = new Map(lane.map((each) => [idsByName.get(profileOf(each)) ?? '', each]));
  const newest = new Map<string, LiveDeployment>();
  const regressions: WaveRegression[] = [];
  const startedAt = connection.serviceClock.now();
  let liveSince = 0;
  for await (const page of deploymentPages(connection, { application, environmentId, signal })) {
    for (const row of page) {
      const deployment = liveDeployment(row, idsByName);
      const { profileId = '' } = deployment;
      const verified = open.get(profileId);
      if (verified === undefined) continue;
      if (!newest.has(profileId)) newest.set(profileId, deployment);
      const label = verified.planned.desired?.versionLabel ?? '';
      const has = hasDesiredContent(verified, deployment, resources.versionFor(profileId, label));
      if (has === undefined) continue;
      open.delete(profileId);
      if (has) liveSince = Math.max(liveSince, Date.parse(deployment.completedAt ?? '') || startedAt);
      else regressions.push({ address: verified.planned.address, newest: newest.get(profileId) });
    }
    if (open.size === 0) return { regressions, liveSince };
  }
  const missing = [...open].map(([id, verified]) => ({ address: verified.planned.address, newest: newest.get(id) }));
  return { regressions: [...regressions, ...missing], liveSince };
}

function profileOf({ planned }: VerifiedAddress): string {
  return planned.address.configurationProfile ?? '';
}
