export type ContentFormat = 'json' | 'yaml';

/** The content of one hosted configuration version, and its identity. */
export interface Content {
  /** `application/json` or `application/x-yaml`. */
  readonly contentType: string;
  /** As deployed, UTF-8, with one final newline. */
  readonly text: string;
  /** Bytes of `text` in UTF-8. */
  readonly bytes: number;
  /** Bytes of the canonical form (keys sorted, no white space). The guard *shrink* compares it. */
  readonly canonicalBytes: number;
  /** SHA-256 over the content type and the canonical form, 64 hex digits. */
  readonly digest: string;
  /** `sha256-` and the first 32 hex digits of the digest; unique in a profile. */
  readonly versionLabel: string;
}

/** The version label of content with this digest. */
export function labelOf(digest: string): string {
  return `sha256-${digest.slice(0, 32)}`;
}

/** Whether appcfg made a version label: `sha256-` and 32 hex digits. */
export function isAppcfgLabel(label: string | undefined): label is string {
  return label !== undefined && /^sha256-[0-9a-f]{32}$/.test(label);
}
