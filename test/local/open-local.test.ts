import { expect, test } from 'vitest';
import { localStateError } from '../../src/local/open-local.ts';

const errorOf = (code: string, syscall: string, path: string) =>
  Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, syscall, path });

test.each([
  ['EACCES', 'mkdir', '/tree/.appcfg', '/tree'],
  ['EROFS', 'mkdir', '/tree/.appcfg', '/tree'],
  ['EACCES', 'open', '/tree/.appcfg/.appcfg-4711.part', '/tree/.appcfg'],
  ['EPERM', 'open', '/tree/.appcfg/local.json.lock', '/tree/.appcfg'],
  ['EACCES', 'rename', '/tree/.appcfg/local.json.1-2.tmp', '/tree/.appcfg'],
])('%s of %s at %s: the folder that is not writable is named, and what to do', async (code, syscall, path, folder) => {
  expect(await localStateError(errorOf(code, syscall, path))).toMatchObject({
    problems: [
      {
        code: 'local-state-damaged',
        message: `the state of the local AppConfig cannot be written: ${folder} is not writable`,
        hint: { text: 'make that folder writable; or copy the tree to a folder that is, and name it with -C' },
      },
    ],
  });
});

test('a state that cannot be read is not taken for one that cannot be written', async () => {
  const error = await localStateError(errorOf('EACCES', 'open', '/tree/.appcfg/local.json'));
  expect((error as Error).message).not.toContain('is not writable');
});
