import { formatAddress } from '../model/address.ts';
import { isLive, type Plan } from '../plan/plan.ts';
import type { Problem } from '../problem/problem.ts';

/** The guard *wave*. */
export function earlierWaveProblem(name: string, plan: Plan): Problem | undefined {
  const earlier = plan.waves.slice(
    0,
    plan.waves.findIndex((wave) => wave.name === name),
  );
  for (const wave of earlier) {
    const waiting = plan.addresses.filter(
      (address) => address.wave === wave.name && address.action !== 'blocked' && !isLive(address),
    );
    const [first] = waiting;
    if (first === undefined) continue;
    return {
      code: 'guard-wave',
      severity: 'error',
      message: `wave "${name}" comes after "${wave.name}", where ${waiting.length === 1 ? `${formatAddress(first.address)} is` : `${waiting.length} of ${wave.addresses} addresses are`} not live as the tree has ${waiting.length === 1 ? 'it' : 'them'}`,
      hint: { text: 'run that wave first', command: { run: 'sync', args: ['--wave', wave.name] } },
    };
  }
  return undefined;
}
