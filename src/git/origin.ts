import type { Origin } from '../core/model/origin.ts';
import { cleanRemoteUrl, remoteUrl } from './remote-url.ts';
import { isInRepository } from './repository.ts';
import { askGit, type GitLocation } from './run-git.ts';

/** What a CI job knows of its own origin. */
interface JobOrigin {
  readonly commit: string | undefined;
  readonly pipelineIid: number | undefined;
  readonly pipelineUrl: string | undefined;
}

/** Which commit and pipeline the run is for: those of the CI job, else Git's. */
export async function readOrigin(location: GitLocation, job: JobOrigin): Promise<Origin> {
  const commit = job.commit ?? (await headOf(location));
  // A CI job has checked out its commit, and nothing else.
  const changes = job.commit === undefined && commit !== undefined ? await changesOfTree(location) : undefined;
  return {
    commit: commit || undefined,
    dirty: changes !== undefined && changes !== '',
    pipeline: job.pipelineIid,
    url: job.pipelineUrl === undefined ? await remoteUrl(location) : cleanRemoteUrl(job.pipelineUrl),
  };
}

async function headOf(location: GitLocation): Promise<string | undefined> {
  return isInRepository(location) ? askGit(location, 'rev-parse', '--verify', '--quiet', 'HEAD') : undefined;
}

/** What Git would list as changed, of the files that make the tree. */
function changesOfTree(location: GitLocation): Promise<string | undefined> {
  return askGit(location, 'status', '--porcelain', '--', 'template', 'tenants', 'appcfg.yml', 'appcfg.yaml');
}
