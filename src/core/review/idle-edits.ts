// Changed files of tenants that change no address.
import { isSameContent } from '../document/equality.ts';
import { valueAt } from '../document/json-pointer.ts';
import { groupMap } from '../model/groups-by.ts';
import { changedPaths, type EditedFile, editedPaths, isLayerOf } from './find-edits.ts';
import { editOf, type Pair, type Trees } from './judge-edits.ts';
import type { Edit } from './review.ts';

/** @param files of tenants */
export function idleEdits(files: readonly EditedFile[], pairs: readonly Pair[], trees: Trees): readonly Edit[] {
  const byTenant = groupMap<Pair, string | undefined>(pairs, ({ head }) => head.address.tenant);
  return files.flatMap((file) => {
    const own = (byTenant.get(file.tenant) ?? []).filter(({ head: { address } }) => isLayerOf(file, address));
    // Without addresses it is ignored, or belongs to none of the selected ones.
    return own.length === 0 || own.some((pair) => changes(file, pair, trees)) ? [] : [editOf(file, editedPaths(file))];
  });
}

function changes(file: EditedFile, { base: old, head: wanted }: Pair, { base, head }: Trees): boolean {
  const [before, after] = [base.contentOf(old), head.contentOf(wanted)];
  return changedPaths(file, wanted.address, base).some(
    (path) => !isSameContent(valueAt(before, path), valueAt(after, path)),
  );
}
