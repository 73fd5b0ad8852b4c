// Changed files that no commit has touched for a long time: what depends on them may be forgotten.
import { type Address, formatAddress, wholeAddress } from '../model/address.ts';
import type { Plan } from '../plan/plan.ts';
import { type EditedFile, editedPaths, isLayerOf, sourceOfEdit } from '../review/find-edits.ts';
import { type Found, isChecked } from './judge-changes.ts';

interface Dormancy {
  /** Files that differ between the trees. */
  readonly files: readonly EditedFile[];
  /** Paths of the base that a commit has touched since. */
  readonly touched: ReadonlySet<string>;
  readonly days: number;
}

/** @returns what there is to report of an address */
export function dormantFiles(
  { addresses, changeGroups }: Pick<Plan, 'addresses' | 'changeGroups'>,
  { files, touched, days }: Dormancy,
): (address: Address) => readonly Found[] {
  const dormant = files
    .filter(({ base }) => base !== undefined && !touched.has(base.path))
    .map((file) => ({ file, paths: editedPaths(file) }));
  const groups = new Map(changeGroups.map(({ id, changes }) => [id, changes.map(({ path }) => path)]));
  const changed = new Map(
    addresses.filter(isChecked).flatMap((planned) => {
      const address = wholeAddress(planned.address);
      return address === undefined ? [] : [[formatAddress(address), groups.get(planned.changeGroup ?? '') ?? []]];
    }),
  );
  return (address) =>
    dormant.flatMap(({ file, paths }) => {
      const own = isLayerOf(file, address) ? (changed.get(formatAddress(address)) ?? []) : [];
      if (!own.some((path) => paths.some((edited) => isSameOrBelow(path, edited) || isSameOrBelow(edited, path)))) {
        return [];
      }
      const message = `the file was untouched for more than ${days} days`;
      return [{ code: 'change-dormant' as const, message, source: sourceOfEdit(file, paths[0] ?? '') }];
    });
}

function isSameOrBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}/`);
}
