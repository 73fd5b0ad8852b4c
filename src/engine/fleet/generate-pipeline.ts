import { relative, sep } from 'node:path';
import { childPipeline, type PipelineOptions } from '../../core/fleet/child-pipeline.ts';
import { fleetJobs } from '../../core/fleet/fleet-jobs.ts';
import { formatLabelSelector, selectionFlags } from '../../core/model/selection.ts';
import { openOutputFiles } from '../../files/output-files.ts';
import { regionOf } from '../connect/open-appconfig.ts';
import type { Context } from '../context.ts';
import { approvalIn } from '../inspect/approval-in.ts';
import { loadProject } from '../load-project.ts';
import type { GenerateOptions } from '../options.ts';
import { pathInWorkTree, untrustedFolders } from '../untrusted-folders.ts';

/** Writes the child pipeline that carries out a rollout in several jobs. Reads the tree, and nothing of AWS. */
export async function generatePipeline(options: GenerateOptions, context: Context): Promise<void> {
  const { out } = options;
  const approval = options.expect === undefined ? undefined : approvalIn(options.expect, context);
  const files = out === undefined ? [] : [out];
  const write = openOutputFiles(files, { cwd: context.cwd, untrusted: untrustedFolders(context) });
  const project = await loadProject(options, context);
  if (project === undefined) return;
  const { desired, settings } = project;
  const region = regionOf({ options, settings, context, access: 'read' });
  const jobs = fleetJobs({ desired, settings, region, accountRegions: options.accountRegions });
  const flags = syncFlags({ ...options, region }, context);
  const { problems, ...pipeline } = childPipeline(jobs, { ...pipelineOptions(options, context), flags, approval });
  for (const problem of problems) context.emit({ type: 'problem-found', problem });
  if (out !== undefined) await write(out, pipeline.text);
  context.emit({ type: 'pipeline-generated', ...pipeline, file: out });
}

function pipelineOptions(options: GenerateOptions, { job }: Context): Omit<PipelineOptions, 'flags' | 'approval'> {
  const { audience, writeRole, maxJobs, jobTimeoutMs } = options;
  const install = options.install || undefined;
  return {
    image: options.image ?? job.image,
    install,
    cli: options.cli ?? (install === undefined ? 'appcfg' : 'node_modules/.bin/appcfg'),
    audience,
    environment: options.gitlabEnvironment,
    writeRole,
    longestMinutes: Math.round(jobTimeoutMs / 60_000),
    maxJobs,
  };
}

/**
 * What a sync has to be given to work on the same tree, with the same selection. Each flag is one word: a value may begin with a dash.
 * @param of.region that the ids of the jobs are made with: variables of the jobs may name another
 */
function syncFlags(
  { selection, region }: Pick<GenerateOptions, 'selection' | 'region'>,
  { directory, cwd }: Context,
): readonly string[] {
  // Jobs begin in the work tree.
  const folder = pathInWorkTree(directory) || relative(cwd, directory).split(sep).join('/');
  const selected = selectionFlags.flatMap(({ name, member }) =>
    selection[member].map((each) => `${name}=${typeof each === 'string' ? each : formatLabelSelector(each)}`),
  );
  return [
    ...(folder === '' ? [] : [`--chdir=${folder}`]),
    ...(region === undefined ? [] : [`--region=${region}`]),
    ...selected,
  ];
}
