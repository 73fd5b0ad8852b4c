// What the checks report of a plan, and what it does not do any more where they are errors.
import { type Address, formatAddress, wholeAddress } from '../model/address.ts';
import type { TracedTrees } from '../plan/group-sources.ts';
import { withoutDeployments } from '../plan/keep-steps.ts';
import type { Plan, PlannedAddress } from '../plan/plan.ts';
import type { Problem } from '../problem/problem.ts';
import { type ChangeCode, changeCodes } from '../problem/problem-codes.ts';
import type { ChangeChecks } from '../settings/settings.ts';
import { changeProblem, levelOf } from './change-checks.ts';
import { locateFinding } from './finding-line.ts';

/** What a check found. */
export type Found = Pick<Problem, 'message' | 'common' | 'source'> & { readonly code: ChangeCode };

export interface ChangeJudgement {
  readonly checks: ChangeChecks;
  readonly acknowledged: readonly ChangeCode[];
  /** Where the lines of findings are. */
  readonly trees: TracedTrees;
  /** What only the trees and Git show of an address. */
  readonly dormantAt: (address: Address) => readonly Found[];
  /** That the first wave reaches too many. */
  readonly reach: (Found & { readonly addresses: number }) | undefined;
}

/** The plan with the problems of the checks. Addresses of errors are blocked; of the first wave's reach, the run is refused. */
export function judgeChanges(plan: Plan, of: ChangeJudgement): Plan {
  const { checks, acknowledged, reach } = of;
  const counts = new Map<ChangeCode, number>();
  const problems: Problem[] = [];
  const blocked = new Map<string, Problem>();
  const addresses = plan.addresses.map((planned): PlannedAddress => {
    const address = wholeAddress(planned.address);
    if (address === undefined || !isChecked(planned)) return planned;
    const found = [...foundAt(planned, address, of), ...of.dormantAt(address)];
    for (const code of new Set(found.map((each) => each.code).filter((each) => acknowledged.includes(each)))) {
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    const reported = found
      .filter(({ code }) => !acknowledged.includes(code))
      .map(({ code, ...rest }) => changeProblem(code, { ...rest, subject: address }, checks));
    problems.push(...reported);
    const blockedBy = reported.find(({ severity }) => severity === 'error');
    if (blockedBy === undefined) return planned;
    blocked.set(formatAddress(address), blockedBy);
    return { ...planned, action: 'blocked', reason: blockedBy.message, blockedBy };
  });
  const refusals: Problem[] = [];
  if (reach !== undefined) {
    const { code, addresses: number, ...rest } = reach;
    if (acknowledged.includes(code)) counts.set(code, number);
    else (levelOf(code, checks) === 'error' ? refusals : problems).push(changeProblem(code, rest, checks));
  }
  const steps =
    blocked.size === 0
      ? plan.steps
      : withoutDeployments(plan.steps, (step) => blocked.has(formatAddress(step.subject)));
  return {
    ...plan,
    addresses,
    steps,
    problems: [...plan.problems, ...problems],
    refusals: [...plan.refusals, ...refusals],
    acknowledged: changeCodes.flatMap((code) => {
      const number = counts.get(code);
      return number === undefined ? [] : [{ code, addresses: number }];
    }),
  };
}

/** Of what clients receive already, and is replaced. */
export function isChecked({ action }: PlannedAddress): boolean {
  return action === 'update';
}

function foundAt({ findings = [] }: PlannedAddress, address: Address, { trees }: ChangeJudgement): readonly Found[] {
  return findings.flatMap((finding) => {
    const { code, message, common } = finding;
    const located = locateFinding(finding, address, trees);
    if (located === undefined) return [];
    const { source } = located;
    return { code, message, ...(common === undefined ? {} : { common }), ...(source && { source }) };
  });
}
