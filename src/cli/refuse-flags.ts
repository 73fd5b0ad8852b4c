import { failure } from '../core/problem/problem.ts';
import type { CommandDefinition } from './command.ts';
import { commonFlags } from './common-flags.ts';
import type { FlagSource } from './flag.ts';

/** Refuses flags of a command that have no effect together with another one that was given. @throws AppcfgError */
export function refuseFlagsBesideOthers({ alone = [] }: Pick<CommandDefinition, 'alone'>, source: FlagSource): void {
  for (const { flag, without } of alone) {
    if (flag.read(source) === undefined) continue;
    for (const other of Object.values(without)) {
      const value = other.read(source);
      if (value === undefined || value === false) continue;
      const message = `${other.nameIn(source)} has no effect with ${flag.nameIn(source)}`;
      throw failure('usage-invalid', message, { hint: { text: 'use only one of them' } });
    }
  }
}

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
