import { isAppcfgLabel } from '../model/content.ts';
import type { LiveDeployment } from './live-state.ts';

/** A version by its number, or by its label. */
export type VersionReference = { readonly number: number } | { readonly label: string };

export function parseVersionReference(text: string): VersionReference {
  return /^[0-9]+$/.test(text) ? { number: Number(text) } : { label: text };
}

export function formatVersionReference(version: VersionReference): string {
  return 'number' in version ? String(version.number) : version.label;
}

/** How a description names the version of a deployment: by its number where it has no label of appcfg. */
export function referenceTo({ versionNumber, versionLabel }: LiveDeployment): VersionReference {
  return isAppcfgLabel(versionLabel) ? { label: versionLabel } : { number: versionNumber };
}

export function refersTo(
  reference: VersionReference,
  version: { readonly number: number; readonly label: string | undefined },
): boolean {
  return 'number' in reference ? reference.number === version.number : reference.label === version.label;
}
