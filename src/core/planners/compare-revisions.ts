// What changes between two revisions of a tree, address by address, without AppConfig.
import { type Change, changesBetween } from '../document/diff-values.ts';
import { createRedactor, type Redactor } from '../document/redact.ts';
import { unknownAccountRegion } from '../model/account-region.ts';
import { formatAddress } from '../model/address.ts';
import type { DesiredApplication, DesiredConfiguration } from '../model/desired-state.ts';
import { mapOf, type Value } from '../model/value.ts';
import { ChangeGroups, changeGroupOf } from '../plan/change-groups.ts';
import { emptyPlan } from '../plan/empty-plan.ts';
import type { Plan, PlannedAddress } from '../plan/plan.ts';
import { strategyFor } from '../settings/deployment-strategies.ts';
import type { Settings } from '../settings/settings.ts';

/** One revision, resolved. */
export interface Revision {
  readonly settings: Settings;
  readonly desired: readonly DesiredApplication[];
}

/** @returns a plan without steps. Values that one of the revisions redacts are redacted. */
export function compareRevisions(base: Revision, head: Revision, project: string): Plan {
  const redact = createRedactor([...base.settings.redact, ...head.settings.redact]);
  const before = configurationsOf(base);
  const after = configurationsOf(head);
  const changeGroups = new ChangeGroups();
  const compare = (address: string): PlannedAddress => {
    const old = before.get(address);
    const wanted = after.get(address);
    const known = wanted ?? old;
    if (known === undefined) throw new Error(`${address} is in neither revision`);
    const action =
      old === undefined ? 'create' : wanted === undefined ? 'delete' : isSame(old, wanted) ? 'unchanged' : 'update';
    const label = known.configuration.content.versionLabel;
    const changeGroup = action === 'unchanged' ? undefined : groupOf(known, contentChanges(old, wanted, unredacted));
    if (changeGroup !== undefined)
      changeGroups.add(changeGroup, known.configuration.address, contentChanges(old, wanted, redact));
    return {
      address: known.configuration.address,
      accountRegion: unknownAccountRegion.id,
      application: known.application,
      environment: known.configuration.address.environment,
      action,
      changeGroup,
      live: undefined,
      desired: wanted && { versionLabel: label, bytes: wanted.configuration.content.bytes },
      deploymentStrategy: wanted && strategyFor(head.settings, known.configuration.address),
      reason: action === 'unchanged' ? 'the same in both revisions' : 'differs from the base',
      blockedBy: undefined,
    };
  };
  const addresses = [...new Set([...after.keys(), ...before.keys()])].map(compare);
  return {
    ...emptyPlan('comparison', project, unknownAccountRegion),
    settingsChanges: changesBetween(locationSettings(base.settings), locationSettings(head.settings), {
      redact: createRedactor([]),
    }),
    addresses,
    changeGroups: changeGroups.all(),
    expectedMinutes: 0,
  };
}

interface Configured {
  readonly application: string;
  readonly configuration: DesiredConfiguration;
}

function configurationsOf(revision: Revision): ReadonlyMap<string, Configured> {
  return new Map(
    revision.desired.flatMap(({ name, environments }) =>
      environments
        .flatMap((environment) => environment.configurations)
        .map((configuration) => [formatAddress(configuration.address), { application: name, configuration }]),
    ),
  );
}

function isSame(old: Configured, wanted: Configured): boolean {
  return (
    old.application === wanted.application &&
    old.configuration.content.versionLabel === wanted.configuration.content.versionLabel
  );
}

const unredacted = createRedactor([]);

function groupOf({ configuration }: Configured, changes: readonly Change[]): string {
  const { address, content } = configuration;
  const { configurationProfile } = address;
  return changeGroupOf({ configurationProfile, versionLabel: content.versionLabel, changes });
}

function contentChanges(
  old: Configured | undefined,
  wanted: Configured | undefined,
  redact: Redactor,
): readonly Change[] {
  return changesBetween(old?.configuration.value, wanted?.configuration.value, { redact });
}

/** The settings that decide in which account and Region, under which names and for which project things are created. */
function locationSettings(settings: Settings): Value {
  const map = (members: Readonly<Record<string, Value | undefined>>): Value =>
    mapOf(Object.entries(members).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
  const environments = [...(settings.environments ?? [])].map(
    ([name, { account, region, roleArn }]) => [name, map({ account, region, roleArn })] as const,
  );
  // By their globs: the position of an entry in the list is no difference.
  const tenants = settings.tenants
    .filter(({ account, region, roleArn }) => account ?? region ?? roleArn)
    .map(({ match, account, region, roleArn }) => [match.join(' '), map({ account, region, roleArn })] as const);
  return map({
    project: settings.project,
    applicationName: settings.applicationName,
    aws: map({ region: settings.aws.region, allowedAccounts: settings.aws.allowedAccounts }),
    environments: mapOf(environments),
    tenants: mapOf(tenants),
  });
}
