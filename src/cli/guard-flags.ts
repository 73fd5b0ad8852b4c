import type { GuardOptions } from '../engine/options.ts';
import type { Flags } from './common-flags.ts';

export function guardOptions(flags: Flags): GuardOptions {
  return {
    adopt: flags.adopt === true,
    retryRolledBack: flags.retryRolledBack === true,
    allowOlder: flags.allowOlder === true,
    allowShrink: flags.allowShrink === true,
    supersede: flags.supersede === true,
  };
}
