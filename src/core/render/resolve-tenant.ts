// The applications that the tree describes: for each address its layers, merged, rendered and checked.
import { createRedactor, type Redactor } from '../document/redact.ts';
import type { FlagFindings } from '../flags/check-flags.ts';
import { type Address, formatAddress } from '../model/address.ts';
import type { DesiredApplication, DesiredConfiguration, DesiredEnvironment } from '../model/desired-state.ts';
import { isSelected, type Selection } from '../model/selection.ts';
import { CollectedProblems } from '../problem/collected-problems.ts';
import type { Problem } from '../problem/problem.ts';
import { applicationNameOf } from '../settings/application-name.ts';
import { isExcluded } from '../settings/effective-settings.ts';
import { type ProfileSettings, profileAsWritten, type Settings } from '../settings/settings.ts';
import {
  type CheckedContent,
  emptyProblem,
  flagProblems,
  type PatternMatcher,
  type ProfileSchema,
  patternProblems,
  type RenderedAddress,
  SecretProblems,
  schemaProblems,
  sizeProblem,
} from './check-content.ts';
import {
  documentsFor,
  documentsIn,
  hasLargeDocuments,
  type Layers,
  profilesIn,
  type SourceDocument,
  type Tenant,
} from './layers.ts';
import { locateInLayers } from './locate-source.ts';
import { mismatchProblem, overrideProblem } from './override-problems.ts';
import { ProfileRenderer } from './profile-renderer.ts';
import {
  countOfRedundant,
  type RedundantOverride,
  redundancyProblems,
  redundantEverywhere,
} from './redundant-overrides.ts';
import type { Merged, RenderCache } from './render-cache.ts';
import { UnusedRedactions } from './unused-redactions.ts';
import { type UnknownVariable, unknownVariableProblem, variableValues } from './variables.ts';

export interface ResolverOptions {
  readonly settings: Settings;
  readonly selection: Selection;
  /** By profile name. */
  readonly schemas: ReadonlyMap<string, ProfileSchema>;
  readonly matchPatterns: PatternMatcher;
  readonly cache: RenderCache;
  /** Whether each redundant override is a problem; otherwise they are counted in one. */
  readonly listsRedundant: boolean;
  /** Lets the event loop have a turn. @throws where the run is to end */
  readonly breathe: () => Promise<void>;
}

/** Bytes of contents that are rendered before the event loop gets a turn. */
const mostAtATime = 1_000_000;

export interface ResolvedTenant {
  /** Without environments if nothing of it is selected. */
  readonly application: DesiredApplication;
  readonly problems: readonly Problem[];
}

interface TemplateLayers {
  /** Least specific first. */
  readonly documents: readonly SourceDocument[];
  readonly merged: Merged;
  /** An override of the template is an error, which is reported. */
  readonly isInvalid: boolean;
}

/** Resolves the tenants of one tree, one after another. */
export class TenantResolver {
  readonly #template: Layers;
  /** A file of the template is large. */
  readonly #isLarge: boolean;
  readonly #options: ResolverOptions;
  readonly #redact: Redactor;
  readonly #unusedRedactions: UnusedRedactions;
  readonly #secrets: SecretProblems;
  /** By profile name. */
  readonly #renderers = new Map<string, ProfileRenderer>();
  /** Counted, where they are not listed. */
  readonly #redundant = { overrides: 0, files: 0 };
  /** The template's layers, by environment and profile. */
  readonly #templates = new Map<string, Map<string, TemplateLayers>>();

  constructor(template: Layers, options: ResolverOptions) {
    this.#template = template;
    this.#isLarge = hasLargeDocuments(template);
    this.#options = options;
    this.#redact = createRedactor(options.settings);
    this.#unusedRedactions = new UnusedRedactions(options.settings);
    this.#secrets = new SecretProblems(options.settings.guards);
  }

  /** Merges the template's files for each environment, to report their problems once. */
  async templateProblems(): Promise<readonly Problem[]> {
    const problems = new CollectedProblems();
    for (const [environment, layer] of this.#template.environments) {
      for (const [configurationProfile, document] of layer) {
        const { redundant, isReadable } = this.#templateMerge(environment, configurationProfile, problems);
        if (isReadable) problems.add(this.#redundancies(document, [redundant]));
        await this.#options.breathe();
      }
    }
    return problems.all;
  }

  /** Problems that are counted, because a tree may have very many. To be called after all tenants of the tree are resolved. */
  countedProblems(): readonly Problem[] {
    return this.#redundant.overrides === 0 ? [] : [countOfRedundant(this.#redundant)];
  }

  /** To be called after all tenants of the tree are resolved. */
  redactionProblems(): readonly Problem[] {
    return this.#unusedRedactions.problems();
  }

  /** The selected part of a tenant's application, with the problems of the tenant's files. */
  async resolve(tenant: Tenant): Promise<ResolvedTenant> {
    const { settings, selection } = this.#options;
    const problems = new CollectedProblems();
    const environments: DesiredEnvironment[] = [];
    let bytes = 0;
    const isLarge = this.#isLarge || hasLargeDocuments(tenant);
    for (const environment of tenant.environments.keys()) {
      if (!isSelected(environment, selection.environments)) continue;
      const configurations: DesiredConfiguration[] = [];
      let isIncomplete = false;
      for (const profile of this.#profilesOf(tenant, environment)) {
        if (!isSelected(profile, selection.configurationProfiles)) continue;
        const address = { tenant: tenant.name, environment, configurationProfile: profile };
        if (isLarge) await this.#mergeAhead(tenant, address);
        const configuration = this.#configuration(tenant, address, problems);
        if (configuration === undefined) isIncomplete = true;
        else configurations.push(configuration);
        // A content that is too large took as long as the largest one.
        bytes += configuration?.content.bytes ?? mostAtATime;
        if (bytes >= mostAtATime) {
          bytes = 0;
          await this.#options.breathe();
        }
      }
      if (configurations.length > 0 || isIncomplete || selection.configurationProfiles.length === 0) {
        environments.push({ name: environment, configurations, ...(isIncomplete && { isIncomplete }) });
      }
    }
    for (const found of await Promise.all(problems.checks)) problems.add(found);
    problems.add(this.#redundanciesForAllEnvironments(tenant));
    const name = applicationNameOf(settings, tenant.name);
    return { application: { tenant: tenant.name, name, environments }, problems: problems.all };
  }

  #profilesOf(tenant: Tenant, environment: string): ReadonlySet<string> {
    const profiles = profilesIn(this.#template, tenant, environment);
    for (const profile of profiles) {
      if (isExcluded(this.#options.settings, tenant.name, profile)) profiles.delete(profile);
    }
    return profiles;
  }

  /** Merges the layers with a turn of the event loop after each. The results are remembered. */
  async #mergeAhead(tenant: Tenant, address: Address): Promise<void> {
    let { merged } = this.#fromTemplate(address.environment, address.configurationProfile);
    for (const document of documentsIn(tenant, address)) {
      await this.#options.breathe();
      const unreported = {
        profile: address.configurationProfile,
        layers: [document],
        problems: new CollectedProblems(),
      };
      merged = this.#merge(merged, document, unreported);
    }
    await this.#options.breathe();
  }

  /** @returns undefined, after adding a problem, if the address has no value; also if a file of it is unreadable. */
  #configuration(tenant: Tenant, address: Address, problems: CollectedProblems): DesiredConfiguration | undefined {
    const { environment, configurationProfile: profile } = address;
    const template = this.#fromTemplate(environment, profile);
    const overrides = documentsIn(tenant, address);
    const layers = [...template.documents, ...overrides];
    // What is an error is reported there. Everything that is wrong with the result would follow from it.
    if (template.isInvalid || layers.some((layer) => layer.unreadable)) return undefined;
    const renderer = this.#renderer(profile);
    const merging = { profile, layers, problems };
    let { merged } = template;
    for (const document of overrides) merged = this.#merge(merged, document, merging);
    if (merged.isInvalid) return undefined;
    const own = tenant.environments.get(environment)?.get(profile);
    if (own?.value !== undefined) problems.add(this.#redundancies(own, [merged.redundant]));
    const { settings } = renderer;
    const textOf = settings.variables === true ? variableValues(this.#options.settings, address) : undefined;
    const rendered = renderer.renderFor(merged, textOf);
    if (rendered === undefined) {
      problems.all.push(emptyProblem({ address, layers }));
      return undefined;
    }
    const { value, content, bytes, flags, asWritten, unknown = [] } = rendered;
    const mayHaveSecrets = rendered.mayHaveSecrets === true || layers.some(({ notes }) => notes?.hasSecrets);
    if (unknown.length > 0) {
      problems.add(unknown.map((each) => ({ ...this.#unknownVariable(each, { address, layers }), subject: address })));
      return undefined;
    }
    if (content === undefined) {
      problems.all.push(sizeProblem({ address, layers }, bytes));
      return undefined;
    }
    if (flags !== undefined) this.#checkFlags({ address, layers }, flags, problems);
    this.#check({ value, address, layers }, settings, problems);
    if (mayHaveSecrets) problems.add(this.#secrets.problems({ value, address, layers }));
    const validatorSchema = this.#options.schemas.get(profile)?.validator;
    return {
      address,
      profileType: settings.type,
      content,
      value,
      sources: layers.map((layer) => layer.path),
      ...(asWritten === undefined ? {} : { asWritten }),
      ...(mayHaveSecrets && { mayHaveSecrets: true as const }),
      ...(validatorSchema === undefined ? {} : { validatorSchema }),
    };
  }

  #unknownVariable(unknown: UnknownVariable, { address, layers }: RenderedAddress): Problem {
    const { pointer } = unknown;
    return unknownVariableProblem(unknown, {
      settings: this.#options.settings,
      target: address,
      source: locateInLayers(layers, pointer) ?? { file: layers.at(-1)?.path ?? formatAddress(address) },
      quotes: !this.#redact.covers(pointer),
    });
  }

  #checkFlags(checked: RenderedAddress, flags: FlagFindings, problems: CollectedProblems): void {
    problems.add(flagProblems(checked, flags, this.#redact));
    if (flags.patterns.length === 0) return;
    problems.checks.push(patternProblems(checked, flags, { match: this.#options.matchPatterns, redact: this.#redact }));
  }

  #check(checked: CheckedContent, profile: ProfileSettings, problems: CollectedProblems): void {
    const schemaCheck = this.#options.schemas.get(checked.address.configurationProfile)?.check;
    if (schemaCheck === undefined) return;
    problems.checks.push(schemaProblems(checked, { profile, schemaCheck, redact: this.#redact }));
  }

  /** The template's layers and their merged value, without problems: those are reported once. */
  #fromTemplate(environment: string, profile: string): TemplateLayers {
    const ofEnvironment = this.#templates.get(environment) ?? new Map<string, TemplateLayers>();
    const known = ofEnvironment.get(profile);
    if (known !== undefined) return known;
    const { value, isInvalid } = this.#templateMerge(environment, profile, new CollectedProblems());
    const layers = {
      documents: documentsIn(this.#template, { environment, configurationProfile: profile }),
      merged: this.#renderer(profile).fromTemplate(value),
      isInvalid,
    };
    this.#templates.set(environment, ofEnvironment.set(profile, layers));
    return layers;
  }

  /** The template's own value is taken as it is; its other layers are merged onto it. */
  #templateMerge(environment: string, profile: string, problems: CollectedProblems) {
    const base = this.#template.everywhere.get(profile);
    const layers = documentsIn(this.#template, { environment, configurationProfile: profile });
    let merged = this.#renderer(profile).fromTemplate(base?.value);
    for (const document of layers) {
      if (document !== base) merged = this.#merge(merged, document, { profile, layers, problems });
    }
    return { ...merged, isReadable: base?.unreadable !== true };
  }

  /** @param merging.layers of the address, least specific first. */
  #merge(
    inherited: Merged,
    document: SourceDocument,
    merging: {
      readonly profile: string;
      readonly layers: readonly SourceDocument[];
      readonly problems: CollectedProblems;
    },
  ): Merged {
    if (document.value === undefined) return inherited;
    const { profile, layers, problems } = merging;
    const merged = this.#renderer(profile).merge(inherited, document.value, document.notes);
    if (merged.mismatches.length + merged.findings.length === 0) return merged;
    const upTo = layers.slice(0, layers.indexOf(document) + 1);
    for (const mismatch of merged.mismatches) {
      const problem = mismatchProblem(profile, upTo, mismatch);
      problems.addOnce(problem, problem.message);
    }
    for (const finding of merged.findings) {
      const problem = overrideProblem(upTo, finding);
      if (problem !== undefined) problems.addOnce(problem, problem.code);
    }
    return merged;
  }

  #renderer(profile: string): ProfileRenderer {
    const known = this.#renderers.get(profile);
    if (known !== undefined) return known;
    const renderer = new ProfileRenderer({
      settings: profileAsWritten(this.#options.settings, profile),
      cache: this.#options.cache,
      onRender: (value) => this.#unusedRedactions.look(value),
    });
    this.#renderers.set(profile, renderer);
    return renderer;
  }

  /** @param byEnvironment the redundant overrides of a file in each environment that it applies to */
  #redundancies(
    document: SourceDocument,
    byEnvironment: readonly (readonly RedundantOverride[])[],
  ): readonly Problem[] {
    if (this.#options.listsRedundant) return redundancyProblems(document, byEnvironment);
    const { length } = redundantEverywhere(byEnvironment);
    this.#redundant.overrides += length;
    if (length > 0) this.#redundant.files += 1;
    return [];
  }

  /** Redundant overrides in the tenant's files for all environments. */
  *#redundanciesForAllEnvironments(tenant: Tenant): Iterable<Problem> {
    for (const [profile, document] of tenant.everywhere) {
      const { value } = document;
      if (value === undefined || isExcluded(this.#options.settings, tenant.name, profile)) continue;
      const byEnvironment: (readonly RedundantOverride[])[] = [];
      for (const environment of tenant.environments.keys()) {
        const layers = documentsFor(this.#template, tenant, { environment, configurationProfile: profile });
        if (layers.some((layer) => layer.unreadable)) continue;
        const inherited = this.#fromTemplate(environment, profile).merged;
        byEnvironment.push(this.#renderer(profile).merge(inherited, value, document.notes).redundant);
      }
      yield* this.#redundancies(document, byEnvironment);
    }
  }
}
