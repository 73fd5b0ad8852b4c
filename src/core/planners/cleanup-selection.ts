// What of an application a cleanup deletes: what was asked for, without what the project does not manage.
import { owner } from '../guards/owner.ts';
import type { InventoryApplication, InventoryEnvironment, InventoryProfile } from '../live/inventory.ts';
import { isManaged, ownerOf } from '../live/ownership.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import type { Tags } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';

/** What the user wants to delete. */
export type CleanupTarget =
  | { readonly kind: 'all' }
  /** Names of applications; `literal` ones were named without a glob. */
  | { readonly kind: 'applications'; readonly names: ReadonlySet<string>; readonly literal: ReadonlySet<string> }
  /** What the tree no longer has. */
  | { readonly kind: 'orphans'; readonly desired: readonly DesiredApplication[] };

export interface CleanupRules {
  readonly project: string;
  readonly includeAdopted: boolean;
}

export interface DeletedParts {
  /** The application itself, with everything in it. */
  readonly whole: boolean;
  readonly environments: readonly InventoryEnvironment[];
  readonly configurationProfiles: readonly InventoryProfile[];
}

export interface CleanupSelection {
  /** Undefined where nothing is deleted. */
  readonly deleted?: DeletedParts;
  /** What is kept, and why. */
  readonly kept: readonly Problem[];
}

export function selectForCleanup(
  application: InventoryApplication,
  target: CleanupTarget,
  rules: CleanupRules,
): CleanupSelection {
  const parts = targetedParts(application, target);
  if (parts === undefined) return { kept: [] };
  const selection = parts.whole
    ? wholeApplication(application, parts, { target, rules })
    : managedParts(application, parts, rules);
  if (selection.deleted === undefined) return selection;
  const blocked = [
    experimentProblem(application, selection.deleted),
    associationProblem(application, selection.deleted),
  ].filter((problem) => problem !== undefined);
  return blocked.length === 0 ? selection : { kept: [...selection.kept, ...blocked] };
}

function wholeApplication(
  application: InventoryApplication,
  parts: DeletedParts,
  { target, rules }: { readonly target: CleanupTarget; readonly rules: CleanupRules },
): CleanupSelection {
  const kept =
    ownerProblem(application, target, rules) ??
    unmanagedPartsProblem(application, parts, rules) ??
    adoptedProblem(application, parts, rules);
  return kept === undefined ? { deleted: parts, kept: [] } : { kept: [kept] };
}

function targetedParts(application: InventoryApplication, target: CleanupTarget): DeletedParts | undefined {
  const whole = { whole: true, ...application };
  switch (target.kind) {
    case 'all':
      return whole;
    case 'applications':
      return target.names.has(application.name) ? whole : undefined;
    case 'orphans': {
      const desired = target.desired.find(({ name }) => name === application.name);
      return desired === undefined ? whole : orphanedParts(application, desired);
    }
    default:
      return target satisfies never;
  }
}

function orphanedParts(application: InventoryApplication, desired: DesiredApplication): DeletedParts | undefined {
  const environments = new Set(desired.environments.map(({ name }) => name));
  const profiles = new Set(
    desired.environments.flatMap(({ configurations }) =>
      configurations.map(({ address }) => address.configurationProfile),
    ),
  );
  return partsOrNone({
    whole: false,
    environments: application.environments.filter(({ name }) => !environments.has(name)),
    configurationProfiles: application.configurationProfiles.filter(({ name }) => !profiles.has(name)),
  });
}

/** Each part is deleted or kept by its own tags, whatever else the application has. */
function managedParts(application: InventoryApplication, parts: DeletedParts, rules: CleanupRules): CleanupSelection {
  const isDeleted = ({ tags }: { readonly tags: Tags }) => {
    const found = ownerOf(tags, rules.project);
    return found.kind === 'managed' && (rules.includeAdopted || !found.adopted);
  };
  const deleted = partsOrNone({
    whole: false,
    environments: parts.environments.filter(isDeleted),
    configurationProfiles: parts.configurationProfiles.filter(isDeleted),
  });
  const kept = allOf(parts).filter((part) => !isDeleted(part));
  if (kept.length === 0) return deleted === undefined ? { kept: [] } : { deleted, kept: [] };
  const isAdopted = kept.some(({ tags }) => isManaged(tags, rules.project));
  const problem: Problem = {
    code: 'deletion-skipped',
    severity: 'warning',
    message: `the application "${application.name}" has resources that appcfg did not create (${quotedNames(kept)}); these are kept`,
    hint: isAdopted ? includeAdoptedHint : { text: 'delete them with the tool that created them' },
    subject: { tenant: application.name },
  };
  return { ...(deleted === undefined ? {} : { deleted }), kept: [problem] };
}

/** An application that was named literally is an error; with a glob or `--all` it is a warning. */
function ownerProblem(
  { name, tags }: InventoryApplication,
  target: CleanupTarget,
  { project }: CleanupRules,
): Problem | undefined {
  const found = ownerOf(tags, project);
  const problem = owner.check({ application: name, tenant: name, owner: found, project, command: 'cleanup' });
  if (problem === undefined || problem === 'pending') return undefined;
  const kept = { ...problem, message: `${problem.message}; it is kept` };
  const isNamed = target.kind === 'applications' && target.literal.has(name);
  return isNamed ? kept : { ...kept, code: 'deletion-skipped', severity: 'warning' };
}

function unmanagedPartsProblem(
  { name }: InventoryApplication,
  parts: DeletedParts,
  { project }: CleanupRules,
): Problem | undefined {
  const unmanaged = allOf(parts).filter(({ tags }) => !isManaged(tags, project));
  if (unmanaged.length === 0) return undefined;
  return {
    code: owner.code,
    severity: 'error',
    message: `the application "${name}" has unmanaged resources (${quotedNames(unmanaged)}) and is kept`,
    hint: { text: 'move or delete these resources, then repeat the command', command: { run: 'same', args: [] } },
    subject: { tenant: name },
  };
}

function adoptedProblem(
  application: InventoryApplication,
  parts: DeletedParts,
  { project, includeAdopted }: CleanupRules,
): Problem | undefined {
  const isAdopted = [application, ...allOf(parts)].some(({ tags }) => {
    const found = ownerOf(tags, project);
    return found.kind === 'managed' && found.adopted;
  });
  if (!isAdopted || includeAdopted) return undefined;
  return {
    code: 'deletion-skipped',
    severity: 'warning',
    message: `the application "${application.name}" was adopted, not created, by appcfg and is kept`,
    hint: includeAdoptedHint,
    subject: { tenant: application.name },
  };
}

const includeAdoptedHint = {
  text: 'to delete what was adopted, too',
  command: { run: 'same', args: ['--include-adopted'] },
} as const;

function partsOrNone(parts: DeletedParts): DeletedParts | undefined {
  return allOf(parts).length === 0 ? undefined : parts;
}

function allOf({ environments, configurationProfiles }: DeletedParts) {
  return [...environments, ...configurationProfiles];
}

function quotedNames(parts: readonly { readonly name: string }[]): string {
  return parts.map(({ name }) => `"${name}"`).join(', ');
}

/** AppConfig deletes no application with an experiment definition, and no environment with one that is not archived. */
function experimentProblem(
  { id, name, experimentDefinitions = [] }: InventoryApplication,
  { whole, environments }: DeletedParts,
): Problem | undefined {
  const blocking = experimentDefinitions.filter(
    ({ environmentId, isArchived }) =>
      whole || (!isArchived && environments.some((environment) => environment.id === environmentId)),
  );
  const [first] = blocking;
  if (first === undefined) return undefined;
  const names = blocking.map((definition) => `"${definition.name}"`).join(', ');
  return {
    code: 'deletion-blocked',
    severity: 'error',
    message: `nothing of the application "${name}" is deleted: AppConfig keeps it for the experiment definition ${names}`,
    hint: {
      text: `stop its run, then delete it: aws appconfig delete-experiment-definition --application-identifier ${id} --experiment-definition-identifier ${first.id} --delete-type DESTROY`,
    },
    subject: { tenant: name },
  };
}

/** AppConfig deletes nothing that an extension is associated with. appcfg creates no association, so it deletes none. */
function associationProblem(
  { name, extensionAssociations = [] }: InventoryApplication,
  { whole, environments, configurationProfiles }: DeletedParts,
): Problem | undefined {
  const parts = new Map([
    ...environments.map((part): [string, string] => [part.id, `environment "${part.name}"`]),
    ...configurationProfiles.map((part): [string, string] => [part.id, `profile "${part.name}"`]),
  ]);
  const blocking = extensionAssociations.flatMap(({ id, extension, partId }) => {
    const resource = partId === undefined ? (whole ? 'the application' : undefined) : parts.get(partId);
    return resource === undefined ? [] : [{ id, text: `${id} (extension ${extension}, ${resource})` }];
  });
  const [first, ...others] = blocking;
  if (first === undefined) return undefined;
  const associations = others.length === 0 ? 'the extension association' : 'the extension associations';
  return {
    code: 'deletion-blocked',
    severity: 'error',
    message: `nothing of the application "${name}" is deleted: AppConfig keeps it for ${associations} ${blocking.map(({ text }) => text).join(', ')}`,
    hint: {
      text: `if the extension is no longer needed there: ${blocking.map(({ id }) => `aws appconfig delete-extension-association --extension-association-id ${id}`).join('; ')}`,
    },
    subject: { tenant: name },
  };
}
