// The entry point: arguments in, exit code out. Prints --version before anything else is loaded.
import packageJson from '../../package.json' with { type: 'json' };
import type { MachineOverrides, Process } from '../engine/context.ts';

/** @param argv the arguments after the program's name. */
export async function run(
  argv: readonly string[],
  process: Process,
  overrides: MachineOverrides = {},
): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${packageJson.version}\n`);
    return 0;
  }
  const { runProgram } = await import('./program.ts');
  return runProgram(argv, process, { version: packageJson.version, ...overrides });
}
