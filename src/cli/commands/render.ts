import { mkdir, realpath, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { contentOf } from '../../core/content.ts';
import { failure } from '../../core/errors.ts';
import { type Address, type Content, type DesiredConfiguration, formatAddress } from '../../core/model.ts';
import { parseLiveContent } from '../../core/parse.ts';
import { createRedactor, type Redactor, redactionMark } from '../../core/redact.ts';
import { matchesAny } from '../../core/selection.ts';
import type { Context } from '../context.ts';
import { readDesiredApplications } from '../desired-state.ts';
import type { RenderOptions } from '../options.ts';
import { prepareTree, Reporting } from '../prepare.ts';

/** Prints rendered contents, or writes them as files. Nothing is printed or written while the tree has problems. */
export async function render(options: RenderOptions, context: Context): Promise<void> {
  const reporting = new Reporting(context);
  const settings = await prepareTree(context, reporting);
  const redact = options.unredacted ? createRedactor([]) : createRedactor(settings.redact);
  const found: DesiredConfiguration[] = [];
  for await (const application of readDesiredApplications({
    directory: context.directory,
    settings,
    selection: options.selection,
    report: reporting.report,
  })) {
    if (context.signal.aborted) return;
    for (const { configurations } of application.environments) {
      found.push(...configurations.filter((c) => isAsked(c.address, options.addresses)));
    }
  }
  if (reporting.wrong) return;
  for (const asked of options.addresses) {
    if (found.some((configuration) => isAsked(configuration.address, [asked]))) continue;
    throw failure('selection-empty', `"${asked}" matches no address`, {
      hint: "an address is tenant/environment/Profile, globs allowed: appcfg render 'tenant1/*/FeatureFlags'",
    });
  }
  if (options.out === undefined) {
    for (const { address, content } of found) {
      context.emit({ type: 'content-rendered', address, content: redactedContent(content, redact) });
    }
    return;
  }
  const directory = await outDirectory(options.out, context);
  for (const { address, content } of found) {
    const file = join(directory, options.layout === 'agent' ? agentName(address, content) : treeName(address, content));
    await writeWhole(file, redactedContent(content, redact).text);
  }
  context.emit({ type: 'files-written', directory: options.out, files: found.length });
}

function isAsked(address: Address, asked: readonly string[]): boolean {
  return asked.length === 0 || matchesAny(formatAddress(address), asked);
}

/** The content with what the settings redact replaced by the mark, as a whole where it cannot be told apart. */
function redactedContent(content: Content, redact: Redactor): Content {
  if (!redact.active) return content;
  const value = parseLiveContent(Buffer.from(content.text));
  if (value === undefined) return { ...content, text: `${redactionMark}\n` };
  return {
    ...content,
    text: contentOf(redact.apply(value), content.contentType === 'application/json' ? 'json' : 'yaml').text,
  };
}

/** An absolute path that is not part of the tree. @throws AppcfgError */
async function outDirectory(out: string, context: Context): Promise<string> {
  const directory = resolve(context.cwd, out);
  for (const folder of ['template', 'tenants']) {
    const inTree = await realpath(join(context.directory, folder)).catch(() => join(context.directory, folder));
    if (directory === inTree || directory.startsWith(inTree + sep)) {
      throw failure('usage-wrong', `--out ${out} is inside the tree's own ${folder}/`, {
        hint: 'choose another folder: the tree is what is rendered from',
      });
    }
  }
  return directory;
}

function treeName(address: Address, content: Content): string {
  return join(address.tenant, address.environment, `${address.configurationProfile}.${extensionOf(content)}`);
}

/** The AppConfig Agent's local development mode reads `application:environment:profile`. Source: AppConfig User Guide, Agent pages. */
function agentName(address: Address, content: Content): string {
  return `${address.tenant}:${address.environment}:${address.configurationProfile}.${extensionOf(content)}`;
}

function extensionOf(content: Content): string {
  return content.contentType === 'application/json' ? 'json' : 'yml';
}

async function writeWhole(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.part`, text);
    await rename(`${file}.part`, file);
  } catch (error) {
    throw failure(
      'output-unwritable',
      `"${file}" cannot be written (${error instanceof Error && 'code' in error ? String(error.code) : String(error)})`,
      {
        hint: 'check the folder given with --out',
      },
    );
  }
}
