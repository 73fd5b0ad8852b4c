import { failure } from '../core/problem/problem.ts';
import { isTracked } from '../git/is-tracked.ts';
import type { Context } from './context.ts';

/** State that Git tracks comes from others, and would be published. @throws AppcfgError */
export async function refuseTrackedState(context: Pick<Context, 'directory' | 'environment'>): Promise<void> {
  if (!(await isTracked('.appcfg', context))) return;
  throw failure('local-state-unsafe', 'is tracked by Git', {
    hint: { text: 'remove it from the repository: git rm -r --cached .appcfg && echo .appcfg/ >> .gitignore' },
    source: { file: '.appcfg' },
  });
}
