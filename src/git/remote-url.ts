import { askGit, type GitLocation } from './run-git.ts';

/** The URL of the remote `origin`, without user name, password, query and fragment. */
export async function remoteUrl(location: GitLocation): Promise<string | undefined> {
  const url = await askGit(location, ['config', '--get', 'remote.origin.url']);
  return url === undefined || url === '' ? undefined : cleanRemoteUrl(url);
}

/** `https://host/group/name`, also of a remote written as `user@host:group/name`. */
export function cleanRemoteUrl(url: string): string {
  const scp = /^(?:[^@/:]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(url);
  if (scp !== null && !/^[A-Za-z]:[\\/]/.test(url)) {
    return `https://${scp[1]}/${scp[2]?.replace(/^\/+/, '').replace(/[?#].*$/, '')}`;
  }
  if (!URL.canParse(url)) return url.replace(/[?#].*$/, '');
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  parsed.hash = '';
  return parsed.href;
}
