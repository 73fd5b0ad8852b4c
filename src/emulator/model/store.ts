// The whole state of the emulator, separate for each account and Region.
import type { AccountRegion, AccountSettings } from './resources.ts';
import { newTokenKey, UsedTokens } from './session-token.ts';

/** Above this number, accounts and Regions without resources are dropped. */
const maxAccountRegions = 256;

/** All accounts and Regions. */
export class Store {
  readonly accountRegions = new Map<string, AccountRegion>();
  /** How many resources were ever created. */
  created = 0;
  readonly usedTokens = new UsedTokens();
  readonly tokenKey: string;

  /** @param tokenKey the key of an earlier store, so that its tokens stay valid */
  constructor(tokenKey = newTokenKey()) {
    this.tokenKey = tokenKey;
  }

  /** The resources of an account in a Region. Created empty on first use. */
  accountRegion(account: string, region: string): AccountRegion {
    const key = `${account} ${region}`;
    const known = this.accountRegions.get(key);
    if (known !== undefined) return known;
    if (this.accountRegions.size >= maxAccountRegions) this.#dropUnused();
    const created: AccountRegion = {
      account,
      region,
      applications: new Map(),
      strategies: new Map(),
      extensions: new Map(),
      associations: new Map(),
      settings: defaultSettings(),
    };
    this.accountRegions.set(key, created);
    return created;
  }

  /** Requests may name any account and Region, so reading alone must not use up memory. */
  #dropUnused(): void {
    for (const [key, accountRegion] of this.accountRegions) {
      if (isUnused(accountRegion)) this.accountRegions.delete(key);
    }
  }

  /** A new id of seven characters, like AWS's. The sequence is the same in every run. */
  newIdentity(): { readonly order: number; readonly id: string } {
    this.created += 1;
    // The factor has no divisor in common with 36, so ids do not repeat; the product is exact up to 2^53.
    const id = ((this.created * 35_142_857 + 12_345_678_901) % 36 ** 7).toString(36).padStart(7, '0');
    return { order: this.created, id };
  }
}

function defaultSettings(): AccountSettings {
  return { deletionProtection: { enabled: true, minutes: 60 } };
}

function isUnused(accountRegion: AccountRegion): boolean {
  const empty = Object.values(accountRegion).every((part: unknown) => !(part instanceof Map) || part.size === 0);
  return empty && JSON.stringify(accountRegion.settings) === JSON.stringify(defaultSettings());
}
