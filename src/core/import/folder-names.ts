// Names in AppConfig that a folder or a file of the tree cannot have.
import { looksOf, nameFault } from '../problem/names.ts';

/** The longest name of a file, in bytes, on every usual file system; the longest extension is `.yaml`. */
const longestFile = 250;

/** Why a tree cannot have the name; undefined where it can. */
export function folderNameFault(name: string, isEnvironment = false): string | undefined {
  const fault = nameFault(name);
  if (fault !== undefined) return `has ${fault}`;
  if (/[/\\]/.test(name)) return 'has a slash or a backslash';
  if (/^[._]/.test(name)) return `begins with "${name.slice(0, 1)}", and such files and folders are ignored`;
  // A profile could have a file of this name there.
  if (isEnvironment && /\.(?:ya?ml|json)$/.test(name)) return 'ends like the name of a file of the tree';
  return Buffer.byteLength(name) > longestFile ? `is longer than ${longestFile} bytes` : undefined;
}

/** Each name that looks like an earlier one, with that one. A tree must not have both. */
export function similarNames(names: readonly string[]): ReadonlyMap<string, string> {
  const seen = new Map<string, string>();
  const similar = new Map<string, string>();
  for (const name of names) {
    const looks = looksOf(name);
    const other = looks.map((look) => seen.get(look)).find((each) => each !== undefined && each !== name);
    if (other === undefined) for (const look of looks) seen.set(look, name);
    else similar.set(name, other);
  }
  return similar;
}
