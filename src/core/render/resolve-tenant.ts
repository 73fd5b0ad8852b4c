// From files to what AppConfig shall have: which layers make an address, merged, rendered and checked.

import { createRedactor } from '../document/redact.ts';
import { type Address, formatAddress } from '../model/address.ts';
import { applicationNameOf } from '../model/application-name.ts';
import type { Content } from '../model/content.ts';
import type { DesiredApplication, DesiredConfiguration, DesiredEnvironment } from '../model/desired-state.ts';
import { isSelected, type Selection } from '../model/selection.ts';
import { formatSource } from '../model/source-position.ts';
import type { Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import { isExcluded } from '../settings/effective-settings.ts';
import { defaultProfileSettings, type Settings } from '../settings/settings.ts';
import { deadProblems, flagProblems, mismatchProblem, placeOfValue, redactsSomething } from './check-content.ts';
import { SharedContents } from './content-cache.ts';
import { type Layers, layersOf, type SchemaCheck, type SourceDocument, type Tenant } from './layers.ts';
import { type Merged, Rendering } from './merge-cache.ts';
import type { RedundantOverride } from './redundant-overrides.ts';

/** AppConfig's limit for one hosted version, in bytes. Source: AWS General Reference, 2,048 KB. */
const largestContent = 2_097_152;

export interface ResolverOptions {
  readonly settings: Settings;
  readonly selection: Selection;
  /** By profile name. */
  readonly schemas: ReadonlyMap<string, SchemaCheck>;
}

export interface ResolvedApplication {
  readonly application: DesiredApplication;
  readonly problems: readonly Problem[];
}

/** What is gathered on the way. */
interface Resolving {
  readonly problems: Problem[];
  /** What was said of merges: a tenant's file holds for all its environments. */
  readonly mismatches: Set<string>;
}

/** Resolves the tenants of one tree. What tenants share is merged and rendered once. */
export class Resolver {
  readonly #template: Layers;
  readonly #options: ResolverOptions;
  /** The template's part of an address, by the environment's document. */
  readonly #inherited = new Map<SourceDocument, Value | undefined>();
  readonly #renderings = new Map<string, Rendering>();
  readonly #contents = new SharedContents();
  readonly #templateProblems: Problem[] = [];
  /** Patterns of `redact` that have covered nothing so far. */
  #idleRedactions: readonly string[];

  constructor(template: Layers, options: ResolverOptions) {
    this.#template = template;
    this.#options = options;
    this.#idleRedactions = options.settings.redact;
    const resolving: Resolving = { problems: this.#templateProblems, mismatches: new Set() };
    for (const layer of template.environments.values()) {
      for (const [profile, document] of layer) {
        const weaker = template.everywhere.get(profile);
        const layers = weaker === undefined ? [document] : [weaker, document];
        const inherited = this.#rendering(profile).fromTemplate(weaker?.value);
        const { value, dead } = this.#merge(inherited, document, { profile, layers, resolving });
        if (weaker?.unreadable !== true) this.#templateProblems.push(...deadProblems(document, [dead]));
        this.#inherited.set(document, value);
      }
    }
  }

  /** Problems of the template's own layers. */
  get templateProblems(): readonly Problem[] {
    return this.#templateProblems;
  }

  /** Patterns of `redact` that cover nothing in any content: what they mean to hide may be shown. To be asked at the end. */
  get redactionProblems(): readonly Problem[] {
    const { settings } = this.#options;
    return this.#idleRedactions.map((pattern) => ({
      code: 'settings-suspicious',
      severity: 'warning',
      message: `"redact" has "${pattern}", and no configuration has a value there`,
      hint: { text: 'a pointer with a slip hides nothing: look at the path with appcfg explain, or delete the line' },
      source: settings.sourceOf('redact', String(settings.redact.indexOf(pattern))),
    }));
  }

  /** A tenant's application as far as it is selected: without environments where nothing of it is. */
  resolve(tenant: Tenant): ResolvedApplication {
    const { settings, selection } = this.#options;
    const problems: Problem[] = [];
    const resolving: Resolving = { problems, mismatches: new Set() };
    const environments: DesiredEnvironment[] = [];
    for (const environment of tenant.environments.keys()) {
      if (!isSelected(environment, selection.environments)) continue;
      const configurations: DesiredConfiguration[] = [];
      for (const profile of this.#profilesOf(tenant, environment)) {
        if (!isSelected(profile, selection.configurationProfiles)) continue;
        const address = { tenant: tenant.name, environment, configurationProfile: profile };
        const configuration = this.#configuration(tenant, address, resolving);
        if (configuration !== undefined) configurations.push(configuration);
      }
      if (configurations.length > 0 || selection.configurationProfiles.length === 0) {
        environments.push({ name: environment, configurations });
      }
    }
    problems.push(...this.#deadTenantOverrides(tenant));
    const name = applicationNameOf(settings.applicationName, tenant.name);
    return { application: { tenant: tenant.name, name, environments }, problems };
  }

  #profilesOf(tenant: Tenant, environment: string): ReadonlySet<string> {
    const profiles = new Set(this.#template.everywhere.keys());
    const more = [
      this.#template.environments.get(environment),
      tenant.everywhere,
      tenant.environments.get(environment),
    ];
    for (const layer of more) for (const profile of layer?.keys() ?? []) profiles.add(profile);
    for (const profile of profiles) {
      if (isExcluded(this.#options.settings, tenant.name, profile)) profiles.delete(profile);
    }
    return profiles;
  }

  #configuration(tenant: Tenant, address: Address, resolving: Resolving): DesiredConfiguration | undefined {
    const { environment, configurationProfile: profile } = address;
    const layers = layersOf(this.#template, tenant, address);
    if (layers.some((layer) => layer.unreadable)) return undefined;
    const { problems } = resolving;
    const rendering = this.#rendering(profile);
    const merging = { profile, layers, resolving };
    const inherited = this.#fromTemplate(environment, profile);
    const inTenant = this.#merge(inherited, tenant.everywhere.get(profile), merging);
    const own = tenant.environments.get(environment)?.get(profile);
    const merged = this.#merge(inTenant, own, merging);
    if (own?.value !== undefined) problems.push(...deadProblems(own, [merged.dead]));
    const { value } = merged;
    const content = rendering.render(merged);
    if (value === undefined || content === undefined) {
      problems.push({
        code: 'content-invalid',
        severity: 'error',
        message: `no layer says anything: all files of "${profile}" are empty`,
        hint: { text: 'give the template a value for it, or delete the files' },
        source: { file: layers.at(-1)?.path ?? formatAddress(address) },
      });
      return undefined;
    }
    this.#checkContent({ value, content, address, layers }, problems);
    return { address, profileType: rendering.settings.type, content, sources: layers.map((layer) => layer.path) };
  }

  #fromTemplate(environment: string, profile: string): Merged {
    const own = this.#template.environments.get(environment)?.get(profile);
    const value = own === undefined ? this.#template.everywhere.get(profile)?.value : this.#inherited.get(own);
    return this.#rendering(profile).fromTemplate(value);
  }

  /** @param about.layers of the address, weakest first, for the place of what is wrong. */
  #merge(
    inherited: Merged,
    document: SourceDocument | undefined,
    about: { readonly profile: string; readonly layers: readonly SourceDocument[]; readonly resolving: Resolving },
  ): Merged {
    if (document?.value === undefined) return inherited;
    const { profile, layers, resolving } = about;
    const merged = this.#rendering(profile).merge(inherited, document.value);
    for (const mismatch of merged.mismatches) {
      const problem = mismatchProblem(profile, layers.slice(0, layers.indexOf(document) + 1), mismatch);
      const key = `${problem.source === undefined ? '' : formatSource(problem.source)} ${problem.message}`;
      if (!resolving.mismatches.has(key)) resolving.problems.push(problem);
      resolving.mismatches.add(key);
    }
    return merged;
  }

  #rendering(profile: string): Rendering {
    let rendering = this.#renderings.get(profile);
    if (rendering === undefined) {
      rendering = new Rendering({
        settings: this.#options.settings.profiles.get(profile) ?? defaultProfileSettings,
        contents: this.#contents,
        onNew: (value) => this.#noteRedactions(value),
      });
      this.#renderings.set(profile, rendering);
    }
    return rendering;
  }

  #noteRedactions(value: Value): void {
    if (this.#idleRedactions.length === 0) return;
    this.#idleRedactions = this.#idleRedactions.filter((pattern) => !redactsSomething(value, pattern));
  }

  #checkContent(
    rendered: {
      readonly value: Value;
      readonly content: Content;
      readonly address: Address;
      readonly layers: readonly SourceDocument[];
    },
    problems: Problem[],
  ): void {
    const { value, content, layers } = rendered;
    const { configurationProfile: profile } = rendered.address;
    const { settings } = this.#rendering(profile);
    const check = this.#options.schemas.get(profile);
    const isFlags = settings.type === 'AWS.AppConfig.FeatureFlags';
    if (content.bytes <= largestContent && !isFlags && check === undefined) return;
    const address = formatAddress(rendered.address);
    const strongest = { file: layers.at(-1)?.path ?? address };
    if (content.bytes > largestContent) {
      problems.push({
        code: 'content-too-large',
        severity: 'error',
        message: `the content of ${address} has ${content.bytes.toLocaleString('en')} bytes, and AppConfig takes ${largestContent.toLocaleString('en')}`,
        hint: { text: 'split it into several profiles' },
        source: strongest,
      });
    }
    if (isFlags) problems.push(...flagProblems(value, strongest));
    for (const { pointer, message } of check?.(value) ?? []) {
      const redact = createRedactor(this.#options.settings.redact);
      problems.push({
        code: 'content-invalid',
        severity: 'error',
        message: `${pointer === '' ? 'the content' : pointer} ${redact.covers(pointer) ? 'does not fit' : message} (${settings.schema}, for ${address})`,
        hint: { text: 'mend the value, or the schema' },
        source: placeOfValue(layers, pointer) ?? strongest,
      });
    }
  }

  /** A tenant's file holds for all its environments, so an override in it is dead only where it is in each of them. */
  #deadTenantOverrides(tenant: Tenant): Problem[] {
    const problems: Problem[] = [];
    for (const [profile, document] of tenant.everywhere) {
      const { value } = document;
      if (value === undefined || isExcluded(this.#options.settings, tenant.name, profile)) continue;
      const dead: (readonly RedundantOverride[])[] = [];
      for (const environment of tenant.environments.keys()) {
        const layers = layersOf(this.#template, tenant, { environment, configurationProfile: profile });
        if (layers.some((layer) => layer.unreadable)) continue;
        dead.push(this.#rendering(profile).merge(this.#fromTemplate(environment, profile), value).dead);
      }
      problems.push(...deadProblems(document, dead));
    }
    return problems;
  }
}
