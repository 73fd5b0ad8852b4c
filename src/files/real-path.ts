import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname, join, parse, resolve, sep } from 'node:path';

/** A path with its symbolic links followed; the path itself where there is no such file. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** A symbolic link in the path of a file that is to be written, in a folder whose links are not followed. */
export class LinkInPath extends Error {
  readonly link: string;

  constructor(link: string) {
    super(`${link} is a symbolic link`);
    this.link = link;
  }
}

/**
 * The real path of a folder that may not exist yet. Links are followed, but for those in one of `untrusted`: whoever writes these
 * folders would decide where the file goes.
 * @throws LinkInPath
 */
export function realFolder(folder: string, untrusted: readonly string[]): string {
  const roots = untrusted.map((root) => realPath(resolve(root)));
  const { root } = parse(folder);
  let at = root;
  for (const name of folder.slice(root.length).split(sep)) {
    const next = join(at, name);
    if (linkStat(next)?.isSymbolicLink() !== true) at = next;
    else if (isInside(at, roots)) throw new LinkInPath(next);
    else at = realPath(next);
  }
  return at;
}

/** The real path of a file that is to be written: a link in one of `untrusted` is replaced by the file. @throws LinkInPath */
export function realFile(path: string, untrusted: readonly string[]): string {
  const folder = realFolder(dirname(path), untrusted);
  const file = join(folder, parse(path).base);
  const isFollowed = linkStat(file)?.isSymbolicLink() === true && !isInside(folder, untrusted.map(realPath));
  return isFollowed ? realPath(file) : file;
}

/** Whether a path is one of the folders or below it. */
export function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder + sep));
}

function linkStat(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
