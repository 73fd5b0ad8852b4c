// The parts of a problem that people read, in every format.
import { formatAddress, type Subject } from '../../core/model/address.ts';
import { formatSource } from '../../core/model/source-position.ts';
import { type Hint, quoteForShell, type SpellCommand } from '../../core/problem/hint.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { count } from '../../core/problem/quantity.ts';

/** `tenants/acme/prod/Limits.yml:3:5`, else the address; undefined of several addresses. */
export function locationOf({ source, subject, addresses }: Problem): string | undefined {
  if (source !== undefined) return formatSource(source);
  return subject === undefined || addresses !== undefined ? undefined : formatAddress(subject);
}

/** The message, with the addresses that the location does not have: `…, in 9 addresses`. */
export function messageOf({ message, source, subject, addresses, count: number = 0 }: Problem): string {
  if (addresses === undefined) {
    const isElsewhere = subject?.configurationProfile !== undefined && source !== undefined;
    return isElsewhere ? `${message}, in ${formatAddress(subject)}` : message;
  }
  const text = `${message}, in ${subjectCount(number, addresses)}`;
  if (source !== undefined) return text;
  const named = addresses.slice(0, mostNamed).map(formatAddress).join(', ');
  return `${text} (${named}${number > mostNamed ? ', …' : ''})`;
}

/** `9 addresses`; of what has no profile, `9 tenants` or `9 environments`. */
export function subjectCount(number: number, subjects: readonly Subject[], what = ''): string {
  const names = subjects.map(nounOf);
  const noun = names.every((name) => name === names[0]) ? (names[0] ?? 'address') : 'address';
  return count(number, `${what}${noun}`, `${what}${noun === 'address' ? 'addresses' : `${noun}s`}`);
}

function nounOf({ tenant, environment, configurationProfile }: Subject): string {
  if (configurationProfile !== undefined) return environment === undefined ? 'configuration profile' : 'address';
  if (environment !== undefined) return 'environment';
  return tenant === undefined ? 'address' : 'tenant';
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
  return `${text}\n  ${hintText(hint, spell)}`;
}
