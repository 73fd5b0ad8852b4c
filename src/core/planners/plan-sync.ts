// What a sync would do, from desired and live state.
import { uniqBy } from 'es-toolkit/array/uniqBy';
import { type ApplicationAssessment, assessApplication } from '../assess/assess-application.ts';
import { orphan, orphanedApplicationWarnings, orphanWarnings } from '../assess/orphans.ts';
import type { Verdict } from '../assess/verdict.ts';
import { empty } from '../guards/empty.ts';
import { countUnknownOrders } from '../guards/newer.ts';
import type { LiveState } from '../live/live-state.ts';
import { formatAddress } from '../model/address.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { mergeChangeGroups } from '../plan/change-groups.ts';
import { emptyPlan } from '../plan/empty-plan.ts';
import { type ChangeGroup, liveVersion, type Plan, type PlannedAddress } from '../plan/plan.ts';
import { basisOf } from '../plan/plan-basis.ts';
import type { Step } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';
import { tenantNaming } from '../settings/application-name.ts';
import { strategyFor } from '../settings/deployment-strategies.ts';
import type { Policy } from '../settings/policy.ts';
import { applicationSteps } from './application-steps.ts';
import { StrategySteps } from './strategy-steps.ts';

/**
 * The plan that makes AppConfig match the tree. Every address of `desired` is in it, also blocked and unchanged ones. Its
 * duration and the quotas are judged in rollout/, where it is known which steps are carried out.
 */
export function planSync(desired: readonly DesiredApplication[], live: LiveState, policy: Policy): Plan {
  const accountRegion = policy.accountRegion.id;
  const strategies = new StrategySteps(live, policy);
  const steps: Step[] = [];
  const addresses: PlannedAddress[] = [];
  const problems: Problem[] = [];
  const changeGroups: ChangeGroup[] = [];
  for (const application of desired) {
    const found = live.applications.get(application.name);
    const assessment = assessApplication(application, found, policy);
    steps.push(...applicationSteps(application, { assessment, found, policy, strategies }));
    for (const verdict of assessment.verdicts) {
      addresses.push(plannedAddress(application, verdict, { policy, changeGroups, live }));
    }
    for (const problem of [...blockingProblems(assessment), ...assessment.warnings]) problems.push(problem);
    const { tenant, name } = application;
    for (const environment of assessment.orphanedEnvironments) {
      addresses.push(orphan({ tenant, environment }, { application: name, accountRegion }));
    }
    for (const configurationProfile of assessment.orphanedProfiles) {
      addresses.push(orphan({ tenant, configurationProfile }, { application: name, accountRegion }));
    }
    problems.push(...orphanWarnings(application, assessment));
  }
  const tenantOf = tenantNaming(policy.settings);
  for (const { name } of live.orphanedApplications) {
    addresses.push(orphan({ tenant: tenantOf(name) ?? name }, { application: name, accountRegion }));
  }
  for (const problem of orphanedApplicationWarnings(live, policy)) problems.push(problem);
  const seesWholeTree = policy.elsewhere !== true && !policy.selective;
  const refusal = seesWholeTree
    ? empty.check({
        tenants: desired.length,
        applications: live.orphanedApplications.length,
        project: policy.project,
      })
    : undefined;
  return {
    ...emptyPlan('sync', policy.project, policy.accountRegion),
    basis: basisOf(policy),
    steps: [...strategies.steps, ...steps],
    addresses,
    changeGroups: mergeChangeGroups(changeGroups),
    refusals: [...(refusal === undefined ? [] : [refusal]), ...missingStrategies(steps, policy)],
    problems: countUnknownOrders(problems),
  };
}

/** Strategies that the settings name by an id which AppConfig does not have: no deployment with them can start. */
function missingStrategies(steps: readonly Step[], { settings, accountRegion }: Policy): readonly Problem[] {
  const deployments = steps.filter((step) => step.operation === 'StartDeployment');
  const missing = deployments.filter(({ strategy, numbers }) => 'id' in strategy && numbers === undefined);
  return missing.map(({ strategy, environment, subject }) => ({
    code: 'strategy-missing',
    severity: 'error',
    message: `AppConfig has no deployment strategy with the id "${'id' in strategy ? strategy.id : ''}" here`,
    hint: {
      text: 'name a predefined one, such as AppConfig.Canary10Percent20Minutes, or define one under `deploymentStrategies`',
    },
    source: settings.sourceOf('environments', environment, 'deploymentStrategy'),
    subject,
    accountRegion: accountRegion.id,
  }));
}

function plannedAddress(
  application: DesiredApplication,
  verdict: Verdict,
  context: { readonly policy: Policy; readonly changeGroups: ChangeGroup[]; readonly live: LiveState },
): PlannedAddress {
  const { policy, changeGroups, live } = context;
  const { address, content } = verdict.desired;
  const { changes, completed, drift, findings, rolledBack } = verdict;
  const rolledBackChange = live.rolledBackChanges?.get(formatAddress(address));
  const changeGroup = changes === undefined ? undefined : verdict.changeGroup;
  if (changes !== undefined && changeGroup !== undefined) {
    changeGroups.push({ id: changeGroup, addresses: [address], changes });
  }
  return {
    address,
    accountRegion: policy.accountRegion.id,
    application: application.name,
    action: verdict.action,
    changeGroup,
    live: completed && liveVersion(completed),
    desired: { versionLabel: content.versionLabel, bytes: content.bytes },
    deploymentStrategy: strategyFor(policy.settings, address),
    reason: verdict.reason,
    blockedBy: verdict.blockedBy,
    ...(findings.length === 0 ? {} : { findings }),
    ...(drift === undefined ? {} : { drift }),
    ...(rolledBack === undefined ? {} : { rolledBack }),
    ...(rolledBackChange === undefined ? {} : { rolledBackChange }),
  };
}

/** One problem for each guard and subject: that of an application is in the verdicts of all its addresses. */
export function blockingProblems(assessment: ApplicationAssessment): readonly Problem[] {
  return uniqBy(
    assessment.verdicts.flatMap(({ blockedBy }) => blockedBy ?? []),
    ({ code, subject = {}, message }) => `${code} ${formatAddress(subject)} ${message}`,
  );
}
