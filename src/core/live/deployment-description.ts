// The descriptions of versions and deployments: which commit and pipeline they come from. ASCII, because AppConfig sends
// some of them in headers.

import { longestDescription } from '../model/service-limits.ts';
import type { Facts } from './facts.ts';
import { formatVersionReference, parseVersionReference, type VersionReference } from './version-reference.ts';

/** Absent members are left out of the text. */
export interface DeploymentDescription {
  readonly commit?: string | undefined;
  /** The tree had changes that were not in the commit. */
  readonly dirty?: boolean | undefined;
  /** `CI_PIPELINE_IID`. */
  readonly pipeline?: number | undefined;
  readonly project?: string | undefined;
  readonly url?: string | undefined;
  /** Number of the deployment that was stopped in favour of this one. */
  readonly supersedes?: number | undefined;
  /** Versions that a rollback quarantines, the newest first. */
  readonly quarantines?: readonly VersionReference[] | undefined;
}

/** Older ones are left out: the rest of the description must fit, too. */
const maxQuarantines = 8;

const start = 'appcfg';

/** All members but URL, quarantines and project are shorter together. */
const longestOthers = 150;

/**
 * `appcfg commit=… pipeline=… project=… url=…`, at most 1,024 characters: of a longer one the URL is left out first, then the
 * quarantined versions, and only then the project.
 */
export function formatDescription(description: DeploymentDescription): string {
  let shorter = description;
  for (const member of ['url', 'quarantines', 'project'] as const) {
    if (textOf(shorter).length <= longestDescription) break;
    shorter = { ...shorter, [member]: undefined };
  }
  return textOf(shorter);
}

/** Whether a deployment with this description was made by appcfg for the project. */
export function isOwnDeployment(text: string, project: string): boolean {
  const [first] = text.split(' ');
  const { project: named } = parseDescription(text);
  const mayLackProject = textOf({ project }).length > longestDescription - longestOthers;
  return first === start && (named === undefined ? mayLackProject : named === project);
}

/** Empty for a description that appcfg did not write. */
export function parseDescription(text: string): DeploymentDescription {
  const [first, ...members] = text.split(' ');
  if (first !== start) return {};
  const values = new Map(
    members.map((member): [string, string] => {
      const [name = '', ...value] = member.split('=');
      return [name, decoded(value.join('='))];
    }),
  );
  return {
    commit: values.get('commit'),
    dirty: values.has('dirty'),
    pipeline: numberOf(values.get('pipeline')),
    project: values.get('project'),
    url: values.get('url'),
    supersedes: numberOf(values.get('supersedes')),
    quarantines: values.get('quarantines')?.split(',').map(parseVersionReference),
  };
}

/** What the description of a deployment contains; empty where the deployment no longer exists. */
export function describedBy(
  of: { readonly environmentId: string; readonly deploymentNumber: number },
  facts: Facts,
): DeploymentDescription | 'pending' {
  const detail = facts.get({ kind: 'deployment', ...of });
  if (detail === undefined) return 'pending';
  return detail === 'missing' ? {} : parseDescription(detail.description);
}

function textOf(description: DeploymentDescription): string {
  const { commit, dirty, pipeline, project, url, supersedes, quarantines } = description;
  const members = {
    commit,
    dirty: dirty === true ? 1 : undefined,
    pipeline,
    project,
    url,
    supersedes,
    quarantines:
      quarantines === undefined || quarantines.length === 0
        ? undefined
        : quarantines.slice(0, maxQuarantines).map(formatVersionReference).join(','),
  };
  return [
    start,
    ...Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encoded(value)}`])),
  ].join(' ');
}

/** Spaces, percent signs and whatever is not printable ASCII, as UTF-8 in hexadecimal. */
function encoded(value: string | number): string {
  return String(value)
    .toWellFormed()
    .replace(/[^\x21-\x24\x26-\x7e]/gu, (char) =>
      [...new TextEncoder().encode(char)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
