// Flags that override a guard. None of them has an environment variable: one set for one run must not weaken the next.
import type { GuardOverride } from '../core/guards/guards.ts';
import { switchFlag } from './flag.ts';

// The names are checked by their type: guards read YAML, and `--help` must not load that.
const overrideFlag = (name: GuardOverride, help: string) => switchFlag({ name, help, env: false });

export const supersedeFlag = (help: string) => switchFlag({ name: '--supersede', help, env: false });

export const guardFlags = {
  adopt: overrideFlag('--adopt', 'adopt unmanaged applications'),
  retryRolledBack: overrideFlag('--retry-rolled-back', 'deploy quarantined content again'),
  allowOlder: overrideFlag('--allow-older', 'let an older commit overwrite a newer one'),
  allowShrink: overrideFlag('--allow-shrink', 'let content shrink by more than `maxShrink`'),
  overwriteDrift: overrideFlag('--overwrite-drift', 'overwrite what was deployed outside of appcfg'),
  supersede: supersedeFlag('if a deployment of other content is in flight, stop it instead of waiting'),
};
