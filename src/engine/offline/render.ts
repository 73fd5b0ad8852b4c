import { join, resolve } from 'node:path';
import { suggestAddress } from '../../core/assess/requested-addresses.ts';
import { contentOf } from '../../core/document/content-of.ts';
import { createRedactor, type Redactor, redactionMark, redactNothing } from '../../core/document/redact.ts';
import type { WrittenFile } from '../../core/events/event.ts';
import type { Scrubber } from '../../core/events/scrubber.ts';
import { type Address, type AddressGlob, isNamed } from '../../core/model/address.ts';
import type { Content } from '../../core/model/content.ts';
import type { DesiredApplication, DesiredConfiguration } from '../../core/model/desired-state.ts';
import { exampleAddress } from '../../core/problem/example-address.ts';
import { type AppcfgError, failure, type Problem } from '../../core/problem/problem.ts';

import { RenderCache } from '../../core/render/render-cache.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { folderToWrite } from '../../files/folder-to-write.ts';
import { isInside, realPath } from '../../files/real-path.ts';
import { privateMode } from '../../files/write-file.ts';
import { FolderWriter } from '../../files/write-folder.ts';
import type { Context } from '../context.ts';
import { loadSettings } from '../load-project.ts';
import { readDesiredApplications } from '../load-tree.ts';
import type { RenderOptions } from '../options.ts';
import { ProblemReporter } from '../problem-reporter.ts';
import { untrustedFolders } from '../untrusted-folders.ts';

/**
 * Prints rendered contents, or writes them as files. While the tree has errors, nothing is printed or written. So the tree
 * is read twice, first to check it: the contents of a fleet are more than memory should hold.
 */
export async function render(options: RenderOptions, context: Context): Promise<void> {
  const reporter = new ProblemReporter(context);
  const settings = await loadSettings(context, reporter);
  const cache = new RenderCache();
  const unmatched = new Set(options.addresses);
  const reading = { settings, context, cache, report: reporter.report };
  for await (const { address } of requestedContents(options, reading)) {
    for (const glob of unmatched) if (isNamed(address, [glob])) unmatched.delete(glob);
  }
  if (reporter.hasErrors) return;
  for (const glob of unmatched) throw await matchesNothing(glob, { ...options, addresses: [] }, reading);
  const report = (problem: Problem) => {
    // The first pass reported warnings. An error now means that the tree changed meanwhile.
    if (problem.severity === 'error') reporter.report(problem);
  };
  const contents = requestedContents(options, { settings, context, cache, report });
  if (options.out !== undefined) return writeFiles(contents, options.out, { options, context });
  for await (const { address, content } of contents) {
    context.emit({ type: 'content-rendered', address, content });
  }
}

/** Reads the tree again, for the addresses that there are. */
async function matchesNothing(
  glob: AddressGlob,
  options: RenderOptions,
  reading: Parameters<typeof requestedContents>[1],
): Promise<AppcfgError> {
  const addresses: Address[] = [];
  for await (const { address } of requestedContents(options, { ...reading, report: () => {} })) addresses.push(address);
  const example = {
    text: 'an address is tenant/environment/Profile, globs allowed',
    command: { run: 'render', args: [], selects: exampleAddress(addresses[0]) },
  } as const;
  return failure('selection-empty', `"${glob.text}" matches no address`, {
    hint: suggestAddress(glob, addresses, example),
  });
}

interface RequestedContent {
  readonly application: DesiredApplication;
  readonly address: Address;
  /** Without the values that the settings redact. */
  readonly content: Content;
  /** Whether a value was redacted. */
  readonly isRedacted: boolean;
}

async function* requestedContents(
  options: RenderOptions,
  tree: {
    readonly settings: Settings;
    readonly context: Context;
    readonly cache: RenderCache;
    readonly report: (problem: Problem) => void;
  },
): AsyncGenerator<RequestedContent> {
  const { settings, context, cache, report } = tree;
  const { directory, signal, startBudget, scrubber, verbose } = context;
  const redact = options.unredacted ? redactNothing : createRedactor(settings);
  const { selection } = options;
  const reading = { directory, settings, selection, cache, scrubber, report, signal, startBudget, verbose };
  for await (const application of readDesiredApplications(reading)) {
    for (const { configurations } of application.environments) {
      for (const configuration of configurations) {
        const { address, content } = configuration;
        if (!isNamed(address, options.addresses)) continue;
        const redacted = redactedContent(configuration, redact, scrubber);
        yield { application, address, content: redacted, isRedacted: redacted.text !== content.text };
      }
    }
  }
}

/** The content with the redacted values replaced by the mark. */
function redactedContent(
  { content, value, address }: DesiredConfiguration,
  redact: Redactor,
  scrubber: Scrubber,
): Content {
  if (redact === redactNothing || !scrubber.hidesDigests(address)) return content;
  // A redacted value can be a part of another one, such as a URL.
  const shown = scrubber.value(redact.apply(value), address);
  return {
    ...content,
    text: contentOf(shown, content.contentType === 'application/json' ? 'json' : 'yaml').text,
  };
}

async function writeFiles(
  contents: AsyncIterable<RequestedContent>,
  out: string,
  run: { readonly options: RenderOptions; readonly context: Context },
): Promise<void> {
  const { options, context } = run;
  const nameOf = options.layout === 'agent' ? agentName : treeName;
  const writer = new FolderWriter(outDirectory(out, context), options.unredacted ? privateMode : undefined);
  let files = 0;
  let redacted = 0;
  for await (const requested of contents) {
    const { address, content } = requested;
    const name = nameOf(requested);
    const { text, contentType, versionLabel, bytes, digest } = content;
    const written: WrittenFile = { address, contentType, versionLabel, file: join(out, name), bytes, digest };
    await writer.write(name, text, () => context.emit({ type: 'file-written', written }));
    files += 1;
    if (requested.isRedacted) redacted += 1;
  }
  await writer.end();
  context.emit({ type: 'files-written', directory: out, files });
  if (redacted > 0) context.emit({ type: 'problem-found', problem: redactedProblem(redacted) });
}

function redactedProblem(files: number): Problem {
  return {
    code: 'settings-suspicious',
    severity: 'warning',
    message: `${files === 1 ? '1 file contains' : `${files} files contain`} "${redactionMark}" instead of redacted values`,
    hint: {
      text: 'clients would read that as the value; write the values themselves',
      command: { run: 'same', args: ['--unredacted'] },
    },
  };
}

/** A real path that is not part of the tree. @throws AppcfgError */
function outDirectory(out: string, context: Context): string {
  const directory = folderToWrite(resolve(context.cwd, out), {
    name: `--out "${out}"`,
    untrusted: untrustedFolders(context),
  });
  for (const folder of ['template', 'tenants', '.git']) {
    if (isInside(directory, [realPath(join(context.directory, folder))])) {
      throw failure('usage-invalid', `--out "${out}" is inside the tree's folder ${folder}/`, {
        hint: { text: 'choose a folder outside of the tree' },
      });
    }
  }
  if (directory !== realPath(context.directory)) return directory;
  throw failure('usage-invalid', `--out "${out}" is the folder of the tree`, {
    hint: { text: 'a tenant could have the name of a folder of the tree: choose another folder' },
  });
}

function treeName({ address, content }: RequestedContent): string {
  return join(address.tenant, address.environment, `${address.configurationProfile}.${extensionOf(content)}`);
}

/**
 * The AppConfig Agent's local development mode reads `application:environment:profile`. Source: AppConfig User Guide, Agent pages.
 * @throws AppcfgError
 */
function agentName({ application, address, content }: RequestedContent): string {
  if (application.name.includes('/')) {
    throw failure(
      'usage-invalid',
      `the application name "${application.name}" contains a slash and cannot be part of a file name`,
      {
        hint: {
          text: "the Agent's file names start with the application: use --layout tree, or change applicationName",
        },
      },
    );
  }
  return `${application.name}:${address.environment}:${address.configurationProfile}.${extensionOf(content)}`;
}

function extensionOf(content: Content): string {
  return content.contentType === 'application/json' ? 'json' : 'yml';
}
