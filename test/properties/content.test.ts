// What a tree comes to, whoever wrote it and however: against models that share no code with it.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentOf } from '../../src/core/document/content-of.ts';
import { parseDocument, parseLiveContent } from '../../src/core/document/parse-yaml.ts';
import { canonicalText } from '../../src/core/document/write-json.ts';
import { Scrubber } from '../../src/core/events/scrubber.ts';
import type { DesiredApplication } from '../../src/core/model/desired-state.ts';
import { everything } from '../../src/core/model/selection.ts';
import type { Value } from '../../src/core/model/value.ts';
import { RenderCache } from '../../src/core/render/render-cache.ts';
import { defaultSettings } from '../../src/core/settings/settings.ts';
import { readDesiredApplications } from '../../src/engine/load-tree.ts';
import {
  canonical,
  isJsonMap,
  type Json,
  jsonMaps,
  jsons,
  mergePatch,
  smallTrees,
  whims,
  written,
} from '../support/arbitraries.ts';
import { smallFolder } from '../support/folders.ts';
import { holds } from '../support/properties.ts';

function read(text: string): Value {
  const { value, problems } = parseDocument(text, { path: 'x.yml' });
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (value === undefined || errors.length > 0) throw new Error(`${JSON.stringify(errors)} in\n${text}`);
  return value;
}

/** Writes the files in their order, then reads the tree. */
async function resolved(files: Iterable<readonly [string, string]>): Promise<readonly DesiredApplication[]> {
  const directory = smallFolder();
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const applications: DesiredApplication[] = [];
    const report = (problem: { severity: string }) => {
      if (problem.severity === 'error') throw new Error(JSON.stringify(problem));
    };
    const options = {
      directory,
      settings: defaultSettings,
      selection: everything,
      cache: new RenderCache(),
      scrubber: new Scrubber(),
      report,
      signal: new AbortController().signal,
      startBudget: () => () => {},
      verbose: false,
    };
    for await (const application of readDesiredApplications(options)) applications.push(application);
    return applications;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const document = jsons.filter((json) => json !== null);

test('the version label of a content depends on its value only', async () => {
  await holds(
    fc.property(document, whims, whims, fc.constantFrom('json', 'yaml'), (json, one, other, format) => {
      const first = read(written(json, one));
      const second = read(written(json, other));
      expect(canonicalText(first)).toBe(canonical(json));
      expect(contentOf(first, format).versionLabel).toBe(contentOf(second, format).versionLabel);
    }),
    500,
  );
});

test('different values have different version labels', async () => {
  await holds(
    fc.property(document, document, whims, (json, other, hand) => {
      const label = (value: Json) => contentOf(read(written(value, hand)), 'json').versionLabel;
      expect(label(json) === label(other)).toBe(canonical(json) === canonical(other));
    }),
    300,
  );
});

test('rendered content reads back as the value of the tree, in both formats', async () => {
  await holds(
    fc.property(document, whims, fc.constantFrom('json', 'yaml'), (json, hand, format) => {
      const { text } = contentOf(read(written(json, hand)), format);
      expect(canonicalText(parseLiveContent(Buffer.from(text)) as Value)).toBe(canonical(json));
      expect(canonicalText(read(text))).toBe(canonical(json));
    }),
    300,
  );
});

function kindOf(json: Json): string {
  if (isJsonMap(json)) return 'map';
  return Array.isArray(json) ? 'list' : typeof json;
}

test('the four layers of an address are merged by RFC 7396', async () => {
  const layer = fc.option(fc.oneof({ weight: 5, arbitrary: jsonMaps }, { weight: 1, arbitrary: document }), {
    nil: undefined,
  });
  await holds(
    fc.asyncProperty(fc.tuple(layer, layer, layer, layer), whims, async (layers, hand) => {
      // A whole configuration of another kind is an error.
      const kinds = new Set(layers.flatMap((each) => (each === undefined ? [] : [kindOf(each)])));
      fc.pre(kinds.size === 1);
      const folders = ['template', 'template/dev', 'tenants/one', 'tenants/one/dev'];
      const files = layers.flatMap((each, index): [string, string][] =>
        each === undefined ? [] : [[`${folders[index]}/A.yml`, written(each, hand)]],
      );
      const [application] = await resolved([...files, ['tenants/one/dev/.gitkeep', '']]);
      const content = application?.environments[0]?.configurations[0]?.content;
      const [weakest, ...stronger] = layers.filter((each) => each !== undefined);
      const expected = stronger.reduce<Json>((inherited, each) => mergePatch(inherited, each), weakest ?? null);
      expect(canonicalText(read(content?.text ?? ''))).toBe(canonical(expected));
    }),
    100,
  );
});

test('a tenant file that repeats what it inherits changes nothing', async () => {
  await holds(
    fc.asyncProperty(jsonMaps, jsonMaps, whims, async (template, override, hand) => {
      const result = mergePatch(withoutNulls(template), override);
      const files = (copy: Json): [string, string][] => [
        ['template/A.yml', written(withoutNulls(template), hand)],
        ['tenants/one/A.yml', written(override, hand)],
        ['tenants/one/dev/A.yml', written(copy, hand)],
        ['tenants/one/qa/.gitkeep', ''],
      ];
      for (const copy of [withoutNulls(result), override]) {
        const [application] = await resolved(files(copy));
        const [dev, qa] = application?.environments.map(({ configurations }) => configurations[0]?.content) ?? [];
        expect(dev?.versionLabel).toBe(qa?.versionLabel);
      }
    }),
    50,
  );
});

test('the order in which files are created does not matter', async () => {
  await holds(
    fc.asyncProperty(smallTrees, fc.infiniteStream(fc.nat(99)), async ({ files }, order) => {
      const { 'appcfg.yml': _settings, ...tree } = files;
      const entries = Object.entries(tree);
      const shuffled = entries
        .map((entry) => ({ entry, at: order.next().value ?? 0 }))
        .sort((a, b) => a.at - b.at)
        .map(({ entry }) => entry);
      expect(await resolved(shuffled)).toEqual(await resolved(entries));
    }),
    40,
  );
});

/** A merge patch cannot set null: the result of a merge, and so a copy of it, contains none. */
function withoutNulls(json: Json): Json {
  if (!isJsonMap(json)) return json;
  return new Map([...json].filter(([, member]) => member !== null).map(([key, member]) => [key, withoutNulls(member)]));
}
