// Reads everything that is live in applications of which nothing is known yet: their lists, and the content of each live version.
import pLimit from 'p-limit';
import type { Connection } from '../../appconfig/client/connection.ts';
import { applicationsAtOnce } from '../../appconfig/read/list-resources.ts';
import { readApplication } from '../../appconfig/read/read-application.ts';
import { readTags, readVersion } from '../../appconfig/read/read-facts.ts';
import type { FactValues } from '../../core/live/facts.ts';
import type { ListedApplication, LiveApplication } from '../../core/live/live-state.ts';
import { ownerOf } from '../../core/live/ownership.ts';
import type { Tags } from '../../core/model/resource.ts';
import { profileTypes } from '../../core/model/resource.ts';

/** A version that is live somewhere. */
export interface LiveVersion {
  readonly profileId: string;
  readonly versionNumber: number;
  readonly content: FactValues['version'];
}

/** An application that no other project manages. */
export interface LiveContents {
  readonly application: LiveApplication;
  readonly tags: Tags;
  readonly versions: readonly LiveVersion[];
}

export interface ContentsOptions {
  readonly project: string;
  readonly signal: AbortSignal;
  /** Called for each application that was read. */
  readonly onProgress: () => void;
  /** Called with each content that is read. */
  readonly onContent: (application: string, text: string) => void;
}

/**
 * Of an application of another project nothing but its tags is read.
 * @returns in the same order, the project that manages it or what is live in it
 * @throws CallFailure
 */
export function readLiveContents(
  connection: Connection,
  applications: readonly ListedApplication[],
  options: ContentsOptions,
): Promise<readonly (LiveContents | { readonly project: string })[]> {
  const limit = pLimit(applicationsAtOnce);
  return Promise.all(
    applications.map((application) =>
      limit(async () => {
        const { project, signal, onProgress } = options;
        const tags = await readTags(connection, { application, signal });
        const owner = ownerOf(tags, project);
        const read =
          owner.kind === 'other-project'
            ? { project: owner.project }
            : { tags, ...(await readContents(connection, application, options)) };
        onProgress();
        return read;
      }),
    ),
  );
}

async function readContents(
  connection: Connection,
  listed: ListedApplication,
  { signal, onContent }: ContentsOptions,
): Promise<Pick<LiveContents, 'application' | 'versions'>> {
  const application = await readApplication(connection, listed, {
    profilesToRead: (_environment, profiles) => profiles.filter(isReadable),
    signal,
  });
  const versions = await Promise.all(
    liveVersions(application).map(async (version): Promise<LiveVersion> => {
      const content = await readVersion(connection, { application, ...version, signal });
      if (content !== 'missing') onContent(application.name, content.text);
      return { ...version, content };
    }),
  );
  return { application, versions };
}

function isReadable({ locationUri, type }: { readonly locationUri: string; readonly type: string }): boolean {
  return locationUri === 'hosted' && Object.hasOwn(profileTypes, type);
}

/** Each once: environments often have the same one. */
function liveVersions({ environments }: LiveApplication): readonly Omit<LiveVersion, 'content'>[] {
  const versions = new Map<string, Omit<LiveVersion, 'content'>>();
  for (const { histories } of environments.values()) {
    for (const [profileId, { completed }] of histories) {
      if (completed === undefined) continue;
      const { versionNumber } = completed;
      versions.set(`${profileId} ${versionNumber}`, { profileId, versionNumber });
    }
  }
  return [...versions.values()];
}
