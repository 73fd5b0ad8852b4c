import type { FileChange } from '../../core/events/event.ts';
import type { EventOf } from '../../core/events/event-handlers.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { count } from '../../core/problem/quantity.ts';
import { visible } from '../style/escape.ts';
import type { TextOptions } from '../style/text-options.ts';
import { hintText } from '../view/problem-parts.ts';

const signs: Readonly<Record<FileChange['change'], string>> = { created: '+', changed: '~', removed: '-' };

/** What has become of files, and what to do next. */
export function filesChangedText(
  { directory, files, isWritten, next }: EventOf<'files-changed'>,
  { spell }: TextOptions & { readonly spell: SpellCommand },
): string {
  const lines = files.map(({ file, change }) => `  ${signs[change]} ${visible(file)}`);
  const [done, planned] = files.every(({ change }) => change === 'created')
    ? ['written to', 'to write to']
    : ['changed in', 'to change in'];
  const summary = `${count(files.length, 'file')} ${isWritten ? done : planned} ${visible(directory)}`;
  const steps = next.map((hint) => `  ${visible(hintText(hint, spell))}`);
  return `${[summary, ...lines, ...(steps.length === 0 ? [] : ['', 'Next:', ...steps])].join('\n')}\n`;
}
