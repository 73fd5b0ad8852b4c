// Which of AppConfig's addresses a command is for that does not read a tree.
import { type Address, type AddressGlob, formatAddress, isNamed, type Subject } from '../model/address.ts';
import { isLiteralName, matchesAny, nameOfGlob } from '../model/globs.ts';
import { areLabelsSelected, isSelected, type Selection } from '../model/selection.ts';
import type { Hint } from '../problem/hint.ts';
import type { Problem } from '../problem/problem.ts';
import { suggest } from '../problem/suggest.ts';
import { globProblems, selectorProblems } from '../settings/check-selection.ts';
import { labelsOf } from '../settings/effective-settings.ts';
import type { Settings } from '../settings/settings.ts';

export interface RequestedAddresses {
  /** Empty: what is selected. */
  readonly addresses: readonly AddressGlob[];
  readonly selection: Selection;
  /** With the labels of tenants. */
  readonly settings: Pick<Settings, 'tenants'>;
}

/** Whether a tenant may have a requested address. */
export function requestsTenant(tenant: string, { addresses, selection, settings }: RequestedAddresses): boolean {
  return (
    isSelectedTenant(tenant, { selection, settings }) &&
    (addresses.length === 0 || addresses.some((glob) => glob.spansParts || matchesAny(tenant, [glob.tenant])))
  );
}

function isSelectedTenant(
  tenant: string,
  { selection, settings }: Pick<RequestedAddresses, 'selection' | 'settings'>,
): boolean {
  return isSelected(tenant, selection.tenants) && areLabelsSelected(labelsOf(settings, tenant), selection.labels);
}

/** Whether a tenant is requested by its name, not by a glob: then it is read also if it is unmanaged. */
export function namesTenant(tenant: string, { addresses, selection }: RequestedAddresses): boolean {
  return (
    selection.tenants.some((glob) => isLiteralName(glob) && nameOfGlob(glob) === tenant) ||
    addresses.some((glob) => glob.tenant === tenant)
  );
}

export function requestsEnvironment(environment: string, { selection }: RequestedAddresses): boolean {
  return isSelected(environment, selection.environments);
}

export function requestsAddress(address: Address, targets: RequestedAddresses): boolean {
  const { addresses, selection } = targets;
  return (
    requestsTenant(address.tenant, targets) &&
    isSelected(address.environment, selection.environments) &&
    isSelected(address.configurationProfile, selection.configurationProfiles) &&
    isNamed(address, addresses)
  );
}

/** What one tenant's application has, for finding what was requested. */
export interface FoundApplication {
  readonly tenant: string;
  readonly application: string;
  readonly environments: readonly string[];
  readonly configurationProfiles: readonly string[];
}

/**
 * A problem for each address that AppConfig does not have, for each flag that matches nothing there, and for flags that together
 * select nothing.
 * @param among.applicationOf the name of a tenant's application
 * @param among.tenants those that can be suggested
 */
export function missingAddresses(
  targets: RequestedAddresses,
  found: readonly FoundApplication[],
  among: { readonly applicationOf: (tenant: string) => string; readonly tenants: readonly string[] },
): readonly Problem[] {
  const ofFlags = missingSelection(targets, found, among.tenants);
  const problems = targets.addresses.flatMap((glob): Problem[] => {
    const { text, isLiteral, tenant, environment, configurationProfile } = glob;
    const subject = { tenant, environment, configurationProfile };
    if (!isLiteral) {
      const some = found.some((each) => addressesOf(each).some((address) => isNamed(address, [glob])));
      return some
        ? []
        : [
            missing(
              `"${text}" matches no address in AppConfig`,
              hintFor(glob, found) ?? tenantHint(tenant, among.tenants),
            ),
          ];
    }
    if (!isSelectedTenant(tenant, targets)) {
      return [missing(`the selection flags exclude tenant "${tenant}"`, 'remove the flags, or the address', subject)];
    }
    const own = found.filter((each) => each.tenant === tenant);
    const [{ application } = { application: '' }] = own;
    if (own.length === 0) {
      const hint = tenantHint(tenant, among.tenants);
      return [missing(`AppConfig has no application "${among.applicationOf(tenant)}"`, hint, subject)];
    }
    // A tenant's environments may be in several accounts and Regions.
    const environments = own.flatMap((each) => each.environments);
    if (!environments.includes(environment)) {
      return [
        missing(
          `the application "${application}" has no environment "${environment}"`,
          suggest(environment, environments).text,
          subject,
        ),
      ];
    }
    const configurationProfiles = own
      .filter((each) => each.environments.includes(environment))
      .flatMap((each) => each.configurationProfiles);
    if (configurationProfiles.includes(configurationProfile)) return [];
    const message = `the application "${application}" has no configuration profile "${configurationProfile}"`;
    return [missing(message, suggest(configurationProfile, configurationProfiles).text, subject)];
  });
  if (ofFlags.length + problems.length > 0 || targets.addresses.length > 0) return [...ofFlags, ...problems];
  const some = found.some((each) => addressesOf(each).some((address) => requestsAddress(address, targets)));
  if (some) return [];
  const hint =
    found.length === 0
      ? tenantHint(targets.selection.tenants[0] ?? '', among.tenants)
      : 'each flag alone selects something: leave one out';
  return [missing('nothing that this project manages is selected', hint)];
}

/** @param tenants that AppConfig has of the project */
function tenantHint(name: string, tenants: readonly string[]): Hint {
  return tenants.length === 0
    ? {
        text: 'this project manages nothing in this account and Region; see what a sync would create',
        command: { run: 'diff', args: [] },
      }
    : suggest(name, tenants);
}

/** A typo beside a name that exists would silently select less. */
function missingSelection(
  { selection, settings }: RequestedAddresses,
  found: readonly FoundApplication[],
  tenants: readonly string[],
): readonly Problem[] {
  const all = new Set([...tenants, ...found.map(({ tenant }) => tenant)]);
  const labels = [...all].map((tenant) => labelsOf(settings, tenant));
  const ofTenants = [
    ...globProblems('--tenant', selection.tenants, all),
    ...selectorProblems(selection.labels, labels),
  ];
  if (found.length === 0) return ofTenants;
  const environments = new Set(found.flatMap((each) => each.environments));
  const configurationProfiles = new Set(found.flatMap((each) => each.configurationProfiles));
  return [
    ...ofTenants,
    ...globProblems('--env', selection.environments, environments),
    ...globProblems('--config-profile', selection.configurationProfiles, configurationProfiles),
  ];
}

/** What could replace the first part of a glob that matches nothing. */
function hintFor(
  { tenant, environment, configurationProfile, spansParts }: AddressGlob,
  found: readonly FoundApplication[],
): string | undefined {
  if (spansParts || configurationProfile.includes('/')) return undefined;
  const own = found.filter((each) => matchesAny(each.tenant, [tenant]));
  if (own.length === 0) return undefined;
  const environments = [...new Set(own.flatMap((each) => each.environments))];
  return environments.some((each) => matchesAny(each, [environment]))
    ? suggest(configurationProfile, [...new Set(own.flatMap((each) => each.configurationProfiles))]).text
    : suggest(environment, environments).text;
}

/** What to do about an address that matches none of some: the name that its first part without a match is probably meant to be. */
export function suggestAddress(glob: AddressGlob, addresses: readonly Address[], otherwise?: Hint): Hint {
  const { text, isLiteral, spansParts } = glob;
  if (isLiteral || spansParts) return suggest(text, addresses.map(formatAddress), otherwise);
  let matching = addresses;
  for (const part of ['tenant', 'environment', 'configurationProfile'] as const) {
    const names = [...new Set(matching.map((address) => address[part]))];
    matching = matching.filter((address) => matchesAny(address[part], [glob[part]]));
    if (matching.length === 0) return suggest(glob[part], names, otherwise);
  }
  return suggest(text, addresses.map(formatAddress), otherwise);
}

function addressesOf({ tenant, environments, configurationProfiles }: FoundApplication): readonly Address[] {
  return environments.flatMap((environment) =>
    configurationProfiles.map((configurationProfile) => ({ tenant, environment, configurationProfile })),
  );
}

function missing(message: string, hint: string | Hint, subject?: Subject): Problem {
  return {
    code: 'selection-empty',
    severity: 'error',
    message,
    hint: typeof hint === 'string' ? { text: hint } : hint,
    ...(subject === undefined ? {} : { subject }),
  };
}
