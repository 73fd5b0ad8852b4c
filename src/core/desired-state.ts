// From files to what AppConfig shall have: which layers make an address, merged, rendered and checked.
import { applicationNameOf } from './application-names.ts';
import { contentOf, lineText } from './content.ts';
import type { Problem } from './errors.ts';
import { deadOverrides, type MergeMismatch, mergeLayer } from './merge.ts';
import type { Content, DesiredApplication, DesiredConfiguration, DesiredEnvironment } from './model.ts';
import { formatAddress } from './model.ts';
import { stepsOf, valueAt } from './pointer.ts';
import { createRedactor } from './redact.ts';
import { isSelected, type Selection } from './selection.ts';
import { defaultProfileSettings, type ProfileSettings, type Settings } from './settings.ts';
import { SharedContents } from './shared-contents.ts';
import { placeIn } from './source-places.ts';
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

/** Resolves the tenants of one tree. What tenants share is merged and rendered once. */
export class Resolver {
  readonly #template: Layers;
  readonly #options: ResolverOptions;
  /** The template's part of an address, by environment and profile. */
  readonly #inherited = new Map<string, Value | undefined>();
  /** By the identity of what they were rendered from. */
  readonly #rendered = new WeakMap<object, Content>();
  readonly #contents = new SharedContents();
  /** The newest merge of each document: a tenant's file holds for all its environments, which mostly inherit the same. */
  readonly #merged = new WeakMap<SourceDocument, { readonly inherited: Value | undefined; readonly value: Value }>();
  readonly #templateProblems: Problem[] = [];
  /** Patterns of `redact` that have covered nothing so far. */
  #idleRedactions: readonly string[];

  constructor(template: Layers, options: ResolverOptions) {
    this.#template = template;
    this.#options = options;
    this.#idleRedactions = options.settings.redact;
    for (const [environment, layer] of template.environments) {
      for (const [profile, document] of layer) {
        const weaker = template.everywhere.get(profile);
        if (document.value !== undefined && weaker?.unreadable !== true) {
          this.#templateProblems.push(...deadProblems(document, [weaker?.value], this.#profile(profile)));
        }
        const layers = weaker === undefined ? [document] : [weaker, document];
        const merging = { profile, layers, problems: this.#templateProblems };
        this.#inherited.set(`${environment}/${profile}`, this.#merge(weaker?.value, document, merging));
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
      code: 'settings-doubtful',
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
    const environments: DesiredEnvironment[] = [];
    for (const environment of tenant.environments.keys()) {
      if (!isSelected(environment, selection.environments)) continue;
      const configurations = this.#profilesOf(tenant, environment)
        .filter((profile) => isSelected(profile, selection.configurationProfiles))
        .map((profile) => this.#configuration(tenant, environment, { profile, problems }))
        .filter((configuration) => configuration !== undefined);
      if (configurations.length > 0 || selection.configurationProfiles.length === 0) {
        environments.push({ name: environment, configurations });
      }
    }
    problems.push(...this.#deadTenantOverrides(tenant));
    const name = applicationNameOf(settings.applicationName, tenant.name);
    return { application: { tenant: tenant.name, name, environments }, problems };
  }

  #profilesOf(tenant: Tenant, environment: string): readonly string[] {
    const profiles = new Set([
      ...this.#template.everywhere.keys(),
      ...(this.#template.environments.get(environment)?.keys() ?? []),
      ...tenant.everywhere.keys(),
      ...(tenant.environments.get(environment)?.keys() ?? []),
    ]);
    return [...profiles].filter((profile) => !isExcluded(this.#options.settings, tenant.name, profile));
  }

  #configuration(
    tenant: Tenant,
    environment: string,
    about: { readonly profile: string; readonly problems: Problem[] },
  ): DesiredConfiguration | undefined {
    const { profile, problems } = about;
    const address = { tenant: tenant.name, environment, configurationProfile: profile };
    const layers = layersOf(this.#template, tenant, address);
    if (layers.some((layer) => layer.unreadable)) return undefined;
    const settings = this.#profile(profile);
    const merging = { profile, layers, problems };
    const inTenant = this.#merge(this.#fromTemplate(environment, profile), tenant.everywhere.get(profile), merging);
    const own = tenant.environments.get(environment)?.get(profile);
    const value = this.#merge(inTenant, own, merging);
    if (own?.value !== undefined) problems.push(...deadProblems(own, [inTenant], settings));
    if (value === undefined) {
      problems.push({
        code: 'content-invalid',
        severity: 'error',
        message: `no layer says anything: all files of "${profile}" are empty`,
        hint: 'give the template a value for it, or delete the files',
        source: layers.at(-1)?.path ?? formatAddress(address),
      });
      return undefined;
    }
    const content = this.#render(value, settings);
    problems.push(
      ...this.#contentProblems(value, content, { profile, settings, layers, address: formatAddress(address) }),
    );
    return { address, profileType: settings.type, content, sources: layers.map((layer) => layer.path) };
  }

  #fromTemplate(environment: string, profile: string): Value | undefined {
    const key = `${environment}/${profile}`;
    return this.#inherited.has(key) ? this.#inherited.get(key) : this.#template.everywhere.get(profile)?.value;
  }

  /** @param about.layers of the address, weakest first, for the place of what is wrong. */
  #merge(
    inherited: Value | undefined,
    document: SourceDocument | undefined,
    about: {
      readonly profile: string;
      readonly layers: readonly SourceDocument[];
      readonly problems: Problem[];
    },
  ): Value | undefined {
    const { profile, layers, problems } = about;
    if (document?.value === undefined) return inherited;
    const known = this.#merged.get(document);
    if (known !== undefined && known.inherited === inherited) return known.value;
    const value = mergeLayer(inherited, document.value, this.#profile(profile), (mismatch) =>
      problems.push(mismatchProblem(profile, layers.slice(0, layers.indexOf(document) + 1), mismatch)),
    );
    this.#merged.set(document, { inherited, value });
    return value;
  }

  #profile(name: string): ProfileSettings {
    return this.#options.settings.profiles.get(name) ?? defaultProfileSettings;
  }

  #render(value: Value, settings: ProfileSettings): Content {
    const known = typeof value === 'object' && value !== null ? this.#rendered.get(value) : undefined;
    if (known !== undefined) return known;
    const content = this.#contents.share(contentOf(value, settings.format));
    if (this.#idleRedactions.length > 0) {
      this.#idleRedactions = this.#idleRedactions.filter((pattern) => !redactsSomething(value, pattern));
    }
    if (typeof value === 'object' && value !== null) this.#rendered.set(value, content);
    return content;
  }

  #contentProblems(
    value: Value,
    content: Content,
    about: {
      readonly profile: string;
      readonly settings: ProfileSettings;
      readonly layers: readonly SourceDocument[];
      readonly address: string;
    },
  ): Problem[] {
    const problems: Problem[] = [];
    const { profile, settings, layers, address } = about;
    const redact = createRedactor(this.#options.settings.redact);
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
    if (settings.type === 'AWS.AppConfig.FeatureFlags') problems.push(...flagProblems(value, strongest));
    for (const { pointer, message } of this.#options.schemas.get(profile)?.(value) ?? []) {
      problems.push({
        code: 'content-invalid',
        severity: 'error',
        message: `${pointer === '' ? 'the content' : pointer} ${redact.covers(pointer) ? 'does not fit' : message} (${settings.schema}, for ${address})`,
        hint: 'mend the value, or the schema',
        source: placeOfValue(layers, pointer) ?? strongest,
      });
    }
    return problems;
  }

  /** A tenant's file holds for all its environments, so an override in it is dead only where it is in each of them. */
  #deadTenantOverrides(tenant: Tenant): Problem[] {
    return [...tenant.everywhere].flatMap(([profile, document]) => {
      if (document.value === undefined || isExcluded(this.#options.settings, tenant.name, profile)) return [];
      const inherited = [...tenant.environments.keys()]
        .filter((environment) =>
          layersOf(this.#template, tenant, { environment, configurationProfile: profile }).every(
            (layer) => !layer.unreadable,
          ),
        )
        .map((environment) => this.#fromTemplate(environment, profile));
      return deadProblems(document, [...new Set(inherited)], this.#profile(profile));
    });
  }
}

/** What cannot be combined. @param layers up to the one that was merged, weakest first. */
export function mismatchProblem(profile: string, layers: readonly SourceDocument[], mismatch: MergeMismatch): Problem {
  const [layer, ...weaker] = layers.toReversed();
  // An item's number in what was merged is not its number in one layer.
  const list = mismatch.pointer.replace(/\/[0-9]+$/, '');
  const place =
    mismatch.layer === 'weaker' ? placeOfValue(weaker.toReversed(), list) : layer && placeIn(layer, mismatch.pointer);
  return {
    code: 'list-strategy-mismatch',
    severity: 'error',
    message: mismatch.message,
    hint: `mend the file, or profiles.${profile}.lists in appcfg.yml`,
    ...(place === undefined ? {} : { source: place }),
  };
}

/** @param inherited what the weaker layers give in each environment; dead is what is dead in all of them. */
function deadProblems(
  document: SourceDocument,
  inherited: readonly (Value | undefined)[],
  profile: ProfileSettings,
): Problem[] {
  const { value } = document;
  if (value === undefined || inherited.length === 0) return [];
  const [first = [], ...others] = inherited.map((weaker) => deadOverrides(weaker, value, profile));
  const deadThere = others.map((dead) => new Set(dead.map(({ pointer }) => pointer)));
  const everywhere = first.filter(({ pointer }) => deadThere.every((pointers) => holdsOrCovers(pointers, pointer)));
  return everywhere.map(({ pointer, message }) => ({
    code: 'override-dead',
    severity: 'warning',
    message,
    hint: 'delete these lines: without them the result is the same',
    source: placeIn(document, pointer),
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
    if (layer !== undefined) return placeIn(layer, at);
  }
  return undefined;
}

function redactsSomething(value: Value, pattern: string): boolean {
  return lineText(createRedactor([pattern]).apply(value)) !== lineText(value);
}
