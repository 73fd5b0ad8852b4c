// Flags that override a guard. None of them has an environment variable: one set for one run must not weaken the next.
import type { GuardOverride } from '../core/guards/guards.ts';
import { failure } from '../core/problem/problem.ts';
import { type ChangeCode, changeCodes } from '../core/problem/problem-codes.ts';
import { suggest } from '../core/problem/suggest.ts';
import { listFlag, switchFlag } from './flag.ts';

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

/** Not for guards alone: a comparison of two revisions takes it, too. */
export const acknowledgeFlag = listFlag({
  name: '--acknowledge <code>',
  help: 'accept what this check reports in this run, at all addresses, for example change-factor; repeatable',
  env: false,
  parse: (texts, name) => texts.map((text) => changeCodeOf(text, name)),
});

function changeCodeOf(text: string, flag: string): ChangeCode {
  const code = changeCodes.find((each) => each === text);
  if (code !== undefined) return code;
  throw failure('usage-invalid', `${flag} "${text}" is not a check on the change`, {
    hint: suggest(text, changeCodes),
  });
}
