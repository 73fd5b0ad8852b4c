// Whose a resource is: told by its tags, hinted at by an application's description.
import { adoptedTag, managedByTag, projectTag, type Tags } from '../model/resource.ts';
import { longestDescription } from '../model/service-limits.ts';

/** Who owns an application, environment, profile or strategy, as its tags say. */
export type Owner =
  | { readonly kind: 'ours'; readonly adopted: boolean }
  | { readonly kind: 'other-project'; readonly project: string }
  | { readonly kind: 'nobody' };

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

/** The description of what the tool creates: the lists carry it, so a later run finds its own there without reading tags. */
export function describeOwned(project: string): string {
  return `${descriptionStart}${project}`.slice(0, longestDescription);
}

/** The description of what is adopted: its own, with ours behind it. Undefined where there is no room for both. */
export function describeAdopted(description: string | undefined, project: string): string | undefined {
  if (description === undefined || description === '') return describeOwned(project);
  const both = `${description}${behind(project)}`;
  return both.length <= longestDescription ? both : undefined;
}

/** Whether a description is one that this project gives. A hint, never a proof: tags decide. */
export function isDescribedAsManaged(description: string | undefined, project: string): boolean {
  return description !== undefined && (description === describeOwned(project) || description.endsWith(behind(project)));
}

/** The project that a description names, where it is one that the tool gives. */
export function describedProject(description: string | undefined): string | undefined {
  const [, whole, behind] =
    /^managed by appcfg, project (.+)$| \(managed by appcfg, project (.+)\)$/.exec(description ?? '') ?? [];
  return whole ?? behind;
}

function behind(project: string): string {
  return ` (${describeOwned(project)})`;
}
