// The local AppConfig is beside its tree: a tree that is imported elsewhere gets one with the same state.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';

function folderWith(files: Readonly<Record<string, string>>) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'appcfg-')));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

async function appcfg(cwd: string, ...args: readonly string[]) {
  let text = '';
  const output = { write: (part: string) => (text += part) };
  const exitCode = await run(
    args,
    {
      env: { NO_COLOR: '1', APPCFG_LOCAL_SPEED: '3000' },
      stdin: new PassThrough(),
      stdout: output,
      stderr: output,
      cwd: () => cwd,
      on: () => {},
      off: () => {},
      cpuUsage: () => process.cpuUsage(),
      exit: () => {},
    },
    {},
  );
  return { exitCode, text };
}

const tree = {
  'appcfg.yml':
    'project: acme/config\ndeploymentStrategy: instant\ndeploymentStrategies: { instant: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100 } }\n',
  'template/A.yml': 'a: 1\n',
  'tenants/one/dev/A.yml': 'b: 2\n',
};

test('after import --local --out the proposed commands find what was imported, and have nothing to deploy', async () => {
  const directory = folderWith(tree);
  expect((await appcfg(directory, 'sync', '--local')).exitCode).toBe(0);
  const imported = await appcfg(directory, 'import', '--local', '--out', 'out');
  expect(imported).toMatchObject({ exitCode: 0, text: expect.stringContaining('diff --adopt --chdir out --local') });
  const out = join(directory, 'out');
  const state = join(out, '.appcfg/local.json');
  expect(statSync(state).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(out, '.appcfg/.gitignore'), 'utf8')).toBe('*\n');
  const diff = await appcfg(directory, 'diff', '--adopt', '--chdir', 'out', '--local', '--detailed-exitcode');
  expect(diff).toMatchObject({ exitCode: 0, text: expect.stringContaining('Nothing to do') });
  const sync = await appcfg(directory, 'sync', '--adopt', '--tenant', 'one', '--chdir', 'out', '--local');
  expect(sync).toMatchObject({ exitCode: 0, text: expect.stringContaining('Nothing to do') });
});

test('nothing is imported over the local AppConfig of another tree', async () => {
  const directory = folderWith({ ...tree, 'out/.appcfg/local.json': '{}' });
  await appcfg(directory, 'sync', '--local');
  const outcome = await appcfg(directory, 'import', '--local', '--out', 'out');
  expect(outcome).toMatchObject({ exitCode: 3, text: expect.stringContaining('has a local AppConfig of its own') });
  expect(readdirSync(join(directory, 'out'))).toEqual(['.appcfg']);
  expect(readFileSync(join(directory, 'out/.appcfg/local.json'), 'utf8')).toBe('{}');
});

test('with --dry-run no state is copied', async () => {
  const directory = folderWith(tree);
  await appcfg(directory, 'sync', '--local');
  expect((await appcfg(directory, 'import', '--local', '--out', 'out', '--dry-run')).exitCode).toBe(0);
  expect(readdirSync(directory).sort()).toEqual(['.appcfg', 'appcfg.yml', 'template', 'tenants']);
});
