// Reads a tree and resolves it, tenant by tenant.
import { setImmediate } from 'node:timers/promises';
import { learnApplication, learnLayers } from '../core/events/learn-contents.ts';
import type { Scrubber } from '../core/events/scrubber.ts';
import type { DesiredApplication } from '../core/model/desired-state.ts';
import { formatLabelSelector, type Selection, selectionFlags, selectsAll } from '../core/model/selection.ts';
import { MergedProblems } from '../core/problem/merge-problems.ts';
import type { Problem } from '../core/problem/problem.ts';
import type { Layers, Tenant } from '../core/render/layers.ts';
import type { RenderCache } from '../core/render/render-cache.ts';
import { TenantResolver } from '../core/render/resolve-tenant.ts';
import type { Settings } from '../core/settings/settings.ts';
import { findRepository } from '../git/repository.ts';
import { BoundedWorker, checkLimits, parseLimits } from '../tree/bounded-worker.ts';
import { DiskSource } from '../tree/disk-source.ts';
import { readSchemas } from '../tree/json-schemas.ts';
import { patternMatcher } from '../tree/match-patterns.ts';
import { parseInWorker } from '../tree/parse-in-worker.ts';
import { openTree, type TreeOptions } from '../tree/read-tree.ts';
import type { TreeSource } from '../tree/tree-source.ts';
import type { Context } from './context.ts';

export interface ReadDesired extends Pick<Context, 'signal' | 'startBudget' | 'verbose'> {
  /** The folder that contains `template/` and `tenants/`. */
  readonly directory: string;
  /** Read instead of the folder: another revision. It was checked when it was the tree, so schemas are left out. */
  readonly revision?: TreeSource;
  /** Read instead of the folder: the same tree with changed files. */
  readonly overlay?: TreeSource;
  readonly settings: Settings;
  readonly selection: Selection;
  readonly cache: RenderCache;
  /** Learns the redacted values before a problem can quote them. */
  readonly scrubber: Scrubber;
  /** What of these files and folders Git ignores. Undefined: the tree is a clone, which has nothing of it. */
  readonly findIgnored?: (parts: readonly string[]) => Promise<readonly string[]>;
  /** Called with the files of the template, then with those of each tenant. */
  readonly onFiles?: (files: Layers | Tenant) => void;
  /** Called with the problems when the tree is read, or reading it ends: each cause once. */
  readonly report: (problem: Problem) => void;
}

/** Tenants that are resolved before the event loop gets a turn, for instance to handle an interrupt. */
const tenantsAtATime = 50;

/** Causes of problems that are kept until the whole tree is read, to be reported with all of their addresses. */
const mostCauses = 10_000;

const noSchemas = { schemas: new Map(), problems: [] } as const;

/**
 * Yields the selected applications in the order of the tenants' names, and keeps none of them.
 * @throws the reason of the signal
 */
export async function* readDesiredApplications(options: ReadDesired): AsyncGenerator<DesiredApplication> {
  const worker = new BoundedWorker({ ...options, limits: checkLimits });
  const parser = new BoundedWorker({ ...options, limits: parseLimits });
  const found = new MergedProblems();
  const reportFound = () => found.take().forEach(options.report);
  const report = (problem: Problem) => {
    found.add(problem);
    if (found.size >= mostCauses) reportFound();
  };
  try {
    yield* readWith(worker, parser, { ...options, report });
  } finally {
    reportFound();
    worker.close();
    parser.close();
  }
}

async function* readWith(
  worker: BoundedWorker,
  parser: BoundedWorker,
  options: ReadDesired,
): AsyncGenerator<DesiredApplication> {
  const {
    directory,
    revision,
    overlay,
    settings,
    selection,
    cache,
    signal,
    scrubber,
    verbose: listsRedundant,
  } = options;
  scrubber.redactBy(settings);
  const parsing = parsingWith(parser, signal);
  let hasErrors = false;
  const report = (problems: readonly Problem[]) => {
    for (const problem of problems) {
      hasErrors ||= problem.severity === 'error';
      options.report(problem);
    }
  };
  // Git reads the folders meanwhile.
  const ignored = options.findIgnored?.(partsOf(settings));
  const tree = await openTree(revision ?? overlay ?? new DiskSource(directory), {
    settings,
    selection,
    cache,
    isInRepository: findRepository(directory) !== undefined,
    ...parsing,
  });
  const { schemas, problems: schemaProblems } =
    revision === undefined ? await readSchemas(directory, settings, { worker, ...parsing }) : noSchemas;
  report(schemaProblems);
  scrubber.learnNames(tree.allTenantNames);
  learnLayers(scrubber, tree.template);
  options.onFiles?.(tree.template);
  const matchPatterns = revision === undefined ? patternMatcher(worker) : async () => [];
  const resolver = new TenantResolver(tree.template, {
    settings,
    selection,
    schemas,
    matchPatterns,
    cache,
    breathe: parsing.breathe,
    listsRedundant,
  });
  report(tree.takeProblems());
  report(await resolver.templateProblems());
  let selected = 0;
  let read = 0;
  for await (const { tenant, problems } of tree.readTenants()) {
    const resolved = await resolver.resolve(tenant);
    learnLayers(scrubber, tenant, tenant.name);
    options.onFiles?.(tenant);
    learnApplication(scrubber, resolved.application);
    report(problems);
    report(resolved.problems);
    if (resolved.application.environments.length > 0) {
      selected += 1;
      yield resolved.application;
    }
    read += 1;
    if (read % tenantsAtATime === 0) await parsing.breathe();
    signal.throwIfAborted();
  }
  tree.finish(await ignored);
  report(tree.takeProblems());
  report(resolver.countedProblems());
  if (selectsAll(selection)) report(resolver.redactionProblems());
  else if (selected === 0 && !hasErrors) report([nothingSelected(selection)]);
}

/** The files and folders that make a tree with these settings. */
function partsOf({ profiles }: Settings): readonly string[] {
  const schemas = [...profiles.values()].map(({ schema }) => schema).filter((path) => path !== undefined);
  return ['appcfg.yml', 'appcfg.yaml', 'template', 'tenants', ...new Set(schemas)];
}

function nothingSelected(selection: Selection): Problem {
  const flags = selectionFlags.flatMap(({ name, member }) =>
    selection[member].map((each) => `${name} '${typeof each === 'string' ? each : formatLabelSelector(each)}'`),
  );
  return {
    code: 'selection-empty',
    severity: 'error',
    message: `no address matches all of ${flags.join(' ')}`,
    hint: { text: 'each flag alone selects something: leave one out' },
  };
}

/** How the tree is parsed so that a run notices signals meanwhile: large files in a worker, others a few at a time. */
type Parsing = Pick<TreeOptions, 'parseLarge' | 'breathe'>;

function parsingWith(worker: BoundedWorker, signal: AbortSignal): Parsing {
  return {
    parseLarge: (text, options) => parseInWorker(worker, text, options),
    breathe: () => breathe(signal),
  };
}

/** Lets the event loop have a turn, for instance to handle an interrupt. @throws the reason of the signal */
export async function breathe(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}

/** With a worker of its own. */
export async function withParser<T>(
  context: Pick<Context, 'signal' | 'startBudget'>,
  use: (parsing: Parsing) => Promise<T>,
): Promise<T> {
  const worker = new BoundedWorker({ ...context, limits: parseLimits });
  try {
    return await use(parsingWith(worker, context.signal));
  } finally {
    worker.close();
  }
}
