// The file of an address with another override, and the proof that the address then renders to a value.
import { type Change, changesBetween } from '../../core/document/diff-values.ts';
import { equalByValue, isSameContent } from '../../core/document/equality.ts';
import { redactNothing } from '../../core/document/redact.ts';
import { editDocument } from '../../core/edit/edit-document.ts';
import { keepWritten, type Written } from '../../core/edit/keep-written.ts';
import { smallestOverride } from '../../core/edit/smallest-override.ts';
import { normalizeFlags } from '../../core/flags/normalize-flags.ts';
import { type Address, formatAddress } from '../../core/model/address.ts';
import type { DesiredConfiguration } from '../../core/model/desired-state.ts';
import { globOfName } from '../../core/model/globs.ts';
import { profileTypes } from '../../core/model/resource.ts';
import { everything } from '../../core/model/selection.ts';
import type { Value } from '../../core/model/value.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { documentsFor, type SourceDocument } from '../../core/render/layers.ts';
import { mergeLayer } from '../../core/render/merge-layers.ts';
import { RenderCache } from '../../core/render/render-cache.ts';
import { replaceVariables, type VariableValues, variableValues } from '../../core/render/variables.ts';
import { type ProfileSettings, profileAsWritten } from '../../core/settings/settings.ts';
import { DiskSource } from '../../tree/disk-source.ts';
import { OverlaySource } from '../../tree/overlay/overlay-source.ts';
import { openTree } from '../../tree/read-tree.ts';
import type { Context } from '../context.ts';
import type { LoadedProject } from '../load-project.ts';
import { readDesiredApplications, withParser } from '../load-tree.ts';

export interface ChangedFile {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  readonly text: string;
}

interface Run {
  readonly project: LoadedProject;
  readonly context: Context;
}

/** What an address shall render to. */
export interface WantedContent {
  readonly value: Value;
  /** Of appcfg: versions that have one are compared by it, and so digit by digit. */
  readonly versionLabel: string | undefined;
}

/**
 * The address's most specific file, changed so that the address renders to the value.
 * @returns why no override makes it so, or the problems that the tree would have
 */
export async function changedFile(
  desired: DesiredConfiguration,
  wanted: WantedContent,
  run: Run,
): Promise<ChangedFile | string | { readonly problems: readonly Problem[] }> {
  const { address } = desired;
  const layers = await readLayers(address, run);
  const profile = profileAsWritten(run.project.settings, address.configurationProfile);
  const textOf = profile.variables ? variableValues(run.project.settings, address) : undefined;
  const isSame = wanted.versionLabel === undefined ? equalByValue : isSameContent;
  const forms = { isSame, literal: textOf === undefined ? (text: string) => text : literalText };
  let found: string | { readonly problems: readonly Problem[] } = 'no override renders to the live content';
  // Where the forms of the files do not fit, everything is written as it is live.
  for (const known of [writtenForms(layers, desired, textOf), []]) {
    const override = smallestOverride(layers.inherited, keepWritten(wanted.value, { ...forms, known }), profile);
    if (override === null) return 'no override renders to null';
    const changed = { path: layers.path, text: editDocument(layers.text, override, layers) };
    const rendered = await render(address, changed, run);
    if ('problems' in rendered) found = rendered;
    else if (hasContent(rendered.configuration, wanted)) return changed;
    else found = whyNot(rendered.configuration, wanted, profile);
  }
  return found;
}

function literalText(text: string): string {
  return text.replaceAll('${', () => '$${');
}

/** The inherited value and the one of the address, as the files have them. */
function writtenForms(
  { inherited, merged }: Awaited<ReturnType<typeof readLayers>>,
  { profileType }: DesiredConfiguration,
  textOf: VariableValues | undefined,
): readonly Written[] {
  return [inherited, merged].flatMap((written) => {
    if (written === undefined) return [];
    const replaced = textOf === undefined ? written : replaceVariables(written, textOf);
    const seen = profileTypes[profileType].document === 'feature flags' ? normalizeFlags(replaced) : replaced;
    return [{ written, seen }];
  });
}

function hasContent(rendered: DesiredConfiguration | undefined, { value, versionLabel }: WantedContent): boolean {
  if (rendered === undefined) return false;
  return versionLabel === undefined
    ? equalByValue(rendered.value, value)
    : rendered.content.versionLabel === versionLabel;
}

function whyNot(
  rendered: DesiredConfiguration | undefined,
  { value }: WantedContent,
  profile: ProfileSettings,
): string {
  const changes = changesBetween(rendered?.value, value, { redact: redactNothing });
  if (changes.length === 0) return 'no override renders to the live version: its label is that of another content';
  const paths = changes.slice(0, 3).map(({ path }) => path || '/');
  const more = changes.length > paths.length ? `, and ${changes.length - paths.length} more` : '';
  const [first] = changes;
  return `no override renders to the live content: ${first === undefined ? '' : obstacle(first, profile)} (${paths.join(', ')}${more})`;
}

/** What an override cannot do. */
function obstacle({ op, after }: Change, { null: nulls }: ProfileSettings): string {
  if (op !== 'remove' && after === 'null' && nulls !== 'keep')
    return 'the live content has a null, which an override sets only with `null: keep`';
  if (op === 'remove' && nulls === 'keep')
    return 'the live content lacks a key, which an override cannot delete with `null: keep`';
  return 'an override cannot delete an item of a combined list, nor change its order';
}

/** The merged value of the less specific layers, and the most specific file, which may not exist yet. */
async function readLayers(address: Address, { project, context }: Run) {
  const { settings } = project;
  const source = new DiskSource(context.directory);
  return withParser(context, async (parsing) => {
    const tree = await openTree(source, { settings, selection: everything, cache: new RenderCache(), ...parsing });
    const tenant = await tree.readTenant(address.tenant);
    const { environment, configurationProfile } = address;
    const own = tenant.environments.get(environment)?.get(configurationProfile);
    const layers = documentsFor(tree.template, tenant, address).filter((document) => document !== own);
    const profile = profileAsWritten(settings, configurationProfile);
    const inherited = layers.reduce<Value | undefined>((merged, { value }: SourceDocument) => {
      return value === undefined ? merged : mergeLayer(merged, value, profile);
    }, undefined);
    const merged = own?.value === undefined ? inherited : mergeLayer(inherited, own.value, profile);
    const path = own?.path ?? `tenants/${address.tenant}/${environment}/${configurationProfile}.yml`;
    return { inherited, merged, path, text: own === undefined ? undefined : source.text(path) };
  });
}

/** What the address renders to with the changed file. */
async function render(
  address: Address,
  { path, text }: ChangedFile,
  { project, context }: Run,
): Promise<{ readonly problems: readonly Problem[] } | { readonly configuration: DesiredConfiguration | undefined }> {
  const problems: Problem[] = [];
  const selection = {
    ...everything,
    tenants: [globOfName(address.tenant)],
    environments: [globOfName(address.environment)],
    configurationProfiles: [globOfName(address.configurationProfile)],
  };
  const reading = readDesiredApplications({
    ...context,
    overlay: new OverlaySource(new DiskSource(context.directory), new Map([[path, text]])),
    settings: project.settings,
    selection,
    cache: new RenderCache(),
    report: (problem) => void problems.push(problem),
  });
  let configuration: DesiredConfiguration | undefined;
  for await (const { environments } of reading) {
    const found = environments.flatMap(({ configurations }) => configurations);
    configuration = found.find((each) => formatAddress(each.address) === formatAddress(address));
  }
  const errors = problems.filter(({ severity }) => severity === 'error');
  return errors.length > 0 ? { problems: errors } : { configuration };
}
