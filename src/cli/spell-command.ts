// Commands in hints, so that they do where they are pasted what the hint says: with the flags that say where this run is.
import type { Event } from '../core/events/event.ts';
import { quoteForShell } from '../core/problem/hint.ts';
import type { Problem } from '../core/problem/problem.ts';
import type { Flags } from './common-flags.ts';

const valued = [
  ['chdir', '-C'],
  ['region', '--region'],
  ['awsProfile', '--aws-profile'],
  ['endpointUrl', '--endpoint-url'],
] as const;

/** ` -C config --local`: the flags of the command line that say where. What comes from the environment is there anyway. */
export function connectionFlags(flags: Flags, wasTyped: (name: string) => boolean): string {
  const given = valued.flatMap(([name, flag]) => {
    const value = flags[name];
    return typeof value === 'string' && wasTyped(name) ? [`${flag} ${quoteForShell(value)}`] : [];
  });
  const switches = [
    ['local', '--local'],
    ['insecure', '--insecure'],
  ] as const;
  const on = switches.flatMap(([name, flag]) => (flags[name] === true && wasTyped(name) ? [flag] : []));
  return [...given, ...on].map((flag) => ` ${flag}`).join('');
}

/** The event, with these flags in what its hint proposes. */
export function withConnectionFlags(event: Event, placeFlags: string): Event {
  if (placeFlags === '') return event;
  if (event.type === 'problem-found') return { ...event, problem: pasteable(event.problem, placeFlags) };
  if (event.type === 'step-finished' && event.status === 'failed') {
    return { ...event, problem: pasteable(event.problem, placeFlags) };
  }
  return event;
}

function pasteable(problem: Problem, placeFlags: string): Problem {
  const { hint } = problem;
  return hint === undefined ? problem : { ...problem, hint: hint.replace(command, (found) => `${found}${placeFlags}`) };
}

const command = /\bappcfg (?:validate|render|explain|diff|sync|status|history|rollback|cleanup)\b/g;
