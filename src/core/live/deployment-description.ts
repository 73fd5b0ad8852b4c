// What the descriptions of versions and deployments say: where they come from. ASCII, because AppConfig binds some to headers.
import { longestDescription } from '../model/service-limits.ts';

/** Everything is optional but the project; absent members are left out of the text. */
export interface DeploymentDescription {
  readonly commit?: string | undefined;
  /** There was more in the tree than in the commit. */
  readonly dirty?: boolean | undefined;
  /** `CI_PIPELINE_IID`. */
  readonly pipeline?: number | undefined;
  readonly project?: string | undefined;
  readonly url?: string | undefined;
  /** Number of the deployment that was stopped in favour of this one. */
  readonly supersedes?: number | undefined;
  /** Versions that a rollback put aside, the newest first: labels of ours, or numbers of versions that have none. */
  readonly quarantines?: readonly string[] | undefined;
}

/** Older ones are forgotten, for the rest must fit beside them. */
const maxQuarantines = 8;

const start = 'appcfg';

/** `appcfg commit=… pipeline=… project=… url=…`, at most 1,024 characters: the URL goes first, then the project is cut. */
export function formatDescription(provenance: DeploymentDescription): string {
  const text = textOf(provenance);
  if (text.length <= longestDescription) return text;
  const withoutUrl = textOf({ ...provenance, url: undefined });
  return withoutUrl.length <= longestDescription
    ? withoutUrl
    : textOf({ ...provenance, url: undefined, project: undefined });
}

/** What a description says; nothing, where it is not one of ours. */
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
    quarantines: values.get('quarantines')?.split(','),
  };
}

function textOf(provenance: DeploymentDescription): string {
  const { commit, dirty, pipeline, project, url, supersedes, quarantines: aside } = provenance;
  const members = {
    commit,
    dirty: dirty === true ? 1 : undefined,
    pipeline,
    project,
    url,
    supersedes,
    quarantines: aside === undefined || aside.length === 0 ? undefined : aside.slice(0, maxQuarantines).join(','),
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
