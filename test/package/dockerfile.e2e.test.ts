// The Dockerfile: rules of hadolint (github.com/hadolint/hadolint) that concern it, and a build where there is a container engine.
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { checkout, readDocument } from '../support/documents.ts';

/** Instructions with their arguments, in order; continued lines are joined. */
const instructions = readDocument('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => ({ name: line.split(' ')[0] ?? '', args: line.slice(line.indexOf(' ') + 1) }));
const argsOf = (name: string) => instructions.filter((each) => each.name === name).map(({ args }) => args);

test('each stage is built from the image that is named by its digest, and the last user is not root (DL3002, DL3006, DL3007)', () => {
  expect(argsOf('FROM').map((from) => from.replaceAll(/[${}]/g, ''))).toEqual(['NODE_IMAGE AS build', 'NODE_IMAGE']);
  expect(argsOf('ARG')).toEqual(['NODE_IMAGE', 'NODE_IMAGE']);
  expect(argsOf('RUN')[0]).toContain('*@sha256:*) ;;');
  expect(argsOf('USER').at(-1)).toBe('node');
});

test.each([
  ['DL3000', 'WORKDIR', /^\//],
  ['DL3009', 'RUN', /^(?!.*apt-get update)(?:.*)$|rm -rf \/var\/lib\/apt\/lists/],
  ['DL3014', 'RUN', /^(?!.*apt-get install)|--yes/],
  ['DL3015', 'RUN', /^(?!.*apt-get install)|--no-install-recommends/],
  ['DL3016', 'RUN', /^(?!.*npm i(?:nstall)? )/],
  ['DL3025', 'CMD', /^\[".*"\]$/],
  ['DL4006', 'RUN', /^[^|]*$/],
] as const)('%s holds for each %s', (_, name, expected) => {
  expect(argsOf(name).length).toBeGreaterThan(0);
  for (const args of argsOf(name)) expect(args).toMatch(expected);
});

test('files are copied, not added, from what the build needs (DL3020), and no secret or history is', () => {
  expect(argsOf('ADD')).toEqual([]);
  expect(readDocument('.dockerignore').split('\n')).toEqual(
    expect.arrayContaining(['.git', '.appcfg', 'node_modules']),
  );
});

const engine = ['docker', 'podman'].find((name) => spawnSync(name, ['info'], { stdio: 'ignore' }).status === 0);
const image = process.env.NODE_IMAGE;
const reason =
  engine === undefined
    ? 'no container engine answers'
    : image === undefined
      ? 'NODE_IMAGE names no base image'
      : undefined;

test('the image has the program, which is not started as root', { timeout: 600_000 }, async ({ skip }) => {
  if (engine === undefined || image === undefined) {
    process.stdout.write(`the image is not built: ${reason}\n`);
    return skip(reason);
  }
  const run = (...args: string[]) => promisify(execFile)(engine, args, { cwd: checkout });
  const tag = 'appcfg:test';
  await run('build', '--build-arg', `NODE_IMAGE=${image}`, '--tag', tag, '.');
  const version = await run('run', '--rm', tag, 'appcfg', '--version');
  expect(version.stdout.trim()).toBe(JSON.parse(readDocument(join('package.json'))).version);
  expect((await run('run', '--rm', tag, 'id', '-u')).stdout.trim()).not.toBe('0');
});
