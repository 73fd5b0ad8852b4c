import type { Origin } from '../core/model/origin.ts';
import type { Environment } from '../engine/context.ts';
import { cleanRemoteUrl, remoteUrl } from './remote-url.ts';
import { isInRepository } from './repository.ts';
import { git } from './run-git.ts';

/** Which commit and pipeline the run is for: what CI says, else what Git says. */
export async function readOrigin(directory: string, environment: Environment): Promise<Origin> {
  const iid = environment.CI_PIPELINE_IID ?? '';
  const commit = environment.CI_COMMIT_SHA || (await headOf(directory, environment));
  // A CI job has checked out its commit, and nothing else.
  const changes = environment.CI_COMMIT_SHA || commit === undefined ? '' : await changesOfTree(directory);
  const pipelineUrl = environment.CI_PIPELINE_URL;
  return {
    commit: commit || undefined,
    dirty: changes !== undefined && changes !== '',
    pipeline: /^[0-9]+$/.test(iid) ? Number(iid) : undefined,
    url: pipelineUrl ? cleanRemoteUrl(pipelineUrl) : await remoteUrl(directory, environment),
  };
}

function headOf(directory: string, environment: Environment): Promise<string | undefined> {
  if (!isInRepository(directory, environment)) return Promise.resolve(undefined);
  return git(directory, 'rev-parse', '--verify', '--quiet', 'HEAD');
}

/** What Git would list as changed, of the files that make the tree. */
function changesOfTree(directory: string): Promise<string | undefined> {
  return git(directory, 'status', '--porcelain', '--', 'template', 'tenants', 'appcfg.yml', 'appcfg.yaml');
}
