import type { EventOf } from '../../core/events/event-handlers.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { visible } from '../style/escape.ts';

/** What is removed and moved, or would be, and the proof that every rendered byte stays the same. */
export function tidiedText(tidied: EventOf<'tree-tidied'>): string {
  const { redundantOverrides, left, removals, moves, proof, isWritten } = tidied;
  const others = left === 0 ? '' : `; ${number(left)} cannot be (-v shows why)`;
  const lines = [
    `${count(redundantOverrides, 'redundant override')} ${isWritten ? 'removed' : 'can be removed'}${others}`,
  ];
  if (removals.length > 0) lines.push('', isWritten ? 'Removed:' : 'To remove:');
  for (const { file, pointer } of removals) lines.push(visible(`  ${file}  ${pointer || '(the whole file)'}`));
  if (moves.length > 0) lines.push('', isWritten ? 'Moved:' : 'To move:');
  for (const { pointer, to, from, kept } of moves) {
    const keeping =
      kept.length === 0 ? '' : `; ${count(kept.length, 'file')} ${kept.length === 1 ? 'keeps' : 'keep'} another value`;
    lines.push(visible(`  ${pointer || '(the whole file)'}  from ${count(from.length, 'file')} to ${to}${keeping}`));
  }
  const { addresses, leavesBefore, leavesAfter } = proof;
  const rendered = `${count(addresses, 'address', 'addresses')} rendered`;
  const isSmaller = removals.length + moves.length > 0;
  const proved = isSmaller
    ? `${rendered} before and after, every byte equal; ${count(leavesBefore, 'value')} before, ${number(leavesAfter)} after`
    : `Nothing to tidy: ${rendered}, ${count(leavesBefore, 'value')}`;
  return `${[...lines, ...(isSmaller ? [''] : []), proved].join('\n')}\n`;
}
