// The nouns that everything else speaks of; the tree is in tree.ts, what AppConfig has in live.ts. All of it is plain data.

/** One target: what one tenant's environment gets for one configuration profile. Written `tenant/environment/Profile`. */
export interface Address {
  readonly tenant: string;
  readonly environment: string;
  readonly configurationProfile: string;
}

/** `tenant/environment/Profile`, the form in which an address is written everywhere. */
export function formatAddress(address: Address): string {
  return `${address.tenant}/${address.environment}/${address.configurationProfile}`;
}

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

export type ProfileType = 'AWS.Freeform' | 'AWS.AppConfig.FeatureFlags';

/** What the tree wants of one tenant: one AppConfig application. */
export interface DesiredApplication {
  readonly tenant: string;
  /** The application's name in AppConfig: `applicationName` of the settings with the tenant filled in. */
  readonly name: string;
  readonly environments: readonly DesiredEnvironment[];
}

export interface DesiredEnvironment {
  readonly name: string;
  readonly configurations: readonly DesiredConfiguration[];
}

export interface DesiredConfiguration {
  readonly address: Address;
  readonly profileType: ProfileType;
  readonly content: Content;
  /** The files it was merged from, weakest first; paths relative to the tree, with `/`. */
  readonly sources: readonly string[];
}

/** States of a deployment, as AppConfig writes them. */
export type DeploymentState =
  | 'VALIDATING'
  | 'DEPLOYING'
  | 'BAKING'
  | 'COMPLETE'
  | 'ROLLING_BACK'
  | 'ROLLED_BACK'
  | 'REVERTED';

/** True while a deployment keeps its environment busy. */
export function isInFlight(state: DeploymentState): boolean {
  return state === 'VALIDATING' || state === 'DEPLOYING' || state === 'BAKING' || state === 'ROLLING_BACK';
}

/** True for a deployment that came, or is coming, to nothing: clients have what they had before. */
export function isRolledBack(state: DeploymentState): boolean {
  return state === 'ROLLED_BACK' || state === 'ROLLING_BACK' || state === 'REVERTED';
}

/** Numbers of a deployment strategy; durations in minutes, as AppConfig has them. */
export interface StrategyNumbers {
  readonly durationMinutes: number;
  readonly bakeMinutes: number;
  /** Percent, 1 to 100. */
  readonly growthFactor: number;
  readonly growthType: 'LINEAR' | 'EXPONENTIAL';
}
