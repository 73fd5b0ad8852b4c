// Which addresses change in the same way.
import { createHash } from 'node:crypto';
import type { Change } from '../document/diff-values.ts';
import type { Address } from '../model/address.ts';
import type { ChangeGroup } from './plan.ts';

/** How one content changes. */
export interface ContentChange {
  readonly configurationProfile: string;
  /** Label of the new content: where no changes can be shown, equal contents are one group. */
  readonly versionLabel: string;
  /** Not redacted. `new`: there was no content before. */
  readonly changes: readonly Change[] | 'new';
}

/** Id of the change group: the same pointers of one profile, with the same values before and after. */
export function changeGroupOf({ configurationProfile, versionLabel, changes }: ContentChange): string {
  const how = changes === 'new' ? ['new', versionLabel] : changes.length === 0 ? ['other', versionLabel] : changes;
  return createHash('sha256')
    .update(JSON.stringify([configurationProfile, how]))
    .digest('hex')
    .slice(0, 12);
}

/** Collects addresses whose content changes in the same way. */
export class ChangeGroups {
  readonly #groups = new Map<string, { readonly addresses: Address[]; readonly changes: readonly Change[] }>();

  /** @param changes redacted, as they are shown */
  add(id: string, address: Address, changes: readonly Change[]): void {
    const known = this.#groups.get(id);
    if (known === undefined) this.#groups.set(id, { addresses: [address], changes });
    else known.addresses.push(address);
  }

  all(): readonly ChangeGroup[] {
    return [...this.#groups].map(([id, { addresses, changes }]) => ({ id, addresses, changes }));
  }
}
