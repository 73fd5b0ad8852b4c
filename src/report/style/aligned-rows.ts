// Rows of cells as lines, each column as wide as its widest cell.
import { padded, widthOf } from './columns.ts';

export function alignedRows(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = columnWidths(rows);
  return rows.map((row) =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** The rows without the last columns that do not fit into a width. The first columns always stay. */
export function fittingColumns(
  rows: readonly (readonly string[])[],
  room: { readonly width: number; readonly always: number },
): readonly (readonly string[])[] {
  const widths = columnWidths(rows);
  let used = 0;
  const fits = widths.findIndex((columnWidth, column) => {
    used += columnWidth + (column === 0 ? 0 : 2);
    return column >= room.always && used > room.width;
  });
  return fits < 0 ? rows : rows.map((row) => row.slice(0, fits));
}

function columnWidths(rows: readonly (readonly string[])[]): readonly number[] {
  return (rows[0] ?? []).map((_, column) => rows.reduce((most, row) => Math.max(most, widthOf(row[column] ?? '')), 0));
}
