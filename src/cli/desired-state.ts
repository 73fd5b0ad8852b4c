// Reads a tree and resolves it, tenant by tenant.

import { setImmediate } from 'node:timers/promises';
import { layersOf, mismatchProblem, Resolver } from '../core/desired-state.ts';
import { failure, type Problem } from '../core/errors.ts';
import type { ExplainedValue } from '../core/events.ts';
import { explain } from '../core/explain.ts';
import type { MergeMismatch } from '../core/merge.ts';
import { type Address, type DesiredApplication, formatAddress } from '../core/model.ts';
import { createRedactor } from '../core/redact.ts';
import { everything, formatLabelSelector, type Selection, selectsAll } from '../core/selection.ts';
import { defaultProfileSettings, type Settings } from '../core/settings.ts';
import { listNames } from '../core/some-of.ts';
import { isExcluded } from '../core/tenants.ts';
import type { SourceDocument } from '../core/tree.ts';
import { nearest } from '../tree/nearest.ts';
import { readSchemas } from '../tree/read-schemas.ts';
import { type OpenTree, openTree } from '../tree/read-tree.ts';

export interface ReadDesired {
  readonly directory: string;
  readonly settings: Settings;
  readonly selection: Selection;
  /** Told each problem as it is found. */
  readonly report: (problem: Problem) => void;
}

/** Tenants between two looks at what else there is to do, such as an interrupt. */
const tenantsAtATime = 50;

/** The selected applications, in the order of the tenants' names; nothing is held that was handed out. */
export async function* readDesiredApplications(options: ReadDesired): AsyncGenerator<DesiredApplication> {
  const { directory, settings, selection } = options;
  let wrong = false;
  const report = (problem: Problem) => {
    wrong ||= problem.severity === 'error';
    options.report(problem);
  };
  const tree = openTree(directory, { settings, selection });
  const tell = () => {
    for (const problem of tree.takeProblems()) report(problem);
  };
  const { schemas, problems: schemaProblems } = await readSchemas(directory, settings);
  for (const problem of schemaProblems) report(problem);
  const resolver = new Resolver(tree.template, { settings, selection, schemas });
  tell();
  for (const problem of resolver.templateProblems) report(problem);
  let selected = 0;
  let read = 0;
  for (const { tenant, problems } of tree.readTenants()) {
    const resolved = resolver.resolve(tenant);
    for (const problem of [...problems, ...resolved.problems]) report(problem);
    if (resolved.application.environments.length > 0) {
      selected += 1;
      yield resolved.application;
    }
    read += 1;
    if (read % tenantsAtATime === 0) await setImmediate();
  }
  tree.finish();
  tell();
  if (selectsAll(selection)) for (const problem of resolver.redactionProblems) report(problem);
  const flags = flagsOf(selection);
  if (selected > 0 || wrong || flags === '') return;
  report({
    code: 'selection-empty',
    severity: 'error',
    message: `no configuration is selected by all of ${flags}`,
    hint: 'each of them matches something, but not together: leave one out',
  });
}

/** As they could be typed; empty where everything is selected. */
function flagsOf(selection: Selection): string {
  const typed = (flag: string, globs: readonly string[]) => globs.map((glob) => `${flag} '${glob}'`);
  return [
    ...typed('--tenant', selection.tenants),
    ...typed('--selector', selection.labels.map(formatLabelSelector)),
    ...typed('--env', selection.environments),
    ...typed('--config-profile', selection.configurationProfiles),
  ].join(' ');
}

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
    tree = openTree(directory, { settings, selection: everything });
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
  const near = nearest(pointer, paths);
  throw failure('selection-empty', `${formatAddress(address)} has nothing at "${pointer}"`, {
    hint: near === undefined ? `look at all of it: appcfg explain ${formatAddress(address)}` : `is "${near}" meant?`,
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
  const near = nearest(name, names);
  return failure('selection-empty', `there is no ${kind} "${name}" for ${formatAddress(address)}`, {
    hint: near === undefined ? `there is: ${listNames(names) || 'nothing'}` : `is "${near}" meant?`,
  });
}
