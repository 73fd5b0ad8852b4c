// JUnit XML for GitLab's test report: a case for each address, or for each problem of a tree.
import type { Problem } from '../core/errors.ts';
import type { Report } from '../core/events.ts';

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly file: string | undefined;
  readonly failure: string | undefined;
  readonly skipped: string | undefined;
}

export function junitOf(command: string, report: Report): string {
  const cases = report.plan === undefined ? problemCases(command, report.problems) : addressCases(report);
  const failures = cases.filter((entry) => entry.failure !== undefined).length;
  const body = cases
    .map((entry) => {
      const file = entry.file === undefined ? '' : ` file="${escaped(entry.file)}"`;
      const start = `    <testcase classname="${escaped(entry.suite)}" name="${escaped(entry.name)}"${file}`;
      if (entry.failure !== undefined) return `${start}><failure>${escaped(entry.failure)}</failure></testcase>`;
      if (entry.skipped !== undefined) return `${start}><skipped message="${escaped(entry.skipped)}"/></testcase>`;
      return `${start}/>`;
    })
    .join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="appcfg ${escaped(command)}" tests="${cases.length}" failures="${failures}">
${body}
  </testsuite>
</testsuites>
`;
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

function addressCases(report: Report): readonly Case[] {
  const failures = new Map<string, string>();
  const skipped = new Map<string, string>();
  const steps = new Map(report.plan?.steps.map((step) => [step.id, step]));
  for (const result of report.results) {
    const address = steps.get(result.step)?.address ?? result.step;
    if (result.status === 'failed') failures.set(address, textOf(result.problem));
    if (result.status === 'skipped') skipped.set(address, `because of ${result.blockedBy}`);
  }
  return (report.plan?.addresses ?? []).map((address) => ({
    suite: address.application,
    name: address.address,
    file: undefined,
    failure: address.blockedBy === undefined ? failures.get(address.address) : textOf(address.blockedBy),
    skipped: skipped.get(address.address),
  }));
}

function textOf(problem: Problem): string {
  return problem.hint === undefined ? problem.message : `${problem.message}\n${problem.hint}`;
}

/** XML 1.0 has no control characters, not even escaped ones. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
