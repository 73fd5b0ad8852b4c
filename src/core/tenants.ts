// What the settings say of a tenant and of one of its environments: entries under `tenants:` and `environments:` taken
// together. Of strategies and monitors a later entry wins over an earlier one, and a tenant's over an environment's. Where
// things are written is never overruled: what says so twice, or differently, is a problem.
import type { Problem } from './errors.ts';
import { isSelected, matchesAny } from './selection.ts';
import type { MonitorSettings, Settings, TenantEntry, WaveSettings } from './settings.ts';

/** All entries that match a tenant, taken together. */
export interface TenantSettings {
  readonly deploymentStrategy: string | undefined;
  /** Undefined: as the environment has it. */
  readonly monitors: readonly MonitorSettings[] | undefined;
  readonly labels: ReadonlyMap<string, string>;
  /** Globs of configuration profiles that the tenant does not have. */
  readonly excludeProfiles: readonly string[];
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly roleArn: string | undefined;
  /** Indices of the entries that match. */
  readonly entries: readonly number[];
}

/** A tenant's environment. */
export interface Target {
  readonly tenant: string;
  readonly environment: string;
}

const known = new WeakMap<readonly TenantEntry[], Map<string, TenantSettings>>();

/** Of a tenant that no entry matches. */
const unsaid = together([], '');

/** What holds for a tenant. */
export function tenantSettings({ tenants }: Pick<Settings, 'tenants'>, tenant: string): TenantSettings {
  if (tenants.length === 0) return unsaid;
  let byTenant = known.get(tenants);
  if (byTenant === undefined) {
    byTenant = new Map();
    known.set(tenants, byTenant);
  }
  let found = byTenant.get(tenant);
  if (found === undefined) {
    found = together(tenants, tenant);
    byTenant.set(tenant, found);
  }
  return found;
}

function together(tenants: readonly TenantEntry[], tenant: string): TenantSettings {
  const entries = [...tenants.keys()].filter((index) => isSelected(tenant, tenants[index]?.match ?? []));
  const matching = entries.map((index) => tenants[index]).filter((entry) => entry !== undefined);
  const last = <K extends keyof TenantEntry>(key: K) => matching.findLast((entry) => entry[key] !== undefined)?.[key];
  return {
    deploymentStrategy: last('deploymentStrategy'),
    monitors: last('monitors'),
    labels: new Map(matching.flatMap(({ labels }) => [...labels])),
    excludeProfiles: matching.flatMap(({ excludeProfiles }) => excludeProfiles),
    account: accountOf({ account: last('account'), roleArn: last('roleArn') }),
    region: last('region'),
    roleArn: last('roleArn'),
    entries,
  };
}

/** A tenant's labels: what selectors and waves go by. */
export function labelsOf(settings: Pick<Settings, 'tenants'>, tenant: string): ReadonlyMap<string, string> {
  return tenantSettings(settings, tenant).labels;
}

/** Whether a tenant has each of some labels; values may be globs. */
export function hasLabels(labels: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): boolean {
  return [...wanted].every(([key, glob]) => {
    const value = labels.get(key);
    return value !== undefined && matchesAny(value, [glob]);
  });
}

/** Whether a wave is for a tenant's environment. */
export function isInWave(wave: WaveSettings, target: Target, settings: Pick<Settings, 'tenants'>): boolean {
  return (
    isSelected(target.tenant, wave.tenants) &&
    isSelected(target.environment, wave.environments) &&
    hasLabels(labelsOf(settings, target.tenant), wave.labels)
  );
}

/** Whether a tenant goes without a profile that the template, or a file of its own, has. */
export function isExcluded(settings: Pick<Settings, 'tenants'>, tenant: string, profile: string): boolean {
  const globs = tenantSettings(settings, tenant).excludeProfiles;
  return globs.length > 0 && matchesAny(profile, globs);
}

/** The alarms that shall watch an environment, as they are written; undefined where the settings say nothing of them. */
export function monitorsOf(settings: Settings, target: Target): readonly MonitorSettings[] | undefined {
  return tenantSettings(settings, target.tenant).monitors ?? settings.environments?.get(target.environment)?.monitors;
}

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

function problem(message: string, hint: string, source: string): Problem {
  return { code: 'settings-invalid', severity: 'error', message, hint, source };
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
