// What a rollback would do, from AppConfig's history.
import { assessRollback } from '../assess/assess-rollback.ts';
import type {
  RollbackApplication,
  RollbackOptions,
  RollbackOutcome,
  RollbackVerdict,
  RollbackWay,
} from '../assess/rollback-verdict.ts';
import { mergeChangeGroups } from '../plan/change-groups.ts';
import { emptyPlan } from '../plan/empty-plan.ts';
import { type ChangeGroup, liveVersion, type Plan, type PlannedAddress } from '../plan/plan.ts';
import { basisOf } from '../plan/plan-basis.ts';
import type { Problem } from '../problem/problem.ts';
import { strategyFor } from '../settings/deployment-strategies.ts';
import type { Target } from '../settings/effective-settings.ts';
import { rollbackChange } from './rollback-changes.ts';
import { type AddressRollback, RollbackSteps, undoText } from './rollback-steps.ts';
import { type StrategyState, StrategySteps } from './strategy-steps.ts';

/** What the plan of a rollback needs to know about AppConfig. */
export interface RollbackState extends StrategyState {
  readonly applications: readonly RollbackApplication[];
}

export interface RollbackPlanOptions extends RollbackOptions {
  /** Used instead of the environment's own. */
  readonly deploymentStrategy: string | undefined;
}

export function planRollback(state: RollbackState, options: RollbackPlanOptions): Plan {
  const { policy } = options;
  const rollbacks = state.applications.flatMap((application): readonly AddressRollback[] =>
    assessRollback(application, options)
      .filter(({ outcome }) => outcome.kind !== 'unaffected')
      .map((verdict) => ({ application, verdict })),
  );
  const steps = new RollbackSteps(rollbacks, new StrategySteps(state, policy), {
    policy,
    strategyFor: (target) => strategyOfRollback(options, target),
  });
  for (const rollback of rollbacks) steps.add(rollback);
  const changeGroups: ChangeGroup[] = [];
  const addresses = rollbacks.map((rollback) => plannedAddress(rollback, changeGroups, options));
  return {
    ...emptyPlan('rollback', policy.project, policy.accountRegion),
    basis: basisOf(policy),
    steps: steps.all(),
    addresses,
    changeGroups: mergeChangeGroups(changeGroups),
    problems: rollbacks.flatMap(({ verdict }) => problemsOf(verdict)),
  };
}

/** What deploys the earlier version of an address, where a deployment is needed. */
export function strategyOfRollback(
  options: Pick<RollbackPlanOptions, 'deploymentStrategy' | 'policy'>,
  target: Target,
): string {
  return options.deploymentStrategy ?? strategyFor(options.policy.settings, target);
}

function problemsOf({ address, environment, outcome }: RollbackVerdict): readonly Problem[] {
  if (outcome.kind === 'blocked') return [outcome.problem];
  if (outcome.kind === 'unchanged') return outcome.warning === undefined ? [] : [outcome.warning];
  if (outcome.kind !== 'roll back' || outcome.start?.needed !== true || environment.monitors.length === 0) return [];
  return [
    {
      code: 'rollback-alarm-active',
      severity: 'warning',
      message: `if an alarm of environment "${environment.name}" is still in state ALARM, AppConfig rolls back this deployment, too`,
      hint: { text: 'if it is a false alarm, remove it from the monitors of the environment first' },
      subject: address,
    },
  ];
}

function plannedAddress(
  { application, verdict }: AddressRollback,
  changeGroups: ChangeGroup[],
  options: RollbackPlanOptions,
): PlannedAddress {
  const { address, live, outcome } = verdict;
  const { policy } = options;
  const back = outcome.kind === 'roll back' ? outcome : undefined;
  const to = back?.to;
  const change = back && rollbackChange(back, { application, verdict, policy });
  if (change !== undefined) {
    changeGroups.push({ id: change.changeGroup, addresses: [address], changes: change.changes });
  }
  return {
    address,
    accountRegion: policy.accountRegion.id,
    application: application.name,
    action: actions[outcome.kind],
    changeGroup: change?.changeGroup,
    live: live && liveVersion(live),
    desired: to && {
      versionLabel: to.label,
      bytes: Buffer.byteLength(to.stored?.text ?? ''),
      versionNumber: to.number,
    },
    deploymentStrategy: back?.start?.needed === true ? strategyOfRollback(options, address) : undefined,
    reason: reasonOf(outcome),
    blockedBy: outcome.kind === 'blocked' ? outcome.problem : undefined,
  };
}

const actions: Readonly<Record<RollbackOutcome['kind'], PlannedAddress['action']>> = {
  'roll back': 'update',
  await: 'await',
  blocked: 'blocked',
  unchanged: 'unchanged',
  unaffected: 'unchanged',
  pending: 'unchanged',
};

function reasonOf(outcome: RollbackOutcome): string {
  switch (outcome.kind) {
    case 'roll back':
      return reasonOfRollback(outcome);
    case 'await':
      return `deployment ${outcome.deployment.number} of version ${outcome.deployment.versionNumber} is already in flight`;
    case 'blocked':
      return outcome.problem.message;
    case 'unchanged':
      return outcome.reason;
    case 'unaffected':
    case 'pending':
      return 'not known yet';
  }
}

function reasonOfRollback({ undo, to, start }: RollbackWay): string {
  const then =
    to === undefined
      ? 'nothing will be live'
      : `version ${to.number} will be ${start?.needed === true ? 'deployed again' : 'live again'}`;
  return [...undo.map(undoText), then].join('; ');
}
