// Which deployments of a rollout another system shows: one for each wave, from its beginning to its end.
import type { Event } from '../events/event.ts';
import { isDeployment } from '../plan/operations.ts';
import type { Plan } from '../plan/plan.ts';
import type { StepId } from '../plan/step.ts';

export interface DeploymentRecord {
  /** `production/canary`; without waves `production`. */
  readonly environment: string;
  readonly status: 'running' | 'success' | 'failed' | 'canceled';
}

interface Wave {
  readonly environment: string;
  readonly unfinished: Set<StepId>;
  state: 'waiting' | 'running' | 'ended';
  /** Of a wave that is done although parts of it were skipped: whether it was interrupted is known at the end of the run. */
  isDone: boolean;
  hasFailed: boolean;
  hasSkipped: boolean;
}

/** The longest name that GitLab takes. */
const longestName = 255;

export class WaveRecords {
  /** By name; all of a plan without waves by ''. */
  readonly #waves = new Map<string, Wave>();
  readonly #waveOf = new Map<StepId, Wave>();
  readonly #hasWaves: boolean;

  /** @param environment what the names of all records begin with */
  constructor({ waves, steps }: Pick<Plan, 'waves' | 'steps'>, environment: string) {
    this.#hasWaves = waves.length > 0;
    for (const step of steps) {
      if (!isDeployment(step)) continue;
      const name = step.wave ?? '';
      const wave: Wave = this.#waves.get(name) ?? {
        environment: environmentOf(environment, name),
        unfinished: new Set<StepId>(),
        ...{ state: 'waiting' as const, isDone: false, hasFailed: false, hasSkipped: false },
      };
      wave.unfinished.add(step.id);
      this.#waves.set(name, wave);
      this.#waveOf.set(step.id, wave);
    }
  }

  /** What is recorded because of the event. */
  after(event: Event): readonly DeploymentRecord[] {
    if (event.type === 'step-started') return this.#begun(this.#waveOf.get(event.step));
    if (event.type === 'wave-changed') return this.#changed(event.wave, event.state.is);
    if (event.type !== 'step-finished') return [];
    const wave = this.#waveOf.get(event.step);
    if (wave === undefined) return [];
    wave.unfinished.delete(event.step);
    wave.hasFailed ||= event.status === 'failed';
    wave.hasSkipped ||= event.status === 'skipped';
    // With waves, one ends after its soak.
    return this.#hasWaves || wave.unfinished.size > 0 || wave.hasSkipped ? [] : ended(wave, resultOf(wave));
  }

  /** What is recorded at the end of the run. */
  atEnd(run: { readonly isInterrupted: boolean }): readonly DeploymentRecord[] {
    return [...this.#waves.values()].flatMap((wave) =>
      ended(wave, run.isInterrupted && !wave.hasFailed ? 'canceled' : wave.isDone ? 'success' : resultOf(wave)),
    );
  }

  #begun(wave: Wave | undefined): readonly DeploymentRecord[] {
    if (wave?.state !== 'waiting') return [];
    wave.state = 'running';
    return [{ environment: wave.environment, status: 'running' }];
  }

  #changed(name: string, state: string): readonly DeploymentRecord[] {
    const wave = this.#waves.get(name);
    if (wave === undefined) return [];
    // What it allows to fail is no failure of the wave.
    wave.isDone ||= state === 'done';
    if (state === 'done' && !wave.hasSkipped) return ended(wave, 'success');
    return state === 'blocked' ? ended(wave, 'failed') : [];
  }
}

function ended(wave: Wave, status: DeploymentRecord['status']): readonly DeploymentRecord[] {
  if (wave.state !== 'running') return [];
  wave.state = 'ended';
  return [{ environment: wave.environment, status }];
}

function resultOf({ hasFailed, hasSkipped, unfinished }: Wave): 'success' | 'failed' {
  return hasFailed || hasSkipped || unfinished.size > 0 ? 'failed' : 'success';
}

/** GitLab shows `production/…` as one folder. Names of waves can have characters that names of environments have not. */
function environmentOf(environment: string, wave: string): string {
  if (wave === '') return environment;
  const plain = wave.replace(/[^A-Za-z0-9_${}. -]/gu, '-');
  return `${environment}/${plain}`.slice(0, longestName);
}
