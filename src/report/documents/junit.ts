// JUnit XML for GitLab's test report: cases of a plan or of a status, and one for each other error.

import type { Builder } from 'junit-report-builder';
import type { Report } from '../../core/events/report.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { causeOf } from '../../core/problem/merge-problems.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { visible, visibleLines } from '../style/escape.ts';
import { hintText, locationOf, messageOf } from '../view/problem-parts.ts';
import { type PlanCase, planCases } from './junit-plan.ts';
import { statusCases } from './junit-status.ts';

export async function junitDocument(command: string, report: Report, spell: SpellCommand): Promise<string> {
  const { default: library } = await import('junit-report-builder');
  // Its types describe a CommonJS module with a `default`. Node and the bundler import the builder itself.
  const builder = (library as unknown as Builder).newBuilder();
  const suite = builder.testSuite().name(`appcfg ${command}`);
  for (const { suite: className, name, file, failures = [], failure, skipped } of casesOf(command, report, spell)) {
    const testCase = suite.testCase().className(visible(className)).name(visible(name));
    if (file !== undefined) testCase.file(file);
    const texts = [
      ...failures.map((problem) => problemText(problem, spell)),
      ...(failure === undefined ? [] : [failure]),
    ];
    if (texts.length > 0) testCase.failure(visibleLines(texts.join('\n\n')));
    else if (skipped !== undefined) testCase.skipped().standardOutput(visibleLines(skipped));
  }
  // GitLab makes a link to a file of the job of it, wherever it stands.
  return `${builder.build().replaceAll('[[ATTACHMENT|', '[ [ATTACHMENT|')}\n`;
}

function casesOf(command: string, report: Report, spell: SpellCommand): readonly PlanCase[] {
  const errors = report.problems.filter(({ severity }) => severity === 'error');
  const { plan, interruptedBy } = report;
  const own = { suite: 'appcfg', name: command };
  const statuses = statusCases(report, spell);
  const planned = plan === undefined ? [] : planCases(plan, report);
  const covered = new Set(planned.flatMap(({ failures = [] }) => failures.map(causeAnywhere)));
  const others = errors.filter((error) => !covered.has(causeAnywhere(error)));
  const cases = [...statuses, ...planned, ...others.map(problemCase)];
  if (interruptedBy !== undefined) return [...cases, { ...own, skipped: `interrupted (${interruptedBy})` }];
  return cases.length === 0 && plan === undefined ? [own] : cases;
}

function problemCase(problem: Problem, index: number): PlanCase {
  return {
    suite: problem.code,
    // GitLab drops all but one case of the same name.
    name: `${locationOf(problem) ?? index + 1} ${messageOf(problem)}`,
    file: problem.source?.file,
    failures: [problem],
  };
}

/** The problem of a step does not always name its account and Region. */
function causeAnywhere({ accountRegion: _, ...problem }: Problem): string {
  return causeOf(problem);
}

function problemText(problem: Problem, spell: SpellCommand): string {
  const { hint } = problem;
  const message = messageOf(problem);
  return `${message}\n${hintText(hint, spell)}`;
}
