import type { Step } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';
import type { WaveState } from './wave-gate.ts';

/** `wave "canary" allows 0 failures, and has 1 failed, 2 blocked`. */
function failuresOf({ wave, failed, heldBack, takenBack, unread }: WaveState): string {
  const parts = [
    failed === 0 ? undefined : `${failed} failed`,
    takenBack === 0 ? undefined : `${takenBack} no longer live`,
    unread === 0 ? undefined : `${unread} that could not be looked at`,
    heldBack === 0 ? undefined : `${heldBack} not started`,
    wave.blocked === 0 ? undefined : `${wave.blocked} blocked`,
  ].filter((part) => part !== undefined);
  const { maxFailures } = wave;
  const allowed = maxFailures === 0 ? 'no failure' : maxFailures === 1 ? '1 failure' : `${maxFailures} failures`;
  return `wave "${wave.name}" allows ${allowed}, and has ${parts.join(', ')}`;
}

/** The same for everything that is held back because of a wave. */
export function noteOf(state: WaveState): string {
  state.note ??= failuresOf(state);
  return state.note;
}

export function heldBackProblem(held: readonly WaveState[], because: WaveState): Problem {
  const names = held.map(({ wave }) => `"${wave.name}"`).join(', ');
  const many = held.length > 1;
  const what = held.includes(because)
    ? `nothing more of wave ${names} is started`
    : `${many ? 'waves' : 'wave'} ${names} ${many ? 'are' : 'is'} held back`;
  return {
    code: 'wave-blocked',
    severity: 'warning',
    message: `${what}: ${failuresOf(because)}`,
    hint: {
      text: 'mend what failed, and run the same command again; or allow more failures: `maxFailures` of that wave',
    },
  };
}

export function likeProblem(step: Step, like: number): Problem {
  return {
    code: 'change-blocked',
    severity: 'warning',
    message: `AppConfig rolled this change back, so it is not started at ${like === 1 ? '1 more address' : `${like} more addresses`}`,
    hint: { text: 'change the content; the same change is tried again only with --retry-rolled-back' },
    subject: step.subject,
  };
}
