// Addresses that only the head has, as what they have besides the shared layers: "as the template, but".
import { type Change, changesBetween } from '../document/diff-values.ts';
import type { Redactor } from '../document/redact.ts';
import type { Address } from '../model/address.ts';
import { locateValue } from '../render/locate-source.ts';
import type { NewAddresses } from './review.ts';
import type { ReviewedTree } from './reviewed-tree.ts';

export function newAddresses(
  { base, head }: { readonly base: ReviewedTree; readonly head: ReviewedTree },
  redact: Redactor,
): readonly NewAddresses[] {
  const groups = new Map<string, NewAddresses & { readonly addresses: Address[] }>();
  for (const [text, configuration] of head.configurations) {
    if (base.configurations.has(text)) continue;
    const { address } = configuration;
    const { environment, configurationProfile } = address;
    const changes = changesBetween(head.shared(address), head.contentOf(configuration), { redact });
    const key = JSON.stringify([configurationProfile, environment, changes]);
    const known = groups.get(key);
    if (known !== undefined) {
      known.addresses.push(address);
      continue;
    }
    const located = changes.map((change) => withSource(change, address, head));
    groups.set(key, { configurationProfile, environment, addresses: [address], changes: located });
  }
  return [...groups.values()];
}

function withSource(change: Change, address: Address, head: ReviewedTree): Change {
  const source = locateValue(head.documents(address), change.path, head.profile(address.configurationProfile));
  return source === undefined ? change : { ...change, source };
}
