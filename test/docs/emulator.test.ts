// docs/emulator.md documents every operation.
import { expect, test } from 'vitest';
import { routes } from '../../src/emulator/operations/routes.ts';
import { expectBlock, readDocument } from '../support/documents.ts';

test('docs/emulator.md lists the request of every operation', () => {
  const rows = routes.map(({ operation, method, path }) => {
    const shown = path.replace(/:(\w+)/g, '{$1}').replace('*', '{ResourceArn}');
    return `| ${operation} | \`${method} ${shown}\` |`;
  });
  expectBlock('docs/emulator.md', 'operations', `\n| Operation | Request |\n|---|---|\n${rows.join('\n')}\n`);
});

test('docs/emulator.md describes every operation', () => {
  const [, section = ''] = /## What they do\n([\s\S]*?)\n## /.exec(readDocument('docs/emulator.md')) ?? [];
  const missing = routes.map(({ operation }) => operation).filter((name) => !new RegExp(`\\b${name}\\b`).test(section));
  expect(missing).toEqual([]);
});
