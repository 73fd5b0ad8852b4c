import type { Facts } from '../live/facts.ts';
import { versionDigest } from '../live/live-content.ts';
import type { LiveDeployment } from '../live/live-state.ts';
import { isAppcfgLabel, labelOf } from '../model/content.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';

/**
 * With `--verify`: whether a version that is live, or on its way, has the content that its label names. Asks for the version.
 * @returns a problem where it does not
 */
export function verifyLabel(
  { profileId, versionNumber, versionLabel }: LiveDeployment,
  desired: DesiredConfiguration,
  facts: Facts,
): Problem | 'pending' | undefined {
  if (profileId === undefined || !isAppcfgLabel(versionLabel)) return undefined;
  const version = facts.get({ kind: 'version', profileId, versionNumber });
  if (version === undefined) return 'pending';
  if (version === 'missing') return undefined;
  if (labelOf(versionDigest(version, desired.profileType)) === versionLabel) return undefined;
  return {
    code: 'version-label-conflict',
    severity: 'error',
    message: `live version ${versionNumber} has the label ${versionLabel}, but other content`,
    hint: {
      text: 'CloudTrail shows who created the version; delete it, then deploy the content of the tree',
      command: { run: 'sync', args: [], selects: desired.address },
    },
    subject: desired.address,
  };
}
