// What changes between two revisions of a tree, address by address, without AppConfig.

import { formatChange } from '../assess/content-change.ts';
import { changeFindings } from '../change-findings/change-findings.ts';
import type { Change } from '../document/diff-values.ts';
import { createRedactor } from '../document/redact.ts';
import { unknownAccountRegion } from '../model/account-region.ts';
import { type Address, formatAddress } from '../model/address.ts';
import type { DesiredApplication, DesiredConfiguration } from '../model/desired-state.ts';
import { contentChange, mergeChangeGroups } from '../plan/change-groups.ts';
import { emptyPlan } from '../plan/empty-plan.ts';
import { type ChangeGroup, type Plan, type PlannedAddress, plannedAddress } from '../plan/plan.ts';
import { numbersOf, strategyFor } from '../settings/deployment-strategies.ts';
import { profileAsWritten, type Settings } from '../settings/settings.ts';

/** One revision, resolved. */
export interface Revision {
  readonly settings: Settings;
  readonly desired: readonly DesiredApplication[];
}

/** @returns a plan without steps. Values that one of the revisions redacts are redacted. */
export function compareRevisions(base: Revision, head: Revision, project: string): Plan {
  const redact = createRedactor({
    redact: [...base.settings.redact, ...head.settings.redact],
    secretsShown: head.settings.secretsShown,
  });
  const before = configurationsOf(base);
  const after = configurationsOf(head);
  const changeGroups: ChangeGroup[] = [];
  const compare = (key: string): PlannedAddress => {
    const old = before.get(key);
    const wanted = after.get(key);
    const known = wanted ?? old;
    if (known === undefined) throw new Error(`${key} is in neither revision`);
    const action =
      old === undefined ? 'create' : wanted === undefined ? 'delete' : isSame(old, wanted) ? 'unchanged' : 'update';
    const hasSameContent = old !== undefined && wanted !== undefined && labelIn(old) === labelIn(wanted);
    const { address, profileType, content } = known.configuration;
    const label = content.versionLabel;
    const values = { before: old?.configuration.value, after: wanted?.configuration.value };
    const change = hasSameContent
      ? undefined
      : contentChange({
          profile: address.configurationProfile,
          profileType,
          label,
          ...values,
          asWritten: wanted?.configuration.asWritten,
          redact,
        });
    if (change !== undefined) {
      const changes = change.changes.length > 0 ? change.changes : formatChanges(old, wanted);
      changeGroups.push({ id: change.changeGroup, addresses: [address], changes });
    }
    const { lists } = profileAsWritten(head.settings, address.configurationProfile);
    const findings = hasSameContent
      ? []
      : changeFindings(values, { checks: head.settings.guards.changes, lists, redact });
    return plannedAddress({
      address,
      accountRegion: unknownAccountRegion.id,
      application: known.application,
      action,
      changeGroup: change?.changeGroup,
      desired: wanted && { versionLabel: label, bytes: content.bytes },
      ...(wanted && strategyAt(address, head.settings)),
      ...(findings.length === 0 ? {} : { findings }),
      reason: reasonOf(old, wanted),
    });
  };
  const addresses = [...new Set([...after.keys(), ...before.keys()])].map(compare);
  return {
    ...emptyPlan('comparison', project, unknownAccountRegion),
    addresses,
    changeGroups: mergeChangeGroups(changeGroups),
    expectedMinutes: 0,
  };
}

/** The strategy that would deploy it. */
function strategyAt(
  address: Address,
  settings: Settings,
): Pick<PlannedAddress, 'deploymentStrategy' | 'strategyNumbers'> {
  const deploymentStrategy = strategyFor(settings, address);
  const strategyNumbers = numbersOf(settings, deploymentStrategy);
  return { deploymentStrategy, ...(strategyNumbers && { strategyNumbers }) };
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

function labelIn({ configuration }: Configured): string {
  return configuration.content.versionLabel;
}

function isSame(old: Configured, wanted: Configured): boolean {
  return old.application === wanted.application && labelIn(old) === labelIn(wanted);
}

/** The same values in another format. */
function formatChanges(old: Configured | undefined, wanted: Configured | undefined): readonly Change[] {
  if (old === undefined || wanted === undefined) return [];
  return [formatChange(old.configuration.content.contentType, wanted.configuration.content.contentType)];
}

function reasonOf(old: Configured | undefined, wanted: Configured | undefined): string {
  if (old === undefined || wanted === undefined || labelIn(old) !== labelIn(wanted)) return 'differs from the base';
  if (isSame(old, wanted)) return 'the same in both revisions';
  return `application ${JSON.stringify(old.application)} → ${JSON.stringify(wanted.application)}`;
}
