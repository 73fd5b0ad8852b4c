// Commands in hints, spelled so that they do what the hint promises where they are pasted: with the flags of the user's
// command that name its AppConfig. What comes from the environment still applies there.
import type { SpellCommand } from '../core/problem/hint.ts';

/** @param typed the arguments as the user typed them, and those of them that name the AppConfig of the run */
export function commandSpeller(typed: {
  readonly argv: readonly string[];
  readonly connection: readonly string[];
}): SpellCommand {
  return ({ run, args }) =>
    run === 'same' ? ['appcfg', ...withFlags(typed.argv, args)] : ['appcfg', run, ...withFlags(args, typed.connection)];
}

/** Flags after `--` would be positional arguments. */
function withFlags(argv: readonly string[], flags: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? [...argv, ...flags] : argv.toSpliced(end, 0, ...flags);
}
