// An imported tree as text: its files in a dry run, and what it comes to.
import type { ImportSummary } from '../../core/events/event.ts';
import type { EventOf } from '../../core/events/event-handlers.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { visible } from '../style/escape.ts';
import { hintText } from '../view/problem-parts.ts';

export function importedText(
  { files, summary, directory, isWritten, next }: EventOf<'tree-imported'>,
  { spell }: { readonly spell: SpellCommand },
): string {
  const layers = files.filter(({ leaves }) => leaves !== undefined);
  const { tenants, environments, addresses } = summary;
  const lines = [
    ...(isWritten ? [] : files.map(fileLine)),
    `${count(tenants, 'tenant')}, ${count(environments, 'environment')}, ${count(addresses, 'address', 'addresses')}: ${isWritten ? 'imported, and verified: renders to the live content' : 'to import'}`,
    `${count(layers.length, 'file')} ${isWritten ? 'written' : 'to write'} to ${visible(directory)}; ${sharedText(summary, isWritten)}`,
    ...(summary.unparsed === 0 ? [] : [`${count(summary.unparsed, 'content')} kept below _unparsed/`]),
    ...(summary.skipped === 0
      ? []
      : [
          `${count(summary.skipped, 'application, profile or address', 'applications, profiles or addresses')} skipped (see the warnings above)`,
        ]),
    ...(next.length === 0 ? [] : ['', 'Next:', ...next.map((hint) => `  ${visible(hintText(hint, spell))}`)]),
  ];
  return `${lines.join('\n')}\n`;
}

function fileLine({ path, leaves }: EventOf<'tree-imported'>['files'][number]): string {
  return leaves === undefined ? visible(path) : `${visible(path)}  ${count(leaves, 'value')}`;
}

/** `27 live values written as 8 (70 % fewer)`. */
function sharedText({ leaves, liveLeaves }: ImportSummary, isWritten: boolean): string {
  const percent = liveLeaves === 0 ? 0 : Math.round(((liveLeaves - leaves) / liveLeaves) * 100);
  const saved = percent <= 0 ? '' : ` (${percent} % fewer)`;
  return `${count(liveLeaves, 'live value')} ${isWritten ? 'written' : 'to write'} as ${number(leaves)}${saved}`;
}
