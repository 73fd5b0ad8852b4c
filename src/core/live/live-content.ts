// Live content as a value that can be compared with the desired content.
import { contentDigest, contentOf } from '../document/content-of.ts';
import { equalByValue } from '../document/equality.ts';
import { parseLiveContent } from '../document/parse-yaml.ts';
import { normalizeFlags } from '../flags/normalize-flags.ts';
import { isAppcfgLabel } from '../model/content.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import { type ProfileType, profileTypes } from '../model/resource.ts';
import type { Value } from '../model/value.ts';
import type { Facts } from './facts.ts';
import type { LiveDeployment } from './live-state.ts';

/** Whether a deployment has the desired content: by its label if
 * appcfg made it, otherwise by value. AppConfig keeps the label of feature flags that are equal to the newest version: they are
 * compared by value, too. Undefined: not known yet. */
export function deploymentHasContent(
  deployment: LiveDeployment,
  desired: DesiredConfiguration,
  facts: Facts,
): boolean | undefined {
  if (deployment.versionLabel === desired.content.versionLabel) return true;
  if (isAppcfgLabel(deployment.versionLabel) && !profileTypes[desired.profileType].isRewritten) return false;
  if (deployment.profileId === undefined) return false;
  const version = facts.get({
    kind: 'version',
    profileId: deployment.profileId,
    versionNumber: deployment.versionNumber,
  });
  if (version === undefined) return undefined;
  return version !== 'missing' && textHasValue(version.text, desired);
}

/** Whether a version's text has the desired value. */
function textHasValue(text: string, desired: Pick<DesiredConfiguration, 'value' | 'profileType'>): boolean {
  const live = liveValue(text, desired.profileType);
  return live !== undefined && equalByValue(live, desired.value);
}

/** The value of a version's content, whoever wrote it; undefined where it does not parse. */
export function liveValue(text: string, profileType: ProfileType): Value | undefined {
  const value = parseLiveContent(Buffer.from(text));
  return value === undefined ? undefined : comparable(value, profileType);
}

/** The digest of a version that AppConfig holds, comparable with the digest of a desired content. */
export function versionDigest(
  { text, contentType }: { readonly text: string; readonly contentType: string },
  profileType: ProfileType,
): string {
  if (!profileTypes[profileType].isRewritten) return contentDigest(text, contentType);
  const value = liveValue(text, profileType);
  return value === undefined ? contentDigest(text, contentType) : contentOf(value, 'json').digest;
}

/** A value as contents of its type are compared. */
export function comparable(value: Value, profileType: ProfileType): Value {
  return profileTypes[profileType].document === 'feature flags' ? normalizeFlags(value) : value;
}
