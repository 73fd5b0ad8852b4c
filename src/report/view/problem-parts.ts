// The parts of a problem that people read, in every format.
import { formatAddress } from '../../core/model/address.ts';
import { formatSource } from '../../core/model/source-position.ts';
import { type Hint, quoteForShell, type SpellCommand } from '../../core/problem/hint.ts';
import type { Problem } from '../../core/problem/problem.ts';

/** `tenants/acme/prod/Limits.yml:3:5`, else the address. */
export function locationOf({ source, subject }: Problem): string | undefined {
  if (source !== undefined) return formatSource(source);
  return subject === undefined ? undefined : formatAddress(subject);
}

/** `adopt it first: appcfg sync --adopt --tenant acme`: the command can be pasted into a shell. */
export function hintText({ text, command }: Hint, spell: SpellCommand): string {
  return command === undefined ? text : `${text}: ${spell(command).map(quoteForShell).join(' ')}`;
}
