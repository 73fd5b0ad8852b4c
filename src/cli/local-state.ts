// The embedded AppConfig's state file, opened. Apart from sessions: serving it needs no client of AWS.
import { failure } from '../core/errors.ts';

const hints = {
  locked: 'wait for the other run to end; if there is none, delete the .lock file',
  damaged: 'delete the file to start with an empty AppConfig',
  'too-large': 'delete versions that nobody needs',
};

/** Opens, writes or closes a state file, its errors told as problems. @throws AppcfgError */
export async function openLocalState<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const { StateFileError } = await import('../emulator/state-file.ts');
    if (error instanceof StateFileError) {
      throw failure(error.reason === 'locked' ? 'local-state-locked' : 'local-state-damaged', error.message, {
        hint: hints[error.reason],
      });
    }
    if (!isFileSystemError(error)) throw error;
    throw failure('local-state-damaged', `the state of the embedded AppConfig cannot be kept: ${error.message}`, {
      hint: 'it is a file in a folder that has to be writable, on a disk with room for it',
    });
  }
}

/** What goes wrong with a file that is open has no path. */
const codesWithoutPath: readonly unknown[] = ['EISDIR', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'];

function isFileSystemError(error: unknown): error is Error {
  if (!(error instanceof Error && 'syscall' in error)) return false;
  return 'path' in error || ('code' in error && codesWithoutPath.includes(error.code));
}
