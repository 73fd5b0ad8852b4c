// What of the states of addresses is worth showing: how many are in each state, and what is not synced, by its cause.
import { countBy } from 'es-toolkit/array/countBy';
import { type AddressState, type AddressStatus, addressStates } from '../../core/assess/address-status.ts';
import { groupMap, groupsBy } from '../../core/model/groups-by.ts';
import { addressArguments, type Hint } from '../../core/problem/hint.ts';
import { mergeProblems } from '../../core/problem/merge-problems.ts';
import type { Problem } from '../../core/problem/problem.ts';

/** How many addresses of an environment are in a state. */
export interface StatusTotal {
  readonly environment: string;
  readonly state: AddressState;
  readonly addresses: number;
}

/** Addresses that are not synced for one reason. */
export interface StatusCause {
  readonly state: AddressState;
  /** In the order of the tree. */
  readonly addresses: readonly AddressStatus[];
  /** Why, of all of them. */
  readonly reason: string;
  /** The addresses have reasons of their own, which are more exact. */
  readonly hasOwnReasons: boolean;
  readonly hint: Hint | undefined;
}

/** Only what occurs, in the order of the environments, then from the most serious state to `synced`. */
export function statusTotals(
  addresses: readonly AddressStatus[],
  environments: readonly string[],
): readonly StatusTotal[] {
  const byEnvironment = groupMap(addresses, ({ address }) => address.environment);
  return environments.flatMap((environment) => {
    const counts = countBy(byEnvironment.get(environment) ?? [], ({ state }) => state);
    return addressStates.flatMap((state) =>
      counts[state] === undefined ? [] : [{ environment, state, addresses: counts[state] }],
    );
  });
}

/** The states that occur, the most serious first. */
export function occurringStates(addresses: readonly AddressStatus[]): readonly AddressState[] {
  const occurring = new Set(addresses.map(({ state }) => state));
  return addressStates.filter((state) => occurring.has(state));
}

/** What is not synced: one cause once, the most serious state first. */
export function statusCauses(addresses: readonly AddressStatus[]): readonly StatusCause[] {
  const off = addresses.filter(({ state }) => state !== 'synced');
  const groups = groupsBy(off, causeOf);
  return addressStates.flatMap((state) =>
    groups.filter(([first]) => first.state === state).map((group) => statusCause(state, group)),
  );
}

/**
 * Two addresses need the same action for the same reason. Messages name deployments and applications, so they differ where the
 * cause does not.
 */
function causeOf({ state, problem, accountRegion }: AddressStatus): string {
  return JSON.stringify([state, problem?.code, problem?.hint?.text, state === 'unknown' ? accountRegion : '']);
}

function statusCause(state: AddressState, addresses: readonly AddressStatus[]): StatusCause {
  const problems = addresses.flatMap(({ problem }) => problem ?? []);
  const [message, ...others] = new Set(problems.map((problem) => problem.message));
  return {
    state,
    addresses,
    reason: message === undefined || others.length > 0 ? reasons[state] : message,
    hasOwnReasons: others.length > 0,
    hint: problems.length === 0 ? hints[state] : hintOf(problems, addresses),
  };
}

/** Addresses that a command names one by one. */
const mostNamed = 5;

/** A `pull` names its addresses: what they have in common has others, which it would write, too. */
function hintOf(problems: readonly Problem[], addresses: readonly AddressStatus[]): Hint | undefined {
  const hint = commonHint(problems);
  const command = hint?.command;
  if (hint === undefined || command === undefined || 'program' in command || command.run !== 'pull') return hint;
  if (addresses.length === 1) return hint;
  if (addresses.length > mostNamed) return { text: `${hint.text} with pull` };
  return { ...hint, command: { run: 'pull', args: addresses.flatMap(({ address }) => addressArguments(address)) } };
}

/** Its command is for what the addresses have in common. */
function commonHint(problems: readonly Problem[]): Hint | undefined {
  const merged = problems.map(
    ({ code, severity, hint, subject }): Problem => ({
      ...{ code, severity, hint, message: '' },
      ...(subject && { subject }),
    }),
  );
  return mergeProblems(merged)[0]?.hint;
}

/** Where the problems of the addresses have no common message. */
const reasons: Readonly<Record<AddressState, string>> = {
  unknown: 'cannot be read',
  blocked: 'owned by another project, or in another account',
  deploying: 'a deployment is in flight',
  drifted: 'deployed outside of appcfg',
  'rolled-back': 'the content of the tree was rolled back',
  missing: 'nothing is live yet',
  'out-of-sync': 'the live content is not that of the tree',
  synced: 'the content of the tree is live',
};

const sync: Hint = { text: 'to deploy the tree', command: { run: 'sync', args: [] } };

const hints: Readonly<Partial<Record<AddressState, Hint>>> = {
  deploying: { text: 'to follow it', command: { run: 'status', args: ['--watch'] } },
  missing: sync,
  'out-of-sync': sync,
};
