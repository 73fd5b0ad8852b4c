// Trees as a review compares them, from the texts of their files.
import { parseDocument } from '../../src/core/document/parse-yaml.ts';
import { everything } from '../../src/core/model/selection.ts';
import { compareRevisions } from '../../src/core/planners/compare-revisions.ts';
import { type Layer, SourceDocument, type Tenant } from '../../src/core/render/layers.ts';
import { RenderCache } from '../../src/core/render/render-cache.ts';
import { TenantResolver } from '../../src/core/render/resolve-tenant.ts';
import { makeReview } from '../../src/core/review/make-review.ts';
import type { TreeInput } from '../../src/core/review/reviewed-tree.ts';
import { defaultSettings, type Settings } from '../../src/core/settings/settings.ts';
import { parseSettings } from '../../src/core/settings-file/parse-settings.ts';

/** Texts by path, as in a tree. A tenant has the environments that `environments` names. */
export interface TreeTexts {
  readonly files: Readonly<Record<string, string>>;
  readonly tenants: Readonly<Record<string, readonly string[]>>;
  readonly settings?: Settings;
}

export async function settingsFrom(text: string): Promise<Settings> {
  const { settings, problems } = await parseSettings(text, 'appcfg.yml');
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  return settings;
}

export async function treeFrom({ files, tenants, settings = defaultSettings }: TreeTexts): Promise<TreeInput> {
  const layersAt = (folder: string, environments: readonly string[]) => {
    const layer = (path: string): Layer =>
      new Map(
        Object.entries(files).flatMap(([file, text]) => {
          const [, at, profile] = /^(.+)\/([^/]+)\.yml$/.exec(file) ?? [];
          if (at !== path || profile === undefined) return [];
          return [[profile, new SourceDocument(file, text, parseDocument(text, { path: file }))] as const];
        }),
      );
    return {
      everywhere: layer(folder),
      environments: new Map(environments.map((name) => [name, layer(`${folder}/${name}`)])),
    };
  };
  const template = layersAt('template', ['dev', 'qa', 'prod']);
  const named: Tenant[] = Object.entries(tenants).map(([name, environments]) => ({
    name,
    ...layersAt(`tenants/${name}`, environments),
  }));
  const resolver = new TenantResolver(template, {
    settings,
    selection: everything,
    schemas: new Map(),
    matchPatterns: async () => [],
    cache: new RenderCache(),
    breathe: async () => {},
    listsRedundant: false,
  });
  const desired = [];
  for (const tenant of named) desired.push((await resolver.resolve(tenant)).application);
  return { settings, template, tenants: new Map(named.map((tenant) => [tenant.name, tenant])), desired };
}

/** As `diff --base` makes it. */
export async function reviewFrom(baseTexts: TreeTexts, headTexts: TreeTexts) {
  const [base, head] = [await treeFrom(baseTexts), await treeFrom(headTexts)];
  return makeReview({
    base: { ...base, revision: 'main', commit: '0'.repeat(40) },
    head,
    plan: compareRevisions(base, head, 'acme/config'),
    redaction: { redact: [...base.settings.redact, ...head.settings.redact], secretsShown: head.settings.secretsShown },
    selection: everything,
  });
}
