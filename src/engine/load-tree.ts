// Reads a tree and resolves it, tenant by tenant.
import { setImmediate } from 'node:timers/promises';
import type { DesiredApplication } from '../core/model/desired-state.ts';
import { formatLabelSelector, type Selection, selectsAll } from '../core/model/selection.ts';
import type { Problem } from '../core/problem/problem.ts';
import { Resolver } from '../core/render/resolve-tenant.ts';
import type { Settings } from '../core/settings/settings.ts';
import { DiskSource } from '../tree/disk-source.ts';
import { readSchemas } from '../tree/json-schemas.ts';
import { openTree } from '../tree/read-tree.ts';

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
  const tree = openTree(new DiskSource(directory), { settings, selection });
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
    hint: { text: 'each of them matches something, but not together: leave one out' },
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
