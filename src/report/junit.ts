// JUnit XML for GitLab's test report: a case for each address, or for each problem of a tree.
import type { Builder } from 'junit-report-builder';
import type { Report } from '../core/events/report.ts';
import { wasApplied } from '../core/events/report.ts';
import type { Problem } from '../core/problem/problem.ts';
import { visible, visibleLines } from './visible.ts';

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly file: string | undefined;
  readonly failure: string | undefined;
  readonly skipped: string | undefined;
}

export async function junitOf(command: string, report: Report): Promise<string> {
  const { default: library } = await import('junit-report-builder');
  // Its types describe a CommonJS module with a `default`; what Node and the bundler import is the builder itself.
  const builder = (library as unknown as Builder).newBuilder();
  const suite = builder.testSuite().name(`appcfg ${command}`);
  const cases = report.plan === undefined ? problemCases(command, report.problems) : addressCases(report);
  for (const entry of cases) {
    const testCase = suite.testCase().className(visible(entry.suite)).name(visible(entry.name));
    if (entry.file !== undefined) testCase.file(entry.file);
    if (entry.failure !== undefined) testCase.failure(visibleLines(entry.failure));
    else if (entry.skipped !== undefined) testCase.skipped().standardOutput(visibleLines(entry.skipped));
  }
  return `${builder.build()}\n`;
}

/** Errors are failures; a tree without any is one case that passes. */
function problemCases(command: string, problems: readonly Problem[]): readonly Case[] {
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length === 0) {
    return [{ suite: 'appcfg', name: command, file: undefined, failure: undefined, skipped: undefined }];
  }
  return errors.map((problem, index) => ({
    suite: problem.code,
    // GitLab drops cases of one name.
    name: `${problem.source ?? index + 1} ${problem.message}`,
    file: problem.source?.replace(/(:\d+)+$/, ''),
    failure: textOf(problem),
    skipped: undefined,
  }));
}

/** A case for each address; then for each failure and error that belongs to none. */
function addressCases(report: Report): readonly Case[] {
  const { plan } = report;
  const addresses = new Set(plan?.addresses.map(({ address }) => address));
  const failures = new Map<string, Problem>();
  const skipped = new Map<string, string>();
  const steps = new Map(plan?.steps.map((step) => [step.id, step]));
  for (const result of report.results) {
    const address = steps.get(result.step)?.address ?? result.step;
    if (result.status === 'failed') failures.set(address, result.problem);
    // What was only planned is neither passed over nor failed.
    if (result.status === 'skipped' && wasApplied(report)) skipped.set(address, `because of ${result.blockedBy}`);
  }
  const ofAddresses = (plan?.addresses ?? []).map((address): Case => {
    const problem = address.blockedBy ?? failures.get(address.address);
    return {
      suite: address.application,
      name: address.address,
      file: undefined,
      failure: problem && textOf(problem),
      skipped: skipped.get(address.address),
    };
  });
  const told = new Set(plan?.addresses.map(({ blockedBy }) => blockedBy?.message));
  const others = report.problems.filter(
    ({ severity, source, message }) => severity === 'error' && !addresses.has(source ?? '') && !told.has(message),
  );
  return [...ofAddresses, ...(others.length === 0 ? [] : problemCases('', others))];
}

function textOf(problem: Problem): string {
  return problem.hint === undefined ? problem.message : `${problem.message}\n${problem.hint}`;
}
