// All of a tree, rendered, to be compared with what it renders to when files of it are changed.
import { createHash } from 'node:crypto';
import { type Address, formatAddress } from '../../core/model/address.ts';
import { everything } from '../../core/model/selection.ts';
import type { Problem } from '../../core/problem/problem.ts';
import type { Layers, Tenant, TreeFiles } from '../../core/render/layers.ts';
import type { RenderCache } from '../../core/render/render-cache.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { DiskSource } from '../../tree/disk-source.ts';
import { OverlaySource } from '../../tree/overlay/overlay-source.ts';
import type { Context } from '../context.ts';
import { readDesiredApplications } from '../load-tree.ts';

/** What the tree is read with. */
export interface TreeReading {
  readonly context: Context;
  readonly settings: Settings;
  readonly cache: RenderCache;
}

/** The texts of files that are changed; undefined: the file is deleted. */
export type Texts = ReadonlyMap<string, string | undefined>;

export interface RenderedTree {
  readonly files: TreeFiles;
  /** A digest of the rendered bytes, by address. */
  readonly contents: ReadonlyMap<string, string>;
}

/** All of the tree, whatever is selected. */
export async function renderAll(
  { context, settings, cache }: TreeReading,
  texts: Texts | undefined,
  report: (problem: Problem) => void,
): Promise<RenderedTree> {
  const { directory, signal, startBudget, scrubber } = context;
  let template: Layers = { everywhere: new Map(), environments: new Map() };
  const tenants = new Map<string, Tenant>();
  const contents = new Map<string, string>();
  const reading = readDesiredApplications({
    ...{ directory, settings, cache, scrubber, signal, startBudget, verbose: false, selection: everything },
    ...(texts && { overlay: new OverlaySource(new DiskSource(directory), texts) }),
    onFiles: (layers) => {
      if ('name' in layers) tenants.set(layers.name, layers);
      else template = layers;
    },
    report: (problem) => {
      if (problem.severity === 'error') report(problem);
    },
  });
  for await (const { environments } of reading) {
    for (const { address, content } of environments.flatMap(({ configurations }) => configurations)) {
      contents.set(formatAddress(address), createHash('sha256').update(content.text).digest('base64'));
    }
  }
  return { files: { template, tenants }, contents };
}

/** Of a key of the contents. */
export function addressOf(text: string): Address {
  const [tenant = '', environment = '', configurationProfile = ''] = text.split('/');
  return { tenant, environment, configurationProfile };
}
