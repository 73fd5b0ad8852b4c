import { resolve } from 'node:path';
import type { JobSummary } from '../../core/events/event.ts';
import { jobSummary, mergeReports } from '../../core/job-reports/merge-reports.ts';
import { type JobReport, parseReport, unusable } from '../../core/job-reports/read-report.ts';
import { groupsBy } from '../../core/model/groups-by.ts';
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import { count } from '../../core/problem/quantity.ts';
import { listNames } from '../../core/problem/suggest.ts';
import { noSuchFile, readNamedFile } from '../../files/read-named-file.ts';
import type { Context } from '../context.ts';
import type { SummaryOptions } from '../options.ts';

/** Merges what the jobs of a rollout have reported. A job without a report has not run: that is a part of the result. */
export async function summarizeJobs({ files }: SummaryOptions, context: Context): Promise<void> {
  const { emit } = context;
  const read = readAll(files, context);
  const reports = read.flatMap(({ report }) => report ?? []);
  const jobs = read.map(({ file, report }): JobSummary => (report === undefined ? notRun(file) : jobSummary(report)));
  emit({ type: 'run-started', command: 'ci summary', targets: [] });
  const { problems, ...merged } = mergeReports(reports);
  emit({ type: 'jobs-read', jobs, ...merged });
  const missing = read.filter(({ report }) => report === undefined).map(({ file }) => file);
  for (const problem of problems) emit({ type: 'problem-found', problem });
  if (missing.length > 0) emit({ type: 'problem-found', problem: notRunProblem(missing, files.length) });
}

interface ReadFile {
  readonly file: string;
  /** Undefined where there is no such file. */
  readonly report: JobReport | undefined;
}

/** @throws AppcfgError for all files that cannot be used */
function readAll(files: readonly string[], context: Context): readonly ReadFile[] {
  const problems: Problem[] = [];
  const read = groupsBy(files, (file) => resolve(context.cwd, file)).map(([file]): ReadFile => {
    try {
      return { file, report: reportIn(file, context.cwd) };
    } catch (error) {
      if (!(error instanceof AppcfgError)) throw error;
      problems.push(...error.problems);
      return { file, report: undefined };
    }
  });
  const [first, ...others] = problems;
  if (first !== undefined) throw new AppcfgError([first, ...others]);
  return read;
}

/** @throws AppcfgError */
function reportIn(file: string, cwd: string): JobReport | undefined {
  const read = readNamedFile(resolve(cwd, file));
  if ('text' in read) return parseReport(read.text, file);
  if (read.reason === noSuchFile) return undefined;
  throw unusable(file, read.reason);
}

function notRun(file: string): JobSummary {
  const nothing = { succeeded: 0, failed: 0, skipped: 0, inFlight: 0, problem: undefined };
  return { file, isRead: false, ...nothing, exitCode: undefined, accountRegions: [] };
}

function notRunProblem(missing: readonly string[], of: number): Problem {
  const subject = missing.length === 1 ? 'its job has' : 'their jobs have';
  return {
    code: 'job-not-run',
    severity: 'error',
    message: `no report of ${missing.length} of ${count(of, 'job')} (${listNames(missing)}): ${subject} not run, or ended before writing one`,
    hint: {
      text: 'fix the cause, retry the failed job in GitLab, then retry "appcfg summary"',
    },
  };
}
