import type { Origin } from '../core/model/origin.ts';
import { hasChanges } from './has-changes.ts';
import { cleanRemoteUrl, remoteUrl } from './remote-url.ts';
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
  const dirty = job.commit === undefined && commit !== undefined && (await hasChanges(location));
  return {
    commit: commit || undefined,
    dirty,
    pipeline: job.pipelineIid,
    url: job.pipelineUrl === undefined ? await remoteUrl(location) : cleanRemoteUrl(job.pipelineUrl),
  };
}

function headOf(location: GitLocation): Promise<string | undefined> {
  return askGit(location, ['rev-parse', '--verify', '--quiet'], ['HEAD']);
}
