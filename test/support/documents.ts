// Documents that are generated from the program: tests compare them, `npm run docs` rewrites them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

export const checkout = join(import.meta.dirname, '../..');

export const rewrites = process.env.UPDATE_DOCS === '1';

export function readDocument(path: string): string {
  return readFileSync(join(checkout, path), 'utf8');
}

/** Expects the whole file to be generated. */
export function expectDocument(path: string, text: string): void {
  const file = join(checkout, path);
  if (rewrites) writeFileSync(file, text);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : undefined, `${path}: run npm run docs`).toBe(text);
}

/** Expects the part of a file between `<!-- name -->` and `<!-- end -->` to be generated. */
export function expectBlock(path: string, name: string, text: string): void {
  const whole = readDocument(path);
  const start = `<!-- ${name} -->\n`;
  const from = whole.indexOf(start);
  const to = whole.indexOf('<!-- end -->', from);
  expect(from, `${path} has a block "${name}"`).toBeGreaterThanOrEqual(0);
  const updated = `${whole.slice(0, from + start.length)}${text}\n${whole.slice(to)}`;
  if (rewrites) writeFileSync(join(checkout, path), updated);
  expect(readDocument(path), `${path}, block "${name}": run npm run docs`).toBe(updated);
}

/** The program as the documents describe it. */
export function documentedProgram() {
  return createProgram({
    argv: [],
    version: '0.0.0',
    environment: {},
    write: { out: () => {}, err: () => {} },
    // Phrases are not broken into lines.
    width: 100,
    execute: async () => {},
  });
}
