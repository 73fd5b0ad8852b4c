import type { LiveProfile } from '../live/live-state.ts';
import type { Address } from '../model/address.ts';
import type { ProfileType } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import type { Guard } from './guard.ts';

interface Input {
  readonly address: Address;
  readonly profile: LiveProfile;
  /** What the tree wants; undefined where any type will do. */
  readonly profileType: ProfileType | undefined;
}

/** A profile that cannot hold the content. AppConfig changes neither the type nor the location of a profile. */
export const profile = {
  code: 'guard-owner',
  check: ({ address, profile: live, profileType }: Input): Problem | undefined => {
    const named = `configuration profile "${live.name}" (${live.id})`;
    if (live.locationUri !== 'hosted') {
      return {
        code: profile.code,
        severity: 'error',
        message: `the content of ${named} is stored in ${live.locationUri}, not hosted by AppConfig`,
        hint: {
          text:
            profileType === undefined
              ? 'roll the content back where it is stored'
              : 'rename the profile in the tree, or delete it in AppConfig',
        },
        subject: address,
      };
    }
    if (profileType === undefined || live.type === profileType) return undefined;
    return {
      code: profile.code,
      severity: 'error',
      message: `${named} has type ${live.type}, but the tree needs type ${profileType}`,
      hint: {
        text: `set profiles.${live.name}.type in appcfg.yml, rename the profile in the tree, or delete it in AppConfig`,
      },
      subject: address,
    };
  },
} as const satisfies Guard<Input>;
