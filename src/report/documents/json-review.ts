// The review in JSON documents. Decides alone which of its members programs see.
import { formatAddress } from '../../core/model/address.ts';
import { formatSource, type SourcePosition } from '../../core/model/source-position.ts';
import type { ChangedEnvironment, ChangedTenant, ComingAndGoing, Review, Rollout } from '../../core/review/review.ts';
import { jsonValue, orNull, shownChange } from './json-members.ts';

export function shownReview(review: Review): object {
  const { base, verdict, totals, edits, shielded, outliers, tenants, environments, newAddresses, rollout } = review;
  return {
    base: base ?? null,
    verdict,
    totals,
    edits: edits.map((edit) => ({
      ...edit,
      environment: edit.environment ?? null,
      source: sourceText(edit.source),
      keptByTemplate: edit.keptByTemplate.map((kept) => ({ ...kept, source: sourceText(kept.source) })),
    })),
    shielded: shielded.map(({ source, values, addresses, ...each }) => ({
      ...each,
      source: sourceText(source),
      values: values.map(({ path, value }) => ({ path, value: jsonValue(value) })),
      addresses: addresses.map(formatAddress),
    })),
    outliers: outliers.map(({ address, file, source, changes, expected }) => ({
      address: formatAddress(address),
      file,
      source: sourceText(source),
      changes: changes.map(shownChange),
      expected: expected.map(({ path, before, after, source: at }) => ({
        path,
        expected: jsonValue(before),
        actual: jsonValue(after),
        source: sourceText(at),
      })),
    })),
    tenants: shownNames(tenants),
    environments: shownNames(environments),
    newAddresses: newAddresses.map(({ addresses, changes, ...where }) => ({
      ...where,
      addresses: addresses.map(formatAddress),
      changes: changes.map(shownChange),
    })),
    rollout: rollout === undefined ? null : { minutes: rollout.minutes ?? null, waves: rollout.waves.map(shownWave) },
  };
}

function shownWave({ wave, startsAfter, endsAfter, ...each }: Rollout['waves'][number]): object {
  return { wave: wave ?? null, ...each, startsAfter: startsAfter ?? null, endsAfter: endsAfter ?? null };
}

function shownNames({ added, removed, renamed }: ComingAndGoing<ChangedTenant | ChangedEnvironment>): object {
  return { added: added.map(orNull), removed: removed.map(orNull), renamed: renamed.map(orNull) };
}

function sourceText(source: SourcePosition | undefined): string | null {
  return source === undefined ? null : formatSource(source);
}
