// Keeps one note of a merge request, with requests only for what has to change.
import {
  copiesOf,
  type Discussion,
  judgeDiscussions,
  type NoteDecision,
  type WantedNote,
} from '../core/discussion/judge-discussions.ts';
import { markerLine } from '../core/discussion/note-marker.ts';
import { GitlabFailure } from './api.ts';
import type { MergeRequest } from './merge-request.ts';

export interface KeptNote {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'newer';
  /** The note's; undefined where a newer pipeline is to write it. */
  readonly id: number | undefined;
}

/** @throws GitlabFailure, or the reason of the signal that ended it */
export async function keepNote(wanted: WantedNote, mergeRequest: MergeRequest): Promise<KeptNote> {
  const marked = await mergeRequest.discussions(wanted.scope);
  // Most merge requests have no note yet: then it does not matter who the token is.
  const self = marked.length === 0 ? undefined : await mergeRequest.self();
  const decision: NoteDecision = self === undefined ? { does: 'create' } : judgeDiscussions(marked, wanted, self);
  if (decision.does === 'leave' && decision.because === 'newer') {
    return { outcome: 'newer', id: decision.discussion.note.id };
  }
  if (decision.does !== 'leave' && (await isOutdated(wanted, mergeRequest))) return { outcome: 'newer', id: undefined };
  const kept = await carryOut(decision, wanted, mergeRequest);
  if (self !== undefined) for (const copy of copiesOf(marked, self)) await unlessMissing(mergeRequest.delete(copy));
  return kept;
}

/**
 * Whether the merge request has a newer pipeline: it writes the note, or has found it equal, which leaves no trace. Where GitLab does
 * not report it, there is none.
 */
async function isOutdated({ pipeline }: WantedNote, mergeRequest: MergeRequest): Promise<boolean> {
  try {
    const newest = await mergeRequest.newestPipeline();
    return newest !== undefined && newest > pipeline;
  } catch (error) {
    if (error instanceof GitlabFailure) return false;
    throw error;
  }
}

async function carryOut(decision: NoteDecision, wanted: WantedNote, mergeRequest: MergeRequest): Promise<KeptNote> {
  if (decision.does === 'create') return create(wanted, mergeRequest);
  if (decision.does === 'leave') return { outcome: 'unchanged', id: decision.discussion.note.id };
  const { discussion, writesBody, resolves } = decision;
  try {
    // Opened first and closed last: whatever fails, a thread that must be answered is open.
    if (resolves === false)
      await orWithoutMeaning(mergeRequest.resolve(discussion, false), { discussion, wanted, mergeRequest });
    if (writesBody) await mergeRequest.write(discussion, bodyOf(wanted));
    if (resolves === true)
      await orWithoutMeaning(mergeRequest.resolve(discussion, true), { discussion, wanted, mergeRequest });
  } catch (error) {
    // It was deleted meanwhile.
    if (isMissing(error)) return create(wanted, mergeRequest);
    throw error;
  }
  return { outcome: 'updated', id: discussion.note.id };
}

function bodyOf(note: WantedNote): string {
  return markerLine(note) + note.text;
}

/** Of a note whose thread is not as it should be: the next run tries again. */
const noMeaning = '0';

/** Where GitLab refuses the request, the text is written with a meaning that no other note has. @throws GitlabFailure that of the request */
async function orWithoutMeaning(
  request: Promise<void>,
  of: { readonly discussion: Discussion; readonly wanted: WantedNote; readonly mergeRequest: MergeRequest },
): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (error instanceof GitlabFailure && !isMissing(error)) {
      const body = bodyOf({ ...of.wanted, meaning: noMeaning });
      await of.mergeRequest.write(of.discussion, body).catch((second) => {
        if (!(second instanceof GitlabFailure)) throw second;
      });
    }
    throw error;
  }
}

async function create(wanted: WantedNote, mergeRequest: MergeRequest): Promise<KeptNote> {
  const created: Discussion = await mergeRequest.create(bodyOf(wanted));
  if (!wanted.isOpen && created.isResolved === false) {
    await unlessMissing(
      orWithoutMeaning(mergeRequest.resolve(created, true), { discussion: created, wanted, mergeRequest }),
    );
  }
  return { outcome: 'created', id: created.note.id };
}

/** Jobs that run at once delete each other's copies, and a request that is repeated finds what it has deleted before. */
async function unlessMissing(request: Promise<void>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof GitlabFailure && error.kind.is === 'status' && error.kind.status === 404;
}
