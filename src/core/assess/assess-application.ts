// One application, desired beside live: what each address needs. Asks for facts where the lists do not show it; while facts
// are wanted, the assessment is preliminary. Both the reader (which fact next?) and the planner (what to do?) call it, so
// they cannot disagree.
import { account } from '../guards/account.ts';
import { owner } from '../guards/owner.ts';
import { profile as profileGuard } from '../guards/profile.ts';
import { Facts } from '../live/facts.ts';
import type { LiveApplication } from '../live/live-state.ts';
import { isValidated, managedProfile, type ProfileUpdate, profileUpdate } from '../live/managed-profile.ts';
import { describedProject, isDescribedAsManaged, type Owner, ownerOf } from '../live/ownership.ts';
import { isAppcfgLabel } from '../model/content.ts';
import type { DesiredApplication, DesiredConfiguration } from '../model/desired-state.ts';
import { matchesAny } from '../model/globs.ts';
import { isChanged } from '../plan/plan.ts';
import type { Problem } from '../problem/problem.ts';
import type { Policy } from '../settings/policy.ts';
import { assessConfiguration, newAddress } from './assess-configuration.ts';
import { acceptedBy, assessEnvironment, type EnvironmentAssessment, experimentWarning } from './assess-environment.ts';
import { orphanedEnvironments, orphanedProfiles } from './orphans.ts';
import { blockedVerdict, emptyVerdict, type Verdict } from './verdict.ts';

export interface ApplicationAssessment {
  /** `not needed`: nothing changes, so the tags were not read. */
  readonly ownership: 'new' | 'managed' | 'adopt' | 'blocked' | 'not needed';
  /** Unmanaged parts of it are tagged: it is adopted now, or was adopted in part. */
  readonly adoptsParts: boolean;
  readonly environments: readonly EnvironmentAssessment[];
  readonly profiles: readonly ProfileAssessment[];
  readonly verdicts: readonly Verdict[];
  /** Managed environments that the tree no longer has. */
  readonly orphanedEnvironments: readonly string[];
  /** Managed profiles that the tree no longer has. */
  readonly orphanedProfiles: readonly string[];
  readonly warnings: readonly Problem[];
}

/** A profile of which the settings manage something. */
export interface ProfileAssessment {
  readonly name: string;
  /** What differs. */
  readonly update: ProfileUpdate | undefined;
  /** Whether managed validators run on its new versions. */
  readonly validated: boolean;
}

export interface KnownApplication {
  readonly application: LiveApplication;
  readonly facts: Facts;
}

/** The facts of an application that the tree wants. */
export function factsOf(desired: DesiredApplication, policy: Policy): Facts {
  return new Facts((tags) => ownerProblem(desired, ownerOf(tags, policy.project), policy) === undefined);
}

/** @param live undefined where AppConfig has no application of that name. */
export function assessApplication(
  desired: DesiredApplication,
  live: KnownApplication | undefined,
  policy: Policy,
): ApplicationAssessment {
  const warnings: Problem[] = experimentWarnings(desired, live);
  const warn = (problem: Problem) => void warnings.push(problem);
  const parts = {
    environments: desired.environments.map(({ name: environment }) =>
      assessEnvironment(
        { tenant: desired.tenant, environment },
        live?.application.environments.get(environment),
        policy,
      ),
    ),
    verdicts: verdictsOf(desired, policy, (configuration) =>
      live === undefined
        ? newAddress(configuration, policy)
        : assessConfiguration(configuration, { ...live, policy, warn }),
    ),
    warnings,
  };
  if (live === undefined) {
    return {
      ...parts,
      profiles: [],
      ownership: 'new',
      adoptsParts: false,
      orphanedEnvironments: [],
      orphanedProfiles: [],
    };
  }
  const profiles = profilesOf(parts.verdicts, live, policy);
  const owned = ownedParts(desired, live, { ...parts, profiles, policy });
  // What is in an application of another owner is not this project's.
  const knowsOrphans = !policy.selective && owned.ownership !== 'blocked';
  return {
    ...parts,
    ...owned,
    orphanedEnvironments: knowsOrphans ? orphanedEnvironments(desired, live.application, policy) : [],
    orphanedProfiles: knowsOrphans ? orphanedProfiles(desired, live.application) : [],
  };
}

function experimentWarnings({ tenant, environments }: DesiredApplication, live: KnownApplication | undefined) {
  return environments.flatMap(({ name: environment }) => {
    const found = live?.application.environments.get(environment);
    return (found && experimentWarning({ tenant, environment }, found)) ?? [];
  });
}

/** Addresses in another account or Region are not looked at. */
function verdictsOf(
  { tenant, environments }: DesiredApplication,
  policy: Policy,
  assess: (configuration: DesiredConfiguration) => Verdict,
): readonly Verdict[] {
  return environments.flatMap(({ name: environment, configurations }) => {
    const problem = account.check({ tenant, environment, policy });
    return configurations.map((each) =>
      problem === undefined ? assess(each) : blockedVerdict(emptyVerdict(each), problem),
    );
  });
}

/** The profiles of addresses in this account and Region that AppConfig has, and of which the settings manage something. */
function profilesOf(
  verdicts: readonly Verdict[],
  { application, facts }: KnownApplication,
  policy: Policy,
): readonly ProfileAssessment[] {
  const assessed = new Set<string>();
  return verdicts.flatMap(({ desired }) => {
    const { configurationProfile: name } = desired.address;
    const wanted = assessed.has(name) ? undefined : managedProfile(desired, policy);
    const profile = application.configurationProfiles.get(name);
    if (wanted === undefined || profile === undefined) return [];
    const isBlocked =
      account.check({ ...desired.address, policy }) ??
      profileGuard.check({ address: desired.address, profile, profileType: desired.profileType });
    if (isBlocked !== undefined) return [];
    assessed.add(name);
    const live = facts.get({ kind: 'profile', profileId: profile.id });
    if (live === undefined || live === 'missing') return [];
    return [{ name, update: profileUpdate(wanted, live), validated: isValidated(wanted, live) }];
  });
}

type Parts = Pick<ApplicationAssessment, 'environments' | 'verdicts' | 'profiles'>;
type OwnedParts = Parts & Pick<ApplicationAssessment, 'ownership' | 'adoptsParts'>;

/** What the owner of the application means for its parts. */
function ownedParts(
  desired: DesiredApplication,
  live: KnownApplication,
  parts: Parts & { readonly policy: Policy },
): OwnedParts {
  const { environments, verdicts, profiles, policy } = parts;
  const { facts } = live;
  const isTouched = changesSomething(parts);
  const isOwnerNeeded = isTouched || facts.isOwnerAsked || needsOwner(parts, live.application, policy);
  const untouched: OwnedParts = { environments, verdicts, profiles, ownership: 'not needed', adoptsParts: false };
  if (!isOwnerNeeded) return untouched;
  const tags = facts.get({ kind: 'tags' });
  if (tags === undefined) return untouched;
  const found = ownerOf(tags, policy.project);
  const problem = ownerProblem(desired, found, policy);
  if (problem !== undefined && problem !== 'pending') {
    return {
      environments: environments.map((each) => ({ ...each, blocked: true })),
      verdicts: verdicts.map((verdict) => withoutContent(verdict, found, problem)),
      profiles: [],
      ownership: 'blocked',
      adoptsParts: false,
    };
  }
  if (found.kind !== 'managed') {
    wantTagsOfParts(verdicts, live);
    return { environments, verdicts: verdicts.map(adopted), profiles, ownership: 'adopt', adoptsParts: true };
  }
  const accepting = { ...untouched, ...withAccepted(parts, live) };
  if (!found.adopted || !isTouched) return { ...accepting, ownership: 'managed' };
  // An adoption of some environments leaves the others for when they are used.
  wantTagsOfParts(verdicts.filter(isChanged), live);
  for (const { live: environment, monitorsDiffer } of environments) {
    if (environment !== undefined && monitorsDiffer) facts.get({ kind: 'tags', environmentId: environment.id });
  }
  return { ...accepting, profiles, ownership: 'managed', adoptsParts: true };
}

/** A part of the addresses does not show what of an environment may be accepted. */
function withAccepted(
  { environments, verdicts, policy }: Parts & { readonly policy: Policy },
  { facts }: KnownApplication,
): Pick<Parts, 'environments'> {
  if (policy.selective) return { environments };
  const { project } = policy;
  return {
    environments: environments.map((each) => {
      if (each.live === undefined || each.blocked) return each;
      const own = verdicts.filter(({ desired }) => desired.address.environment === each.name);
      return { ...each, accepts: acceptedBy(own, each.live, { facts, project }) };
    }),
  };
}

/** Of an application whose content may not be shown. An address with the desired label shows nothing that the tree lacks. */
function withoutContent(verdict: Verdict, found: Owner, problem: Problem): Verdict {
  const { desired, isLive } = verdict;
  if (isLive) return blockedVerdict(verdict, problem);
  const whose =
    found.kind === 'other-project' ? `belongs to project "${found.project}"` : 'the application is unmanaged';
  return { ...blockedVerdict(emptyVerdict(desired), problem), reason: `content not shown: ${whose}` };
}

function changesSomething({ environments, verdicts, profiles }: Parts): boolean {
  return (
    verdicts.some(isChanged) ||
    profiles.some(({ update }) => update !== undefined) ||
    environments.some(({ blocked, live, monitorsDiffer }) => !blocked && (live === undefined || monitorsDiffer))
  );
}

/** Also where nothing changes, an application that seems to be another project's, or to be unmanaged, is looked at. */
function needsOwner({ verdicts }: Parts, { description }: LiveApplication, { project }: Policy): boolean {
  const described = describedProject(description);
  if (described !== undefined && described !== project) return true;
  return !isDescribedAsManaged(description, project) && verdicts.some(servesUnlabelledVersion);
}

function servesUnlabelledVersion({ action, awaits, completed }: Verdict): boolean {
  if (action !== 'unchanged' && action !== 'await') return false;
  const served = awaits ?? completed;
  return served !== undefined && !isAppcfgLabel(served.versionLabel);
}

/** Why an application is neither changed nor its content shown. */
function ownerProblem(
  { name, tenant }: DesiredApplication,
  found: Owner,
  policy: Policy,
): Problem | 'pending' | undefined {
  const { project, settings, adopt, only } = policy;
  const isAllowed = adopt || matchesAny(name, settings.adopt);
  return owner.check({
    application: name,
    tenant,
    owner: found,
    project,
    command: 'sync',
    ...(isAllowed ? { adoption: only === 'deploy' ? 'other stage' : 'allowed' } : {}),
  });
}

function adopted(verdict: Verdict): Verdict {
  return verdict.action === 'unchanged'
    ? { ...verdict, action: 'adopt', reason: 'the live content is adopted as it is' }
    : verdict;
}

/** Asks which project manages the environments and profiles that some addresses use. */
function wantTagsOfParts(verdicts: readonly Verdict[], { application, facts }: KnownApplication): void {
  for (const { address } of verdicts.map(({ desired }) => desired)) {
    const environment = application.environments.get(address.environment);
    const profile = application.configurationProfiles.get(address.configurationProfile);
    if (environment !== undefined) facts.get({ kind: 'tags', environmentId: environment.id });
    if (profile !== undefined) facts.get({ kind: 'tags', profileId: profile.id });
  }
}
