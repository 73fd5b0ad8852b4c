// Content that was deployed outside of appcfg after appcfg, or its adoption, last deployed.
import { minuteText } from '../model/clock.ts';
import { acceptedTag, type Tags } from '../model/resource.ts';

/** The deployment of such content. */
export interface Drift {
  readonly deploymentNumber: number;
  /** ISO 8601 in UTC. */
  readonly startedAt: string | undefined;
  /** In AppConfig's words: `USER`. It records no name. */
  readonly startedBy: string | undefined;
  readonly description: string | undefined;
}

/** Number of the newest deployment of an environment that is accepted, whoever made it. */
export function acceptedNumber(tags: Tags): number {
  const text = tags[acceptedTag] ?? '';
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : 0;
}

/** Tags of an environment whose deployments up to this one are accepted. */
export function acceptedTags(deploymentNumber: number | undefined): Tags {
  return deploymentNumber === undefined ? {} : { [acceptedTag]: String(deploymentNumber) };
}

/** `deployment 7 was started outside of appcfg at 2026-11-29 12:00Z by USER, "hotfix"` */
export function driftText({ deploymentNumber, startedAt, startedBy, description }: Drift): string {
  const when = startedAt === undefined ? '' : ` at ${minuteText(startedAt)}Z`;
  const who = startedBy === undefined ? '' : ` by ${startedBy}`;
  const what = description === undefined ? 'without a description' : `"${description}"`;
  return `deployment ${deploymentNumber} was started outside of appcfg${when}${who}, ${what}`;
}
