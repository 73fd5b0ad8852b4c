// `--no-wait`: start deployments and leave. Possible only where no start has to wait for another deployment.
import { minuteText } from '../model/clock.ts';
import { groupsBy } from '../model/groups-by.ts';
import { laneId } from '../model/lane.ts';
import { isDeployment } from '../plan/operations.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';
import { waveOrder } from '../settings/waves.ts';
import { WaveGate } from './wave-gate.ts';

/**
 * Why a plan cannot be started without waiting; undefined where it can.
 * @param now milliseconds since 1970, by the service's clock
 */
export function noWaitProblem(plan: Plan, now: number): Problem | undefined {
  if (needsSeveralWaves(plan)) {
    return {
      code: 'usage-invalid',
      severity: 'error',
      message: '--no-wait can start one wave only, but several waves have deployments to start',
      hint: { text: 'leave out --no-wait, or run one wave at a time: --wave <name>' },
    };
  }
  const [environment, ...others] = environmentsWithSeveralDeployments(plan);
  if (environment !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return {
      code: 'usage-invalid',
      severity: 'error',
      message: `--no-wait can start one deployment for each environment, but ${environment}${more} needs several`,
      hint: { text: 'leave out --no-wait, or select one profile at a time: --config-profile <name>' },
    };
  }
  const endsAt = soakEndsAt(plan, now);
  if (endsAt === undefined) return undefined;
  const until = minuteText(new Date(endsAt).toISOString());
  return {
    code: 'wave-soaking',
    severity: 'error',
    message: `a wave soaks until ${until} UTC, and --no-wait does not wait for that`,
    hint: { text: 'run the same command again after that, or leave out --no-wait' },
  };
}

/** Environments in which one deployment would have to wait for another one's end. */
function environmentsWithSeveralDeployments(plan: Plan): readonly string[] {
  const lanes = groupsBy(plan.steps.filter(isDeployment), laneId);
  return lanes.flatMap(([first, second]) => (second ? `${first.application}/${first.environment}` : []));
}

/** Whether a deployment would have to be started after the end of another wave's. */
export function needsSeveralWaves(plan: Plan): boolean {
  const order = waveOrder(plan.waves);
  const indexes = (operations: readonly Step['operation'][]) =>
    plan.steps.filter(({ operation }) => operations.includes(operation)).map(({ wave = '' }) => order.get(wave) ?? 0);
  const first = Math.min(...indexes(['StartDeployment', 'AwaitDeployment']));
  return indexes(['StartDeployment']).some((index) => index > first);
}

/** The end of the soak that a deployment of the plan waits for; undefined where none does. */
function soakEndsAt(plan: Plan, now: number): number | undefined {
  const gate = new WaveGate(plan, now);
  const waits = plan.steps.some((step) => step.operation === 'StartDeployment' && gate.ask(step, now).may === 'wait');
  return waits ? gate.soakEndsAt(now) : undefined;
}
