// Which project manages a resource: its tags decide; the description of an application is a hint that costs no call.

import { adoptedTag, managedByTag, projectTag, type Tags } from '../model/resource.ts';
import { longestDescription } from '../model/service-limits.ts';
import type { LiveStrategy } from './live-state.ts';

/** Which project manages an application, environment, profile or strategy. */
export type Owner =
  /** This project; `adopted`: it did not create it. */
  | { readonly kind: 'managed'; readonly adopted: boolean }
  | { readonly kind: 'other-project'; readonly project: string }
  | { readonly kind: 'unmanaged' };

export function ownerOf(tags: Tags, project: string): Owner {
  const owner = tags[projectTag];
  if (owner === undefined) return { kind: 'unmanaged' };
  return owner === project
    ? { kind: 'managed', adopted: tags[adoptedTag] === 'true' }
    : { kind: 'other-project', project: owner };
}

export function isManaged(tags: Tags, project: string): boolean {
  return ownerOf(tags, project).kind === 'managed';
}

/** Names of strategies are not unique: of the managed ones with that name, the one with the lowest id. */
export function managedStrategy(
  strategies: readonly LiveStrategy[],
  name: string,
  project: string,
): LiveStrategy | undefined {
  return strategies
    .filter((strategy) => strategy.name === name && strategy.tags !== undefined && isManaged(strategy.tags, project))
    .sort((a, b) => (a.id < b.id ? -1 : 1))[0];
}

/** Tags of everything that appcfg creates. */
export function tagsOfCreated(project: string, tags: Tags): Tags {
  return { ...tags, [managedByTag]: 'appcfg', [projectTag]: project };
}

/** Tags that adoption adds to a resource. Tags that it has are kept. */
export function tagsOfAdopted(project: string, existing: Tags): Tags {
  const added = { [managedByTag]: 'appcfg', [projectTag]: project, [adoptedTag]: 'true' };
  return Object.fromEntries(Object.entries(added).filter(([key]) => existing[key] === undefined));
}

const descriptionStart = 'managed by appcfg, project ';

/** The description of what appcfg creates. Lists contain it: a later run recognizes managed applications without reading tags. */
export function describeOwned(project: string): string {
  return `${descriptionStart}${project}`.slice(0, longestDescription);
}

/** The description of an adopted application: its own, with the project appended. Undefined where both are too long. */
export function describeAdopted(description: string | undefined, project: string): string | undefined {
  if (description === undefined || description === '') return describeOwned(project);
  const both = `${description}${behind(project)}`;
  return both.length <= longestDescription ? both : undefined;
}

/** Whether a description is one that this project gives. A hint, never a proof: tags decide. */
export function isDescribedAsManaged(description: string | undefined, project: string): boolean {
  return description !== undefined && (description === describeOwned(project) || description.endsWith(behind(project)));
}

/** The project in a description that appcfg wrote. */
export function describedProject(description: string | undefined): string | undefined {
  const [, whole, behind] =
    /^managed by appcfg, project (.+)$| \(managed by appcfg, project (.+)\)$/.exec(description ?? '') ?? [];
  return whole ?? behind;
}

function behind(project: string): string {
  return ` (${describeOwned(project)})`;
}
