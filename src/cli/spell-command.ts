// Commands in hints, spelled so that they do what the hint says where they are pasted: with the flags of the user's command
// that say which AppConfig is meant. What comes from the environment is there anyway.
import type { SpellCommand } from '../core/problem/hint.ts';
import type { Flags } from './common-flags.ts';

/** @param typed the arguments as the user typed them, and the flags of them that say which AppConfig is meant */
export function commandSpeller(typed: {
  readonly argv: readonly string[];
  readonly connection: readonly string[];
}): SpellCommand {
  return ({ run, args }) =>
    run === 'same' ? ['appcfg', ...typed.argv, ...args] : ['appcfg', run, ...args, ...typed.connection];
}

const valued = [
  ['chdir', '-C'],
  ['region', '--region'],
  ['awsProfile', '--aws-profile'],
  ['endpointUrl', '--endpoint-url'],
] as const;

const switches = [
  ['local', '--local'],
  ['insecure', '--insecure'],
] as const;

/** The flags on the command line that say which AppConfig is meant: `['-C', 'config', '--local']`. */
export function connectionFlags(flags: Flags, wasTyped: (name: string) => boolean): readonly string[] {
  return [
    ...valued.flatMap(([name, flag]) => {
      const value = flags[name];
      return typeof value === 'string' && wasTyped(name) ? [flag, value] : [];
    }),
    ...switches.flatMap(([name, flag]) => (flags[name] === true && wasTyped(name) ? [flag] : [])),
  ];
}
