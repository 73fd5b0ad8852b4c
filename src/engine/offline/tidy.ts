import type { FileChange } from '../../core/events/event.ts';
import { type Address, type AddressGlob, isNamed } from '../../core/model/address.ts';
import { areLabelsSelected, isSelected, type Selection, selectsAll } from '../../core/model/selection.ts';
import { failure, type Problem } from '../../core/problem/problem.ts';
import { suggest } from '../../core/problem/suggest.ts';
import { allLayers } from '../../core/render/layers.ts';
import { RenderCache } from '../../core/render/render-cache.ts';
import { labelsOf } from '../../core/settings/effective-settings.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { changeFiles, type FileText, foldersOfOnly, linkedFiles } from '../../files/change-files.ts';
import { DiskSource } from '../../tree/disk-source.ts';
import { OverlaySource } from '../../tree/overlay/overlay-source.ts';
import type { TreeSource } from '../../tree/tree-source.ts';
import type { Context } from '../context.ts';
import { loadSettings, readCheckedApplications } from '../load-project.ts';
import { breathe } from '../load-tree.ts';
import type { TidyOptions } from '../options.ts';
import { ProblemReporter } from '../problem-reporter.ts';
import { untrustedFolders } from '../untrusted-folders.ts';
import { addressOf, type RenderedTree, renderAll, type Texts, type TreeReading } from './rendered-tree.ts';
import { profilesOf, type TidiedTexts, tidiedTexts, type Untouched } from './tidy-texts.ts';

/** Removes redundant overrides, and moves what most tenants repeat into a less specific layer. Nothing is changed without `write`. */
export async function tidy(options: TidyOptions, context: Context): Promise<void> {
  const reporter = new ProblemReporter(context);
  const settings = await loadSettings(context, reporter);
  const cache = new RenderCache();
  const run = { options, context, settings, cache };
  const listed = await redundantIn(run, undefined, reporter.report);
  if (reporter.hasErrors) return;
  const before = await renderAll(run, undefined, reporter.report);
  if (reporter.hasErrors) return;
  checkAddresses(options.addresses, before.contents);
  const { rounds, files, leaves, untouched } = await tidyInRounds(before, run);
  const left = files.size === 0 ? listed : await redundantIn(run, files, () => {});
  const going = without(listed, left);
  const redundant = context.verbose ? [...going, ...left.map((problem) => explained(problem, untouched))] : going;
  // The settings may silence them elsewhere: who asks for the list gets it.
  for (const problem of redundant) context.emit({ type: 'problem-found', problem });
  const tidied = {
    type: 'tree-tidied',
    redundantOverrides: going.length,
    left: left.length,
    removals: rounds.flatMap(({ removals }) => removals),
    moves: rounds.flatMap(({ moves }) => moves),
    proof: { addresses: before.contents.size, leavesBefore: leaves.before, leavesAfter: leaves.after },
    isWritten: options.write,
  } as const;
  const { directory } = context;
  const source = new DiskSource(directory);
  const isThere = (file: string) => source.kindOf(file) !== undefined;
  // A file can be created and not be needed in the end.
  for (const [file, text] of files) if (text === undefined && !isThere(file)) files.delete(file);
  if (files.size === 0) return context.emit(tidied);
  const gitkeeps = await gitkeepsFor(files, directory);
  const changes = [...files, ...gitkeeps.map(({ path, text }) => [path, text] as const)].map(([file, text]) => {
    return { file, change: changeOf(text, isThere(file)) };
  });
  if (options.write) {
    const steps = [...gitkeeps, ...rounds.flatMap(({ steps }) => steps)];
    await changeFiles(steps, { directory, untrusted: untrustedFolders(context) });
  }
  context.emit(tidied);
  context.emit({
    type: 'files-changed',
    directory,
    files: changes,
    isWritten: options.write,
    next: options.write ? [] : [{ text: 'make these changes', command: { run: 'same', args: ['--write'] } }],
  });
}

/** Until nothing is found: what an edit of a file does not allow can be possible in the edited one. */
async function tidyInRounds(before: RenderedTree, run: Run) {
  const rounds: TidiedTexts[] = [];
  const files = new Map<string, string | undefined>();
  const leavesOf = (planned: readonly TidiedTexts[]) => planned.reduce((sum, { leaves }) => sum + leaves, 0);
  const leaves = { before: 0, after: 0 };
  for (let tree = before; ; ) {
    const source = new OverlaySource(new DiskSource(run.context.directory), files);
    const planned = await planAll(tree, run, source);
    leaves.after = leavesOf(planned);
    if (tree === before) leaves.before = leaves.after;
    const found = await proved(planned, { before, files }, run);
    if (found === undefined) {
      return { rounds, files, leaves, untouched: new Map(planned.flatMap((profile) => [...profile.untouched])) };
    }
    rounds.push(...found.tidied);
    for (const [path, text] of found.files) files.set(path, text);
    tree = found.after;
  }
}

interface Run extends TreeReading {
  readonly options: TidyOptions;
}

/**
 * The redundant overrides of what is selected.
 * @param reportError gets its errors; of its other warnings nothing is reported
 */
async function redundantIn(
  { options, context, settings, cache }: Run,
  texts: Texts | undefined,
  reportError: (problem: Problem) => void,
): Promise<readonly Problem[]> {
  const { directory, signal, startBudget, scrubber } = context;
  const found: Problem[] = [];
  const report = (problem: Problem) => {
    if (problem.code === 'override-redundant') found.push(problem);
    else if (problem.severity === 'error') reportError(problem);
  };
  const { selection } = options;
  const overlay = texts && { overlay: new OverlaySource(new DiskSource(directory), texts) };
  const reading = { directory, settings, selection, cache, scrubber, report, signal, startBudget, verbose: true };
  for await (const _application of readCheckedApplications({ ...reading, ...overlay })) signal.throwIfAborted();
  return found;
}

/** Those that are not among the others. Lines can differ. */
function without(problems: readonly Problem[], others: readonly Problem[]): readonly Problem[] {
  const keyOf = ({ source, message }: Problem) => `${source?.file} ${message}`;
  const left = new Set(others.map(keyOf));
  return problems.filter((problem) => !left.has(keyOf(problem)));
}

/** A redundant override with the reason why it is not removed. */
function explained(problem: Problem, untouched: ReadonlyMap<string, Untouched>): Problem {
  const reason = untouched.get(problem.source?.file ?? '');
  return {
    ...problem,
    hint: {
      text:
        reason === undefined
          ? 'not removed: it has an anchor, an alias or a merge key, or a comment on what stays would be lost; edit the file'
          : reasons[reason],
    },
  };
}

const reasons = {
  linked: 'not removed: a symbolic link leads to the file; edit the file',
  'not-selected': 'not removed: the file applies to other addresses, too; select them',
} as const satisfies Record<Untouched, string>;

/** @throws AppcfgError where an address matches nothing */
function checkAddresses(globs: readonly AddressGlob[], contents: ReadonlyMap<string, string>): void {
  const addresses = [...contents.keys()].map((text) => ({ text, address: addressOf(text) }));
  const [missing] = globs.filter((glob) => !addresses.some(({ address }) => isNamed(address, [glob])));
  if (missing === undefined) return;
  throw failure('selection-empty', `the tree has no address "${missing.text}"`, {
    hint: suggest(
      missing.text,
      addresses.map(({ text }) => text),
    ),
  });
}

async function planAll(
  { files: tree }: RenderedTree,
  { options, context, settings }: Run,
  source: TreeSource,
): Promise<readonly TidiedTexts[]> {
  const { selection, addresses } = options;
  const paths = [tree.template, ...tree.tenants.values()].flatMap((layers) =>
    allLayers(layers).flatMap((layer) => [...layer.values()].map(({ path }) => path)),
  );
  const textOf = (path: string) => {
    const text = source.text(path);
    return Buffer.from(text).equals(source.bytes(path)) ? text : undefined;
  };
  const tidying = {
    ...{ settings, tree, textOf },
    fixed: linkedFiles(context.directory, paths),
    isReachedByLink: (path: string) => linkedFiles(context.directory, [path]).size > 0,
    mayChange: (address: Address) =>
      isAddressSelected(address, selection, settings) && (addresses.length === 0 || isNamed(address, addresses)),
    mayChangeAll: selectsAll(selection) && addresses.length === 0,
  };
  const planned: TidiedTexts[] = [];
  for (const profile of profilesOf(tree)) {
    planned.push(tidiedTexts(profile, tidying));
    await breathe(context.signal);
  }
  return planned;
}

function isAddressSelected(
  { tenant, environment, configurationProfile }: Address,
  selection: Selection,
  settings: Settings,
): boolean {
  return (
    isSelected(tenant, selection.tenants) &&
    areLabelsSelected(labelsOf(settings, tenant), selection.labels) &&
    isSelected(environment, selection.environments) &&
    isSelected(configurationProfile, selection.configurationProfiles)
  );
}

/** What renders every address to the same bytes, with no error. A profile where something would differ is left out. */
async function proved(
  planned: readonly TidiedTexts[],
  { before, files: earlier }: { readonly before: RenderedTree; readonly files: Texts },
  run: Run,
): Promise<
  { readonly tidied: readonly TidiedTexts[]; readonly files: Texts; readonly after: RenderedTree } | undefined
> {
  let tidied = planned.filter(({ steps }) => steps.length > 0);
  while (tidied.length > 0) {
    const files = finalTexts(tidied);
    const problems: Problem[] = [];
    const after = await renderAll(run, new Map([...earlier, ...files]), (problem) => void problems.push(problem));
    const addresses = new Set([...before.contents.keys(), ...after.contents.keys()]);
    const differing = [...addresses].filter((each) => before.contents.get(each) !== after.contents.get(each));
    if (differing.length + problems.length === 0) return { tidied, files, after };
    const profiles = new Set(differing.map((each) => addressOf(each).configurationProfile));
    tidied = profiles.size === 0 ? [] : tidied.filter(({ profile }) => !profiles.has(profile));
  }
  return undefined;
}

/** Of each file the last text. */
function finalTexts(tidied: readonly TidiedTexts[]): Texts {
  return new Map(tidied.flatMap(({ steps }) => steps.map(({ path, text }) => [path, text] as const)));
}

/** Files that keep the folders of environments in Git. A tenant has the environments for which it has a folder. */
async function gitkeepsFor(files: Texts, directory: string): Promise<readonly FileText[]> {
  const removed = [...files].filter(([, text]) => text === undefined).map(([path]) => path);
  const folders = await foldersOfOnly(directory, removed);
  return folders
    .filter((folder) => /^tenants\/[^/]+\/[^/]+$/.test(folder))
    .map((folder) => ({ path: `${folder}/.gitkeep`, text: '' }));
}

function changeOf(text: string | undefined, exists: boolean): FileChange['change'] {
  if (text === undefined) return 'removed';
  return exists ? 'changed' : 'created';
}
