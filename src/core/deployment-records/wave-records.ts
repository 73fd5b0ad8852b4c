// Which deployments of a rollout another system shows: one for each wave, from its beginning to its end.
import type { Event } from '../events/event.ts';
import type { EventOf } from '../events/event-handlers.ts';
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
  hasFailed: boolean;
  hasSkipped: boolean;
}

interface Interruptible {
  readonly isInterrupted: boolean;
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
        ...{ state: 'waiting' as const, hasFailed: false, hasSkipped: false },
      };
      wave.unfinished.add(step.id);
      this.#waves.set(name, wave);
      this.#waveOf.set(step.id, wave);
    }
  }

  /** What is recorded because of the event. */
  after(event: Event, run: Interruptible): readonly DeploymentRecord[] {
    if (event.type === 'step-started') return this.#begun(this.#waveOf.get(event.step));
    if (event.type === 'wave-changed') return this.#changed(event, run);
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
  atEnd({ isInterrupted }: Interruptible): readonly DeploymentRecord[] {
    return [...this.#waves.values()].flatMap((wave) =>
      ended(wave, isInterrupted && !wave.hasFailed ? 'canceled' : resultOf(wave)),
    );
  }

  #begun(wave: Wave | undefined): readonly DeploymentRecord[] {
    if (wave?.state !== 'waiting') return [];
    wave.state = 'running';
    return [{ environment: wave.environment, status: 'running' }];
  }

  #changed(
    { wave: name, state }: EventOf<'wave-changed'>,
    { isInterrupted }: Interruptible,
  ): readonly DeploymentRecord[] {
    const wave = this.#waves.get(name);
    if (wave === undefined) return [];
    // What it allows to fail is no failure of the wave. What an interrupt skipped counts as allowed, too: the end of the run decides.
    if (state.is === 'done' && !(isInterrupted && wave.hasSkipped)) return ended(wave, 'success');
    return state.is === 'blocked' ? ended(wave, 'failed') : [];
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
