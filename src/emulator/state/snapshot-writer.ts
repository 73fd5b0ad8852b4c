// A snapshot as JSON text. Versions never change and make up most of it, so the text of each is computed once.
import type { ApplicationSnapshot, Snapshot, VersionSnapshot } from './snapshot.ts';

/** Writes snapshots of one emulator. */
export class SnapshotWriter {
  readonly #versionTexts = new WeakMap<VersionSnapshot, string>();

  /** @throws RangeError if the text would be longer than a string can be */
  text({ accountRegions, ...state }: Snapshot): string {
    return objectText(state, {
      accountRegions: listText(accountRegions, ({ applications, ...rest }) =>
        objectText(rest, { applications: listText(applications, (each) => this.#application(each)) }),
      ),
    });
  }

  #application({ environments, profiles, ...application }: ApplicationSnapshot): string {
    return objectText(application, {
      environments: listText(environments, (environment) => this.#environment(environment)),
      profiles: listText(profiles, ({ versions, ...profile }) =>
        objectText(profile, { versions: listText(versions, (version) => this.#version(version)) }),
      ),
    });
  }

  #environment({ deployments, ...environment }: ApplicationSnapshot['environments'][number]): string {
    return objectText(environment, {
      deployments: listText(deployments, ({ served, ...deployment }) =>
        served === undefined ? JSON.stringify(deployment) : objectText(deployment, { served: this.#version(served) }),
      ),
    });
  }

  #version(version: VersionSnapshot): string {
    const text = this.#versionTexts.get(version) ?? JSON.stringify(version);
    this.#versionTexts.set(version, text);
    return text;
  }
}

function listText<T>(items: readonly T[], text: (item: T) => string): string {
  return `[${items.map(text).join()}]`;
}

/** @param texts further members, as JSON text */
function objectText(members: object, texts: Readonly<Record<string, string>>): string {
  const further = Object.entries(texts).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
  return `${JSON.stringify(members).slice(0, -1)},${further.join()}}`;
}
