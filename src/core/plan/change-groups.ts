// Which addresses change in the same way.

import { createHash } from 'node:crypto';
import type { Change } from '../document/diff-values.ts';
import type { Address } from '../model/address.ts';
import type { ChangeGroup } from './plan.ts';

/** How one content changes. */
export interface ContentChange {
  readonly configurationProfile: string;
  /** Label of the new content: where the changes cannot be told, equal contents are alike. */
  readonly versionLabel: string;
  /** As they are: nothing in them is redacted. `new`: there was no content before. */
  readonly changes: readonly Change[] | 'new';
}

/** Id of the class of a change: the same pointers of one profile, with the same values before and after. */
export function changeGroupOf({ configurationProfile, versionLabel, changes }: ContentChange): string {
  const how = changes === 'new' ? ['new', versionLabel] : changes.length === 0 ? ['other', versionLabel] : changes;
  return createHash('sha256')
    .update(JSON.stringify([configurationProfile, how]))
    .digest('hex')
    .slice(0, 12);
}

/** Gathers addresses whose content changes alike. */
export class ChangeGroups {
  readonly #classes = new Map<string, { readonly addresses: Address[]; readonly changes: readonly Change[] }>();

  /** @param changes as they are shown. */
  add(id: string, address: Address, changes: readonly Change[]): void {
    const known = this.#classes.get(id);
    if (known === undefined) this.#classes.set(id, { addresses: [address], changes });
    else known.addresses.push(address);
  }

  all(): readonly ChangeGroup[] {
    return [...this.#classes].map(([id, { addresses, changes }]) => ({ id, addresses, changes }));
  }
}
