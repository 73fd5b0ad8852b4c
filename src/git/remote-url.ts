import type { Environment } from '../engine/context.ts';
import { isInRepository } from './repository.ts';
import { git } from './run-git.ts';

/** The URL of `origin` without user name, password, query and fragment. */
export async function remoteUrl(directory: string, environment: Environment): Promise<string | undefined> {
  if (!isInRepository(directory, environment)) return undefined;
  const url = await git(directory, 'config', '--get', 'remote.origin.url');
  return url === undefined || url === '' ? undefined : cleanRemoteUrl(url);
}

/** `https://host/group/name`, whichever way the remote is written. */
export function cleanRemoteUrl(url: string): string {
  const scp = /^(?:[^@/:]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(url);
  if (scp !== null && !/^[A-Za-z]:[\\/]/.test(url))
    return `https://${scp[1]}/${scp[2]?.replace(/^\/+/, '').replace(/[?#].*$/, '')}`;
  if (!URL.canParse(url)) return url.replace(/[?#].*$/, '');
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  parsed.hash = '';
  return parsed.href;
}
