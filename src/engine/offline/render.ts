import { realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { contentOf } from '../../core/document/content-of.ts';
import { createRedactor, type Redactor, redactionMark } from '../../core/document/redact.ts';
import { type Address, formatAddress } from '../../core/model/address.ts';
import type { Content } from '../../core/model/content.ts';
import type { DesiredApplication, DesiredConfiguration } from '../../core/model/desired-state.ts';
import { matchesAny } from '../../core/model/globs.ts';
import { failure, type Problem } from '../../core/problem/problem.ts';
import { RenderCache } from '../../core/render/render-cache.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { FileWriter } from '../../files/write-folder.ts';
import type { Context } from '../context.ts';
import { prepareTree, Reporting } from '../load-project.ts';
import { readDesiredApplications } from '../load-tree.ts';
import type { RenderOptions } from '../options.ts';

/**
 * Prints rendered contents, or writes them as files. Nothing is printed or written while the tree has problems; so the tree
 * is read twice, first to check it, because a fleet's contents are more than should be held.
 */
export async function render(options: RenderOptions, context: Context): Promise<void> {
  const reporting = new Reporting(context);
  const settings = await prepareTree(context, reporting);
  const cache = new RenderCache();
  const missing = new Set(options.addresses);
  for await (const { address } of askedContents(options, { settings, context, cache, report: reporting.report })) {
    for (const asked of missing) if (isAsked(address, [asked])) missing.delete(asked);
    if (context.signal.aborted) return;
  }
  if (reporting.wrong) return;
  for (const asked of missing) {
    throw failure('selection-empty', `"${asked}" matches no address`, {
      hint: {
        text: 'an address is tenant/environment/Profile, globs allowed',
        command: { run: 'render', args: ['tenant1/*/FeatureFlags'] },
      },
    });
  }
  const report = (problem: Problem) => {
    // Warnings were told; an error now is of a tree that changed meanwhile.
    if (problem.severity === 'error') reporting.report(problem);
  };
  const contents = askedContents(options, { settings, context, cache, report });
  if (options.out !== undefined) return writeFiles(contents, options.out, { options, context });
  for await (const { address, content } of contents) {
    if (context.signal.aborted) return;
    context.emit({ type: 'content-rendered', address, content });
  }
}

interface AskedContent {
  readonly application: DesiredApplication;
  readonly address: Address;
  /** With what the settings redact replaced. */
  readonly content: Content;
  /** Something was. */
  readonly hides: boolean;
}

async function* askedContents(
  options: RenderOptions,
  about: {
    readonly settings: Settings;
    readonly context: Context;
    readonly cache: RenderCache;
    readonly report: (problem: Problem) => void;
  },
): AsyncGenerator<AskedContent> {
  const { settings, context, cache, report } = about;
  const { directory } = context;
  const redact = createRedactor(options.unredacted ? [] : settings.redact);
  const { selection } = options;
  for await (const application of readDesiredApplications({ directory, settings, selection, cache, report })) {
    for (const { configurations } of application.environments) {
      for (const configuration of configurations) {
        const { address, content } = configuration;
        if (!isAsked(address, options.addresses)) continue;
        const shown = redactedContent(configuration, redact);
        yield { application, address, content: shown, hides: shown.text !== content.text };
      }
    }
  }
}

function isAsked(address: Address, asked: readonly string[]): boolean {
  return asked.length === 0 || matchesAny(formatAddress(address), asked);
}

/** The content with the redacted values replaced by the mark. */
function redactedContent({ content, value }: DesiredConfiguration, redact: Redactor): Content {
  if (!redact.active) return content;
  return {
    ...content,
    text: contentOf(redact.apply(value), content.contentType === 'application/json' ? 'json' : 'yaml').text,
  };
}

async function writeFiles(
  contents: AsyncIterable<AskedContent>,
  out: string,
  about: { readonly options: RenderOptions; readonly context: Context },
): Promise<void> {
  const { options, context } = about;
  const nameOf = options.layout === 'agent' ? agentName : treeName;
  const writer = new FileWriter(await outDirectory(out, context));
  let files = 0;
  let hidden = 0;
  for await (const asked of contents) {
    if (context.signal.aborted) break;
    await writer.write(nameOf(asked), asked.content.text);
    files += 1;
    if (asked.hides) hidden += 1;
  }
  await writer.end();
  context.emit({ type: 'files-written', directory: out, files });
  if (hidden > 0) context.emit({ type: 'problem-found', problem: hiddenProblem(hidden) });
}

function hiddenProblem(files: number): Problem {
  return {
    code: 'settings-suspicious',
    severity: 'warning',
    message: `${files === 1 ? '1 file holds' : `${files} files hold`} "${redactionMark}" in the place of values`,
    hint: { text: 'clients would take that for the value; to write the values themselves: --unredacted' },
  };
}

/** An absolute path that is not part of the tree. @throws AppcfgError */
async function outDirectory(out: string, context: Context): Promise<string> {
  const directory = resolve(context.cwd, out);
  for (const folder of ['template', 'tenants']) {
    const inTree = await realpath(join(context.directory, folder)).catch(() => join(context.directory, folder));
    if (directory === inTree || directory.startsWith(inTree + sep)) {
      throw failure('usage-invalid', `--out ${out} is inside the tree's own ${folder}/`, {
        hint: { text: 'choose another folder: the tree is what is rendered from' },
      });
    }
  }
  return directory;
}

function treeName({ address, content }: AskedContent): string {
  return join(address.tenant, address.environment, `${address.configurationProfile}.${extensionOf(content)}`);
}

/**
 * The AppConfig Agent's local development mode reads `application:environment:profile`. Source: AppConfig User Guide, Agent pages.
 * @throws AppcfgError
 */
function agentName({ application, address, content }: AskedContent): string {
  if (application.name.includes('/')) {
    throw failure('usage-invalid', `the application "${application.name}" cannot be the name of a file`, {
      hint: {
        text: 'the Agent reads files that are called by the application: use --layout tree, or another applicationName',
      },
    });
  }
  return `${application.name}:${address.environment}:${address.configurationProfile}.${extensionOf(content)}`;
}

function extensionOf(content: Content): string {
  return content.contentType === 'application/json' ? 'json' : 'yml';
}
