import { failure } from '../../core/problem/problem.ts';
import { parseDuration, parseInteger } from '../../core/settings-file/parse-values.ts';
import { defineCommand } from '../command.ts';
import { commonFlagsWithout } from '../common-flags.ts';
import { valueFlag } from '../flag.ts';

/** GitLab's least is 10 minutes, and a run has to end before its job. */
const shortestJobMinutes = 15;

export const ciGenerateCommand = defineCommand({
  name: 'ci generate',
  summary: 'write a GitLab child pipeline for a large fleet, offline',
  description:
    'Writes a child pipeline as JSON, which is valid YAML: one stage for each wave, one job (sync --wave W) for each account and Region that has addresses in it, and a last job that sums up (ci summary). With several accounts and Regions each job has its own --account-region. The jobs of one stage begin when all of those before have succeeded. Start it with a trigger job that has the resource_group. Does not use the network.',
  flags: {
    out: valueFlag({ name: '--out <file>', help: 'write the pipeline to this file instead of printing it' }),
    maxJobs: valueFlag({
      name: '--max-jobs <n>',
      help: 'maximum number of jobs in the pipeline; a rollout that needs more is refused',
      parse: (text, name) => parseInteger(text, name, { min: 1, max: 1000, example: 100 }),
      default: '100',
    }),
    image: valueFlag({
      name: '--image <image>',
      help: 'the image of the jobs (default: that of the job that runs this command)',
    }),
    install: valueFlag({
      name: '--install <line>',
      help: "the line that installs appcfg, in a job without an ID token; '' if the image has it",
      default: 'npm ci --ignore-scripts --omit=dev',
      canBeEmpty: true,
    }),
    cli: valueFlag({
      name: '--cli <command>',
      help: 'starts the program (default: node_modules/.bin/appcfg, or appcfg if the image has it)',
    }),
    audience: valueFlag({ name: '--audience <name>', help: 'the audience of the ID tokens', default: 'appcfg' }),
    gitlabEnvironment: valueFlag({
      name: '--gitlab-environment <name>',
      help: 'the GitLab environment whose variables and protection the jobs have',
      default: 'production',
    }),
    writeRole: valueFlag({
      name: '--write-role <arn>',
      help: 'the role that the jobs assume (default: the variable AWS_CREDS_TARGET_ROLE of the project)',
    }),
    jobTimeoutMs: valueFlag({
      name: '--job-timeout <duration>',
      help: 'maximum timeout of a job',
      parse: parseJobTimeout,
      default: '6h',
    }),
    expect: valueFlag({
      name: '--expect <file>',
      help: 'the JSON of an approved diff: the jobs refuse a change that is not in that file',
    }),
  },
  commonFlags: commonFlagsWithout(
    'awsProfile',
    'endpointUrl',
    'local',
    'insecure',
    'concurrency',
    'timeoutMs',
    'yes',
    'htmlUrl',
    'detailedExitcode',
  ),
  examples: [
    'appcfg ci generate',
    "appcfg ci generate --out appcfg-fleet.yml --image registry.example.com/appcfg:1.2.3 --install ''",
    'appcfg ci generate --out appcfg-fleet.yml --expect diff.json',
  ],
  parse: (flags, { common }) => ({ ...common, ...flags }),
  run: async (options, context) => {
    const { generatePipeline } = await import('../../engine/fleet/generate-pipeline.ts');
    await generatePipeline(options, context);
  },
});

function parseJobTimeout(text: string, flag: string): number {
  const ms = parseDuration(text, flag);
  if (ms >= shortestJobMinutes * 60_000) return ms;
  throw failure('usage-invalid', `${flag} ${text} is less than ${shortestJobMinutes} minutes`, {
    hint: { text: 'a job has to read the live state before it can deploy: for example 1h' },
  });
}
