// The values of a configuration as people read them, each with the layer that set it and those it overrode.
import { formatSource } from '../../core/model/source-position.ts';
import type { ExplainedValue } from '../../core/render/explain.ts';
import { pathText } from '../style/changes.ts';
import { padded, widthOf } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import type { TextOptions } from '../style/text-options.ts';

/** Wider values do not widen the column of values. */
const widestAligned = 40;

export function explainedText(
  values: readonly ExplainedValue[],
  { style, width }: Omit<TextOptions, 'verbose'>,
): string {
  const rows = values.map(({ path, value, source, note, overrode, variables = [] }) => ({
    path: pathText(path),
    value: value === undefined ? 'deleted' : visible(value),
    isDeleted: value === undefined,
    origin: `${source === undefined ? '' : visible(formatSource(source))}${note === undefined || note === 'deleted' ? '' : `  (${note})`}`,
    overrode,
    variables,
  }));
  const pathWidth = rows.reduce((most, { path }) => Math.max(most, widthOf(path)), 0);
  const valueWidth = Math.max(0, ...rows.map(({ value }) => widthOf(value)).filter((each) => each <= widestAligned));
  const lines = rows.flatMap(({ path, value, isDeleted, origin, overrode, variables }) => {
    const text = isDeleted ? style.removed(value) : value;
    const filler = ' '.repeat(Math.max(0, valueWidth - widthOf(value)));
    const needed = pathWidth + 3 + Math.max(valueWidth, widthOf(value)) + 2 + widthOf(origin);
    return [
      ...(needed <= width
        ? [`${padded(path, pathWidth)}   ${text}${filler}  ${style.faint(origin)}`]
        : [`${path}   ${text}`, `    set by ${style.faint(origin)}`]),
      ...variables.map((each) =>
        style.faint(`    \${${visible(each.name)}} is ${visible(each.value)}  ${visible(formatSource(each.source))}`),
      ),
      ...overrode.map((over) =>
        style.faint(`    overrode ${visible(over.value)}  ${visible(formatSource(over.source))}`),
      ),
    ];
  });
  return `${lines.join('\n')}\n`;
}
