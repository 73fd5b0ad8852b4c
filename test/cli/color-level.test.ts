// Which streams show colors, and which are the log of a GitLab job.
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { colorLevel, isJobLog } from '../../src/cli/color-level.ts';
import type { Output, Process } from '../../src/engine/context.ts';

const folder = mkdtempSync(join(tmpdir(), 'color-'));
afterAll(() => rmSync(folder, { recursive: true }));
const openFile = (name: string) => openSync(join(folder, name), 'w');
const oneFile = openFile('log');

interface Given {
  readonly env: Readonly<Record<string, string>>;
  readonly color?: 'auto' | 'always' | 'never';
  readonly outputs?: readonly string[];
  readonly stdout?: Partial<Output>;
  readonly stderr?: Partial<Output>;
}

function processOf({ env, stdout, stderr }: Given): Process {
  const write = () => {};
  return { env, stdout: { write, ...stdout }, stderr: { write, ...stderr } } as unknown as Process;
}

function levels(given: Given): readonly [stdout: number, stderr: number] {
  const { color = 'auto', outputs = ['text'] } = given;
  const display = {
    color,
    outputs: outputs.map((output) => {
      const [format, file] = output.split('=');
      return { format: format as 'text', ...(file === undefined ? {} : { file }) };
    }),
  };
  const process = processOf(given);
  return [colorLevel(display, process, 'stdout'), colorLevel(display, process, 'stderr')];
}

const job = { GITLAB_CI: 'true', CI: 'true' };
const terminal = { isTTY: true };

test.each<{ story: string; given: Given; expected: readonly [number, number] }>([
  { story: 'a pipe', given: { env: {} }, expected: [0, 0] },
  { story: 'a pipe in another CI', given: { env: { CI: 'true' } }, expected: [0, 0] },
  { story: 'a terminal', given: { env: {}, stdout: terminal, stderr: terminal }, expected: [1, 1] },
  { story: 'stdout in a pipe, stderr a terminal', given: { env: {}, stderr: terminal }, expected: [0, 1] },
  { story: 'a dumb terminal', given: { env: { TERM: 'dumb' }, stdout: terminal, stderr: terminal }, expected: [0, 0] },
  { story: "GitLab's job log", given: { env: job }, expected: [1, 1] },
  { story: 'a job, GITLAB_CI is not true', given: { env: { GITLAB_CI: 'false', CI: 'true' } }, expected: [0, 0] },
  { story: 'a job, NO_COLOR', given: { env: { ...job, NO_COLOR: '1' } }, expected: [0, 0] },
  { story: 'a job, NO_COLOR is empty', given: { env: { ...job, NO_COLOR: '' } }, expected: [1, 1] },
  { story: 'a job, TERM=dumb', given: { env: { ...job, TERM: 'dumb' } }, expected: [0, 0] },
  { story: 'a job, --color never', given: { env: job, color: 'never' }, expected: [0, 0] },
  { story: 'a job, FORCE_COLOR=0', given: { env: { ...job, FORCE_COLOR: '0' } }, expected: [0, 0] },
  { story: 'a pipe, FORCE_COLOR=1', given: { env: { FORCE_COLOR: '1' } }, expected: [1, 1] },
  { story: 'a job, stdout for programs', given: { env: job, outputs: ['json'] }, expected: [0, 1] },
  { story: 'a job, lines for programs', given: { env: job, outputs: ['jsonl'] }, expected: [0, 1] },
  { story: 'a job, a note beside the text', given: { env: job, outputs: ['text', 'gitlab-note'] }, expected: [1, 1] },
  { story: 'a job, a file beside the text', given: { env: job, outputs: ['text', 'json=x'] }, expected: [1, 1] },
  {
    story: 'stdout for programs, --color always',
    given: { env: {}, color: 'always', outputs: ['json'] },
    expected: [0, 1],
  },
  { story: 'a job, stdout in a file', given: { env: job, stdout: { fd: openFile('out') } }, expected: [0, 1] },
  { story: 'a job, stderr in a file', given: { env: job, stderr: { fd: openFile('error') } }, expected: [1, 0] },
  {
    story: 'a job whose runner keeps the log as a file',
    given: { env: job, stdout: { fd: oneFile }, stderr: { fd: oneFile } },
    expected: [1, 1],
  },
  {
    story: 'a job, both streams in files',
    given: { env: job, stdout: { fd: openFile('a') }, stderr: { fd: openFile('b') } },
    expected: [0, 0],
  },
])('$story: $expected', ({ given, expected }) => {
  expect(levels(given)).toEqual(expected);
});

test('the log of a job has sections also without colors, and a terminal in a job has none', () => {
  expect(isJobLog(processOf({ env: { ...job, NO_COLOR: '1' } }), 'stderr')).toBe(true);
  expect(isJobLog(processOf({ env: job, stderr: terminal }), 'stderr')).toBe(false);
  expect(isJobLog(processOf({ env: { CI: 'true' } }), 'stderr')).toBe(false);
});
