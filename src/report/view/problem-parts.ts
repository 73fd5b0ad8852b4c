// The parts of a problem that people read, in every format.
import { formatAddress } from '../../core/model/address.ts';
import { formatSource } from '../../core/model/source-position.ts';
import { type Hint, quoteForShell, type SpellCommand } from '../../core/problem/hint.ts';
import type { Problem } from '../../core/problem/problem.ts';

/** `tenants/acme/prod/Limits.yml:3:5`, else the address; undefined of several addresses. */
export function locationOf({ source, subject, addresses }: Problem): string | undefined {
  if (source !== undefined) return formatSource(source);
  return subject === undefined || addresses !== undefined ? undefined : formatAddress(subject);
}

/** The message, with the addresses that the location does not have: `…, in 9 addresses`. */
export function messageOf({ message, source, subject, addresses, count = 0 }: Problem): string {
  if (addresses === undefined) {
    const isElsewhere = subject?.configurationProfile !== undefined && source !== undefined;
    return isElsewhere ? `${message}, in ${formatAddress(subject)}` : message;
  }
  const number = `${message}, in ${count.toLocaleString('en')} addresses`;
  if (source !== undefined) return number;
  const named = addresses.slice(0, mostNamed).map(formatAddress).join(', ');
  return `${number} (${named}${count > mostNamed ? ', …' : ''})`;
}

/** Addresses in a message. */
const mostNamed = 3;

/** `adopt it first: appcfg sync --adopt --tenant acme`: the command can be pasted into a shell. */
export function hintText({ text, command }: Hint, spell: SpellCommand): string {
  return command === undefined ? text : `${text}: ${spell(command).map(quoteForShell).join(' ')}`;
}

/** A problem in a block of text: `error: acme/dev …`, and its hint below. */
export function problemText(problem: Problem, spell: SpellCommand): string {
  const { severity, hint } = problem;
  const text = [`${severity}:`, locationOf(problem), messageOf(problem)].filter((part) => part !== undefined).join(' ');
  return hint === undefined ? text : `${text}\n  ${hintText(hint, spell)}`;
}
