// A change that AppConfig rolled back somewhere is held back everywhere: a function on a whole plan.
import { formatAddress } from '../model/address.ts';
import { keepSteps } from '../plan/keep-steps.ts';
import type { Plan, PlannedAddress } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';

/**
 * Blocks, by the guard *rolled back*, every address whose content would change in the way that AppConfig rolled back at
 * another one, and takes out the steps that nothing needs any more.
 */
export function blockSameChanges(plan: Plan): Plan {
  const rolledBack = new Map<string, RolledBack>();
  for (const address of plan.addresses) {
    const { changeGroup, deploymentNumber } = rolledBackAt(address);
    if (changeGroup === undefined || deploymentNumber === undefined || rolledBack.has(changeGroup)) continue;
    rolledBack.set(changeGroup, { address, deploymentNumber });
  }
  if (rolledBack.size === 0) return plan;
  const held = new Map<string, PlannedAddress[]>();
  for (const address of plan.addresses) {
    if (address.action !== 'create' && address.action !== 'update') continue;
    const { changeGroup = '' } = address;
    if (!rolledBack.has(changeGroup)) continue;
    const like = held.get(changeGroup);
    if (like === undefined) held.set(changeGroup, [address]);
    else like.push(address);
  }
  if (held.size === 0) return plan;
  const problems = new Map<string, Problem>();
  for (const [changeGroup, like] of held) {
    const where = rolledBack.get(changeGroup);
    if (where !== undefined) problems.set(changeGroup, heldBackProblem(where, like));
  }
  const steps = keepSteps(
    plan.steps,
    (step, isNeeded) => !isHeld(step, problems) && (isNeeded || !madeForDeployments.has(step.operation)),
  );
  return {
    ...plan,
    addresses: plan.addresses.map((address) => {
      const problem = problems.get(address.changeGroup ?? '');
      return problem === undefined || (address.action !== 'create' && address.action !== 'update')
        ? address
        : {
            ...address,
            action: 'blocked',
            reason: problem.message,
            blockedBy: { ...problem, subject: address.address },
          };
    }),
    steps,
    problems: [...plan.problems, ...problems.values()],
  };
}

/**
 * What to say of a run that sees some of the addresses of a profile, and changes content there in a way that may have been
 * rolled back elsewhere. A first deployment takes nothing away from anybody.
 */
export function partialRollbackCheck(plan: Plan): readonly Problem[] {
  const live = new Set(
    plan.addresses.flatMap((each) => (each.live === undefined ? [] : [formatAddress(each.address)])),
  );
  const replaces = plan.steps.some(
    (step) => step.operation === 'StartDeployment' && live.has(formatAddress(step.subject)),
  );
  if (!replaces || plan.refusals.length > 0) return [];
  return [
    {
      code: 'rollback-check-partial',
      severity: 'warning',
      message: 'only what is selected was looked at: the same change may have been rolled back elsewhere',
      hint: {
        text: 'to hold back what was rolled back anywhere, run the whole tree',
        command: { run: 'sync', args: [] },
      },
    },
  ];
}

interface RolledBack {
  readonly address: PlannedAddress;
  readonly deploymentNumber: number;
}

function rolledBackAt({ rolledBack, changeGroup, rolledBackChange: putBack }: PlannedAddress) {
  return rolledBack === undefined ? { ...putBack } : { deploymentNumber: rolledBack, changeGroup };
}

function heldBackProblem({ address: where, deploymentNumber }: RolledBack, like: readonly PlannedAddress[]): Problem {
  const [first] = like;
  const { tenant = '', environment = '' } = where.address;
  const rest = like.length === 1 ? '' : `; it is held back at ${like.length} more addresses`;
  return {
    code: 'guard-rolled-back',
    severity: 'error',
    message: `the same change was rolled back at ${formatAddress(where.address)} (deployment ${deploymentNumber})${rest}`,
    hint: {
      text: `change the content, or ${where.rolledBackChange === undefined ? '' : 'put it back there in the tree and '}try it again there first`,
      command: { run: 'sync', args: ['--retry-rolled-back', '--tenant', tenant, '--env', environment] },
    },
    ...(like.length === 1 && first !== undefined ? { subject: first.address } : {}),
  };
}

function isHeld(step: Step, problems: ReadonlyMap<string, Problem>): boolean {
  const isStart = step.operation === 'StartDeployment' || step.operation === 'StopDeployment';
  return isStart && step.changeGroup !== undefined && problems.has(step.changeGroup);
}

/** Versions, profiles and strategies are made for what is deployed; the others are wanted for themselves. */
const madeForDeployments = new Set<Step['operation']>([
  'CreateHostedConfigurationVersion',
  'CreateConfigurationProfile',
  'CreateDeploymentStrategy',
  'UpdateDeploymentStrategy',
]);
