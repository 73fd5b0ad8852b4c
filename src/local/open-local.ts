// The state file of the local AppConfig, opened.
import { lstat, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AppcfgError, failure } from '../core/problem/problem.ts';
import type { Settings } from '../core/settings/settings.ts';
import { localSpeed } from '../engine/connect/open-appconfig.ts';
import type { Context, LocalAppConfig } from '../engine/context.ts';
import { refuseTrackedState } from '../engine/refuse-tracked-state.ts';
import { makeFolder, privateMode, writeFile } from '../files/write-file.ts';

/** The local AppConfig in this process, its state in `.appcfg/local.json` below the tree. @throws AppcfgError */
export async function openLocal(settings: Settings, context: Context): Promise<LocalAppConfig> {
  const speed = localSpeed(context);
  const folder = join(context.directory, '.appcfg');
  const { quotas } = settings.aws;
  await refuseTrackedState(context);
  const local = await withLocalState(async () => {
    const { openStateFile } = await import('../emulator/host/state-file.ts');
    await makePrivateFolder(folder);
    await writeFile(join(folder, '.gitignore'), '*\n', privateMode);
    return openStateFile({ path: join(folder, 'local.json'), now: context.clock.now, speed, quotas });
  });
  return {
    requestHandler: local.requestHandler,
    copyTo: (directory) => withLocalState(() => copyState(folder, join(directory, '.appcfg'))),
    close: () => local.close(),
  };
}

/** A response comes only after the state is on disk. */
async function copyState(from: string, to: string): Promise<void> {
  await makePrivateFolder(to);
  for (const name of ['.gitignore', 'local.json']) {
    await writeFile(join(to, name), await readFile(join(from, name)), privateMode);
  }
}

/** Makes the folder of the state, or checks that it holds nothing but files. @throws AppcfgError */
async function makePrivateFolder(folder: string): Promise<void> {
  const stat = await lstat(folder).catch(() => undefined);
  if (stat === undefined) return makeFolder(folder, 0o700);
  if (stat.isSymbolicLink()) throw unsafe('.appcfg', 'is a symbolic link');
  if (!stat.isDirectory()) throw unsafe('.appcfg', 'is not a folder');
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile()) throw unsafe(`.appcfg/${entry.name}`, 'is not a file');
  }
}

function unsafe(file: string, message: string): AppcfgError {
  return failure('local-state-unsafe', message, {
    hint: { text: 'delete .appcfg: the local AppConfig then starts empty' },
    source: { file },
  });
}

/** What to do about an error of a state file, by its reason. */
const stateFileHints = {
  locked: 'wait for the other run to end; if there is none, delete the .lock file',
  damaged: 'delete the file to start with an empty AppConfig',
  'too-large': 'delete versions that are no longer needed',
};

/** The same for a file that the user named: it may be any file, and one to keep. */
export const namedFileHints = { ...stateFileHints, damaged: 'name another file with --data: the emulator creates it' };

/** Opens or closes a state file. @throws AppcfgError for the errors of state files and of the file system */
export async function withLocalState<T>(act: () => Promise<T>, hints = stateFileHints): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw await localStateError(error, hints);
  }
}

/** @returns the problem for an error of a state file or the file system; any other error unchanged */
export async function localStateError(error: unknown, hints = stateFileHints): Promise<unknown> {
  const { StateFileError } = await import('../emulator/host/state-file.ts');
  if (error instanceof StateFileError) {
    const code = error.reason === 'locked' ? 'local-state-locked' : 'local-state-damaged';
    return failure(code, error.message, { hint: { text: hints[error.reason] } });
  }
  if (!isFileSystemError(error)) return error;
  if (isRefusedWriting(error)) {
    const folder = dirname(error.path ?? '');
    return failure(
      'local-state-damaged',
      `the state of the local AppConfig cannot be written: ${folder} is not writable`,
      {
        hint: { text: 'make that folder writable; or copy the tree to a folder that is, and name it with -C' },
      },
    );
  }
  const isReading = ['read', 'scandir'].includes(error.syscall ?? '');
  const [done, text] = isReading
    ? ['read', 'check that it is a file, in a folder that you may read']
    : ['saved', 'make its folder writable, and check that the disk has space'];
  return failure('local-state-damaged', `the state of the local AppConfig cannot be ${done}: ${error.message}`, {
    hint: { text },
  });
}

/** What is written is a folder, or a file of a temporary name; what is read has its own name. */
function isRefusedWriting({ code = '', path = '', syscall = '' }: NodeJS.ErrnoException): boolean {
  const isWriting = ['mkdir', 'rename', 'unlink'].includes(syscall) || /\.(?:part|tmp|lock)$/.test(path);
  return isWriting && path !== '' && ['EACCES', 'EPERM', 'EROFS'].includes(code);
}

/** Errors of a file that is already open have no path. */
const codesWithoutPath: readonly unknown[] = ['EISDIR', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'];

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error && 'syscall' in error)) return false;
  return 'path' in error || ('code' in error && codesWithoutPath.includes(error.code));
}
