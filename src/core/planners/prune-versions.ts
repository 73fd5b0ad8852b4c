// Which versions of a profile are deleted: those of appcfg beyond the newest, without what is in use or may be needed again.
import { assessRollback } from '../assess/assess-rollback.ts';
import { RollbackHistory } from '../assess/rollback-history.ts';
import {
  isPending,
  type RollbackApplication,
  type RollbackOptions,
  type RollbackVerdict,
  wantsOlder,
} from '../assess/rollback-verdict.ts';
import { isOwnDeployment } from '../live/deployment-description.ts';
import type { ListedVersion, LiveDeployment } from '../live/live-state.ts';
import type { AccountRegion } from '../model/account-region.ts';
import { isAppcfgLabel } from '../model/content.ts';
import { isInFlight } from '../model/resource.ts';
import { emptyPlan } from '../plan/empty-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { NewestDeployment } from '../plan/step.ts';
import { StepList } from '../plan/step-list.ts';

/** Versions by their numbers, and by labels that AppConfig shows for them. */
export interface VersionsInUse {
  readonly numbers: ReadonlySet<number>;
  readonly labels: ReadonlySet<string>;
}

/** A profile with more versions of appcfg than are kept. */
export interface PrunableProfile {
  readonly name: string;
  readonly keep: number;
  readonly versions: readonly ListedVersion[];
  readonly inUse: VersionsInUse;
}

export interface PrunableApplication {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly environments: readonly { readonly id: string; readonly name: string; readonly newest: number }[];
  readonly configurationProfiles: readonly (PrunableProfile & { readonly id: string })[];
}

/** Whether label and description prove that appcfg has created the version for the project. */
export function isAppcfgVersion({ label, description }: ListedVersion, project: string): boolean {
  return isAppcfgLabel(label) && isOwnDeployment(description, project);
}

/**
 * Numbers of the versions to delete, the oldest first. Versions of others do not count, and are never deleted.
 * @param profile.versions in any order
 */
export function versionsToPrune(
  { keep, versions, inUse }: Omit<PrunableProfile, 'name'>,
  project: string,
): readonly number[] {
  const own = versions.filter((version) => isAppcfgVersion(version, project)).sort((a, b) => b.number - a.number);
  // AppConfig may give the number of a deleted newest version to another content.
  const newest = Math.max(...versions.map(({ number }) => number));
  return own
    .slice(Math.max(1, keep))
    .filter(({ number, label = '' }) => number !== newest && !inUse.numbers.has(number) && !inUse.labels.has(label))
    .map(({ number }) => number)
    .reverse();
}

/** How a rollback would end that is asked for now, of the newest deployments and of the commits that are live or in flight. */
export function assessRollbacks(
  application: RollbackApplication,
  options: Omit<RollbackOptions, 'request'>,
): readonly RollbackVerdict[] {
  const newest = assessRollback(application, { ...options, request: { kind: 'newest' } });
  const commits = new Set<string>();
  const incomplete: RollbackVerdict[] = [];
  for (const verdict of newest) {
    const { environment, profile } = verdict;
    const history = new RollbackHistory(environment, profile, application.facts);
    if (verdict.live === undefined && !environment.complete) incomplete.push({ ...verdict, outcome: wantsOlder });
    for (const deployment of [verdict.live, ...history.deployments.filter(({ state }) => isInFlight(state))]) {
      const described = deployment && history.described(deployment);
      if (described !== undefined && !isPending(described) && described.commit) commits.add(described.commit);
    }
  }
  const ofCommits = [...commits].flatMap((commit) =>
    assessRollback(application, { ...options, request: { kind: 'commit', commit } }),
  );
  return [...newest, ...incomplete, ...ofCommits];
}

/** What is live or in flight in any environment, and what a rollback would deploy there. */
export function versionsInUse(
  { environments }: Pick<RollbackApplication, 'environments'>,
  profileId: string,
  verdicts: readonly RollbackVerdict[],
): VersionsInUse {
  const deployments = environments.flatMap((environment) => {
    const own = environment.deployments.filter((each) => each.profileId === profileId);
    // An experiment run has deployed a version again that a person or appcfg had deployed.
    const complete = own.filter(({ state }) => state === 'COMPLETE');
    return [
      complete[0],
      complete.find(({ type }) => type !== 'MANAGED'),
      ...own.filter(({ state }) => isInFlight(state)),
    ].filter((deployment) => deployment !== undefined);
  });
  const outcomes = verdicts.filter(({ profile }) => profile.id === profileId).map(({ outcome }) => outcome);
  const targets = outcomes.flatMap((outcome) =>
    outcome.kind === 'roll back' && outcome.to !== undefined ? [outcome.to] : [],
  );
  return {
    numbers: new Set([
      ...deployments.map(({ versionNumber }) => versionNumber),
      ...targets.map(({ number }) => number),
    ]),
    labels: new Set(
      [...deployments.map(labelOf), ...targets.map(({ label }) => label)].filter((label) => label !== undefined),
    ),
  };
}

const labelOf = ({ versionLabel }: LiveDeployment) => versionLabel;

/** The plan that deletes them. A version of a profile is kept if anything of its application is deployed before. */
export function planPrune(
  applications: readonly PrunableApplication[],
  { project, accountRegion }: { readonly project: string; readonly accountRegion: AccountRegion },
): Plan {
  const steps = new StepList(accountRegion.id);
  for (const { tenant, name: application, environments, configurationProfiles } of applications) {
    const unlessDeployed: readonly NewestDeployment[] = environments.map(({ name, newest }) => ({
      environment: name,
      deploymentNumber: newest,
    }));
    for (const { name: configurationProfile, ...profile } of configurationProfiles) {
      for (const versionNumber of versionsToPrune(profile, project)) {
        steps.add({
          subject: { tenant, configurationProfile },
          reason: `beyond the newest ${profile.keep}`,
          operation: 'DeleteHostedConfigurationVersion',
          application,
          configurationProfile,
          versionNumber,
          unlessDeployed,
          target: `${application}/${configurationProfile} ${versionNumber}`,
        });
      }
    }
  }
  return { ...emptyPlan('cleanup', project, accountRegion), steps: steps.steps, expectedMinutes: 0 };
}
