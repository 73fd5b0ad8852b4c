import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout, readDocument } from '../support/documents.ts';

test('the promises of docs/security.md name each test of test/security, and no other', () => {
  const [, promises = ''] = readDocument('docs/security.md').split(/^## Promises$/m);
  const rows = promises.split('\n').filter((line) => line.startsWith('| '));
  const named = rows.flatMap((row) => [...row.matchAll(/`test\/security\/([^`]+)`/g)].map(([, file]) => file));
  expect([...new Set(named)].sort()).toEqual(readdirSync(join(checkout, 'test/security')).sort());
});
