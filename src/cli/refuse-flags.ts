import { failure } from '../core/problem/problem.ts';
import type { CommandDefinition } from './command.ts';
import { commonFlags } from './common-flags.ts';
import type { FlagSource } from './flag.ts';

/** Refuses common flags that were typed and have no effect on the command. @throws AppcfgError */
export function refuseFlagsWithoutEffect(
  { name, commonFlags: effective }: Pick<CommandDefinition, 'name' | 'commonFlags'>,
  source: FlagSource,
): void {
  if (effective === undefined) return;
  for (const flag of Object.values(commonFlags)) {
    if (effective.includes(flag) || source.typed(flag) === undefined) continue;
    throw failure('usage-invalid', `${flag.long} has no effect on appcfg ${name}`, { hint: { text: 'leave it out' } });
  }
}
