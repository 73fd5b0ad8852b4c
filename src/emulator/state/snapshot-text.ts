// The state's JSON text. That of a version, which never changes and is by far the largest part, is made once.
import type { ApplicationSnapshot, Snapshot, VersionSnapshot } from './restore.ts';

const versionTexts = new WeakMap<VersionSnapshot, string>();

/** @throws RangeError if it is longer than a string can be */
export function stateText({ places, ...state }: Snapshot): string {
  return objectText(state, { places: listText(places, placeText) });
}

function placeText({ applications, ...place }: Snapshot['places'][number]): string {
  return objectText(place, { applications: listText(applications, applicationText) });
}

function applicationText({ environments, profiles, ...application }: ApplicationSnapshot): string {
  return objectText(application, {
    environments: listText(environments, environmentText),
    profiles: listText(profiles, profileText),
  });
}

function environmentText({ deployments, ...environment }: ApplicationSnapshot['environments'][number]): string {
  return objectText(environment, {
    deployments: listText(deployments, ({ served, ...deployment }) =>
      served === undefined ? JSON.stringify(deployment) : objectText(deployment, { served: versionText(served) }),
    ),
  });
}

function profileText({ versions, ...profile }: ApplicationSnapshot['profiles'][number]): string {
  return objectText(profile, { versions: listText(versions, versionText) });
}

function versionText(version: VersionSnapshot): string {
  const known = versionTexts.get(version);
  if (known !== undefined) return known;
  const text = JSON.stringify(version);
  versionTexts.set(version, text);
  return text;
}

function listText<T>(items: readonly T[], text: (item: T) => string): string {
  return `[${items.map(text).join()}]`;
}

/** @param texts members whose text is known */
function objectText(members: object, texts: Readonly<Record<string, string>>): string {
  const known = Object.entries(texts).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
  return `${JSON.stringify(members).slice(0, -1)},${known.join()}}`;
}
