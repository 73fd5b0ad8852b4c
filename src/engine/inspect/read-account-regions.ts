import { readLiveState } from '../../appconfig/read/read-live-state.ts';
import { liveContentLearner } from '../../core/events/learn-contents.ts';
import type { LiveState } from '../../core/live/live-state.ts';
import type { Policy } from '../../core/settings/policy.ts';
import { inAccountRegions, type UnreachedAccountRegion } from '../connect/each-account-region.ts';
import type { ReachedAccountRegion } from '../connect/reach.ts';
import { isOneOfSeveral, reachedAccountRegions, type Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import type { LoadedProject } from '../load-project.ts';
import { makePolicy, type PolicyOptions } from './make-policy.ts';

/** What a run works on and with. */
export interface Run {
  readonly project: LoadedProject;
  readonly options: PolicyOptions;
  readonly context: Pick<Context, 'emit' | 'clock' | 'scrubber'>;
}

export interface ReadAccountRegion {
  readonly at: ReachedAccountRegion;
  readonly live: LiveState;
  readonly policy: Policy;
}

export interface ReadAccountRegions {
  readonly read: readonly [ReadAccountRegion, ...ReadAccountRegion[]];
  readonly unread: readonly UnreachedAccountRegion[];
}

/** Reads the live state of all accounts and Regions of a session at once. @throws CallFailure, AppcfgError where none can be read */
export async function readAccountRegions(session: Session, run: Run): Promise<ReadAccountRegions> {
  const { project, options, context } = run;
  const { relationTo } = project;
  const { signal } = session;
  const elsewhere = isOneOfSeveral(session) && project.desired.length > 0;
  const onContent = liveContentLearner(context.scrubber, project.settings);
  const progress = new ReadingProgress(context);
  const { done, failed } = await inAccountRegions(
    session,
    reachedAccountRegions(session),
    async ({ at }): Promise<ReadAccountRegion> => {
      const policy = { ...makePolicy(project, at.accountRegion, options), ...(elsewhere ? { elsewhere } : {}) };
      const onProgress = progress.expect(at.desired.length);
      const live = await readLiveState(at.connection, at.desired, {
        policy,
        relationTo,
        signal,
        onProgress,
        onContent,
      });
      return { at, policy, live };
    },
  );
  return { read: done, unread: [...failed, ...session.unreached] };
}

/** How many applications have been read, over all accounts and Regions. */
class ReadingProgress {
  readonly #emit: Context['emit'];
  #applications = 0;
  #of = 0;

  constructor({ emit }: Pick<Context, 'emit'>) {
    this.#emit = emit;
  }

  /** @returns to be called for each application that was read */
  expect(applications: number): () => void {
    this.#of += applications;
    return () => {
      this.#applications += 1;
      this.#emit({ type: 'reading-progressed', applications: this.#applications, of: this.#of });
    };
  }
}
