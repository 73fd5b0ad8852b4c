// From files to what AppConfig shall have: which layers make an address, merged, rendered and checked.
import { applicationNameOf } from './application-names.ts';
import { lineText } from './content.ts';
import type { Problem } from './errors.ts';
import type { MergeMismatch, RedundantOverride } from './merge.ts';
import type { Address, Content, DesiredApplication, DesiredConfiguration, DesiredEnvironment } from './model.ts';
import { formatAddress } from './model.ts';
import { stepsOf, valueAt } from './pointer.ts';
import { createRedactor } from './redact.ts';
import { type Merged, Rendering } from './rendering.ts';
import { isSelected, type Selection } from './selection.ts';
import { defaultProfileSettings, type Settings } from './settings.ts';
import { SharedContents } from './shared-contents.ts';
import { sourceIn } from './source-places.ts';
import { isExcluded } from './tenants.ts';
import type { Layers, SchemaCheck, SourceDocument, Tenant } from './tree.ts';
import { entriesOf, isMap, memberOf, type Value } from './value.ts';

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

/** The layers that make an address, weakest first; those without a file are left out. */
export function layersOf(
  template: Layers,
  tenant: Layers,
  about: { readonly environment: string; readonly configurationProfile: string },
): readonly SourceDocument[] {
  const { environment, configurationProfile } = about;
  return [
    template.everywhere.get(configurationProfile),
    template.environments.get(environment)?.get(configurationProfile),
    tenant.everywhere.get(configurationProfile),
    tenant.environments.get(environment)?.get(configurationProfile),
  ].filter((document) => document !== undefined);
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
      hint: 'a pointer with a slip hides nothing: look at the path with appcfg explain, or delete the line',
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
        hint: 'give the template a value for it, or delete the files',
        source: layers.at(-1)?.path ?? formatAddress(address),
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
      const key = `${problem.source} ${problem.message}`;
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
    const strongest = layers.at(-1)?.path ?? address;
    if (content.bytes > largestContent) {
      problems.push({
        code: 'content-too-large',
        severity: 'error',
        message: `the content of ${address} has ${content.bytes.toLocaleString('en')} bytes, and AppConfig takes ${largestContent.toLocaleString('en')}`,
        hint: 'split it into several profiles',
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
        hint: 'mend the value, or the schema',
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

/** What cannot be combined. @param layers up to the one that was merged, weakest first. */
export function mismatchProblem(profile: string, layers: readonly SourceDocument[], mismatch: MergeMismatch): Problem {
  const [layer, ...weaker] = layers.toReversed();
  // An item's number in what was merged is not its number in one layer.
  const list = mismatch.pointer.replace(/\/[0-9]+$/, '');
  const place =
    mismatch.layer === 'weaker' ? placeOfValue(weaker.toReversed(), list) : layer && sourceIn(layer, mismatch.pointer);
  return {
    code: 'list-strategy-mismatch',
    severity: 'error',
    message: mismatch.message,
    hint: `mend the file, or profiles.${profile}.lists in appcfg.yml`,
    ...(place === undefined ? {} : { source: place }),
  };
}

/** @param dead what of it is dead in each environment; a problem is what is dead in all of them. */
function deadProblems(document: SourceDocument, dead: readonly (readonly RedundantOverride[])[]): Problem[] {
  const [first = [], ...others] = dead;
  if (first.length === 0) return [];
  const deadThere = others.map((overrides) => new Set(overrides.map(({ pointer }) => pointer)));
  const everywhere = first.filter(({ pointer }) => deadThere.every((pointers) => holdsOrCovers(pointers, pointer)));
  return everywhere.map(({ pointer, message }) => ({
    code: 'override-redundant',
    severity: 'warning',
    message,
    hint: 'delete these lines: without them the result is the same',
    source: sourceIn(document, pointer),
  }));
}

/** Whether a pointer, or one above it, is among some. */
function holdsOrCovers(pointers: ReadonlySet<string>, pointer: string): boolean {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    if (pointers.has(at)) return true;
    if (at === '') return false;
  }
}

/** AppConfig refuses other documents at the first deployment. Source: AppConfig User Guide, type reference for feature flags. */
function flagProblems(value: Value, source: string): Problem[] {
  const problem = (message: string): Problem => ({
    code: 'content-invalid',
    severity: 'error',
    message,
    hint: 'a feature-flag document is { version: "1", flags: {…}, values: {…} }',
    source,
  });
  if (!isMap(value)) return [problem('a feature-flag document is a map')];
  const unknown = entriesOf(value)
    .map(([key]) => key)
    .filter((key) => !['version', 'flags', 'values'].includes(key));
  return [
    ...(memberOf(value, 'version') === '1' ? [] : [problem('a feature-flag document needs version: "1"')]),
    ...unknown.map((key) => problem(`a feature-flag document has no "${key}"`)),
  ];
}

/** Where the strongest layer that has the value says it. */
function placeOfValue(layers: readonly SourceDocument[], pointer: string): string | undefined {
  const steps = stepsOf(pointer).length;
  for (let at = pointer, left = steps; left >= 0; at = at.slice(0, at.lastIndexOf('/')), left -= 1) {
    const layer = layers.findLast((document) => valueAt(document.value, at) !== undefined);
    if (layer !== undefined) return sourceIn(layer, at);
  }
  return undefined;
}

function redactsSomething(value: Value, pattern: string): boolean {
  return lineText(createRedactor([pattern]).apply(value)) !== lineText(value);
}
