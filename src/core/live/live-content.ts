// Live content as a value that can be compared with the desired content.
import { contentDigest, contentOf } from '../document/content-of.ts';
import { equalByValue } from '../document/equality.ts';
import { parseLiveContent } from '../document/parse-yaml.ts';
import { isAppcfgLabel } from '../model/content.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import { type ProfileType, profileTypes } from '../model/resource.ts';
import type { Value } from '../model/value.ts';
import type { Facts } from './facts.ts';
import { withoutTimestamps } from './flag-timestamps.ts';
import type { LiveDeployment } from './live-state.ts';

/** Whether a deployment has the desired content: by its label if appcfg made it, otherwise by value. Undefined: not known yet. */
export function deploymentHasContent(
  deployment: LiveDeployment,
  desired: DesiredConfiguration,
  facts: Facts,
): boolean | undefined {
  if (isAppcfgLabel(deployment.versionLabel)) return deployment.versionLabel === desired.content.versionLabel;
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
export function textHasValue(text: string, desired: Pick<DesiredConfiguration, 'value' | 'profileType'>): boolean {
  const live = liveValue(text, desired.profileType);
  return live !== undefined && equalByValue(live, desiredValue(desired));
}

/** The value of a version's content, whoever wrote it; undefined where it does not parse. */
export function liveValue(text: string, profileType: ProfileType): Value | undefined {
  const value = parseLiveContent(Buffer.from(text));
  return value === undefined ? undefined : comparable(value, profileType);
}

/** The digest of a version that AppConfig holds, comparable with `desiredDigest`. */
export function versionDigest(
  { text, contentType }: { readonly text: string; readonly contentType: string },
  profileType: ProfileType,
): string {
  if (!profileTypes[profileType].isRewritten) return contentDigest(text, contentType);
  const value = liveValue(text, profileType);
  return value === undefined ? contentDigest(text, contentType) : contentOf(value, 'json').digest;
}

/** The digest that a version must have before it is deployed. */
export function desiredDigest(desired: DesiredConfiguration): string {
  const { content, profileType } = desired;
  return profileTypes[profileType].isRewritten ? contentOf(desiredValue(desired), 'json').digest : content.digest;
}

/** The desired value, comparable with `liveValue`. */
export function desiredValue({ value, profileType }: Pick<DesiredConfiguration, 'value' | 'profileType'>): Value {
  return comparable(value, profileType);
}

function comparable(value: Value, profileType: ProfileType): Value {
  return profileTypes[profileType].document === 'feature flags' ? withoutTimestamps(value) : value;
}
