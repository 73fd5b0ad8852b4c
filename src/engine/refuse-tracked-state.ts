import { failure } from '../core/problem/problem.ts';
import { isTracked } from '../git/is-tracked.ts';
import type { Context } from './context.ts';

/** State that Git tracks comes from others, and would be published. @throws AppcfgError */
export async function refuseTrackedState(context: Pick<Context, 'directory' | 'environment'>): Promise<void> {
  if (!(await isTracked('.appcfg', context))) return;
  throw failure('local-state-unsafe', 'is tracked by Git', {
    hint: {
      text: 'add .appcfg/ to .gitignore, and remove it from the repository',
      command: { program: ['git', 'rm', '-r', '--cached'], paths: ['.appcfg'], from: 'tree' },
    },
    source: { file: '.appcfg' },
  });
}
