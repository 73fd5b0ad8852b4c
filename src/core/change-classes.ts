// Which addresses change in the same way.
import { createHash } from 'node:crypto';
import type { Change } from './changes.ts';
import type { ChangeClass } from './plan.ts';

/** Gathers addresses whose content changes alike: the same pointers, with the same values before and after. */
export class ChangeClasses {
  readonly #classes = new Map<string, { readonly addresses: string[]; readonly changes: readonly Change[] }>();

  /**
   * @param versionLabel of the new content: where the changes cannot be told, equal contents are alike.
   * @returns the id of the class
   */
  add(address: string, changes: readonly Change[], versionLabel: string): string {
    const key = changes.length === 0 ? versionLabel : JSON.stringify(changes);
    const id = createHash('sha256').update(key).digest('hex').slice(0, 12);
    const known = this.#classes.get(id);
    if (known === undefined) this.#classes.set(id, { addresses: [address], changes });
    else known.addresses.push(address);
    return id;
  }

  all(): readonly ChangeClass[] {
    return [...this.#classes].map(([id, { addresses, changes }]) => ({ id, addresses, changes }));
  }
}
