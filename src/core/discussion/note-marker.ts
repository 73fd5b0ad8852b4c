// The first line of a note: a comment of Markdown, which GitLab does not show, and by which the next run finds the note.

export interface NoteMarker {
  /** Which note of a merge request it is. */
  readonly scope: string;
  /** The number of the pipeline that wrote it: newer ones have higher numbers. */
  readonly pipeline: number;
  /** A digest: two notes with the same one mean the same, although their links differ. */
  readonly meaning: string;
}

/** The scope of a tree that is the whole repository: there is mostly one, and its note needs no name. */
export const wholeRepository = '.';

const form = /^<!-- appcfg:note scope=(\S+) pipeline=([0-9]{1,15}) meaning=([0-9a-f]+) -->(?:\r?\n|$)/;

/** The line, with its end. */
export function markerLine({ scope, pipeline, meaning }: NoteMarker): string {
  return `<!-- appcfg:note scope=${encoded(scope)} pipeline=${pipeline} meaning=${meaning} -->\n`;
}

/** Of the first line alone: what follows can quote anything. Undefined of a text that is no note. */
export function markerOf(body: string): NoteMarker | undefined {
  const [, scope, pipeline, meaning] = form.exec(body) ?? [];
  if (scope === undefined || pipeline === undefined || meaning === undefined) return undefined;
  try {
    return { scope: decodeURIComponent(scope), pipeline: Number(pipeline), meaning };
  } catch {
    return undefined;
  }
}

/** The text of a note as GitLab keeps it: it drops carriage returns, and white space at the end. */
export function textOfNote(body: string): string {
  return body.replaceAll('\r', '').replace(form, '').trimEnd();
}

/** Without white space, and without what could end the comment. */
function encoded(scope: string): string {
  return encodeURIComponent(scope.toWellFormed()).replaceAll('-', '%2D');
}
