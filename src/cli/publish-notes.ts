// The notes of a run: one for each scope of its outputs.

import { wholeRepository } from '../core/discussion/note-marker.ts';
import type { Report } from '../core/events/report.ts';
import type { Scrubber } from '../core/events/scrubber.ts';
import type { NoteRun } from '../publish/publish-note.ts';
import type { DisplayOptions } from './display-flags.ts';

interface NotesRun extends NoteRun {
  readonly outputs: DisplayOptions['outputs'];
  readonly scrubber: Scrubber;
  /** Where the tree is in its repository. */
  readonly treePath: string;
}

/** Before the outputs end: they have its problems. */
export async function publishNotes(report: Report, { outputs, scrubber, treePath, ...run }: NotesRun): Promise<void> {
  for (const { scope } of outputs) {
    if (scope === undefined) continue;
    const { publishNote } = await import('../publish/publish-note.ts');
    const shown = scrubber.text(scope || treePath.replace(/\/+$/, '') || wholeRepository, {});
    await publishNote(report, shown, run);
  }
}
