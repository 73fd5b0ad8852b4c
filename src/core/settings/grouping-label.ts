// The label by which tenants can be grouped: one that most of them carry, with a few values.
import { maxBy } from 'es-toolkit/array/maxBy';
import { labelsOf } from './effective-settings.ts';
import type { Settings } from './settings.ts';

export interface GroupingLabel {
  readonly name: string;
  /** By tenant; a tenant without the label has none. */
  readonly values: ReadonlyMap<string, string>;
}

/** More values make too many small groups. */
const mostValues = 12;

/** Of several such labels the one that most tenants carry, and of these the first; undefined where there is none. */
export function groupingLabel(
  tenants: Iterable<string>,
  settings: Pick<Settings, 'tenants'>,
): GroupingLabel | undefined {
  const all = new Set(tenants);
  const byLabel = new Map<string, Map<string, string>>();
  for (const tenant of all) {
    for (const [label, value] of labelsOf(settings, tenant)) {
      const values = byLabel.get(label) ?? new Map<string, string>();
      byLabel.set(label, values.set(tenant, value));
    }
  }
  const labels = [...byLabel].map(([name, values]) => ({ name, values }));
  const suitable = labels.filter(({ values }) => values.size * 2 > all.size && groups(values, all) > 1);
  return maxBy(suitable, ({ values }) => values.size);
}

/** Groups of a label, one of them of those without it; 0 where they are too many. */
function groups(values: ReadonlyMap<string, string>, all: ReadonlySet<string>): number {
  const many = new Set(values.values()).size;
  return many > mostValues ? 0 : many + (values.size < all.size ? 1 : 0);
}
