// Whether a stream shows colors, and whether it is the log of a CI job.
import { fstatSync } from 'node:fs';
import type { Output, Process } from '../engine/context.ts';
import { ciJob } from '../gitlab/ci-job.ts';
import { isSent } from '../report/formats.ts';
import type { ColorLevel } from '../report/style/style.ts';
import type { DisplayOptions } from './display-flags.ts';

/**
 * Order: `--color`, NO_COLOR, FORCE_COLOR, whether the stream is a terminal or GitLab's job log. See no-color.org and
 * force-color.org.
 */
export function colorLevel(
  display: Pick<DisplayOptions, 'color' | 'outputs'>,
  process: Process,
  stream: 'stdout' | 'stderr',
): ColorLevel {
  const { env } = process;
  if (stream === 'stdout' && display.outputs.some(isForPrograms)) return 0;
  if (display.color === 'never') return 0;
  if (display.color === 'always') return 1;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 0;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '')
    return env.FORCE_COLOR === '0' || env.FORCE_COLOR === 'false' ? 0 : 1;
  return (process[stream].isTTY === true || isJobLog(process, stream)) && env.TERM !== 'dumb' ? 1 : 0;
}

function isForPrograms({ format, file }: DisplayOptions['outputs'][number]): boolean {
  return file === undefined && format !== 'text' && !isSent(format);
}

/** Whether a stream ends in the log of a GitLab job: it is no terminal there. */
export function isJobLog(process: Process, stream: 'stdout' | 'stderr'): boolean {
  if (!ciJob(process.env).isGitLab || process[stream].isTTY === true) return false;
  const own = fileOf(process[stream]);
  // Where a runner keeps the log itself as a file, both streams are that file.
  return own === undefined || own === fileOf(process[stream === 'stdout' ? 'stderr' : 'stdout']);
}

/** Which file a shell has redirected a stream to; undefined: to none. */
function fileOf({ fd }: Output): string | undefined {
  if (fd === undefined) return undefined;
  const file = fstatSync(fd);
  return file.isFile() ? `${file.dev} ${file.ino}` : undefined;
}
