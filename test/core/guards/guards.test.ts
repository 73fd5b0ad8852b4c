import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contentGuards, guards } from '../../../src/core/guards/guards.ts';
import { problemCodes } from '../../../src/core/problem/problem-codes.ts';
import { checkout, readDocument } from '../../support/documents.ts';

test('every file of the room is a row of the table, and every row a file', () => {
  const files = readdirSync(join(checkout, 'src/core/guards')).filter((file) => !/^guards?\.ts$/.test(file));
  expect(files.sort()).toEqual(
    Object.keys(guards)
      .map((name) => `${name}.ts`)
      .sort(),
  );
});

test('every guard has the exit code of a guard, and a row in docs/guards.md', () => {
  const rows = [
    ...readDocument('docs/guards.md').matchAll(/^\| [\w -]+ \| `(guard-[\w-]+)` \| (\w+) \|.*\| (.*) \|$/gm),
  ];
  for (const { code, override } of Object.values<(typeof guards)[keyof typeof guards] & { override?: string }>(
    guards,
  )) {
    expect(problemCodes[code].exit).toBe(5);
    const row = rows.find(([, documented]) => documented === code);
    expect(row, `${code} has no row`).toBeDefined();
    if (override !== undefined) expect(row?.[3]).toContain(override);
  }
});

test('each guard of new content can be overridden', () => {
  expect(contentGuards.filter(({ override }) => override === undefined)).toEqual([]);
});
