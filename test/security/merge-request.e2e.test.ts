// A hostile merge request in the pipeline as shipped, run by a GitLab runner with the real npm.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { checkout } from '../support/documents.ts';
import { createRepository, mergeRequest, withRoles } from '../support/pipeline.ts';

// What only a merge request's author wrote must not be started, although it names programs in every way that npm, Node,
// Git and the shell know. package.json and package-lock.json are not changed: who may change these chooses the program.
test('a merge request that names programs runs none of them, neither while installing nor beside the ID token', {
  timeout: 120_000,
}, async () => {
  const { pipeline, url, emulator, git, commit, write, repository, directory } = await createRepository({
    npm: 'real',
  });
  const npm = (cwd: string, ...args: string[]) => promisify(execFile)('npm', args, { cwd, env: environment() });
  await npm(checkout, 'pack', '--ignore-scripts', '--pack-destination', repository);
  const [tarball = ''] = readdirSync(repository).filter((name) => name.endsWith('.tgz'));
  // As an adopter's repository: without the program's own files.
  git('rm', '-r', '-q', '--cached', 'bin', 'package.json');
  write('package.json', '{"private": true}');
  write('.gitignore', 'node_modules/\n.appcfg/\n.gitlab-ci-local/\nbin/\n');
  await npm(repository, 'install', '--offline', '--ignore-scripts', `./${tarball}`);
  commit('adopted');
  git('checkout', '-q', '-b', 'change');

  const marker = join(directory, 'started');
  const evil = `#!/bin/sh\necho "$0" >> ${marker}\n`;
  write('evil.sh', evil, 0o755);
  write(
    'evil.mjs',
    `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(marker)}, 'evil.mjs\\n');`,
  );
  const config = ['script-shell', 'git', 'shell', 'editor', 'viewer', 'browser', 'init-module'];
  write(
    '.npmrc',
    [...config.map((key) => `${key}=./evil.sh`), 'ignore-scripts=false', 'node-options=--import ./evil.mjs'].join('\n'),
  );
  for (const name of ['node', 'git', 'appcfg', 'npm', 'npx']) write(name, evil, 0o755);
  write('node_modules/.bin/appcfg', evil, 0o755);
  write('node_modules/.hooks/postinstall', evil, 0o755);
  write('.bashrc', evil);
  write('.profile', evil);
  write('.env', 'NODE_OPTIONS=--import ./evil.mjs\n');
  write('node.config.json', '{"nodeOptions": {"import": ["./evil.mjs"]}}');
  write('.gitattributes', '* filter=evil diff=evil\n');
  write(
    '.gitconfig',
    '[core]\n  fsmonitor = ./evil.sh\n  sshCommand = ./evil.sh\n[filter "evil"]\n  smudge = ./evil.sh\n',
  );
  write('.gitmodules', '[submodule "x"]\n  path = x\n  url = ext::./evil.sh\n  update = !./evil.sh\n');
  write('.yarnrc', 'yarn-path "./evil.sh"\n');
  git('add', '-f', 'node_modules/.bin/appcfg', 'node_modules/.hooks/postinstall');
  const victim = join(directory, 'victim');
  writeFileSync(victim, 'as before');
  for (const report of ['validate.xml', 'diff.json', 'tfplan.json']) symlinkSync(victim, join(repository, report));
  commit('hostile');

  const ran = await pipeline(
    ['install', 'validate', 'diff'],
    { ...mergeRequest, ...withRoles, AWS_ENDPOINT_URL: url },
    ['CI_COMMIT_BRANCH'],
  );
  expect(existsSync(marker) ? readFileSync(marker, 'utf8') : '', ran.output).toBe('');
  expect(ran.jobs, ran.output).toEqual({ install: 'PASS', validate: 'PASS', diff: 'PASS' });
  expect(JSON.parse(ran.artifact('diff', 'tfplan.json'))).toEqual({ create: 12, update: 0, delete: 0 });
  expect(readFileSync(victim, 'utf8')).toBe('as before');
  expect(emulator.stats()).toMatchObject({ AssumeRoleWithWebIdentity: 1 });
  // The programs that the test planted do run when they are started.
  chmodSync(join(repository, 'evil.sh'), 0o755);
  await promisify(execFile)(join(repository, 'evil.sh'));
  expect(readFileSync(marker, 'utf8')).toContain('evil.sh');
});

/** The settings of an npm that runs these tests are not for the npm that they run. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}
