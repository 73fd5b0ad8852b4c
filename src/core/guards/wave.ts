import { accountRegionFlag } from '../model/account-region.ts';
import { formatAddress } from '../model/address.ts';
import { isLive, type Plan, type PlannedAddress } from '../plan/plan.ts';
import { flagWith } from '../problem/hint.ts';
import type { Problem } from '../problem/problem.ts';
import type { Guard } from './guard.ts';

interface Input {
  /** Name of the wave that is to be deployed. */
  readonly wave: string;
  /** Of all waves. */
  readonly plan: Pick<Plan, 'waves' | 'addresses'>;
  /** Whether accounts and Regions are selected: what is outstanding can be in others. */
  readonly isRestricted: boolean;
}

/** Flags for the accounts and Regions of these. */
function accountRegionFlags(addresses: readonly PlannedAddress[]): readonly string[] {
  const ids = new Set(addresses.map(({ accountRegion }) => accountRegion));
  return [...ids].flatMap((id) => [accountRegionFlag, id]);
}

/** A wave is deployed when the waves before it are live. */
export const wave = {
  code: 'guard-wave',
  check: ({ wave: name, plan, isRestricted }: Input): Problem | undefined => {
    const position = plan.waves.findIndex((each) => each.name === name);
    for (const earlier of plan.waves.slice(0, position)) {
      const outstanding = plan.addresses.filter(
        (address) => address.wave === earlier.name && address.action !== 'blocked' && !isLive(address),
      );
      const [first] = outstanding;
      if (first === undefined) continue;
      const which =
        outstanding.length === 1
          ? `${formatAddress(first.address)} is`
          : `${outstanding.length} of ${earlier.addresses} addresses are`;
      return {
        code: wave.code,
        severity: 'error',
        message: `wave "${name}" comes after wave "${earlier.name}", in which ${which} not deployed`,
        hint: {
          text: 'deploy that wave first',
          command: {
            run: 'sync',
            args: [...flagWith('--wave', earlier.name), ...(isRestricted ? accountRegionFlags(outstanding) : [])],
          },
        },
      };
    }
    return undefined;
  },
} as const satisfies Guard<Input>;
