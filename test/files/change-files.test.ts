import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { changeFiles } from '../../src/files/change-files.ts';

const destination = () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'appcfg-')));
  return { directory, untrusted: [] };
};

test('a folder that has the name of a file is found before anything is written', async () => {
  const to = destination();
  mkdirSync(join(to.directory, 'b.yml'));
  const files = ['a.yml', 'b.yml'].map((path) => ({ path, text: 'x: 1\n' }));
  await expect(changeFiles(files, to)).rejects.toThrow('a folder has the name of the file');
  expect(readdirSync(to.directory)).toEqual(['b.yml']);
});

test('where writing ends half-way, the error has the number of what is written and what to do, and each file is whole', async () => {
  const to = destination();
  const files = [
    { path: 'a.yml', text: 'x: 1\n' },
    // Only once it is to be written is its folder a file.
    { path: 'a.yml/b.yml', text: 'x: 2\n' },
    { path: 'c.yml', text: 'x: 3\n' },
  ];
  const error = await changeFiles(files, to).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    problems: [
      {
        code: 'output-unwritable',
        message: expect.stringMatching(/^the file cannot be written \(E[A-Z]+\); 1 of 3 changes is written$/),
        hint: { text: expect.stringMatching(/, then run it again$/), command: { run: 'same' } },
        source: { file: 'a.yml/b.yml' },
      },
    ],
  });
  expect([readdirSync(to.directory), readFileSync(join(to.directory, 'a.yml'), 'utf8')]).toEqual([['a.yml'], 'x: 1\n']);
});

test('a file that becomes read-only while others are written: the hint has the command once', async () => {
  const to = destination();
  const locked = join(to.directory, 'b.yml');
  writeFileSync(locked, 'x: 1\n');
  const files = [
    { path: 'a.yml', text: 'x: 1\n' },
    {
      path: 'b.yml',
      get text() {
        chmodSync(locked, 0o444);
        return 'x: 2\n';
      },
    },
  ];
  await expect(changeFiles(files, to)).rejects.toMatchObject({
    problems: [
      {
        message: 'the file is read-only; 1 of 2 changes is written',
        hint: { text: 'make it writable, then run it again' },
      },
    ],
  });
});
