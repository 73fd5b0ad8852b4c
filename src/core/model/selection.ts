// Which addresses a run includes: globs of tenants, environments and configuration profiles; `!` excludes.
import type { Address } from './address.ts';
import { matchesAny } from './globs.ts';

/** An empty list selects everything. */
export interface Selection {
  readonly tenants: readonly string[];
  readonly environments: readonly string[];
  readonly configurationProfiles: readonly string[];
  /** Labels of tenants; the settings assign them. */
  readonly labels: readonly LabelSelector[];
}

/** `key=value` or `key!=value`; the value may be a glob. */
export interface LabelSelector {
  readonly key: string;
  readonly value: string;
  readonly negated: boolean;
}

interface SelectionFlag {
  readonly name: string;
  /** What it decides of a selection. */
  readonly member: keyof Selection;
  /** The part of an address that it decides. */
  readonly part: keyof Address;
}

export const selectionFlags: readonly SelectionFlag[] = [
  { name: '--tenant', member: 'tenants', part: 'tenant' },
  { name: '--selector', member: 'labels', part: 'tenant' },
  { name: '--env', member: 'environments', part: 'environment' },
  { name: '--config-profile', member: 'configurationProfiles', part: 'configurationProfile' },
];

/** Whether nothing is excluded. */
export function selectsAll({ tenants, environments, configurationProfiles, labels }: Selection): boolean {
  return tenants.length + environments.length + configurationProfiles.length + labels.length === 0;
}

export const everything: Selection = { tenants: [], environments: [], configurationProfiles: [], labels: [] };

/** Whether a tenant with these labels is selected. Values of one key are alternatives; every key has to match. */
export function areLabelsSelected(labels: ReadonlyMap<string, string>, selectors: readonly LabelSelector[]): boolean {
  return selectors.every(({ key, value, negated }) => {
    const own = labels.get(key);
    if (negated) return own === undefined || !matchesAny(own, [value]);
    const alternatives = selectors.filter((each) => each.key === key && !each.negated).map((each) => each.value);
    return own !== undefined && matchesAny(own, alternatives);
  });
}

/** As it is typed on the command line. */
export function formatLabelSelector({ key, value, negated }: LabelSelector): string {
  return `${key}${negated ? '!=' : '='}${value}`;
}

/** Whether a list of globs selects a name. An empty list selects all; `!` excludes from what the others select. */
export function isSelected(name: string, globs: readonly string[]): boolean {
  if (globs.length === 0) return true;
  const included = globs.filter((glob) => !glob.startsWith('!'));
  const excluded = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  return (included.length === 0 || matchesAny(name, included)) && !matchesAny(name, excluded);
}
