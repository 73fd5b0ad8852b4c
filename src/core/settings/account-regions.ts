// Accounts and Regions: which of them a run is about, what of the tree is in each, and the plans for them made into one.

import { accountRegionId, type Destination } from '../model/account-region.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import type { SourcePosition } from '../model/source-position.ts';
import type { Problem } from '../problem/problem.ts';
import { type Target, tenantSettings } from './effective-settings.ts';
import type { Settings, TenantEntry } from './settings.ts';

/** The account, the Region and the role that the settings give to a tenant's environment, as far as they do. */
export interface EffectiveAccountRegion {
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly roleArn: string | undefined;
}

/** Where a tenant's environment is. */
export function effectiveAccountRegion(settings: Settings, target: Target): EffectiveAccountRegion {
  const tenant = tenantSettings(settings, target.tenant);
  const environment = settings.environments?.get(target.environment);
  const roleArn = environment?.roleArn ?? tenant.roleArn;
  return {
    account: environment?.account ?? tenant.account ?? accountOf({ account: undefined, roleArn }),
    region: environment?.region ?? tenant.region,
    roleArn,
  };
}

/** A role is in an account, and leads to it. */
export function accountOf(place: {
  readonly account: string | undefined;
  readonly roleArn: string | undefined;
}): string | undefined {
  return place.account ?? /^arn:[a-z-]+:iam::([0-9]{12}):/.exec(place.roleArn ?? '')?.[1];
}

/** What does not go together about where a tenant is. @param environments that the tenant has */
export function accountRegionProblems(
  settings: Settings,
  tenant: string,
  environments: Iterable<string>,
): readonly Problem[] {
  if (settings.tenants.length === 0) return [];
  return [...twiceProblems(settings, tenant), ...differenceProblems(settings, tenant, [...environments])];
}

const placeKeys = ['account', 'region', 'roleArn'] as const;

const placeNouns = { account: 'an account', region: 'a Region', roleArn: 'a role' } as const;

function problem(message: string, hint: string, source: SourcePosition): Problem {
  return { code: 'settings-invalid', severity: 'error', message, hint: { text: hint }, source };
}

/** Two entries that say where a tenant is. */
function twiceProblems(settings: Settings, tenant: string): readonly Problem[] {
  const { entries } = tenantSettings(settings, tenant);
  return placeKeys.flatMap((key) => {
    const saying = entries.filter((index) => saidBy(settings.tenants[index], key));
    const [first, second] = saying;
    if (first === undefined || second === undefined) return [];
    const globs = (index: number) => (settings.tenants[index]?.match ?? []).map((glob) => `"${glob}"`).join(', ');
    return [
      problem(
        `the tenant "${tenant}" is matched by two entries that set ${placeNouns[key]}: ${globs(first)} and ${globs(second)}`,
        'let one entry alone say where a tenant is: take it out of the other with "!" and its name',
        settings.sourceOf('tenants', String(second), key),
      ),
    ];
  });
}

/** A role says which account it is in. */
function saidBy(entry: TenantEntry | undefined, key: (typeof placeKeys)[number]): boolean {
  if (entry === undefined) return false;
  return key === 'account' ? accountOf(entry) !== undefined : entry[key] !== undefined;
}

/** What an environment's settings and its tenant's say differently, and accounts that only some have. */
function differenceProblems(settings: Settings, tenant: string, environments: readonly string[]): readonly Problem[] {
  const problems: Problem[] = [];
  const own = tenantSettings(settings, tenant);
  const accounted = settings.tenants.some((entry) => accountOf(entry) !== undefined);
  for (const name of environments) {
    const environment = settings.environments?.get(name);
    const theirs = {
      account: environment && accountOf(environment),
      region: environment?.region,
      roleArn: environment?.roleArn,
    };
    const key = placeKeys.find(
      (each) => theirs[each] !== undefined && own[each] !== undefined && theirs[each] !== own[each],
    );
    if (key !== undefined) {
      const index = own.entries.find((each) => saidBy(settings.tenants[each], key));
      problems.push(
        problem(
          `${tenant}/${name} has two places: environments.${name} says ${theirs[key]}, and tenants says ${own[key]}`,
          'an environment is never written in another place than its own: leave one of them out',
          settings.sourceOf('tenants', String(index), key),
        ),
      );
    }
  }
  const homeless = environments.find(
    (name) => effectiveAccountRegion(settings, { tenant, environment: name }).account === undefined,
  );
  if (accounted && homeless !== undefined) {
    problems.push(
      problem(
        `${tenant}/${homeless} has no account, and other tenants have one`,
        'give every tenant one: under tenants, with a glob that matches it, or under environments',
        settings.sourceOf('tenants'),
      ),
    );
  }
  return problems;
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
        hint: {
          text: 'let one role be in charge of an account and Region: set the same `roleArn` for everything in it',
        },
        source: { file: 'appcfg.yml' },
      };
    }
    seen.set(id, place);
  }
  return undefined;
}
