import { askGit, type GitLocation } from './run-git.ts';

/** The URL of the remote `origin`, without user name, password, query and fragment. */
export async function remoteUrl(location: GitLocation): Promise<string | undefined> {
  const url = await askGit(location, ['config', '--get', 'remote.origin.url']);
  return url === undefined || url === '' ? undefined : cleanRemoteUrl(url);
}

/**
 * `https://host/group/name`, also of a remote written as `user@host:group/name`; the path of a local one. Undefined for what
 * cannot be parsed: a part of it could be a password.
 */
export function cleanRemoteUrl(url: string): string | undefined {
  if (/^(?:[./~]|[A-Za-z]:[\\/])/.test(url)) return withoutQuery(url);
  const [, host, path = ''] = /^(?:[^/]*@)?([^@/:]+):(?!\/\/)([^@]+)$/.exec(url) ?? [];
  if (host !== undefined) return `https://${host}/${withoutQuery(path).replace(/^\/+/, '')}`;
  if (!URL.canParse(url)) return url.includes('@') || url.includes('://') ? undefined : withoutQuery(url);
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  parsed.hash = '';
  return parsed.href;
}

function withoutQuery(text: string): string {
  return text.replace(/[?#].*$/, '');
}
