import type { Facts } from '../live/facts.ts';
import type { LiveApplication } from '../live/live-state.ts';
import { describeAdopted, isDescribedAsManaged, ownerOf, tagsOfAdopted } from '../live/ownership.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import type { StepId } from '../plan/step.ts';
import type { Policy } from '../settings/policy.ts';
import type { AddStep } from './application-steps.ts';

/**
 * Tags for the parts that the tree names and then for the application itself: an adoption that is cut short leaves an
 * application that looks unadopted, and is done again. Returns the steps that everything else comes after.
 */
export function addAdoption(
  application: DesiredApplication,
  found: { readonly application: LiveApplication; readonly facts: Facts },
  policy: Policy,
  add: AddStep,
): readonly StepId[] {
  const { tenant, name } = application;
  const reason = 'adopted';
  const tag = (
    part: { readonly environment?: string; readonly configurationProfile?: string },
    about: {
      readonly ids: { readonly environmentId?: string; readonly profileId?: string };
      readonly after: readonly StepId[];
    },
  ) => {
    const existing = found.facts.get({ kind: 'tags', ...about.ids });
    if (existing === undefined || ownerOf(existing, policy.project).kind !== 'nobody') return [];
    return [
      add({ tenant, ...part }, about.after, reason, {
        operation: 'TagResource',
        application: name,
        environment: part.environment,
        configurationProfile: part.configurationProfile,
        tags: tagsOfAdopted(policy.project, existing),
      }),
    ];
  };
  const partSteps: StepId[] = [];
  for (const environment of application.environments) {
    const live = found.application.environments.get(environment.name);
    if (live === undefined) continue;
    const about = { ids: { environmentId: live.id }, after: [] };
    partSteps.push(...tag({ environment: environment.name }, about));
  }
  const profiles = new Set(
    application.environments.flatMap((e) => e.configurations.map((c) => c.address.configurationProfile)),
  );
  for (const configurationProfile of profiles) {
    const live = found.application.configurationProfiles.get(configurationProfile);
    if (live === undefined) continue;
    const about = { ids: { profileId: live.id }, after: [] };
    partSteps.push(...tag({ configurationProfile }, about));
  }
  const applicationSteps = tag({}, { ids: {}, after: partSteps });
  const steps = applicationSteps.length > 0 ? applicationSteps : partSteps;
  // Described as ours, too, it is known by the list of applications: the next run need not read its tags.
  const description = describeAdopted(found.application.description, policy.project);
  if (description !== undefined && !isDescribedAsManaged(found.application.description, policy.project)) {
    add({ tenant }, steps, reason, { operation: 'UpdateApplication', application: name, description });
  }
  return steps;
}
