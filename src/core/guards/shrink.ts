import { canonicalText } from '../document/write-json.ts';
import { liveValue } from '../live/live-content.ts';
import type { LiveDeployment, LiveProfile } from '../live/live-state.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';
import type { Limit } from '../settings/settings.ts';
import type { Surroundings } from './guards.ts';

/** The guard *shrink*. */
export function shrinkProblem(
  desired: DesiredConfiguration,
  profile: LiveProfile,
  completed: LiveDeployment | undefined,
  around: Surroundings,
): Problem | undefined {
  if (around.policy.allowShrink || completed === undefined) return undefined;
  const version = around.facts.get({
    kind: 'version',
    profileId: profile.id,
    versionNumber: completed.versionNumber,
  });
  if (version === undefined || version === 'missing') return undefined;
  const live = liveValue(version.text, desired.profileType);
  const before = live === undefined ? Buffer.byteLength(version.text) : Buffer.byteLength(canonicalText(live));
  const after = desired.content.canonicalBytes;
  const emptied = after <= 2 && before > 2;
  if (!emptied && !shrinksBeyond(before, after, around.policy.settings.guards.maxShrink)) return undefined;
  return {
    code: 'guard-shrink',
    severity: 'error',
    message: emptied
      ? `the content turns empty (it has ${before} bytes now)`
      : `the content shrinks from ${before} to ${after} bytes, by ${Math.floor(((before - after) / before) * 100)} %`,
    hint: { text: 'if that is meant', command: { run: 'sync', args: ['--allow-shrink'] } },
    subject: desired.address,
  };
}

function shrinksBeyond(before: number, after: number, limit: Limit): boolean {
  const lost = before - after;
  return 'percent' in limit ? lost * 100 > before * limit.percent : lost > limit.count;
}
