// Accounts and Regions: which one an address is in, what of the tree is in each, and whether the settings agree.
import { accountOf, accountRegionId, type Destination } from '../model/account-region.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { groupsBy } from '../model/groups-by.ts';
import type { SourcePosition } from '../model/source-position.ts';
import type { Problem } from '../problem/problem.ts';
import type { Target } from './effective-settings.ts';
import type { Settings, TenantEntry } from './settings.ts';
import { entryName } from './tenant-entries.ts';

/** What the settings assign to an environment of a tenant: account, Region and role, each undefined where they do not. */
export interface EffectiveAccountRegion extends Destination {
  readonly account: string | undefined;
}

/** The account and Region that an environment of a tenant is in. The only function that decides it. */
export function effectiveAccountRegion(settings: Settings, target: Target): EffectiveAccountRegion {
  const environment = settings.environments?.get(target.environment) ?? nothingAssigned;
  return combined(environment, settings.tenants.of(target.tenant));
}

/** An environment's own account, Region and role come before those of its tenant. */
function combined(environment: Assignment, tenant: Assignment): EffectiveAccountRegion {
  const roleArn = environment.roleArn ?? tenant.roleArn;
  return {
    account: environment.account ?? tenant.account ?? accountOf({ roleArn }),
    region: environment.region ?? tenant.region,
    roleArn,
  };
}

/** The part of the tree that is in one account and Region. */
export interface AccountRegionPart extends Destination {
  readonly desired: readonly DesiredApplication[];
}

/**
 * The accounts and Regions of a run, each with its part of the tree. A tenant whose environments are in two accounts is an
 * application in each. The run's own Region, with the run's own credentials, comes first if something is in it.
 * @param options.region the run's own, for environments whose settings have none
 * @param options.everywhere also include what the settings name and the tree has nothing in: orphans may be there
 */
export function accountRegionsOf(
  desired: readonly DesiredApplication[],
  settings: Settings,
  options: { readonly region: string | undefined; readonly everywhere: boolean },
): readonly AccountRegionPart[] {
  const { region, everywhere } = options;
  const own: Destination = { region, roleArn: undefined };
  const parts = desired.flatMap((application): AccountRegionPart[] => {
    const environments = application.environments.map((environment) => {
      const target = { tenant: application.tenant, environment: environment.name };
      const { roleArn, ...assigned } = effectiveAccountRegion(settings, target);
      return { destination: { region: assigned.region ?? region, roleArn }, environment };
    });
    return groupsBy(environments, ({ destination }) => partKey(destination)).map((group) => {
      const part = { ...application, environments: group.map(({ environment }) => environment) };
      return { ...group[0].destination, desired: [part] };
    });
  });
  const named = everywhere
    ? namedAccountRegions(settings).map((each) => ({
        region: each.region ?? region,
        roleArn: each.roleArn,
        desired: [],
      }))
    : [];
  const all = parts.length + named.length === 0 ? [{ ...own, desired: [] }] : [...parts, ...named];
  return groupsBy<AccountRegionPart>(all, partKey)
    .map((same) => ({ ...same[0], desired: same.flatMap((part) => part.desired) }))
    .sort((a, b) => Number(partKey(b) === partKey(own)) - Number(partKey(a) === partKey(own)));
}

/** Equal for equal destinations. */
export function partKey({ region, roleArn }: Destination): string {
  return `${roleArn ?? ''} ${region ?? ''}`;
}

type Assignment = Pick<TenantEntry, 'account' | 'region' | 'roleArn'>;

const nothingAssigned: Assignment = { account: undefined, region: undefined, roleArn: undefined };

/** Every combination of an environment and an entry of a tenant that the settings allow. */
function namedAccountRegions(settings: Settings): readonly EffectiveAccountRegion[] {
  const environments = [...(settings.environments?.values() ?? [nothingAssigned])];
  const tenants = [nothingAssigned, ...settings.tenants];
  const needsAccount = settings.tenants.assignAccounts;
  return environments.flatMap((environment) =>
    tenants
      .filter((tenant) => differingKey(environment, tenant) === undefined)
      .map((tenant) => combined(environment, tenant))
      .filter(({ account }) => !needsAccount || account !== undefined),
  );
}

/** Every account, Region and role that a run of a tree with these environments may use, also what only its settings name. */
export function usedAccountRegions(settings: Settings, targets: readonly Target[]): readonly EffectiveAccountRegion[] {
  return [...targets.map((target) => effectiveAccountRegion(settings, target)), ...namedAccountRegions(settings)];
}

const assignedKeys = ['account', 'region', 'roleArn'] as const;

type AssignedKey = (typeof assignedKeys)[number];

const keyNouns = { account: 'an account', region: 'a Region', roleArn: 'a role' } as const satisfies Record<
  AssignedKey,
  string
>;

/** The first key that both set, to different values. A role sets its account, too. */
function differingKey(a: Assignment, b: Assignment): AssignedKey | undefined {
  return assignedKeys.find((key) => {
    const [one, other] = [assigned(a, key), assigned(b, key)];
    return one !== undefined && other !== undefined && one !== other;
  });
}

function assigned(assignment: Assignment, key: AssignedKey): string | undefined {
  return key === 'account' ? accountOf(assignment) : assignment[key];
}

/** Contradictions in the account and Region of a tenant. @param environments those of the tenant */
export function accountRegionProblems(
  settings: Settings,
  tenant: string,
  environments: Iterable<string>,
): readonly Problem[] {
  if (settings.tenants.length === 0) return [];
  const names = [...environments];
  return [
    ...duplicateProblems(settings, tenant),
    ...names.flatMap((environment) => contradictionProblems(settings, { tenant, environment })),
    ...missingAccountProblems(settings, tenant, names),
  ];
}

/** Two entries under `tenants` that set the same key. */
function duplicateProblems(settings: Settings, tenant: string): readonly Problem[] {
  const { entries } = settings.tenants.of(tenant);
  return assignedKeys.flatMap((key) => {
    const [first, second] = entriesThatSet(settings, entries, key);
    if (first === undefined || second === undefined) return [];
    const globs = (index: number) => (settings.tenants[index]?.match ?? []).map((glob) => `"${glob}"`).join(', ');
    return [
      settingsProblem(
        `two entries match the tenant "${tenant}" and set ${keyNouns[key]}: ${globs(first)} and ${globs(second)}`,
        `keep ${key} in one entry: exclude the tenant from the other with "!${tenant}"`,
        settings.sourceOf('tenants', String(second), key),
      ),
    ];
  });
}

/** An environment and its tenant that set different values. */
function contradictionProblems(settings: Settings, { tenant, environment }: Target): readonly Problem[] {
  const ofTenant = settings.tenants.of(tenant);
  const ofEnvironment = settings.environments?.get(environment) ?? nothingAssigned;
  const key = differingKey(ofEnvironment, ofTenant);
  if (key === undefined) return [];
  const [index] = entriesThatSet(settings, ofTenant.entries, key);
  const entry = index === undefined ? undefined : settings.tenants[index];
  if (entry === undefined) return [];
  return [
    settingsProblem(
      `${tenant}/${environment} has two values for ${key}: environments.${environment} sets "${assigned(ofEnvironment, key)}", and ${entryName(entry)} sets "${ofTenant[key]}"`,
      'delete one of them, or make them equal',
      settings.sourceOf('tenants', String(index), key),
    ),
  ];
}

/** The first environment without an account, where other tenants have one. */
function missingAccountProblems(
  settings: Settings,
  tenant: string,
  environments: readonly string[],
): readonly Problem[] {
  if (!settings.tenants.assignAccounts) return [];
  const missing = environments.find(
    (environment) => effectiveAccountRegion(settings, { tenant, environment }).account === undefined,
  );
  if (missing === undefined) return [];
  return [
    settingsProblem(
      `${tenant}/${missing} has no account, but other tenants have one`,
      `set account or roleArn, under tenants for "${tenant}" or under environments for "${missing}"`,
      settings.sourceOf('tenants'),
    ),
  ];
}

function entriesThatSet(settings: Settings, entries: readonly number[], key: AssignedKey): readonly number[] {
  return entries.filter((index) => {
    const entry = settings.tenants[index];
    return entry !== undefined && assigned(entry, key) !== undefined;
  });
}

/** Two roles, or a role and the run's own credentials, for one account and Region: each would create the same applications. */
export function conflictingRolesProblem(
  destinations: readonly (Destination & { readonly account?: string })[],
): Problem | undefined {
  const seen = new Map<string, Destination>();
  for (const destination of destinations) {
    const account = accountOf(destination);
    if (account === undefined) continue;
    const id = accountRegionId({ account, region: destination.region ?? '' });
    const other = seen.get(id);
    if (other !== undefined) {
      const roles = [other, destination].map(({ roleArn }) => roleArn ?? "the run's own credentials");
      return settingsProblem(
        `two roles for ${id}: ${roles.join(' and ')}`,
        'set the same roleArn for everything in this account and Region',
        { file: 'appcfg.yml' },
      );
    }
    seen.set(id, destination);
  }
  return undefined;
}

function settingsProblem(message: string, hint: string, source: SourcePosition): Problem {
  return { code: 'settings-invalid', severity: 'error', message, hint: { text: hint }, source };
}
