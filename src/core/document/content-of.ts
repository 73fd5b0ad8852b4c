// The bytes of a configuration and their identity; and whether two contents mean the same.
import { hash } from 'node:crypto';
import type { Content, ContentFormat } from '../model/content.ts';
import { canonicalText, canonicalWith } from './canonical-json.ts';
import { parseDocument } from './parse-yaml.ts';
import type { Value } from './value.ts';
import { jsonText, noParts, type WrittenParts } from './write-json.ts';
import { yamlText } from './write-yaml.ts';

const contentTypes: Readonly<Record<ContentFormat, string>> = {
  json: 'application/json',
  yaml: 'application/x-yaml',
};

/** Renders a value. Same value, same bytes; equal values differ in the text only by their keys' order. */
export function contentOf(value: Value, format: ContentFormat, written: WrittenParts = noParts): Content {
  const contentType = contentTypes[format];
  const text = format === 'json' ? jsonText(value, written) : yamlText(value);
  const canonical = canonicalWith(value, written);
  const digest = digestOf(contentType, canonical);
  return {
    contentType,
    text,
    bytes: Buffer.byteLength(text),
    canonicalBytes: Buffer.byteLength(canonical),
    digest,
    versionLabel: `sha256-${digest.slice(0, 32)}`,
  };
}

/** The digest of a content that AppConfig holds; undefined where it does not parse. */
export function contentDigest(text: string, contentType: string): string | undefined {
  const { value, problems } = parseDocument(text, { path: '' });
  if (value === undefined || problems.some((problem) => problem.severity === 'error')) return undefined;
  return digestOf(contentType, canonicalText(value));
}

/** SHA-256 over content type, a line break, and the canonical form; in hex. */
function digestOf(contentType: string, canonical: string): string {
  return hash('sha256', `${contentType}\n${canonical}`, 'hex');
}
