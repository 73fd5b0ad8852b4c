import { failure } from '../core/problem/problem.ts';
import type { CommandDefinition, Conflict } from './command.ts';
import { commonFlags } from './common-flags.ts';
import type { Flag, FlagSource } from './flag.ts';

const commonConflicts: readonly Conflict[] = [
  { flag: commonFlags.local, others: { endpointUrl: commonFlags.endpointUrl } },
];

/** Refuses flags that cannot be combined. @throws AppcfgError */
export function refuseConflicts({ conflicts = [] }: Pick<CommandDefinition, 'conflicts'>, source: FlagSource): void {
  const isGiven = (flag: Flag<unknown>) => {
    const value = flag.read(source);
    if (flag.negate) return value === false;
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  };
  for (const { flag, others, hint = 'use only one of them' } of [...commonConflicts, ...conflicts]) {
    const other = isGiven(flag) ? Object.values(others).find(isGiven) : undefined;
    if (other === undefined) continue;
    const message = `${flag.nameIn(source)} and ${other.nameIn(source)} cannot be combined`;
    throw failure('usage-invalid', message, { hint: { text: hint } });
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
