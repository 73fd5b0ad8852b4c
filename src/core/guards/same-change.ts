import { formatAddress } from '../model/address.ts';
import type { PlannedAddress } from '../plan/plan.ts';
import { mergeProblems } from '../problem/merge-problems.ts';
import type { Problem } from '../problem/problem.ts';
import type { Guard } from './guard.ts';
import { rolledBack } from './rolled-back.ts';

interface Input {
  /** Where AppConfig rolled the change back. */
  readonly rolledBackAt: Pick<PlannedAddress, 'address' | 'rolledBackChange'>;
  readonly deploymentNumber: number;
  /** Addresses whose content would change in the same way. */
  readonly addresses: readonly Pick<PlannedAddress, 'address'>[];
}

/** A change that AppConfig rolled back at one address is not deployed at another. */
export const sameChange = {
  code: 'guard-rolled-back',
  override: rolledBack.override,
  check: ({ rolledBackAt, deploymentNumber, addresses }: Input): Problem | undefined => {
    const there = `at ${formatAddress(rolledBackAt.address)}, where it was rolled back`;
    const deployIt =
      rolledBackAt.rolledBackChange === undefined
        ? `deploy it ${there}`
        : `restore the new content ${there}, and deploy it`;
    const problem: Problem = {
      code: sameChange.code,
      severity: 'error',
      message: `the same change was rolled back at ${formatAddress(rolledBackAt.address)} (deployment ${deploymentNumber})`,
      hint: {
        text: `change the content. To deploy the same change here, first ${deployIt}`,
        command: { run: 'sync', args: [rolledBack.override], selects: rolledBackAt.address },
      },
    };
    return mergeProblems(addresses.map(({ address }) => ({ ...problem, subject: address })))[0];
  },
} as const satisfies Guard<Input>;
