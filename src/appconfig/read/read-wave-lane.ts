// Reads an environment of a wave that soaks: whether the content of the wave is still live there.
import type { LiveDeployment } from '../../core/live/live-state.ts';
import {
  hasDesiredContent,
  type LaneVerification,
  type VerifiedAddress,
  type VerifiedLane,
  type WaveRegression,
} from '../../core/rollout/wave-verification.ts';
import type { Connection } from '../client/connection.ts';
import { deploymentPages, liveDeployment } from './read-deployments.ts';
import type { Resources } from './resource-ids.ts';

/** Reads only as many pages as it needs. @throws CallFailure, MissingResource */
export async function readWaveRegressions(
  lane: VerifiedLane,
  run: { readonly connection: Connection; readonly resources: Resources; readonly signal: AbortSignal },
): Promise<LaneVerification> {
  const { connection, resources, signal } = run;
  const [{ planned }] = lane;
  const {
    application: name,
    address: { environment = '' },
  } = planned;
  const application = { id: resources.application(name), name };
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
      const isLive = hasDesiredContent(verified, deployment, resources.versionNumber(profileId, label));
      if (isLive === undefined) continue;
      open.delete(profileId);
      if (isLive) liveSince = Math.max(liveSince, Date.parse(deployment.completedAt ?? '') || startedAt);
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
