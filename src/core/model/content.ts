export type ContentFormat = 'json' | 'yaml';

/** The bytes of one hosted configuration version, and their identity. */
export interface Content {
  /** `application/json` or `application/x-yaml`. */
  readonly contentType: string;
  /** As deployed, UTF-8, with one final newline. */
  readonly text: string;
  /** Length of `text` in bytes of UTF-8. */
  readonly bytes: number;
  /** Length in bytes of the canonical form (keys sorted, no white space): what the *shrink* guard compares. */
  readonly canonicalBytes: number;
  /** SHA-256 over the content type and the canonical form, 64 hex digits. */
  readonly digest: string;
  /** `sha256-` and the first 32 hex digits of the digest; unique in a profile. */
  readonly versionLabel: string;
}

/** True for a version label that appcfg makes: `sha256-` and 32 hex digits. */
export function isAppcfgLabel(label: string | undefined): label is string {
  return label !== undefined && /^sha256-[0-9a-f]{32}$/.test(label);
}
