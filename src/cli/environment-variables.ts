// Variables of the environment that set flags: which have no effect, and how messages about their values name them.
import { AppcfgError, type Problem } from '../core/problem/problem.ts';
import { nearest } from '../core/problem/suggest.ts';
import type { Context, Environment } from '../engine/context.ts';
import type { Flag, FlagSource } from './flag.ts';

/** Of all variables of appcfg. */
const prefix = 'APPCFG_';

/** Those that set no flag. */
const otherVariables = ['APPCFG_ID_TOKEN', 'APPCFG_GITLAB_TOKEN', 'APPCFG_RATES', 'APPCFG_LOCAL_SPEED'];

/** @param flags of all commands: a variable for another command is no mistake */
export function unknownVariables(environment: Environment, flags: readonly Flag<unknown>[]): readonly Problem[] {
  const names = new Map(flags.map((flag) => [flag.environmentVariable, flag]));
  const known = [...otherVariables, ...[...names].flatMap(([name, flag]) => (flag.hasEnvironmentForm ? [name] : []))];
  return Object.entries(environment).flatMap(([name, value]): Problem[] => {
    if (!name.startsWith(prefix) || value === undefined || value === '' || known.includes(name)) return [];
    const flag = names.get(name);
    // What all of them begin with makes none of them similar.
    const meant = nearest(
      name.slice(prefix.length),
      known.map((each) => each.slice(prefix.length)),
    );
    const text =
      flag !== undefined
        ? `${flag.long} must be given on the command line`
        : meant === undefined
          ? 'unset it; appcfg --help lists flags, and how they are written as variables'
          : `did you mean "${prefix}${meant}"?`;
    const message = `the environment variable ${name} has no effect`;
    return [{ code: 'environment-variable-unknown', severity: 'warning', message, hint: { text } }];
  });
}

/** Names the variables in a message where their flags come from the environment. */
type Blame = (problem: Problem) => Problem;

/** @param flags of the command */
export function blameVariables(flags: readonly Flag<unknown>[], source: FlagSource): Blame {
  const variables = new Map(
    flags.flatMap((flag) => {
      const name = flag.nameIn(source);
      return name === flag.long ? [] : [[flag.long ?? '', name] as const];
    }),
  );
  if (variables.size === 0) return (problem) => problem;
  return (problem) => ({
    ...problem,
    message: problem.message.replace(/(?<![\w-])--[a-z][a-z-]*/g, (flag) => variables.get(flag) ?? flag),
  });
}

/** The context of a run whose problems name variables. */
export function blaming(context: Context, blame: Blame): Context {
  return {
    ...context,
    emit: (event) => context.emit(event.type === 'problem-found' ? { ...event, problem: blame(event.problem) } : event),
  };
}

/** The same for an error that is thrown. */
export function blamed(error: unknown, blame: Blame): unknown {
  if (!(error instanceof AppcfgError)) return error;
  const [first, ...others] = error.problems;
  return new AppcfgError([blame(first), ...others.map(blame)], { cause: error });
}
