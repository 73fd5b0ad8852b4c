// What a sync would do, from desired and live state: a function of its arguments.
import { type ApplicationAssessment, assessApplication, type Verdict } from '../assess/assess-application.ts';
import { orphan, orphanedApplicationWarnings, orphanWarnings } from '../assess/orphans.ts';
import { emptyTreeRefusal } from '../guards/empty.ts';
import type { LiveState } from '../live/live-state.ts';
import { formatAddress } from '../model/address.ts';
import { tenantNaming } from '../model/application-name.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { ChangeGroups } from '../plan/change-groups.ts';
import type { Plan, PlannedAddress } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';
import { strategyFor } from '../settings/deployment-strategies.ts';
import type { Policy } from '../settings/policy.ts';
import { stepsFor } from './application-steps.ts';
import { StrategySteps } from './strategy-steps.ts';

/**
 * The plan that makes AppConfig match the tree. Every address of `desired` is in it, whatever becomes of it. How long it
 * takes, and whether it fits the quotas, is judged when it is known which of its steps are carried out.
 */
export function planSync(desired: readonly DesiredApplication[], live: LiveState, policy: Policy): Plan {
  const accountRegion = policy.accountRegion.id;
  const strategies = new StrategySteps(live, policy);
  const steps: Step[] = [];
  const addresses: PlannedAddress[] = [];
  const problems: Problem[] = [];
  const classes = new ChangeGroups();
  for (const application of desired) {
    const found = live.applications.get(application.name);
    const assessment = assessApplication(application, found, policy);
    steps.push(...stepsFor(application, assessment, { found, policy, strategies }));
    for (const verdict of assessment.verdicts) {
      addresses.push(plannedAddress(application, verdict, { policy, classes, live }));
    }
    problems.push(...blockingProblems(assessment), ...assessment.warnings);
    for (const environment of assessment.orphanedEnvironments) {
      addresses.push(
        orphan(
          { tenant: application.tenant, environment },
          { application: application.name, environment, accountRegion },
        ),
      );
    }
    for (const profile of assessment.orphanedProfiles) {
      addresses.push(
        orphan(
          { tenant: application.tenant, configurationProfile: profile },
          { application: application.name, environment: '*', accountRegion },
        ),
      );
    }
    problems.push(...orphanWarnings(application, assessment));
  }
  const tenantOf = tenantNaming(policy.settings.applicationName);
  for (const { name } of live.orphanedApplications) {
    addresses.push(orphan({ tenant: tenantOf(name) ?? name }, { application: name, environment: '', accountRegion }));
  }
  problems.push(...orphanedApplicationWarnings(live, policy));
  return {
    formatVersion: 1,
    kind: 'sync',
    project: policy.project,
    settingsChanges: [],
    accountRegions: [policy.accountRegion],
    steps: [...strategies.steps, ...steps],
    addresses,
    changeGroups: classes.all(),
    waves: [],
    refusals: emptyTreeRefusal(desired, live, policy),
    problems,
    expectedMinutes: undefined,
  };
}

function plannedAddress(
  application: DesiredApplication,
  verdict: Verdict,
  about: { readonly policy: Policy; readonly classes: ChangeGroups; readonly live: LiveState },
): PlannedAddress {
  const { policy, classes, live } = about;
  const { address, content } = verdict.desired;
  const { changes, completed, rolledBack } = verdict;
  const putBack = live.rolledBackChanges?.get(formatAddress(address));
  const changeGroup = changes === undefined ? undefined : verdict.changeGroup;
  if (changes !== undefined && changeGroup !== undefined) classes.add(changeGroup, address, changes);
  return {
    address,
    accountRegion: policy.accountRegion.id,
    application: application.name,
    environment: address.environment,
    action: verdict.action,
    changeGroup,
    live:
      completed === undefined
        ? undefined
        : {
            versionNumber: completed.versionNumber,
            versionLabel: completed.versionLabel,
            since: completed.completedAt,
          },
    desired: { versionLabel: content.versionLabel, bytes: content.bytes },
    deploymentStrategy: strategyFor(policy.settings, address),
    reason: verdict.reason,
    blockedBy: verdict.blockedBy,
    ...(rolledBack === undefined ? {} : { rolledBack }),
    ...(putBack === undefined ? {} : { rolledBackChange: putBack }),
  };
}

/** One problem for each guard and what it is about, be that an application or an address. */
export function blockingProblems(assessment: ApplicationAssessment): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const { blockedBy } of assessment.verdicts) {
    if (blockedBy === undefined) continue;
    const key = `${blockedBy.code} ${formatAddress(blockedBy.subject ?? {})} ${blockedBy.message}`;
    if (!problems.has(key)) problems.set(key, blockedBy);
  }
  return [...problems.values()];
}
