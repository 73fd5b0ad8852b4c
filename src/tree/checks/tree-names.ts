// The names of a tree as they are read: valid, unlike each other, and no typos of the template's. Most tenants have the same
// environments and profiles, so that a name is looked at once.
import { looksOf } from '../../core/problem/names.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { areSimilar } from '../../core/problem/similar.ts';
import { allLayers, type Layers } from '../../core/render/layers.ts';
import { collisionProblems, type NamedEntry, type NamedKind, nameDoubt, nameProblem } from './check-names.ts';
import type { TreeProblems } from './tree-problems.ts';

export class TreeNames {
  readonly #problems: TreeProblems;
  readonly #valid: Readonly<Record<NamedKind, Set<string>>> = {
    tenant: new Set(),
    application: new Set(),
    environment: new Set(),
    profile: new Set(),
  };
  /** Of environments and profiles, by how a name looks: the first one that was read. */
  readonly #firstSpellings = new Set<string>();
  /** By the name of an environment or profile: a tree has few of them. */
  readonly #isFirst = new Map<string, boolean>();
  /** By the name of a profile: the one of the template, which does not have it, that it is similar to. */
  readonly #similarProfiles = new Map<string, string | undefined>();

  constructor(problems: TreeProblems) {
    this.#problems = problems;
  }

  isValid(entry: NamedEntry, kind: NamedKind, siblings?: () => readonly string[]): boolean {
    const valid = this.#valid[kind];
    if (valid.has(entry.name)) return true;
    const problem = nameProblem(entry, kind, siblings);
    if (problem !== undefined) {
      this.#problems.addOne(problem);
      return false;
    }
    valid.add(entry.name);
    const doubt = kind === 'application' ? undefined : nameDoubt(entry.name, kind);
    if (doubt !== undefined) {
      const { message, hint } = doubt;
      this.#problems.warning('name-suspicious', message, { hint, source: { file: entry.path } });
    }
    return true;
  }

  /** Reports environments and profiles in a folder of layers that look like others of it, or of the template. */
  reportCollisions(path: string, layers: Layers, template: Layers): void {
    const folders = [...allLayers(layers), layers.environments];
    if (folders.filter((names) => this.#hasOtherSpelling(names.keys())).length === 0) return;
    const all = { template, [path]: layers };
    const environments = Object.entries(all).flatMap(([at, each]) => namesIn(at, [...each.environments.keys()]));
    const documents = Object.values(all).flatMap((each) => allLayers(each).flatMap((layer) => [...layer]));
    const profiles = documents.map(([name, document]) => ({ name, path: document.path }));
    const problems = [
      ...collisionProblems('environments', environments),
      ...collisionProblems('configuration profiles', profiles),
    ];
    // Those of the template alone are reported once.
    this.#problems.add(problems.filter(({ source }) => source?.file.startsWith(`${path}/`)));
  }

  /** Whether one of the names looks like another name that was read before. All of them are remembered. */
  #hasOtherSpelling(names: Iterable<string>): boolean {
    let has = false;
    for (const name of names) if (!this.#isFirstSpelling(name)) has = true;
    return has;
  }

  #isFirstSpelling(name: string): boolean {
    const known = this.#isFirst.get(name);
    if (known !== undefined) return known;
    const looks = looksOf(name);
    const isFirst = !looks.some((look) => this.#firstSpellings.has(look));
    for (const look of looks) this.#firstSpellings.add(look);
    this.#isFirst.set(name, isFirst);
    return isFirst;
  }

  /** Reports profiles of a tenant that no template has, and that are probably typos of one that it has. */
  reportSimilarProfiles(layers: Layers, template: Layers): void {
    for (const layer of allLayers(layers)) {
      for (const [profile, { path }] of layer) {
        const similar = this.#similarProfile(profile, template);
        if (similar !== undefined) this.#problems.addOne(similarProblem(profile, path, similar));
      }
    }
  }

  #similarProfile(profile: string, template: Layers): string | undefined {
    if (this.#similarProfiles.has(profile)) return this.#similarProfiles.get(profile);
    const names = allLayers(template).flatMap((layer) => [...layer.keys()]);
    // What looks the same is a collision, which is an error.
    const looks = looksOf(profile);
    const isSimilar = (name: string) =>
      areSimilar(name, profile) && !looksOf(name).some((look) => looks.includes(look));
    const name = names.includes(profile) ? undefined : names.find(isSimilar);
    this.#similarProfiles.set(profile, name);
    return name;
  }
}

function similarProblem(profile: string, path: string, similar: string): Problem {
  const renamed = `${path.slice(0, path.lastIndexOf('/') + 1)}${similar}${path.slice(path.lastIndexOf('.'))}`;
  return {
    code: 'name-suspicious',
    severity: 'warning',
    message: `the template has no configuration profile "${profile}", but "${similar}"`,
    hint: {
      text: `did you mean "${similar}"? Then rename the file`,
      command: { program: ['git', 'mv'], paths: [path, renamed], from: 'tree' },
    },
    source: { file: path },
  };
}

function namesIn(folder: string, names: readonly string[]): readonly NamedEntry[] {
  return names.map((name) => ({ name, path: `${folder}/${name}` }));
}
