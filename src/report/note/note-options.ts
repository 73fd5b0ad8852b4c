// How much of a note is written, and what all of its sections need.
import type { SpellCommand } from '../../core/problem/hint.ts';

/** From everything to what always fits. */
export const details = ['full', 'groups', 'counts'] as const;
export type Detail = (typeof details)[number];

/** How many of each are written. */
export interface Bounds {
  /** Characters of a value, a path, a message. */
  readonly value: number;
  readonly message: number;
  /** Rows of a list that stands open, and of one that is folded. */
  readonly rows: number;
  readonly foldedRows: number;
  /** Names in one line. */
  readonly names: number;
  readonly groups: number;
  /** Changes of one group. */
  readonly changes: number;
}

export const boundsOf = {
  full: { value: 300, message: 1_000, rows: 20, foldedRows: 2_000, names: 2_000, groups: 300, changes: 100 },
  groups: { value: 100, message: 400, rows: 10, foldedRows: 40, names: 20, groups: 15, changes: 5 },
  counts: { value: 40, message: 250, rows: 5, foldedRows: 0, names: 3, groups: 0, changes: 0 },
} as const satisfies Record<Detail, Bounds>;

export interface NoteOptions {
  readonly bounds: Bounds;
  readonly spell: SpellCommand;
  /** In the order of the settings. */
  readonly environments: readonly string[];
  /** What it is about, where a merge request has several notes. */
  readonly title?: string | undefined;
  /** Where the HTML page of the same run is. */
  readonly htmlUrl: string | undefined;
}

/** A part of the page; undefined without a page. */
export function pageUrl(htmlUrl: string | undefined, part: 't' | 'g', name: string): string | undefined {
  return htmlUrl === undefined ? undefined : `${htmlUrl}#${part}=${encodeURIComponent(name.toWellFormed())}`;
}
