// The one rule for drift: content that was deployed outside of appcfg after appcfg, or its adoption, last deployed.

import { parseLiveContent } from '../document/parse-yaml.ts';
import { isOwnDeployment } from '../live/deployment-description.ts';
import { acceptedNumber, type Drift, driftText } from '../live/drifted-deployment.ts';
import type { LiveDeployment, ProfileHistory } from '../live/live-state.ts';
import { isManaged } from '../live/ownership.ts';
import type { Subject } from '../model/address.ts';
import { isStoppable } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import type { Guard, NextDeployment } from './guard.ts';

/** Drift is overwritten only when the user asks for it. */
export const drift = {
  code: 'guard-drift',
  override: '--overwrite-drift',
  check: (input: NextDeployment): Problem | 'pending' | undefined => {
    if (input.policy.overwriteDrift) return undefined;
    const found = driftOf(input);
    if (found === undefined || found === 'pending') return found;
    return driftProblem(found, input.subject, isReadable(input));
  },
} as const satisfies Guard<NextDeployment>;

/** What a sync would overwrite that appcfg did not deploy. Asks for facts only where the content differs from the desired one. */
export function driftOf(input: NextDeployment): Drift | 'pending' | undefined {
  const { environment, history, facts, policy } = input;
  const deployment = servedByUser(history);
  if (deployment === undefined) return undefined;
  const isSame = input.hasSameContent(deployment);
  if (isSame !== false) return isSame === undefined ? 'pending' : undefined;
  const { number: deploymentNumber, startedAt } = deployment;
  const detail = facts.get({ kind: 'deployment', environmentId: environment.id, deploymentNumber });
  if (detail === undefined) return 'pending';
  if (detail === 'missing' || isOwnDeployment(detail.description, policy.project)) return undefined;
  // What is being adopted cannot have drifted.
  const tags = facts.get({ kind: 'tags' });
  if (tags === undefined) return 'pending';
  if (!isManaged(tags, policy.project)) return undefined;
  const environmentTags = facts.get({ kind: 'tags', environmentId: environment.id });
  if (environmentTags === undefined) return 'pending';
  if (!isManaged(environmentTags, policy.project)) return undefined;
  if (deploymentNumber <= acceptedNumber(environmentTags)) return undefined;
  const { startedBy, description } = detail;
  return { deploymentNumber, startedAt, startedBy, description: description === '' ? undefined : description };
}

/** Whether the tree wants what appcfg deployed last, or adopted: then only the live content moved. */
export function isOnlyLive({ deploymentNumber }: Drift, input: NextDeployment): boolean | 'pending' {
  const { environment, history, facts, policy } = input;
  const { profileId } = history.newest;
  if (profileId === undefined) return false;
  const environmentTags = facts.get({ kind: 'tags', environmentId: environment.id });
  if (environmentTags === undefined) return 'pending';
  const accepted = acceptedNumber(environmentTags);
  const earlier = facts.get({
    kind: 'earlier',
    environmentId: environment.id,
    profileId,
    deploymentNumber,
    accepted,
  });
  if (earlier === undefined) return 'pending';
  for (const deployment of earlier) {
    const detail =
      deployment.number <= accepted
        ? 'accepted'
        : facts.get({ kind: 'deployment', environmentId: environment.id, deploymentNumber: deployment.number });
    if (detail === undefined) return 'pending';
    const counts =
      detail === 'accepted' || (detail !== 'missing' && isOwnDeployment(detail.description, policy.project));
    if (counts) return input.hasSameContent(deployment) ?? 'pending';
  }
  return false;
}

/** The warning about drift that is left as it is. @param isReadable whether the tree could have its content */
export function driftWarning(drift: Drift, subject: Subject, isReadable: boolean): Problem {
  return {
    code: 'address-drifted',
    severity: 'warning',
    message: `${driftText(drift)}; it is not overwritten${isReadable ? '' : `; ${unreadable}`}`,
    hint: isReadable
      ? {
          text: `${whoHint}; to keep it, write it into the tree`,
          command: { run: 'pull', args: [], selects: subject },
        }
      : { text: `${whoHint}; deploy content that can be read, or overwrite it with sync --overwrite-drift` },
    subject,
  };
}

function driftProblem(found: Drift, subject: Subject, canBeRead: boolean): Problem {
  return {
    code: drift.code,
    severity: 'error',
    message: `${driftText(found)}, and the tree changed, too${canBeRead ? '' : `; ${unreadable}`}`,
    hint: {
      text: `${whoHint}; ${canBeRead ? 'to keep it, write it into the tree with pull; ' : ''}to overwrite it`,
      command: { run: 'sync', args: [drift.override], selects: subject },
    },
    subject,
  };
}

const whoHint =
  'aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=StartDeployment shows who started it';

const unreadable = 'its content is neither valid JSON nor valid YAML';

/** Whether the drifted content can be a value of the tree. */
export function isReadable({ history, facts }: Pick<NextDeployment, 'history' | 'facts'>): boolean {
  const { profileId, versionNumber } = servedByUser(history) ?? {};
  if (profileId === undefined || versionNumber === undefined) return true;
  const version = facts.get({ kind: 'version', profileId, versionNumber });
  return version === undefined || version === 'missing' || parseLiveContent(Buffer.from(version.text)) !== undefined;
}

/** What users, or appcfg, made clients receive, or are about to: not what an experiment run deployed. */
function servedByUser({ newest, completed, completedByUser }: ProfileHistory): LiveDeployment | undefined {
  return isStoppable(newest.state) && newest.type !== 'MANAGED' ? newest : (completedByUser ?? completed);
}
