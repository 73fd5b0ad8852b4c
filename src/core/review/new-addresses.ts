// Addresses that only the head has, as what they have besides the shared layers: "as the template, but".
import { changesBetween } from '../document/diff-values.ts';
import type { Redactor } from '../document/redact.ts';
import type { Address } from '../model/address.ts';
import { withLines } from '../plan/group-sources.ts';
import type { NewAddresses } from './review.ts';
import type { ReviewedTree } from './reviewed-tree.ts';

export function newAddresses(
  { base, head }: { readonly base: ReviewedTree; readonly head: ReviewedTree },
  redact: Redactor,
): readonly NewAddresses[] {
  const groups = new Map<string, NewAddresses & { readonly addresses: Address[] }>();
  const trees = { head, base: undefined };
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
    groups.set(key, { configurationProfile, environment, addresses: [address], changes });
  }
  return [...groups.values()].map((group) => ({
    ...group,
    changes: withLines(group.changes, group.addresses, trees),
  }));
}
