import { ancestors } from '../core/document/json-pointer.ts';
import { createRedactor } from '../core/document/redact.ts';
import { type Address, formatAddress, type Subject } from '../core/model/address.ts';
import { everything } from '../core/model/selection.ts';
import type { SourcePosition } from '../core/model/source-position.ts';
import { positional } from '../core/problem/hint.ts';
import { type AppcfgError, failure, type Problem } from '../core/problem/problem.ts';
import { suggest } from '../core/problem/suggest.ts';
import { type ExplainedValue, explain } from '../core/render/explain.ts';
import { documentsFor, type Layers, profilesIn, type SourceDocument } from '../core/render/layers.ts';
import type { MergeMismatch } from '../core/render/merge-layers.ts';
import { mismatchProblem } from '../core/render/override-problems.ts';
import { variableSource, variableValues } from '../core/render/variables.ts';
import { isExcluded } from '../core/settings/effective-settings.ts';
import { profileAsWritten, type Settings } from '../core/settings/settings.ts';
import { DiskSource } from '../tree/disk-source.ts';
import { type OpenTree, openTree } from '../tree/read-tree.ts';
import type { Context } from './context.ts';
import type { LoadedProject } from './load-project.ts';
import { withParser } from './load-tree.ts';

export interface ExplainAddressOptions {
  readonly settings: Settings;
  /** JSON Pointer: explains the value there and below. Undefined or `/`: everything. */
  readonly pointer?: string | undefined;
  /** Called with the files of the tenant, before a problem of them. */
  readonly onTenant?: (tenant: Layers) => void;
  /** Called with each problem of the files of the address. */
  readonly report: (problem: Problem) => void;
}

/**
 * Every value of one address, and where it comes from; undefined if a file of it has an error, which is reported.
 * @param tree with all tenants selected.
 * @throws AppcfgError for an address or a pointer that the tree does not have.
 */
export async function explainAddress(
  tree: OpenTree,
  address: Address,
  options: ExplainAddressOptions,
): Promise<readonly ExplainedValue[] | undefined> {
  const { settings, report } = options;
  const layers = await readLayers(tree, address, options);
  if (layers.some((layer) => layer.unreadable)) return undefined;
  const { configurationProfile } = address;
  const profile = profileAsWritten(settings, configurationProfile);
  let mismatches = 0;
  const explaining = {
    profile,
    ...(profile.variables === true ? { variable: variablesAt(address, settings) } : {}),
    redact: createRedactor(settings),
    onMismatch: (mismatch: MergeMismatch, merged: readonly SourceDocument[]) => {
      mismatches += 1;
      report(mismatchProblem(configurationProfile, merged, mismatch));
    },
  };
  const pointer = options.pointer === '/' ? '' : (options.pointer ?? '');
  const values = explain(layers, { ...explaining, pointer });
  if (mismatches > 0) return undefined;
  if (values.length > 0 || pointer === '') return values;
  const paths = explain(layers, { ...explaining, pointer: '' }).map((value) => value.path);
  throw noValueAt(pointer, address, paths);
}

function variablesAt(address: Address, settings: Settings) {
  const textOf = variableValues(settings, address);
  return (name: string) => {
    const value = textOf(name);
    return value === undefined ? undefined : { value, source: variableSource(settings, address, name) };
  };
}

/** @throws AppcfgError for an address that the tree does not have. */
async function readLayers(
  tree: OpenTree,
  address: Address,
  { settings, onTenant, report }: ExplainAddressOptions,
): Promise<readonly SourceDocument[]> {
  const tenant = tree.tenantNames.includes(address.tenant) ? await tree.readTenant(address.tenant) : undefined;
  if (tenant !== undefined) onTenant?.(tenant);
  for (const problem of tree.takeProblems()) report(problem);
  if (tenant === undefined) throw notInTree(address, 'tenant', tree.tenantNames);
  if (!tenant.environments.has(address.environment)) {
    throw notInTree(address, 'environment', [...tenant.environments.keys()]);
  }
  const isIncluded = (profile: string) => !isExcluded(settings, address.tenant, profile);
  const layers = documentsFor(tree.template, tenant, address);
  if (layers.length > 0 && isIncluded(address.configurationProfile)) return layers;
  const profiles = profilesIn(tree.template, tenant, address.environment);
  throw notInTree(address, 'configurationProfile', [...profiles].filter(isIncluded));
}

const nouns = { tenant: 'tenant', environment: 'environment', configurationProfile: 'configuration profile' } as const;

function notInTree(address: Address, kind: keyof Address, names: readonly string[]): AppcfgError {
  const name = address[kind];
  return failure('selection-empty', `${formatAddress(address)}: ${nouns[kind]} "${name}" not found`, {
    hint: suggest(name, names),
  });
}

function noValueAt(pointer: string, address: Address, paths: readonly string[]): AppcfgError {
  return failure('selection-empty', `${formatAddress(address)} has no value at "${pointer}"`, {
    hint: suggest(pointer, [...new Set(paths.flatMap(ancestors))].filter(Boolean), {
      text: 'show all values',
      command: { run: 'explain', args: positional(formatAddress(address)), selects: 'all' },
    }),
  });
}

/** Finds where the tree sets the values of a version. The tree is read again: a run rarely needs to know. */
export function valueLocator(
  { desired, settings, cache }: LoadedProject,
  context: Context,
): (version: Subject & { readonly versionLabel: string }) => Promise<(pointer: string) => SourcePosition | undefined> {
  return async ({ tenant, configurationProfile, versionLabel }) => {
    const address = desired
      .filter((application) => application.tenant === tenant)
      .flatMap(({ environments }) => environments.flatMap(({ configurations }) => configurations))
      .filter(({ content }) => content.versionLabel === versionLabel)
      .find((each) => each.address.configurationProfile === configurationProfile)?.address;
    if (address === undefined) return () => undefined;
    const values = await withParser(context, async (parsing) => {
      const source = new DiskSource(context.directory);
      const tree = await openTree(source, { settings, selection: everything, cache, ...parsing });
      return explainAddress(tree, address, { settings, report: () => {} });
    });
    const sources = new Map((values ?? []).map(({ path, source }) => [path, source]));
    return (pointer) =>
      ancestors(pointer)
        .map((at) => sources.get(at))
        .find((source) => source !== undefined);
  };
}
