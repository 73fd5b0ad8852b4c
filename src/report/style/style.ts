/** What a piece of text means. A terminal with colors shows it by its colour. */
export interface Style {
  plain(text: string): string;
  added(text: string): string;
  changed(text: string): string;
  removed(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
  error(text: string): string;
  warning(text: string): string;
}

/** A meaning, by its name. */
export type Tone = keyof Style;

/** chalk's levels: no colors, 16, 256, all. */
export type ColorLevel = 0 | 1 | 2 | 3;

const same = (text: string) => text;

export const noColours: Style = {
  plain: same,
  added: same,
  changed: same,
  removed: same,
  strong: same,
  faint: same,
  error: same,
  warning: same,
};

/** Loads chalk only if there are colors: it costs time at the start. */
export async function styleFor(colorLevel: ColorLevel): Promise<Style> {
  if (colorLevel === 0) return noColours;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: colorLevel });
  return {
    plain: same,
    added: chalk.green,
    changed: chalk.yellow,
    removed: chalk.red,
    strong: chalk.bold,
    faint: chalk.dim,
    error: chalk.red.bold,
    warning: chalk.yellow,
  };
}
