// A snapshot as JSON text. Versions never change and make up most of it, so the text of each is computed once.
import type { ApplicationSnapshot, Snapshot, VersionSnapshot } from './snapshot.ts';

const versionTexts = new WeakMap<VersionSnapshot, string>();

/** @throws RangeError if the text would be longer than a string can be */
export function snapshotText({ accountRegions, ...state }: Snapshot): string {
  return objectText(state, { accountRegions: listText(accountRegions, accountRegionText) });
}

function accountRegionText({ applications, ...rest }: Snapshot['accountRegions'][number]): string {
  return objectText(rest, { applications: listText(applications, applicationText) });
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

/** @param texts further members, as JSON text */
function objectText(members: object, texts: Readonly<Record<string, string>>): string {
  const further = Object.entries(texts).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
  return `${JSON.stringify(members).slice(0, -1)},${further.join()}}`;
}
