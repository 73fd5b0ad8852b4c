import { createRedactor } from '../core/document/redact.ts';
import { type Address, formatAddress } from '../core/model/address.ts';
import { everything } from '../core/model/selection.ts';
import { failure, type Problem } from '../core/problem/problem.ts';
import { suggest } from '../core/problem/suggest.ts';
import { mismatchProblem } from '../core/render/check-content.ts';
import { type ExplainedValue, explain } from '../core/render/explain.ts';
import { layersOf, type SourceDocument } from '../core/render/layers.ts';
import type { MergeMismatch } from '../core/render/merge-layers.ts';
import { isExcluded } from '../core/settings/effective-settings.ts';
import { defaultProfileSettings, type Settings } from '../core/settings/settings.ts';
import { DiskSource } from '../tree/disk-source.ts';
import { type OpenTree, openTree } from '../tree/read-tree.ts';

const openTrees = new WeakMap<Settings, OpenTree>();

/**
 * Every value of one address, and where it comes from; undefined where a layer of it is wrong, which was reported.
 * @throws AppcfgError for an address or a pointer that the tree does not have.
 */
export async function explainAddress(options: {
  readonly directory: string;
  readonly settings: Settings;
  readonly address: Address;
  /** Undefined: everything. Else what stands at the pointer and below. */
  readonly pointer?: string | undefined;
  /** Told each problem that is found on the way. */
  readonly report: (problem: Problem) => void;
}): Promise<readonly ExplainedValue[] | undefined> {
  const { directory, settings, address, report } = options;
  let tree = openTrees.get(settings);
  if (tree === undefined) {
    tree = openTree(new DiskSource(directory), { settings, selection: everything });
    openTrees.set(settings, tree);
  }
  const layers = readLayers(tree, address, { settings, report });
  if (layers.some((layer) => layer.unreadable)) return undefined;
  const { configurationProfile } = address;
  const pointer = options.pointer === '/' ? '' : (options.pointer ?? '');
  let mismatches = 0;
  const explaining = {
    profile: settings.profiles.get(configurationProfile) ?? defaultProfileSettings,
    redact: createRedactor(settings.redact),
    onMismatch: (mismatch: MergeMismatch, merged: readonly SourceDocument[]) => {
      mismatches += 1;
      report(mismatchProblem(configurationProfile, merged, mismatch));
    },
  };
  const values = explain(layers, { ...explaining, pointer });
  if (mismatches > 0) return undefined;
  if (values.length > 0 || pointer === '') return values;
  const paths = explain(layers, { ...explaining, pointer: '' }).map((value) => value.path);
  throw failure('selection-empty', `${formatAddress(address)} has nothing at "${pointer}"`, {
    hint: suggest(pointer, paths, {
      text: 'show all of it',
      command: { run: 'explain', args: [formatAddress(address)] },
    }),
  });
}

/** @throws AppcfgError for an address that the tree does not have. */
function readLayers(
  tree: OpenTree,
  address: Address,
  about: { readonly settings: Settings; readonly report: (problem: Problem) => void },
): readonly SourceDocument[] {
  const { settings, report } = about;
  const tenant = tree.tenantNames.includes(address.tenant) ? tree.readTenant(address.tenant) : undefined;
  for (const problem of tree.takeProblems()) report(problem);
  if (tenant === undefined) throw noSuch(address, 'tenant', address.tenant, tree.tenantNames);
  if (!tenant.environments.has(address.environment)) {
    throw noSuch(address, 'environment', address.environment, [...tenant.environments.keys()]);
  }
  const layers = layersOf(tree.template, tenant, address);
  const leftOut = isExcluded(settings, address.tenant, address.configurationProfile);
  if (layers.length > 0 && !leftOut) return layers;
  const profiles = [...new Set([...tree.template.everywhere.keys(), ...tenant.everywhere.keys()])].filter(
    (profile) => !isExcluded(settings, address.tenant, profile),
  );
  throw noSuch(address, 'configuration profile', address.configurationProfile, profiles);
}

function noSuch(address: Address, kind: string, name: string, names: readonly string[]) {
  return failure('selection-empty', `${kind} "${name}" of ${formatAddress(address)} not found`, {
    hint: suggest(name, names),
  });
}
