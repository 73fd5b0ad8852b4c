// Flags that override a guard. None of them has an environment form: a variable set for one run must not weaken the next.
import { switchFlag } from './flag.ts';

export const supersedeFlag = (help: string) => switchFlag({ name: '--supersede', help, env: false });

export const guardFlags = {
  adopt: switchFlag({ name: '--adopt', help: 'adopt applications that appcfg did not create', env: false }),
  retryRolledBack: switchFlag({
    name: '--retry-rolled-back',
    help: 'deploy content again that was rolled back',
    env: false,
  }),
  allowOlder: switchFlag({ name: '--allow-older', help: 'let an older commit overwrite a newer one', env: false }),
  allowShrink: switchFlag({ name: '--allow-shrink', help: 'let content shrink by more than `maxShrink`', env: false }),
  supersede: supersedeFlag('stop running deployments of other content instead of waiting for them'),
};
