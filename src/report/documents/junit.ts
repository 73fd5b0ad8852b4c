// JUnit XML for GitLab's test report: a case for each address, or for each problem of a tree.

import type { Builder } from 'junit-report-builder';
import type { Report } from '../../core/events/report.ts';
import { wasApplied } from '../../core/events/report.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { concernedBy } from '../../core/problem/merge-problems.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { visible, visibleLines } from '../style/escape.ts';
import { hintText, locationOf, messageOf } from '../view/problem-parts.ts';
import { statusCases } from './junit-status.ts';

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly file?: string | undefined;
  readonly failure?: Problem | string | undefined;
  readonly skipped?: string | undefined;
}

export async function junitDocument(command: string, report: Report, spell: SpellCommand): Promise<string> {
  const { default: library } = await import('junit-report-builder');
  // Its types describe a CommonJS module with a `default`. Node and the bundler import the builder itself.
  const builder = (library as unknown as Builder).newBuilder();
  const suite = builder.testSuite().name(`appcfg ${command}`);
  for (const { suite: className, name, file, failure, skipped } of casesOf(command, report, spell)) {
    const testCase = suite.testCase().className(visible(className)).name(visible(name));
    if (file !== undefined) testCase.file(file);
    if (failure !== undefined) testCase.failure(visibleLines(failureText(failure, spell)));
    else if (skipped !== undefined) testCase.skipped().standardOutput(visibleLines(skipped));
  }
  // GitLab makes a link to a file of the job of it, wherever it stands.
  return `${builder.build().replaceAll('[[ATTACHMENT|', '[ [ATTACHMENT|')}\n`;
}

function casesOf(command: string, report: Report, spell: SpellCommand): readonly Case[] {
  const errors = report.problems.filter(({ severity }) => severity === 'error');
  const { plan, interruptedBy } = report;
  const own = { suite: 'appcfg', name: command };
  const statuses = statusCases(report, spell);
  const cases = plan === undefined ? [...statuses, ...errors.map(problemCase)] : planCases(plan, report, errors);
  if (interruptedBy !== undefined) return [...cases, { ...own, skipped: `interrupted (${interruptedBy})` }];
  return cases.length === 0 && plan === undefined ? [own] : cases;
}

function problemCase(problem: Problem, index: number): Case {
  return {
    suite: problem.code,
    // GitLab drops all but one case of the same name.
    name: `${locationOf(problem) ?? index + 1} ${messageOf(problem)}`,
    file: problem.source?.file,
    failure: problem,
  };
}

/** A case for each address, then one for each error that is not at one of the addresses. */
function planCases({ steps, addresses }: Plan, report: Report, errors: readonly Problem[]): readonly Case[] {
  const addressOf = new Map(steps.map((step) => [step.id, formatAddress(step.subject)]));
  const failures = new Map<string, Problem>();
  const skipped = new Map<string, string>();
  for (const result of report.results) {
    const address = addressOf.get(result.step) ?? result.step;
    if (result.status === 'failed') failures.set(address, result.problem);
    // In a plan that was not applied, nothing was skipped.
    if (result.status === 'skipped' && wasApplied(report)) skipped.set(address, `blocked by ${result.blockedBy}`);
  }
  const known = new Set(addresses.map(({ address }) => formatAddress(address)));
  const blocking = new Set(addresses.map(({ blockedBy }) => blockedBy?.message));
  const isShown = (error: Problem) =>
    error.source === undefined &&
    concernedBy(error).length > 0 &&
    concernedBy(error).every((each) => known.has(formatAddress(each)));
  const others = errors.filter((error) => !isShown(error) && !blocking.has(error.message));
  return [
    ...addresses.map(({ address, application, blockedBy }) => {
      const name = formatAddress(address);
      return { suite: application, name, failure: blockedBy ?? failures.get(name), skipped: skipped.get(name) };
    }),
    ...others.map(problemCase),
  ];
}

function failureText(problem: Problem | string, spell: SpellCommand): string {
  if (typeof problem === 'string') return problem;
  const { hint } = problem;
  const message = messageOf(problem);
  return hint === undefined ? message : `${message}\n${hintText(hint, spell)}`;
}
