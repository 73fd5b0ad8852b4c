// A value to the bytes that are deployed, and their identity.
import { hash } from 'node:crypto';
import { type Content, type ContentFormat, labelOf } from '../model/content.ts';
import type { Value } from '../model/value.ts';
import { parseDocument } from './parse-yaml.ts';
import { canonicalText, noParts, TextPieces, type TextSink, type WrittenParts, writeJsonText } from './write-json.ts';
import { writeYamlText } from './write-yaml.ts';

const contentTypes: Readonly<Record<ContentFormat, string>> = {
  json: 'application/json',
  yaml: 'application/x-yaml',
};

/**
 * Renders a value. The same value gives the same bytes. Values that differ only in the order of keys give different
 * bytes with the same digest.
 * @param options.parts texts of maps and lists of the value that are already written.
 * @param options.most characters: a longer text is not built.
 * @throws TextTooLong
 */
export function contentOf(
  value: Value,
  format: ContentFormat,
  { parts = noParts, most }: { readonly parts?: WrittenParts; readonly most?: number } = {},
): Content {
  const contentType = contentTypes[format];
  const pieces = new TextPieces(most);
  writeText(value, format, { pieces, parts });
  const text = pieces.text();
  const canonical = canonicalText(value, parts);
  const digest = digestOf(contentType, canonical);
  return {
    contentType,
    text,
    bytes: Buffer.byteLength(text),
    canonicalBytes: Buffer.byteLength(canonical),
    digest,
    versionLabel: labelOf(digest),
  };
}

/** The bytes of a content's text, which is not built. */
export function bytesOf(value: Value, format: ContentFormat): number {
  let bytes = 0;
  const count = (piece: string) => {
    bytes += Buffer.byteLength(piece);
  };
  writeText(value, format, { pieces: { add: count }, parts: noParts });
  return bytes;
}

function writeText(
  value: Value,
  format: ContentFormat,
  { pieces, parts }: { readonly pieces: TextSink; readonly parts: WrittenParts },
): void {
  if (format === 'json') writeJsonText(value, pieces, parts);
  else writeYamlText(value, pieces);
}

/** The digest of a content with this value. */
export function valueDigest(value: Value, contentType: string): string {
  return digestOf(contentType, canonicalText(value));
}

/** The digest of content that AppConfig holds. Of content that is neither YAML nor JSON, the text itself is digested. */
export function contentDigest(text: string, contentType: string): string {
  const { value, problems } = parseDocument(text, { path: '', isLive: true });
  const isParsed = value !== undefined && !problems.some((problem) => problem.severity === 'error');
  return digestOf(contentType, isParsed ? canonicalText(value) : text);
}

/** SHA-256 over content type, line feed and canonical text, in hexadecimal. */
function digestOf(contentType: string, canonical: string): string {
  return hash('sha256', `${contentType}\n${canonical}`, 'hex');
}
