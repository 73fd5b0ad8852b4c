// Accounts and Regions: which of them a run is about, what of the tree is in each, and the plans for them made into one.
import type { Problem } from './errors.ts';
import { type DesiredApplication, formatAddress } from './model.ts';
import type { AccountRegion, ChangeGroup, Plan, PlannedAddress, Step, StepId } from './plan.ts';
import type { Settings, TenantEntry } from './settings.ts';
import { accountOf, effectiveAccountRegion } from './tenants.ts';

/** How to get to an account and Region. The account itself is known when somebody asked there. */
export interface Destination {
  /** Undefined: nothing names one. */
  readonly region: string | undefined;
  /** To assume; undefined: the run's own credentials. */
  readonly roleArn: string | undefined;
}

/** What of the tree is in one place. */
export interface AccountRegionPart extends Destination {
  readonly desired: readonly DesiredApplication[];
}

/**
 * The places that a run is about, each with its part of the tree: a tenant whose environments are in two accounts is an
 * application in each. The run's own place comes first, where something is in it.
 * @param about.region of the run, for what the settings give none
 * @param about.everywhere also places that the settings name and nothing of the tree is in: there may be orphans
 */
export function accountRegionsOf(
  desired: readonly DesiredApplication[],
  settings: Settings,
  about: { readonly region: string | undefined; readonly everywhere: boolean },
): readonly AccountRegionPart[] {
  const parts = new Map<string, { readonly to: Destination; readonly desired: DesiredApplication[] }>();
  const partAt = (to: Destination) => {
    const key = `${to.roleArn ?? ''} ${to.region ?? ''}`;
    const part = parts.get(key) ?? { to, desired: [] };
    parts.set(key, part);
    return part;
  };
  for (const application of desired) {
    for (const [to, environments] of byPlace(application, settings, about.region)) {
      partAt(to).desired.push({ ...application, environments });
    }
  }
  if (about.everywhere) for (const to of namedPlaces(settings, about.region)) partAt(to);
  const own = ` ${about.region ?? ''}`;
  if (parts.size === 0) partAt({ region: about.region, roleArn: undefined });
  const sorted = [...parts].sort(([a], [b]) => Number(b === own) - Number(a === own));
  return sorted.map(([, { to, desired: those }]) => ({ ...to, desired: those }));
}

type Environments = DesiredApplication['environments'];

function byPlace(
  application: DesiredApplication,
  settings: Settings,
  region: string | undefined,
): readonly (readonly [Destination, Environments])[] {
  const { tenant, environments } = application;
  const found = new Map<string, [Destination, Environments[number][]]>();
  for (const environment of environments) {
    const settled = effectiveAccountRegion(settings, { tenant, environment: environment.name });
    const to = { region: settled.region ?? region, roleArn: settled.roleArn };
    const key = `${to.roleArn ?? ''} ${to.region ?? ''}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, [to, [environment]]);
    else known[1].push(environment);
  }
  return [...found.values()];
}

/** Every place in which, by the settings, something may be. */
function namedPlaces(settings: Settings, region: string | undefined): readonly Destination[] {
  const silent = { account: undefined, region: undefined, roleArn: undefined };
  const environments = settings.environments === undefined ? [silent] : [...settings.environments.values()];
  const entries = [silent, ...settings.tenants];
  const accounted = settings.tenants.some((entry) => accountOf(entry) !== undefined);
  return environments.flatMap((environment) =>
    entries.flatMap((entry) => {
      const account = accountOf(environment) ?? accountOf(entry);
      // No tenant is without an account where others have one.
      if (accounted && account === undefined) return [];
      if (differ(environment, entry)) return [];
      return [{ region: environment.region ?? entry.region ?? region, roleArn: environment.roleArn ?? entry.roleArn }];
    }),
  );
}

type Said = Pick<TenantEntry, 'account' | 'region' | 'roleArn'>;

/** Whether an environment and a tenant's entry say two things: no address is there. */
function differ(a: Said, b: Said): boolean {
  const pairs = [
    [accountOf(a), accountOf(b)],
    [a.region, b.region],
    [a.roleArn, b.roleArn],
  ];
  return pairs.some(([one, other]) => one !== undefined && other !== undefined && one !== other);
}

/**
 * Two roles, or a role and the run's own credentials, that lead to one account and Region: a tenant's application there
 * would be made twice.
 */
export function conflictingRolesProblem(
  places: readonly (Destination & { readonly account?: string })[],
): Problem | undefined {
  const seen = new Map<string, Destination>();
  for (const place of places) {
    const account = place.account ?? accountOf({ account: undefined, roleArn: place.roleArn });
    if (account === undefined) continue;
    const id = accountRegionId({ account, region: place.region ?? '' });
    const other = seen.get(id);
    if (other !== undefined) {
      const ways = [other, place].map(({ roleArn }) => roleArn ?? "the run's own credentials");
      return {
        code: 'settings-invalid',
        severity: 'error',
        message: `two ways lead to ${id}: ${ways.join(' and ')}`,
        hint: 'let one role be in charge of an account and Region: set the same `roleArn` for everything in it',
        source: 'appcfg.yml',
      };
    }
    seen.set(id, place);
  }
  return undefined;
}

/** `444455556666/eu-west-1`: what a place is called in plans and texts. */
export function accountRegionId(place: { readonly account: string | undefined; readonly region: string }): string {
  return `${place.account ?? 'unknown'}/${place.region}`;
}

/** One place's plan; `isOwn` marks the place of the run itself, whose steps are named as if there were no other. */
export interface AccountRegionPlan {
  readonly place: AccountRegion;
  readonly isOwn: boolean;
  readonly plan: Plan;
}

/**
 * One plan of those for all places. Where the run is about one alone nothing of its plan changes; else each address and step
 * says where it is.
 * @param about.desired the whole tree's: the order of the addresses
 * @param about.several the run is about several places, also if there is a plan for one of them only
 */
export function mergePlans(
  parts: readonly [AccountRegionPlan, ...AccountRegionPlan[]],
  about: { readonly desired: readonly DesiredApplication[]; readonly several: boolean },
): Plan {
  const [first] = parts;
  const { desired, several } = about;
  if (!several) return first.plan;
  const steps = parts.flatMap((part) => part.plan.steps.map((step) => placed(step, part)));
  return {
    ...first.plan,
    accountRegions: parts.map(({ place }) => place),
    settingsChanges: parts.flatMap(({ plan }) => plan.settingsChanges),
    steps,
    addresses: inOrder(
      parts.flatMap(({ place, plan }) => plan.addresses.map((address) => ({ ...address, accountRegion: place.id }))),
      desired,
    ),
    changeGroups: mergedGroups(parts.flatMap(({ plan }) => plan.changeGroups)),
    refusals: parts.flatMap(({ place, plan }) => plan.refusals.map((problem) => withAccountRegion(problem, place.id))),
    problems: parts.flatMap(({ place, plan }) => plan.problems.map((problem) => withAccountRegion(problem, place.id))),
  };
}

/** A problem that is about a place, and does not say so: of several, which one. */
export function withAccountRegion(problem: Problem, place: string): Problem {
  switch (problem.code) {
    case 'environment-orphaned':
    case 'deletion-skipped':
      return problem.source === undefined ? problem : { ...problem, source: `${problem.source} in ${place}` };
    case 'quota-at-risk':
    case 'guard-quota':
      return { ...problem, message: `${problem.message} (in ${place})` };
    default:
      return problem;
  }
}

function placed(step: Step, { place, isOwn }: AccountRegionPlan): Step {
  const named = (id: StepId) => (isOwn ? id : `${id} in ${place.id}`);
  return { ...step, id: named(step.id), after: step.after.map(named), accountRegion: place.id };
}

/** As in the tree; what the tree does not have comes last. */
function inOrder(
  addresses: readonly PlannedAddress[],
  desired: readonly DesiredApplication[],
): readonly PlannedAddress[] {
  const order = new Map(formattedAddresses(desired).map((address, index) => [address, index]));
  const at = ({ address }: PlannedAddress) => order.get(address) ?? order.size;
  return addresses.toSorted((a, b) => at(a) - at(b));
}

/** Addresses as they are written, in the order of the tree. */
export function formattedAddresses(desired: readonly DesiredApplication[]): readonly string[] {
  return desired.flatMap(({ environments }) =>
    environments.flatMap(({ configurations }) => configurations.map(({ address }) => formatAddress(address))),
  );
}

/** Changes that are alike are one class, wherever they are. */
function mergedGroups(classes: readonly ChangeGroup[]): readonly ChangeGroup[] {
  const byId = new Map<string, ChangeGroup>();
  for (const each of classes) {
    const known = byId.get(each.id);
    byId.set(each.id, known === undefined ? each : { ...known, addresses: [...known.addresses, ...each.addresses] });
  }
  return [...byId.values()];
}

/** The plan for what is in a place that nobody gets to: every address is blocked, and nothing is done. */
export function unreachablePlan(
  desired: readonly DesiredApplication[],
  problem: Problem,
  about: { readonly project: string; readonly kind: Plan['kind'] },
): Plan {
  const configurations = desired.flatMap(({ name, environments }) =>
    environments.flatMap((environment) =>
      environment.configurations.map(({ address, content }) => ({ application: name, address, content })),
    ),
  );
  const [first] = configurations;
  const source = first === undefined ? undefined : `${first.address.tenant}/${first.address.environment}`;
  // A problem that stands in the settings names no address.
  const named = problem.source === undefined ? 1 : 0;
  const others = configurations.length - named;
  const left =
    others > 0
      ? ` (${others}${named === 1 ? ' more' : ''} ${others === 1 ? 'address is' : 'addresses are'} left alone for it${named === 1 ? '' : `, ${source} among them`})`
      : '';
  return {
    formatVersion: 1,
    kind: about.kind,
    project: about.project,
    settingsChanges: [],
    steps: [],
    addresses: configurations.map(({ application, address, content }) => ({
      address: formatAddress(address),
      application,
      environment: address.environment,
      action: 'blocked',
      changeGroup: undefined,
      live: undefined,
      desired: { versionLabel: content.versionLabel, bytes: content.bytes },
      deploymentStrategy: undefined,
      reason: problem.message,
      blockedBy: { ...problem, source: formatAddress(address) },
    })),
    changeGroups: [],
    waves: [],
    refusals: [],
    // Where nothing of the tree is, only orphans stay unseen.
    problems: [
      source === undefined && about.kind === 'sync'
        ? { ...problem, severity: 'warning' }
        : { ...(source === undefined ? {} : { source }), ...problem, message: `${problem.message}${left}` },
    ],
    expectedMinutes: 0,
  };
}
