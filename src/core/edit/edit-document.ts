// The text of a file with another value: what need not change keeps its comments and its form.
import { contentOf } from '../document/content-of.ts';
import { parseDocument } from '../document/parse-yaml.ts';
import { canonicalText } from '../document/write-json.ts';
import { isMap, type Value } from '../model/value.ts';
import { editJson } from './edit-json.ts';
import { editYaml } from './edit-yaml.ts';

const byteOrderMark = '\uFEFF';

/**
 * @param text undefined: there is no file yet
 * @param value undefined: the file overrides nothing; its comments are kept
 */
export function editDocument(
  text: string | undefined,
  value: Value | undefined,
  { path }: { readonly path: string },
): string {
  if (text?.startsWith(byteOrderMark)) return byteOrderMark + editDocument(text.slice(1), value, { path });
  const edited = text === undefined || value === undefined ? undefined : editInPlace(text, value, { path });
  if (edited !== undefined) return edited;
  const isJson = path.endsWith('.json');
  const written = value === undefined ? '' : contentOf(value, isJson ? 'json' : 'yaml').text;
  const anew = isJson ? written : leadingComments(text ?? '') + written;
  return text?.includes('\r\n') ? anew.replaceAll('\n', '\r\n') : anew;
}

/** @returns undefined where the file would have to be written anew */
export function editInPlace(text: string, value: Value, { path }: { readonly path: string }): string | undefined {
  if (text.startsWith(byteOrderMark)) {
    const edited = editInPlace(text.slice(1), value, { path });
    return edited === undefined ? undefined : byteOrderMark + edited;
  }
  const before = parseDocument(text, { path }).value;
  if (before === undefined) return undefined;
  const change = { before, after: value };
  const asYaml = (['stay', 'go'] as const).map((blankLines) => () => editYaml(text, change, { blankLines }));
  const isJson = path.endsWith('.json');
  // JSON is YAML, and any number of members can be deleted at once there.
  const attempts = [
    ...(isJson ? [() => editJson(text, before, value)] : []),
    ...(isJson && !(isMap(before) && isMap(value)) ? [] : asYaml),
  ];
  for (const attempt of attempts) {
    const edited = attempt();
    if (edited !== undefined && hasValue(edited, value, path)) return edited;
  }
  return undefined;
}

function hasValue(text: string, value: Value, path: string): boolean {
  const { value: found, problems } = parseDocument(text, { path });
  const isValid = found !== undefined && problems.every(({ severity }) => severity !== 'error');
  return isValid && canonicalText(found) === canonicalText(value);
}

/** The comments above the first value. */
function leadingComments(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const end = lines.findIndex((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  const comments = (end < 0 ? lines : lines.slice(0, end)).join('\n').trimEnd();
  return comments === '' ? '' : `${comments}\n`;
}
