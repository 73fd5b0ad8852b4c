// What a newer reading of a deployment changes in what is known of its environment.
import { isInFlight, isRolledBack } from '../model/resource.ts';
import type { LiveDeployment, LiveEnvironment, ProfileHistory } from './live-state.ts';

/** @param seen the one in flight, or one that was started after all known ones */
export function withDeployment(environment: LiveEnvironment, seen: LiveDeployment): LiveEnvironment {
  const { inFlight, latestDeploymentNumber = 0 } = environment;
  // Only lists have the type.
  const deployment = inFlight?.number === seen.number ? { ...seen, type: inFlight.type } : seen;
  const histories = new Map(environment.histories);
  // Only the profiles that were read have histories.
  if (deployment.profileId !== undefined) {
    histories.set(deployment.profileId, historyWith(histories.get(deployment.profileId), deployment));
  }
  return {
    ...environment,
    latestDeploymentNumber: Math.max(latestDeploymentNumber, deployment.number),
    inFlight: isInFlight(deployment.state) ? deployment : inFlight?.number === deployment.number ? undefined : inFlight,
    histories,
  };
}

function historyWith(history: ProfileHistory | undefined, deployment: LiveDeployment): ProfileHistory {
  const wasRolledBack = isRolledBack(deployment.state);
  // A version that is deployed again is no longer one that was rolled back.
  const others = (history?.rolledBack ?? []).filter((row) => row.versionNumber !== deployment.versionNumber);
  const isManaged = deployment.type === 'MANAGED';
  return {
    newest: isManaged ? (history?.newest ?? deployment) : deployment,
    completedByUser: isManaged
      ? (history?.completedByUser ?? history?.completed)
      : deployment.state === 'COMPLETE'
        ? undefined
        : history?.completedByUser,
    managed: isManaged ? deployment : undefined,
    completed: deployment.state === 'COMPLETE' ? deployment : history?.completed,
    rolledBack: wasRolledBack ? [deployment, ...others] : others,
  };
}
