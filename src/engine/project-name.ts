// Whose the things are that a run creates: the project's name.

import { basename } from 'node:path';
import { tagLimits } from '../core/model/service-limits.ts';
import type { Problem } from '../core/problem/problem.ts';
import type { Settings } from '../core/settings/settings.ts';
import { remoteUrl } from '../git/remote-url.ts';
import type { Context } from './context.ts';

/** From the settings, else GitLab, else the Git remote's path, else the folder's name with a warning. */
export async function projectName(
  settings: Settings,
  context: Context,
): Promise<{ readonly name: string; readonly problems: readonly Problem[] }> {
  const named = settings.project ?? context.job.projectPath ?? pathOf(await remoteUrl(context));
  if (named !== undefined && named !== '') return { name: fitForTag(named), problems: [] };
  const name = fitForTag(basename(context.directory));
  return {
    name,
    problems: [
      {
        code: 'project-guessed',
        severity: 'warning',
        message: `nothing names the project, so what is created belongs to "${name}", after the folder`,
        hint: { text: 'set `project:` in appcfg.yml: the name tells later runs what is theirs' },
      },
    ],
  };
}

/** `group/name` of a remote's URL. */
function pathOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
}

/** A tag's value holds letters, digits, spaces and `+ - = . _ : / @`. */
function fitForTag(name: string): string {
  return name.replace(/[^a-zA-Z0-9+\-=._:/@ ]/g, '-').slice(0, tagLimits.longestValue);
}
