// The file of an address with another override, and the proof that the address then renders to a value.
import { equalByValue } from '../../core/document/equality.ts';
import { editDocument } from '../../core/edit/edit-document.ts';
import { smallestOverride } from '../../core/edit/smallest-override.ts';
import { type Address, formatAddress } from '../../core/model/address.ts';
import type { DesiredConfiguration } from '../../core/model/desired-state.ts';
import { globOfName } from '../../core/model/globs.ts';
import { everything } from '../../core/model/selection.ts';
import type { Value } from '../../core/model/value.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { documentsFor, type SourceDocument } from '../../core/render/layers.ts';
import { mergeLayer } from '../../core/render/merge-layers.ts';
import { RenderCache } from '../../core/render/render-cache.ts';
import { defaultProfileSettings } from '../../core/settings/settings.ts';
import { DiskSource } from '../../tree/disk-source.ts';
import { openTree } from '../../tree/read-tree.ts';
import type { Context } from '../context.ts';
import type { LoadedProject } from '../load-project.ts';
import { readDesiredApplications, withParser } from '../load-tree.ts';
import { OverlaySource } from './overlay-source.ts';

export interface ChangedFile {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  readonly text: string;
}

interface Run {
  readonly project: LoadedProject;
  readonly context: Context;
}

/**
 * The address's most specific file, changed so that the address renders to the value.
 * @returns why no override makes it so, or the problems that the tree would have
 */
export async function changedFile(
  { address }: DesiredConfiguration,
  wanted: Value,
  run: Run,
): Promise<ChangedFile | string | { readonly problems: readonly Problem[] }> {
  const { inherited, path, text } = await readLayers(address, run);
  const profile = run.project.settings.profiles.get(address.configurationProfile) ?? defaultProfileSettings;
  const override = smallestOverride(inherited, wanted, profile);
  if (override === null) return 'no override renders to null';
  const changed = { path, text: editDocument(text, override, { path }) };
  const rendered = await render(address, changed, run);
  if ('problems' in rendered) return rendered;
  if (rendered.value !== undefined && equalByValue(rendered.value, wanted)) return changed;
  return 'no override renders to the live content: it would have to delete an item of a combined list, or to set a null';
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
    const profile = settings.profiles.get(configurationProfile) ?? defaultProfileSettings;
    const inherited = layers.reduce<Value | undefined>((merged, { value }: SourceDocument) => {
      return value === undefined ? merged : mergeLayer(merged, value, profile);
    }, undefined);
    const path = own?.path ?? `tenants/${address.tenant}/${environment}/${configurationProfile}.yml`;
    return { inherited, path, text: own === undefined ? undefined : source.text(path) };
  });
}

/** What the address renders to with the changed file. */
async function render(
  address: Address,
  { path, text }: ChangedFile,
  { project, context }: Run,
): Promise<{ readonly problems: readonly Problem[] } | { readonly value: Value | undefined }> {
  const problems: Problem[] = [];
  const selection = {
    ...everything,
    tenants: [globOfName(address.tenant)],
    environments: [globOfName(address.environment)],
    configurationProfiles: [globOfName(address.configurationProfile)],
  };
  const reading = readDesiredApplications({
    ...context,
    overlay: new OverlaySource(new DiskSource(context.directory), path, text),
    settings: project.settings,
    selection,
    cache: new RenderCache(),
    report: (problem) => void problems.push(problem),
  });
  let value: Value | undefined;
  for await (const { environments } of reading) {
    const found = environments.flatMap(({ configurations }) => configurations);
    value = found.find((each) => formatAddress(each.address) === formatAddress(address))?.value;
  }
  const errors = problems.filter(({ severity }) => severity === 'error');
  return errors.length > 0 ? { problems: errors } : { value };
}
