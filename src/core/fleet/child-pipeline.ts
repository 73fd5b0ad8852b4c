// The child pipeline of GitLab that carries out the jobs of a rollout, as a plain value. JSON is valid YAML, and no name of a tree can
// add a key to it. Names of a tree are in scripts alone, quoted for the shell: GitLab expands `$NAME` nearly everywhere else.
import { maxBy } from 'es-toolkit/array/maxBy';
import { type Approval, approvalText } from '../approval/approval.ts';
import { quoteForShell } from '../problem/hint.ts';
import { failure, type Problem } from '../problem/problem.ts';
import { count, number } from '../problem/quantity.ts';
import type { FleetJob } from './fleet-jobs.ts';

export interface PipelineOptions {
  readonly image: string | undefined;
  /** A line of the shell that installs appcfg, in a job without an ID token; undefined: the image has it. */
  readonly install: string | undefined;
  /** What starts the program, as the shell reads it. */
  readonly cli: string;
  readonly audience: string;
  /** The GitLab environment that the jobs belong to. */
  readonly environment: string;
  /** The role that the jobs assume; undefined: that of the variables of the project. */
  readonly writeRole: string | undefined;
  /** A job has at most these minutes. */
  readonly longestMinutes: number;
  readonly maxJobs: number;
  /** Flags of each sync: the folder of the tree, the connection, what is selected. */
  readonly flags: readonly string[];
  /** What was approved: each sync refuses anything else. */
  readonly approval: Pick<Approval, 'expect' | 'namesAccounts'> | undefined;
}

/** A job as the pipeline has it. */
export interface PipelineJob extends FleetJob {
  readonly name: string;
  readonly timeoutMinutes: number;
}

export interface ChildPipeline {
  /** JSON. */
  readonly text: string;
  readonly jobs: readonly PipelineJob[];
  /** Warnings: jobs that may need more time than a job has. */
  readonly problems: readonly Problem[];
}

/** GitLab refuses a larger file. */
const mostBytes = 5 * 1024 * 1024;

/** Of another run's deployment, and for the calls; the shortest timeout; and what it is a multiple of. */
const spareMinutes = 30;
const fewestMinutes = 60;
const stepMinutes = 15;

/** The run ends this much before its job is ended: its report is written. */
const reportMinutes = 5;

const approvedFile = 'appcfg-approved.json';
const summaryFile = 'appcfg-summary';
const prepareName = 'appcfg prepare';

/** A child pipeline is started by its parent. What writes belongs to the default branch. */
const isChild = '$CI_PIPELINE_SOURCE == "parent_pipeline"';
const rules = [{ if: isChild }];
const writingRules = [{ if: `${isChild} && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH` }];

/** @throws AppcfgError for more jobs than are allowed, and for a file that GitLab would refuse */
export function childPipeline(jobs: readonly FleetJob[], options: PipelineOptions): ChildPipeline {
  const { maxJobs } = options;
  if (jobs.length > maxJobs) {
    throw failure(
      'usage-invalid',
      `the rollout has ${count(jobs.length, 'job')}, more than --max-jobs ${number(maxJobs)}`,
      {
        hint: {
          text: 'use fewer waves, generate a pipeline for some accounts and Regions with --account-region, or raise --max-jobs: GitLab limits the jobs of a pipeline',
        },
      },
    );
  }
  const made = jobs.map((job) => ({ ...job, name: jobName(job), timeoutMinutes: timeoutMinutes(job, options) }));
  const text = asciiJson(made.length === 0 ? nothingToDeploy(options) : pipelineOf(made, options));
  if (text.length <= mostBytes) return { text, jobs: made, problems: atRisk(made) };
  throw failure('usage-invalid', `the pipeline has ${number(text.length)} bytes; GitLab accepts ${number(mostBytes)}`, {
    hint: { text: 'select less by name, approve fewer changes at once, or use --account-region' },
  });
}

/** One for all jobs whose strategies and soaks take longer than the run may. */
function atRisk(jobs: readonly PipelineJob[]): readonly Problem[] {
  const cut = jobs.filter(({ minutes, timeoutMinutes: most }) => minutes > most - reportMinutes);
  const longest = maxBy(cut, ({ minutes }) => minutes);
  if (longest === undefined) return [];
  const { name, minutes, timeoutMinutes: most } = longest;
  const others = cut.length === 1 ? '' : `; ${count(cut.length - 1, 'other job')} may need too much, too`;
  return [
    {
      code: 'deadline-at-risk',
      severity: 'warning',
      message: `if everything changes, the strategies and the soak of the job "${name}" take ${number(minutes)} min, but its run ends after ${number(most - reportMinutes)} min${others}`,
      hint: {
        text: `raise --job-timeout to ${Math.ceil((minutes + spareMinutes) / 60)}h, which your runners must allow, or shorten the soak`,
      },
    },
  ];
}

/** GitLab fails a trigger whose pipeline has no job. */
function nothingToDeploy({ image }: PipelineOptions): object {
  return {
    'nothing to deploy': {
      ...(image === undefined ? {} : { image }),
      rules,
      variables: { GIT_STRATEGY: 'none' },
      script: ["echo 'Nothing to deploy: nothing that is selected has an address.'"],
    },
  };
}

/**
 * Stages, and no `needs`: GitLab allows 50 of these for a job. A stage begins when all jobs of the one before have succeeded.
 * The trigger job has the `resource_group` of the rollout. Those of the jobs have other names: a child that waits for the group of its parent
 * never ends. They keep a job that is started again, when its rollout holds the group no more, from running beside those of a later one.
 */
function pipelineOf(jobs: readonly PipelineJob[], options: PipelineOptions): object {
  const { image, install, approval, writeRole } = options;
  const isPrepared = install !== undefined || approval !== undefined;
  const syncs = jobs.map((job): [string, object] => [job.name, syncJob(job, options)]);
  return {
    stages: [...(isPrepared ? ['prepare'] : []), ...new Set(jobs.map(stageName)), 'summary'],
    '.appcfg': {
      ...(image === undefined ? {} : { image }),
      rules,
      interruptible: false,
      retry: { max: 2, exit_codes: [75], when: ['runner_system_failure', 'api_failure'] },
      variables: { GIT_DEPTH: '1' },
    },
    '.appcfg:sync': {
      extends: '.appcfg',
      rules: writingRules,
      id_tokens: { APPCFG_ID_TOKEN: { aud: options.audience } },
      // `access` makes no deployment of it: `start` would need an approval for each job where the environment has one.
      environment: { name: options.environment, action: 'access' },
      // Not in `variables`: those of the project would take precedence.
      ...(writeRole === undefined ? {} : { before_script: [`export AWS_CREDS_TARGET_ROLE=${quoted(writeRole)}`] }),
      // Git history decides which of two commits is newer.
      variables: { GIT_DEPTH: '0' },
    },
    ...(isPrepared ? { [prepareName]: prepareJob(options) } : {}),
    ...Object.fromEntries(syncs),
    'appcfg summary': summaryJob(jobs, options),
  };
}

/** Has no ID token. */
function prepareJob({ install, approval }: PipelineOptions): object {
  return {
    extends: '.appcfg',
    stage: 'prepare',
    script: [
      ...(install === undefined ? [] : [install]),
      ...(approval === undefined ? [] : [`printf '%s\\n' ${quoted(approvalText(approval))} > ${approvedFile}`]),
    ],
    artifacts: {
      access: 'developer',
      expire_in: '1 week',
      paths: [...(install === undefined ? [] : ['node_modules/']), ...(approval === undefined ? [] : [approvedFile])],
    },
  };
}

function syncJob(job: PipelineJob, options: PipelineOptions): object {
  const { cli, install, flags, approval } = options;
  const file = fileOf(job);
  const minutes = job.timeoutMinutes;
  const words = [
    ...flags,
    ...(job.wave === undefined ? [] : [`--wave=${job.wave}`]),
    ...(job.accountRegion === undefined ? [] : [`--account-region=${job.accountRegion}`]),
    ...(approval === undefined ? [] : [`--expect=${approvedFile}`]),
    `--timeout=${minutes - reportMinutes}m`,
    ...['-o', 'text', '-o', `json=${file}.json`, '-o', `junit=${file}.xml`],
  ];
  return {
    extends: '.appcfg:sync',
    stage: stageName(job),
    resource_group: groupOf(job, options),
    timeout: `${minutes} minutes`,
    // What follows judges this wave itself, and is refused where more has failed than the settings allow.
    ...(job.mayFail ? { allow_failure: { exit_codes: [4, 5] } } : {}),
    // Not the reports of earlier waves.
    dependencies: install === undefined && approval === undefined ? [] : [prepareName],
    script: [[cli, 'sync', ...words.map(quoted)].join(' ')],
    ...artifactsOf([`${file}.json`, `${file}.xml`], `${file}.xml`),
  };
}

/** One for each account and Region, as AWS's rates are. Never that of the component's jobs, which the trigger job has, too. */
function groupOf({ accountRegion }: FleetJob, { environment }: PipelineOptions): string {
  return `appcfg-${environment}/${accountRegion ?? 'sync'}`;
}

/** Runs whatever happened before it, and reads the reports of all jobs. */
function summaryJob(jobs: readonly FleetJob[], { cli }: PipelineOptions): object {
  const formats = { json: 'json', junit: 'xml', markdown: 'md', html: 'html' };
  const outputs = Object.entries(formats).flatMap(([format, end]) => ['-o', `${format}=${summaryFile}.${end}`]);
  const files = jobs.map((job) => `${fileOf(job)}.json`);
  return {
    extends: '.appcfg',
    stage: 'summary',
    rules: [{ if: isChild, when: 'always' }],
    timeout: '15 minutes',
    script: [[cli, 'ci', 'summary', '-o', 'text', ...outputs, ...files].join(' ')],
    ...artifactsOf(
      Object.values(formats).map((end) => `${summaryFile}.${end}`),
      `${summaryFile}.xml`,
    ),
  };
}

/** Reports have contents: whoever can see a public project must not read them. */
function artifactsOf(paths: readonly string[], junit: string): object {
  return { artifacts: { when: 'always', access: 'developer', expire_in: '1 month', paths, reports: { junit } } };
}

/** Half as much again, and what else may take time. It is the lifetime of the ID token, too. */
function timeoutMinutes({ minutes }: FleetJob, { longestMinutes }: PipelineOptions): number {
  const wanted = Math.ceil((minutes * 1.5 + spareMinutes) / stepMinutes) * stepMinutes;
  return Math.min(Math.max(wanted, fewestMinutes), longestMinutes);
}

function stageName({ stage, wave }: FleetJob): string {
  return wave === undefined ? 'sync' : `wave ${stage} ${plain(wave)}`;
}

/** GitLab shows the jobs of a stage as one row that opens, by the brackets. */
function jobName(job: FleetJob): string {
  return job.accountRegion === undefined ? `appcfg ${stageName(job)}` : `${stageName(job)}: [${job.accountRegion}]`;
}

/** Without what GitLab would expand or match in a path. */
function fileOf({ stage, wave, accountRegion }: FleetJob): string {
  const parts = [
    'appcfg-sync',
    ...(wave === undefined ? [] : [String(stage), plain(wave)]),
    ...(accountRegion === undefined ? [] : [accountRegion.replace('/', '-')]),
  ];
  return parts.join('-');
}

/** A name as a part of others. It need not be unique: a number is beside it. */
function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 40);
}

/** For the shell. GitLab replaces `$[[` in files that have inputs. */
function quoted(word: string): string {
  return quoteForShell(word).replaceAll('$[[', () => "$''[[");
}

/** JSON that any reader of YAML takes: characters that it may not have, or that look like others, are escaped. */
function asciiJson(value: object): string {
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value, undefined, 2).replace(/[^\n -~]/g, escaped)}\n`;
}
