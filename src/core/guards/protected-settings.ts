import { isDeepStrictEqual } from 'node:util';
import { formatAddress } from '../model/address.ts';
import type { Problem } from '../problem/problem.ts';
import { listNames } from '../problem/suggest.ts';
import { effectiveAccountRegion, usedAccountRegions } from '../settings/account-regions.ts';
import { applicationNameOf } from '../settings/application-name.ts';
import type { Target } from '../settings/effective-settings.ts';
import type { Settings } from '../settings/settings.ts';
import type { Guard } from './guard.ts';

/** One revision of a tree, as far as it decides what AWS is asked, and as whom. */
export interface ProtectedTree {
  readonly settings: Settings;
  /** The environments of its tenants. */
  readonly targets: readonly Target[];
}

interface Input {
  /** The target branch, as messages name it. */
  readonly branch: string;
  /** The tree of the target branch, or why it cannot be read. */
  readonly base: ProtectedTree | Problem;
  readonly head: ProtectedTree;
  /** What the run asks for besides the tree. */
  readonly requested: readonly Target[];
}

/** In a merge-request pipeline AWS is contacted only as the target branch would contact it. */
export const protectedSettings = {
  code: 'guard-settings',
  check: ({ branch, base, head, requested }: Input): Problem | undefined => {
    if ('code' in base) {
      return {
        code: protectedSettings.code,
        severity: 'error',
        message: `the settings of ${branch}, the target branch, cannot be read: ${base.message}`,
        hint: base.hint,
        ...(base.source && { source: base.source }),
      };
    }
    const asked = { head: withTargets(head, requested), base: withTargets(base, requested) };
    const differences = [
      ...changedMembers(base.settings, head.settings),
      ...newApplicationNames(base.settings, head.settings),
      ...otherApplications(base, head),
      ...movedTargets(asked),
      ...newAccountRegions(base, head),
    ];
    const [first] = differences;
    if (first === undefined) return undefined;
    const changed = listNames([...new Set(differences.map(({ what }) => what))]);
    return {
      code: protectedSettings.code,
      severity: 'error',
      message: `the merge request changes protected settings of ${branch}: ${changed}`,
      hint: { text: 'compare it with the target branch, offline', command: { run: 'diff', args: ['--base', branch] } },
      source: head.settings.sourceOf(...first.keys),
    };
  },
} as const satisfies Guard<Input>;

/** What differs, and where the head sets it. */
interface Difference {
  readonly what: string;
  readonly keys: readonly string[];
}

function changedMembers(base: Settings, head: Settings): readonly Difference[] {
  const members = {
    project: (settings: Settings) => settings.project,
    applicationName: (settings: Settings) => settings.applicationName,
    adopt: (settings: Settings) => settings.adopt,
    'aws.region': ({ aws }: Settings) => aws.region,
    'aws.allowedAccounts': ({ aws }: Settings) => aws.allowedAccounts,
    'aws.quotas': ({ aws }: Settings) => aws.quotas,
  };
  return Object.entries(members)
    .filter(([, memberOf]) => !isDeepStrictEqual(memberOf(base), memberOf(head)))
    .map(([name]) => ({ what: name, keys: name.split('.') }));
}

/** Names, or patterns of names, of applications that the base does not have: they could be any application of the account. */
function newApplicationNames(base: Settings, head: Settings): readonly Difference[] {
  const known = new Set([base.applicationName, ...base.tenants.map(({ applicationName }) => applicationName)]);
  return head.tenants.flatMap(({ applicationName }, index) =>
    known.has(applicationName ?? base.applicationName)
      ? []
      : [{ what: 'tenants.applicationName', keys: ['tenants', String(index), 'applicationName'] }],
  );
}

/** Tenants of both trees that have another application by their entries. */
function otherApplications(base: ProtectedTree, head: ProtectedTree): readonly Difference[] {
  if (base.settings.applicationName !== head.settings.applicationName) return [];
  const ofBase = new Set(base.targets.map(({ tenant }) => tenant));
  const tenants = [...new Set(head.targets.map(({ tenant }) => tenant))].filter((tenant) => ofBase.has(tenant));
  return tenants
    .filter((tenant) => applicationNameOf(base.settings, tenant) !== applicationNameOf(head.settings, tenant))
    .map((tenant) => ({ what: `the application of ${tenant}`, keys: ['tenants'] }));
}

/** Environments of both trees that are in another account or Region, or are reached with another role. */
function movedTargets({
  base,
  head,
}: {
  readonly base: ProtectedTree;
  readonly head: ProtectedTree;
}): readonly Difference[] {
  const ofBase = new Set(base.targets.map(formatAddress));
  return head.targets
    .filter((target) => ofBase.has(formatAddress(target)))
    .filter(
      (target) =>
        !isDeepStrictEqual(
          effectiveAccountRegion(base.settings, target),
          effectiveAccountRegion(head.settings, target),
        ),
    )
    .map((target) => ({
      what: `account, Region or role of ${formatAddress(target)}`,
      keys: ['environments', target.environment],
    }));
}

/** Accounts, Regions and roles that the base does not use. A tree without environments uses none. */
function newAccountRegions(base: ProtectedTree, head: ProtectedTree): readonly Difference[] {
  const ofBase = base.targets.length === 0 ? [] : usedAccountRegions(base.settings, base.targets);
  const known = new Set(ofBase.map((accountRegion) => JSON.stringify(accountRegion)));
  const found = usedAccountRegions(head.settings, head.targets).filter(
    (accountRegion) => !known.has(JSON.stringify(accountRegion)),
  );
  return found.map(({ account, region, roleArn }) => {
    const named = [roleArn ?? account, region].filter((part) => part !== undefined);
    // An ARN has slashes itself.
    const joined = named.join(roleArn === undefined ? '/' : ' in ');
    const accountRegion = named.length === 0 ? 'the account and Region of the run' : joined;
    return { what: `${accountRegion} (new)`, keys: [] };
  });
}

function withTargets({ settings, targets }: ProtectedTree, others: readonly Target[]): ProtectedTree {
  return { settings, targets: [...targets, ...others] };
}
