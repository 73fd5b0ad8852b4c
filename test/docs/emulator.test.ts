// docs/emulator.md has every operation there is.
import { expect, test } from 'vitest';
import { routes } from '../../src/emulator/operations/routes.ts';
import { expectBlock, readDocument } from '../support/documents.ts';

test('docs/emulator.md lists every operation with its request', () => {
  const rows = routes.map(({ operation, method, path }) => {
    const shown = path.replace(/:(\w+)/g, '{$1}').replace('*', '{ResourceArn}');
    return `| ${operation} | \`${method} ${shown}\` |`;
  });
  expectBlock('docs/emulator.md', 'operations', `\n| Operation | Request |\n|---|---|\n${rows.join('\n')}\n`);
});

test('docs/emulator.md says of every operation what it does', () => {
  const [, told = ''] = /## What they do\n([\s\S]*?)\n## /.exec(readDocument('docs/emulator.md')) ?? [];
  const missing = routes.map(({ operation }) => operation).filter((name) => !new RegExp(`\\b${name}\\b`).test(told));
  expect(missing).toEqual([]);
});
