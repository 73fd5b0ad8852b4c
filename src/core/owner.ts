// Whose a resource is: told by its tags, hinted at by an application's description.
import type { Tags } from './plan.ts';

/** Who owns an application, environment, profile or strategy, as its tags say. */
export type Owner =
  | { readonly kind: 'ours'; readonly adopted: boolean }
  | { readonly kind: 'other-project'; readonly project: string }
  | { readonly kind: 'nobody' };

const managedByTag = 'managed-by';
const projectTag = 'appcfg:project';
const adoptedTag = 'appcfg:adopted';

/** Tag keys that settings may not set. */
export const reservedTags: readonly string[] = [managedByTag, projectTag, adoptedTag];

export function ownerOf(tags: Tags, project: string): Owner {
  const owner = tags[projectTag];
  if (owner === undefined) return { kind: 'nobody' };
  return owner === project
    ? { kind: 'ours', adopted: tags[adoptedTag] === 'true' }
    : { kind: 'other-project', project: owner };
}

/** Tags of everything the tool creates. */
export function tagsOfCreated(project: string, tags: Tags): Tags {
  return { ...tags, [managedByTag]: 'appcfg', [projectTag]: project };
}

/** Tags that adoption adds to a resource; none that it already has is overwritten. */
export function tagsOfAdopted(project: string, existing: Tags): Tags {
  const ours = { [managedByTag]: 'appcfg', [projectTag]: project, [adoptedTag]: 'true' };
  return Object.fromEntries(Object.entries(ours).filter(([key]) => existing[key] === undefined));
}

const descriptionStart = 'managed by appcfg, project ';

/** The description of an application that the tool creates: lets a later run find it in ListApplications without reading tags. */
export function describeApplication(project: string): string {
  return `${descriptionStart}${project}`.slice(0, 1024);
}

/** Whether an application's description is the one that this project gives. A hint, never a proof: tags decide. */
export function isDescribedAsOurs(description: string | undefined, project: string): boolean {
  return description === describeApplication(project);
}
