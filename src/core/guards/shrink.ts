import { canonicalText } from '../document/write-json.ts';
import { liveValue } from '../live/live-content.ts';
import type { Problem } from '../problem/problem.ts';
import { limitOf } from '../settings/settings.ts';
import type { Guard, NewContent } from './guard.ts';

/** Content that loses much of its size may have been emptied by mistake. Formatting does not count. */
export const shrink = {
  code: 'guard-shrink',
  override: '--allow-shrink',
  check: ({ desired, profile, history: { completed }, facts, policy }: NewContent): Problem | 'pending' | undefined => {
    if (policy.allowShrink || completed === undefined) return undefined;
    const version = facts.get({ kind: 'version', profileId: profile.id, versionNumber: completed.versionNumber });
    if (version === undefined) return 'pending';
    if (version === 'missing') return undefined;
    const live = liveValue(version.text, desired.profileType);
    const before = Buffer.byteLength(live === undefined ? version.text : canonicalText(live));
    const after = desired.content.canonicalBytes;
    const isEmptied = after <= 2 && before > 2;
    if (!isEmptied && before - after <= limitOf(policy.settings.guards.maxShrink, before)) return undefined;
    const sizes = isEmptied
      ? `; the live content has ${before} bytes`
      : ` from ${before} to ${after} bytes, by ${Math.floor(((before - after) / before) * 100)} %`;
    return {
      code: shrink.code,
      severity: 'error',
      message: `the content ${isEmptied ? 'becomes empty' : 'shrinks'}${sizes}`,
      sizes,
      hint: { text: 'if that is intended', command: { run: 'same', args: [shrink.override] } },
      subject: desired.address,
    };
  },
} as const satisfies Guard<NewContent>;
