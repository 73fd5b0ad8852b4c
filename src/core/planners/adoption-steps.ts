import type { KnownApplication } from '../assess/assess-application.ts';
import { acceptedTags } from '../live/drifted-deployment.ts';
import { describeAdopted, isDescribedAsManaged, ownerOf, tagsOfAdopted } from '../live/ownership.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import type { StepId } from '../plan/step.ts';
import type { StepList } from '../plan/step-list.ts';
import type { Policy } from '../settings/policy.ts';

interface Part {
  readonly environment?: string;
  readonly configurationProfile?: string;
  /** Of an environment: its newest deployment. */
  readonly latestDeploymentNumber?: number | undefined;
  /** Of the part; of the application itself there is none. */
  readonly ids: { readonly environmentId?: string; readonly profileId?: string };
}

/**
 * Tags the parts that the tree names, and then the application itself: an adoption that is interrupted leaves an application
 * that looks unadopted, and is repeated. @returns the steps that everything else comes after
 */
export function addAdoption(
  application: DesiredApplication,
  { application: live, facts }: KnownApplication,
  { policy, steps }: { readonly policy: Policy; readonly steps: StepList },
): readonly StepId[] {
  const { tenant, name } = application;
  const reason = 'adopted';
  const tag = (
    { ids, environment, configurationProfile, latestDeploymentNumber }: Part,
    after: readonly StepId[],
  ): readonly StepId[] => {
    const existing = facts.get({ kind: 'tags', ...ids });
    if (existing === undefined || ownerOf(existing, policy.project).kind !== 'unmanaged') return [];
    const subject = {
      tenant,
      ...(environment === undefined ? {} : { environment }),
      ...(configurationProfile === undefined ? {} : { configurationProfile }),
    };
    const tags = { ...tagsOfAdopted(policy.project, existing), ...acceptedTags(latestDeploymentNumber) };
    const target = { application: name, environment, configurationProfile };
    return [steps.add({ subject, after, reason, operation: 'TagResource', ...target, tags })];
  };
  const parts = partsOf(application, live).flatMap((part) => tag(part, []));
  const whole = tag({ ids: {} }, parts);
  const adopted = whole.length > 0 ? whole : parts;
  // With a description the list of applications shows that it is managed: the next run does not read its tags.
  const description = describeAdopted(live.description, policy.project);
  if (description !== undefined && !isDescribedAsManaged(live.description, policy.project)) {
    const subject = { tenant };
    steps.add({ subject, after: adopted, reason, operation: 'UpdateApplication', application: name, description });
  }
  return adopted;
}

/** Environments and profiles that both the tree and AppConfig have. */
function partsOf({ environments }: DesiredApplication, live: KnownApplication['application']): readonly Part[] {
  const profiles = new Set(
    environments.flatMap(({ configurations }) => configurations.map(({ address }) => address.configurationProfile)),
  );
  return [
    ...environments.flatMap(({ name: environment }) => {
      const found = live.environments.get(environment);
      if (found === undefined) return [];
      const { id: environmentId, latestDeploymentNumber } = found;
      return [{ environment, latestDeploymentNumber, ids: { environmentId } }];
    }),
    ...[...profiles].flatMap((configurationProfile) => {
      const id = live.configurationProfiles.get(configurationProfile)?.id;
      return id === undefined ? [] : [{ configurationProfile, ids: { profileId: id } }];
    }),
  ];
}
