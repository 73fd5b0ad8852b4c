// What of a tree, its settings and the selection nothing uses: known when all selected tenants were read.
import { type Selection, selectsAll } from '../../core/model/selection.ts';
import { suggest } from '../../core/problem/suggest.ts';
import { allLayers, type Layers } from '../../core/render/layers.ts';
import { globProblems } from '../../core/settings/check-selection.ts';
import { strategyFor } from '../../core/settings/deployment-strategies.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { unknownSettings } from '../../core/settings-file/parse-settings.ts';
import { productionWarnings, unusedSettings } from '../../core/settings-file/settings-warnings.ts';
import type { TreeProblems } from './tree-problems.ts';

export class TreeUsage {
  readonly #settings: Settings;
  readonly #selection: Selection;
  /** By the name of an environment: the deployment strategies of the tenants that have it. */
  readonly #environments = new Map<string, Set<string>>();
  readonly #profiles = new Set<string>();

  constructor(settings: Settings, selection: Selection) {
    this.#settings = settings;
    this.#selection = selection;
  }

  /** Of the tenants that were read. */
  get environments(): Iterable<string> {
    return this.#environments.keys();
  }

  addTenant(tenant: string, layers: Layers): void {
    for (const environment of layers.environments.keys()) {
      const strategies = this.#environments.get(environment) ?? new Set();
      this.#environments.set(environment, strategies.add(strategyFor(this.#settings, { tenant, environment })));
    }
    this.#addProfiles(layers);
  }

  #addProfiles(layers: Layers): void {
    for (const layer of allLayers(layers)) for (const profile of layer.keys()) this.#profiles.add(profile);
  }

  report(
    tree: {
      readonly template: Layers;
      /** A folder is meant to be the template, which is reported. */
      readonly isTemplateMisspelt: boolean;
      readonly tenants: ReadonlySet<string>;
    },
    problems: TreeProblems,
  ): void {
    this.#reportEnvironments(tree.template, problems);
    this.#addProfiles(tree.template);
    const isAllSelected = selectsAll(this.#selection);
    // Settings with errors are known only in part.
    const areSettingsKnown = this.#settings.redact !== unknownSettings.redact;
    if (areSettingsKnown) problems.add(productionWarnings(this.#settings, this.#environments));
    if (isAllSelected && this.#environments.size > 0 && this.#profiles.size === 0 && !tree.isTemplateMisspelt) {
      problems.warning('tree-empty', 'the tree has tenants, but no address', {
        hint: { text: 'create template/, with a file for each configuration profile' },
        source: { file: 'template' },
      });
    }
    if (isAllSelected && areSettingsKnown) {
      problems.add(unusedSettings(this.#settings, { tenants: tree.tenants, profiles: this.#profiles }));
    }
    const { environments, configurationProfiles } = this.#selection;
    problems.add(globProblems('--env', environments, new Set(this.#environments.keys())));
    problems.add(globProblems('--config-profile', configurationProfiles, this.#profiles));
  }

  #reportEnvironments(template: Layers, problems: TreeProblems): void {
    // Only if every tenant is read, it is known what no tenant has.
    if (this.#selection.tenants.length + this.#selection.labels.length > 0) return;
    for (const environment of template.environments.keys()) {
      if (this.#environments.has(environment)) continue;
      problems.warning('environment-unused', `no tenant has the environment "${environment}" of the template`, {
        hint: suggest(environment, [...this.#environments.keys()], {
          text: 'delete the folder, or add the environment to a tenant',
        }),
        source: { file: `template/${environment}` },
      });
    }
  }
}
