// Flags that override a guard. None of them has an environment form: a variable set for one run must not weaken the next.
import { switchFlag } from './flag.ts';

export const supersedeFlag = (help: string) => switchFlag({ name: '--supersede', help, env: false });

export const guardFlags = {
  adopt: switchFlag({ name: '--adopt', help: 'adopt unmanaged applications', env: false }),
  retryRolledBack: switchFlag({
    name: '--retry-rolled-back',
    help: 'deploy quarantined content again',
    env: false,
  }),
  allowOlder: switchFlag({ name: '--allow-older', help: 'let an older commit overwrite a newer one', env: false }),
  allowShrink: switchFlag({ name: '--allow-shrink', help: 'let content shrink by more than `maxShrink`', env: false }),
  supersede: supersedeFlag('stop deployments in flight of other content instead of waiting for them'),
};
