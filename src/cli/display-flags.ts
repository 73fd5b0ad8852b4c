// The flags that every command takes for how a run is printed.
import { type OutputTarget, parseOutputs, parsePageUrl } from '../core/settings-file/parse-values.ts';
import { type Format, formats, formatsOf, isSent } from '../report/formats.ts';
import { choiceFlag, type Flag, type FlagSource, listFlag, readFlags, switchFlag, valueFlag } from './flag.ts';

/** `-o` as the help of a command has it, with its own formats. */
export function outputFlag(names: readonly string[]): Flag<readonly string[]> {
  const help = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}; repeatable`;
  return listFlag({ name: '-o, --output <format[=file]>', help });
}

export const displayFlags = {
  output: outputFlag(Object.keys(formats)),
  htmlUrl: valueFlag({
    name: '--html-url <url>',
    help: 'URL of the HTML page of this run, for links in the Markdown and GitLab note',
    parse: parsePageUrl,
  }),
  detailedExitcode: switchFlag({
    name: '--detailed-exitcode',
    help: 'exit 2 when there are differences, or changes were made',
  }),
  color: choiceFlag({
    name: '--color <when>',
    help: 'colors',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
  }),
  quiet: switchFlag({ name: '-q, --quiet', help: 'print no progress and no warnings' }),
  verbose: switchFlag({ name: '-v, --verbose', help: 'print every problem and every step' }),
};

/** How a run is printed. */
export interface DisplayOptions {
  /** Each `-o`: a format, on stdout or in a file. */
  readonly outputs: readonly OutputTarget<Format>[];
  readonly color: 'auto' | 'always' | 'never';
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** All of a review, not only what fits on a screen. */
  readonly full: boolean;
  readonly detailedExitcode: boolean;
  /** Where the HTML page of the run will be. */
  readonly htmlUrl: string | undefined;
}

/** For a run whose display flags are wrong. */
export const plainDisplay: DisplayOptions = {
  outputs: [{ format: 'text' }],
  color: 'auto',
  quiet: false,
  verbose: false,
  full: false,
  detailedExitcode: false,
  htmlUrl: undefined,
};

/** @param showsAll the command's flag for it, where it has one. @throws AppcfgError */
export function readDisplay(source: FlagSource, command: string, showsAll: Flag<boolean> | undefined): DisplayOptions {
  const { output, ...display } = readFlags(displayFlags, source);
  const outputs = parseOutputs(output, formatsOf(command), { flag: displayFlags.output.nameIn(source), isSent });
  const full = showsAll !== undefined && readFlags({ full: showsAll }, source).full;
  return { ...display, full, outputs: outputs.length === 0 ? plainDisplay.outputs : outputs };
}
