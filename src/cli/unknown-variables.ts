// Variables of the environment that look like those of appcfg and have no effect.
import type { Problem } from '../core/problem/problem.ts';
import { nearest } from '../core/problem/suggest.ts';
import type { Environment } from '../engine/context.ts';
import type { Flag } from './flag.ts';

/** Those that set no flag. */
const otherVariables = ['APPCFG_ID_TOKEN', 'APPCFG_RATES', 'APPCFG_LOCAL_SPEED'];

/** @param flags of all commands: a variable for another command is no mistake */
export function unknownVariables(environment: Environment, flags: readonly Flag<unknown>[]): readonly Problem[] {
  const names = new Map(flags.map((flag) => [flag.environmentVariable, flag]));
  const known = [...otherVariables, ...[...names].flatMap(([name, flag]) => (flag.hasEnvironmentForm ? [name] : []))];
  return Object.entries(environment).flatMap(([name, value]): Problem[] => {
    if (!name.startsWith('APPCFG_') || value === undefined || value === '' || known.includes(name)) return [];
    const flag = names.get(name);
    const meant = nearest(name, known);
    const text =
      flag !== undefined
        ? `${flag.long} must be given on the command line`
        : meant === undefined
          ? 'unset it; appcfg --help lists flags, and how they are written as variables'
          : `did you mean "${meant}"?`;
    const message = `the environment variable ${name} has no effect`;
    return [{ code: 'environment-variable-unknown', severity: 'warning', message, hint: { text } }];
  });
}
