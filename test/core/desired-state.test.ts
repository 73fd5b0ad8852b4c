import { expect, test } from 'vitest';
import { Resolver } from '../../src/core/desired-state.ts';
import { parseDocument } from '../../src/core/parse.ts';
import { everything } from '../../src/core/selection.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import type { Layers, SourceDocument } from '../../src/core/tree.ts';

/** A document that counts how often its text is asked for. */
function documentOf(path: string, text: string): SourceDocument & { looks: number } {
  const { value } = parseDocument(text, { path });
  return {
    looks: 0,
    path,
    value,
    unreadable: false,
    get text() {
      this.looks += 1;
      return text;
    },
  };
}

const layers = (
  everywhere: readonly SourceDocument[],
  environments: Record<string, readonly SourceDocument[]> = {},
): Layers => ({
  everywhere: new Map(everywhere.map((document) => ['A', document])),
  environments: new Map(
    Object.entries(environments).map(([name, documents]) => [name, new Map(documents.map((d) => ['A', d]))]),
  ),
});

test('a file with many dead overrides is looked at once', () => {
  const text = Array.from({ length: 3000 }, (_, index) => `key${index}: ${index}\n`).join('');
  const template = layers([documentOf('template/A.yml', `${text}more: 1\n`)], { dev: [], qa: [] });
  const document = documentOf('tenants/one/A.yml', `${text}own: 1\n`);
  const resolver = new Resolver(template, { settings: defaultSettings, selection: everything, schemas: new Map() });
  const resolved = resolver.resolve({ name: 'one', ...layers([document], { dev: [], qa: [] }) });
  expect(resolved?.problems).toHaveLength(3000);
  expect(resolved?.problems.at(-1)?.source).toBe('tenants/one/A.yml:3000:1');
  expect(document.looks).toBe(1);
});
