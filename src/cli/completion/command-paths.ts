import type { Command } from 'commander';

/** All commands that can be run, those of groups included. */
export function commandsIn(program: Command): readonly Command[] {
  return program.commands.flatMap((command) => (command.commands.length === 0 ? [command] : commandsIn(command)));
}

/** As users type it, without the program: `tenant add`. */
export function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}
