// Places of values in the files of the tree. A file is looked at only when something has to be said about it, and once.
import { locateValues } from '../document/parse-yaml.ts';
import type { LineAndColumn, SourcePosition } from '../model/source-position.ts';
import type { SourceDocument } from './layers.ts';

const located = new WeakMap<SourceDocument, ReadonlyMap<string, LineAndColumn>>();

/** The position of a pointer in a file, or of the nearest parent that the file has. */
export function sourceIn(document: SourceDocument, pointer: string): SourcePosition {
  let places = located.get(document);
  if (places === undefined) {
    places = locateValues(document.text);
    located.set(document, places);
  }
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const place = places.get(at);
    if (place !== undefined || at === '') return { file: document.path, ...place };
  }
}
