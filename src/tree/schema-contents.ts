// What the schemas of profiles and the files that they reference have, to compare them with another revision's.
import { posix } from 'node:path';
import type { Settings } from '../core/settings/settings.ts';
import type { TreeSource } from './tree-source.ts';

/** Files of a schema that are compared. */
const mostFiles = 100;

/** The files of each profile's schema, those that it references included. */
export function schemaFiles(
  source: TreeSource,
  { profiles }: Pick<Settings, 'profiles'>,
): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, readonly string[]>();
  for (const [profile, { schema }] of profiles) {
    if (schema === undefined) continue;
    const found = new Set([schema]);
    // The set grows meanwhile.
    for (const path of found) {
      for (const [, reference = ''] of (contentOf(source, path) ?? '').matchAll(/"\$ref"\s*:\s*"([^"#]+)/g)) {
        if (found.size < mostFiles) found.add(posix.join(posix.dirname(path), reference));
      }
    }
    files.set(profile, [...found]);
  }
  return files;
}

/** The profiles whose schema has another content in a source, though it has the same files. */
export function differingSchemas(
  files: ReadonlyMap<string, readonly string[]>,
  { base, head }: { readonly base: TreeSource; readonly head: TreeSource },
): ReadonlySet<string> {
  const differing = [...files].filter(([, paths]) =>
    paths.some((path) => {
      const before = contentOf(base, path);
      return before !== undefined && before !== contentOf(head, path);
    }),
  );
  return new Set(differing.map(([profile]) => profile));
}

/** Without white space; undefined where it cannot be read: then the schema is not used, or a problem of its own. */
function contentOf(source: TreeSource, path: string): string | undefined {
  try {
    const text = source.text(path);
    try {
      return JSON.stringify(JSON.parse(text));
    } catch {
      return text;
    }
  } catch {
    return undefined;
  }
}
