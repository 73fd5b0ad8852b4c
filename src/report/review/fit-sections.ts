// What of some sections fits in a number of lines.
import type { TextOptions } from '../style/text-options.ts';
import { type Section, sectionLines } from './section.ts';

export interface ShownSection {
  readonly section: Section;
  /** How many of it. */
  readonly rows: number;
}

/**
 * How many rows of each section: first one each, then as many as there is room for, in turn. Groups come last: the other
 * sections show what is not as usual.
 */
export function sectionsThatFit(
  { sections, groups }: { readonly sections: readonly Section[]; readonly groups: Section | undefined },
  lines: number,
  options: TextOptions,
): readonly ShownSection[] {
  const last = groups === undefined || groups.rows.length === 0 ? [] : [groups];
  const all = [...sections, ...last];
  let shown: readonly ShownSection[] = all.map((section) => ({ section, rows: 1 }));
  const fits = (wanted: readonly ShownSection[]) =>
    wanted.reduce((sum, { section, rows }) => sum + sectionLines(section, rows, options).length, 0) <= lines;
  const grow = (which: readonly Section[]) => {
    for (let hasGrown = true; hasGrown; ) {
      hasGrown = false;
      for (const section of which) {
        const wanted = shown.map((each) => (each.section === section ? { section, rows: each.rows + 1 } : each));
        const isWhole = shown.some((each) => each.section === section && each.rows >= section.rows.length);
        if (isWhole || !fits(wanted)) continue;
        shown = wanted;
        hasGrown = true;
      }
    }
  };
  grow(sections);
  grow(last);
  return shown;
}
