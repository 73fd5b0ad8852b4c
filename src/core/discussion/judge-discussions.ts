// What becomes of the note of a merge request: it is created once, and updated where it is. Only notes of the token's own user count:
// anyone can copy a marker.
import { markerOf, textOfNote } from './note-marker.ts';

/** A thread of a merge request, as far as it matters. */
export interface Discussion {
  readonly id: string;
  /** Its first note. */
  readonly note: { readonly id: number; readonly author: number; readonly body: string };
  readonly hasReplies: boolean;
  /** Undefined where it cannot be resolved: it is no thread. */
  readonly isResolved: boolean | undefined;
}

export interface WantedNote {
  readonly scope: string;
  /** The number of the pipeline that writes it. */
  readonly pipeline: number;
  /** Without its marker. */
  readonly text: string;
  /** The digest of the text without links, and of whether it must be answered. */
  readonly meaning: string;
  /** Whether it must be answered: then its thread is open. */
  readonly isOpen: boolean;
}

export type NoteDecision =
  | { readonly does: 'create' }
  | { readonly does: 'leave'; readonly because: 'newer' | 'equal'; readonly discussion: Discussion }
  | {
      readonly does: 'update';
      readonly discussion: Discussion;
      readonly writesBody: boolean;
      /** Undefined: the thread stays as it is. */
      readonly resolves: boolean | undefined;
    };

/** No note is longer: what is can be large, and is not kept in memory. */
const longestBody = 100_000;

/** Whether it is a note with the scope, whoever wrote it. */
export function hasScope({ note }: Discussion, scope: string): boolean {
  return note.body.length <= longestBody && markerOf(note.body)?.scope === scope;
}

/**
 * @param marked notes with the scope, whoever wrote them
 * @param self the token's user
 */
export function judgeDiscussions(marked: readonly Discussion[], wanted: WantedNote, self: number): NoteDecision {
  const own = ownOf(marked, self);
  const [kept] = own;
  if (kept === undefined) return { does: 'create' };
  const newest = Math.max(...own.map(({ note }) => markerOf(note.body)?.pipeline ?? 0));
  if (newest > wanted.pipeline) return { does: 'leave', because: 'newer', discussion: kept };
  const meansSame = markerOf(kept.note.body)?.meaning === wanted.meaning;
  const writesBody = !meansSame || textOfNote(kept.note.body) !== textOfNote(wanted.text);
  // Of a note that means the same as before, what a person has resolved or opened stays.
  const resolves = meansSame ? undefined : resolutionFor(kept, wanted);
  return writesBody || resolves !== undefined
    ? { does: 'update', discussion: kept, writesBody, resolves }
    : { does: 'leave', because: 'equal', discussion: kept };
}

/** Two jobs at once can both create the note. Copies without replies are deleted. */
export function copiesOf(marked: readonly Discussion[], self: number): readonly Discussion[] {
  return ownOf(marked, self)
    .slice(1)
    .filter(({ hasReplies }) => !hasReplies);
}

/** The oldest first: all jobs keep the same one. */
function ownOf(marked: readonly Discussion[], self: number): readonly Discussion[] {
  return marked.filter(({ note }) => note.author === self).toSorted((a, b) => a.note.id - b.note.id);
}

/** Of a note that means something else than before: a resolution was about what it meant. */
function resolutionFor({ isResolved }: Discussion, { isOpen }: WantedNote): boolean | undefined {
  return isResolved === undefined || isResolved === !isOpen ? undefined : !isOpen;
}
