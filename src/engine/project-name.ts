// The project's name: the owner of what a run creates, stored in its tags.
import { basename } from 'node:path';
import type { Problem } from '../core/problem/problem.ts';
import type { Settings } from '../core/settings/settings.ts';
import { remoteUrl } from '../git/remote-url.ts';
import type { Context } from './context.ts';

/** AppConfig's limit for tag values. */
const longest = 256;

/** From the settings, the CI job, the path of the Git remote, or the folder's name (with a warning), in this order. */
export async function projectName(
  settings: Settings,
  context: Pick<Context, 'directory' | 'environment' | 'job'>,
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
        message: `no project name is set; what this run creates is managed by project "${name}", the name of the folder`,
        hint: { text: 'set `project:` in appcfg.yml: appcfg identifies the resources that it manages by this name' },
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

/** AWS allows in a tag's value: letters, digits, spaces and `+ - = . _ : / @`. */
function fitForTag(name: string): string {
  return name.replace(/[^a-zA-Z0-9+\-=._:/@ ]/g, '-').slice(0, longest);
}
