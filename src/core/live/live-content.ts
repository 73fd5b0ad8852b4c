// What AppConfig holds as a value, comparable with what the tree wants.
import { equalByValue } from '../document/equality.ts';
import { parseLiveContent } from '../document/parse-yaml.ts';
import { type Content, isAppcfgLabel } from '../model/content.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import type { ProfileType } from '../model/resource.ts';
import type { Value } from '../model/value.ts';
import type { Facts } from './facts.ts';
import { withoutTimestamps } from './flag-timestamps.ts';
import type { LiveDeployment } from './live-state.ts';

/** Whether a deployment carries the desired content: by its label where it is one of ours, by value otherwise. Undefined: not known yet. */
export function carries(deployment: LiveDeployment, desired: DesiredConfiguration, facts: Facts): boolean | undefined {
  if (isAppcfgLabel(deployment.versionLabel)) return deployment.versionLabel === desired.content.versionLabel;
  if (deployment.profileId === undefined) return false;
  const version = facts.get({
    kind: 'version',
    profileId: deployment.profileId,
    versionNumber: deployment.versionNumber,
  });
  if (version === undefined) return undefined;
  return version !== 'missing' && holds(version.text, desired);
}

/** Whether a version's text means what the tree wants. */
export function holds(text: string, desired: Pick<DesiredConfiguration, 'content' | 'profileType'>): boolean {
  const live = liveValue(text, desired.profileType);
  return live !== undefined && equalByValue(live, desiredValue(desired));
}

/** A version's content as somebody wrote it; undefined where it does not parse. */
export function liveValue(text: string, profileType: ProfileType): Value | undefined {
  const value = parseLiveContent(Buffer.from(text));
  return value === undefined ? undefined : comparable(value, profileType);
}

/** Desired content, parsed once for each distinct one. */
export function desiredValue(desired: Pick<DesiredConfiguration, 'content' | 'profileType'>): Value {
  const { content, profileType } = desired;
  const known = parsed.get(content);
  if (known !== undefined) return known.value;
  const value = parseLiveContent(Buffer.from(content.text));
  if (value === undefined) throw new Error(`content ${content.versionLabel} does not parse as what it was rendered to`);
  const entry = { value: comparable(value, profileType) };
  parsed.set(content, entry);
  return entry.value;
}

const parsed = new WeakMap<Content, { readonly value: Value }>();

function comparable(value: Value, profileType: ProfileType): Value {
  return profileType === 'AWS.AppConfig.FeatureFlags' ? withoutTimestamps(value) : value;
}
