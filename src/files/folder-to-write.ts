import { failure } from '../core/problem/problem.ts';
import { LinkInPath, realFolder } from './real-path.ts';

/**
 * The real path of a folder that a command writes.
 * @param path absolute
 * @param options.name as the user gave it
 * @param options.untrusted folders in which no link is followed, see `realFolder`
 * @throws AppcfgError
 */
export function folderToWrite(
  path: string,
  { name, untrusted }: { readonly name: string; readonly untrusted: readonly string[] },
): string {
  try {
    return realFolder(path, untrusted);
  } catch (error) {
    if (!(error instanceof LinkInPath)) throw error;
    throw failure('output-unwritable', `${name} leads through the symbolic link ${error.link}`, {
      hint: { text: 'delete the link, or choose a folder elsewhere' },
    });
  }
}
