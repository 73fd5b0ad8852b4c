import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { formatSource } from '../../../src/core/model/source-position.ts';
import { SourceDocument } from '../../../src/core/render/layers.ts';
import { type MergeMismatch, mergeLayer } from '../../../src/core/render/merge-layers.ts';
import { mismatchProblem } from '../../../src/core/render/override-problems.ts';
import type { ListStrategy } from '../../../src/core/settings/settings.ts';

/** Where the mismatch of two layers is reported. */
function sourceOf(inherited: string, override: string, lists: Readonly<Record<string, ListStrategy>>) {
  const layers = [inherited, override].map((text, index) => {
    const path = `${index + 1}`;
    return new SourceDocument(path, text, parseDocument(text, { path }));
  });
  const [first, second] = layers.map(({ value }) => value);
  const mismatches: MergeMismatch[] = [];
  const onMismatch = (mismatch: MergeMismatch) => mismatches.push(mismatch);
  mergeLayer(first, second ?? null, {
    lists: new Map(Object.entries(lists)),
    merge: 'merge',
    null: 'delete',
    onMismatch,
  });
  return mismatches.map((mismatch) => {
    const { source } = mismatchProblem('A', layers, mismatch);
    return source && formatSource(source);
  });
}

test('an inherited value that is no list is located, also under a key that is a number', () => {
  expect(sourceOf('hosts:\n  "1": x\n', 'hosts:\n  "1": [a]\n', { '/hosts/1': 'append' })).toEqual(['1:2:3']);
});

test('of an inherited item the list is located: its index is that in the merged list', () => {
  expect(sourceOf('hosts:\n  - a\n', 'hosts:\n  - {id: b}\n', { '/hosts': { by: 'id' } })).toEqual(['1:1:1']);
});

test('an item of the override is located itself', () => {
  expect(sourceOf('hosts: []\n', 'hosts:\n  - a\n', { '/hosts': { by: 'id' } })).toEqual(['2:2:5']);
});
