// Flags as whole runs meet them: refusals, help, outputs, hints.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commonFlags } from '../../src/cli/common-flags.ts';
import { selectionFlags } from '../../src/core/model/selection.ts';
import { createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/A.yml': 'a: 1\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};

test.each([
  [['validate', '-t', ''], {}, '--tenant is empty'],
  [['validate', '--env', ''], {}, '--env is empty'],
  [['render', '--out', ''], {}, '--out is empty'],
  [['-C', '', 'validate'], {}, '--chdir is empty'],
  [['validate'], { APPCFG_TENANT: 'one,' }, 'APPCFG_TENANT is empty'],
  [['validate'], { APPCFG_TENANT: ',' }, 'APPCFG_TENANT is empty'],
  [['validate', '--concurrency', 'many'], {}, '--concurrency is "many"'],
  [['validate', '--timeout', 'soon'], {}, '--timeout is "soon"'],
  [['render'], { APPCFG_LAYOUT: 'flat' }, 'APPCFG_LAYOUT is "flat", not one of tree, agent'],
  [['diff'], { APPCFG_LOCAL: 'maybe' }, 'APPCFG_LOCAL is "maybe", not one of 1, 0, true, false'],
  [['diff', '--local', '--endpoint-url', 'http://127.0.0.1:1'], {}, '--local and --endpoint-url cannot be combined'],
  [['diff', '--region', 'eu west'], {}, '"eu west" is not an AWS Region'],
  [['status', '-o', 'tfplan'], {}, '--output is "tfplan", not one of text, json, jsonl'],
  [['sync', '-o', 'json=x', '-o', 'junit=x'], {}, 'two outputs write to the same file "x"'],
  [['sync', '-o', 'json=.'], {}, 'the output file "." cannot be written'],
  [['sync', '-o', 'json=no/x'], {}, 'create its folder first'],
  [['cleanup'], {}, 'cleanup needs one of'],
  [['cleanup', '--yes'], { APPCFG_TENANT: 'one' }, 'cleanup needs one of'],
  [['cleanup', '--yes'], { APPCFG_ALL: '1' }, 'cleanup needs one of'],
  [['sync'], { APPCFG_NO_WAIT: 'perhaps' }, 'APPCFG_NO_WAIT'],
] as const)('%j with %j is refused: %s', async (args, env, message) => {
  const world = createWorld(tree);
  const before = readdirSync(world.directory);
  const outcome = await world.appcfgWith({ env }, ...args);
  expect(outcome.exitCode, outcome.stderr).toBe(3);
  expect(outcome.stderr).toContain(message);
  expect(outcome.stderr).not.toContain('internal error');
  expect(world.takeCalls()).toEqual({});
  expect(readdirSync(world.directory)).toEqual(before);
});

test('flags have environment forms, and the command line wins', async () => {
  const world = createWorld(tree);
  const env = { APPCFG_TENANT: 'one,two', APPCFG_OUTPUT: 'json', APPCFG_DETAILED_EXITCODE: '1' };
  const both = await world.appcfgWith({ env }, 'diff');
  expect(both.exitCode).toBe(2);
  expect(both.json.addresses).toHaveLength(2);
  expect((await world.appcfgWith({ env }, 'diff', '-t', 'two')).json.addresses).toHaveLength(1);
});

test('wrong flags are reported in the requested format', async () => {
  const world = createWorld(tree);
  const outcome = await world.appcfg('sync', '--timeout', 'soon', '-o', 'json');
  expect(outcome.exitCode).toBe(3);
  expect(outcome.json).toMatchObject({
    formatVersion: 1,
    plan: { steps: [] },
    results: [],
    problems: [{ code: 'usage-invalid', source: null }],
  });
});

test.each([
  [['help'], 0, /^Usage: appcfg \[options\]/],
  [['--help'], 0, /^Usage: appcfg \[options\]/],
  [['help', 'sync'], 0, /^Usage: appcfg sync/],
  [['help', '--help'], 0, /^Usage: appcfg \[options\]/],
  [['help', 'sync', '-h'], 0, /^Usage: appcfg sync/],
  [['sync', '--help'], 0, /^Usage: appcfg sync/],
  [['sync', '--help'], 0, /--output <.*> +text, json, jsonl, markdown, html, junit or tfplan; repeatable\n/],
  [['emulator', '--help'], 0, /--output <.*> +text or jsonl; repeatable\n/],
])('%j prints help', async (args, exitCode, usage) => {
  const outcome = await createWorld(tree).appcfg(...args);
  expect(outcome).toMatchObject({ exitCode, stderr: '' });
  expect(outcome.stdout).toMatch(usage);
});

test.each([
  [['help', 'snyc'], 'unknown command "snyc" (did you mean "sync"?)'],
  [['snyc'], 'unknown command'],
  [['sync', '--dryrun'], 'unknown option'],
])('%j is refused with exit code 3', async (args, message) => {
  const outcome = await createWorld(tree).appcfg(...args);
  expect(outcome).toMatchObject({ exitCode: 3, stdout: '' });
  expect(outcome.stderr).toContain(message);
});

test.each([
  [['sync', '--dryrun'], 'appcfg sync --help lists its flags'],
  [['sync', 'one'], 'appcfg sync --help lists its flags'],
  [['explain'], 'appcfg explain --help lists its flags'],
  [['render', '--out'], 'appcfg render --help lists its flags'],
  [['-C', '.', 'history', '--limi', '3'], 'appcfg history --help lists its flags'],
  [['help', 'sync', 'diff'], 'appcfg --help lists commands and flags'],
  [['help', 'snyc'], 'appcfg --help lists commands and flags'],
  [['snyc'], 'appcfg --help lists commands and flags'],
  [['--dryrun', 'sync'], 'appcfg --help lists commands and flags'],
])('the error for %j ends with where the help is: %s', async (args, help) => {
  const outcome = await createWorld(tree).appcfg(...args);
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toMatch(new RegExp(`\n  ${help}\n$`));
});

test.each([
  ['appcfg.yml', []],
  ['template/A.yml', []],
  ['appcfg.json', []],
  ['empty', []],
  ['old.json', []],
  ['appcfg.yml', ['--seed-from', '.']],
] as const)('the emulator does not ask to delete %s, which is no state file (%j)', async (file, args) => {
  const world = createWorld({ ...tree, 'appcfg.json': '{"project":"p"}', empty: '', 'old.json': '{"format":0}' });
  const before = readFileSync(join(world.directory, file), 'utf8');
  const outcome = await world.appcfg('emulator', '--port', '0', '--data', join(world.directory, file), ...args);
  expect(outcome).toMatchObject({ exitCode: 3, stdout: '' });
  expect(outcome.stderr).toContain(`${file} is not a state file of the emulator`);
  expect(outcome.stderr).toContain('name another file with --data');
  expect(outcome.stderr).not.toContain('delete');
  expect(readFileSync(join(world.directory, file), 'utf8')).toBe(before);
});

test.each([
  [['history'], 'or name an address: appcfg history TENANT/ENVIRONMENT/PROFILE'],
  [['rollback', '--local'], 'or name an address: appcfg rollback TENANT/ENVIRONMENT/PROFILE --local'],
  [['cleanup'], 'see what would be deleted: appcfg cleanup --dry-run --tenant TENANT'],
  [['render', 'one'], 'an address is tenant/environment/Profile\n'],
  [['explain', 'one/dev'], 'an address is tenant/environment/Profile\n'],
] as const)('the hint of %j names no tenant that may not exist', async (args, hint) => {
  const { exitCode, stderr } = await createWorld(tree).appcfg(...args);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(hint);
});

test.each([
  [['validate'], {}, 'mkdir -p tenants/three/dev'],
  [['-C', 'config', 'validate'], {}, 'mkdir -p config/tenants/three/dev'],
  [['-C', './config/', 'validate'], {}, 'mkdir -p config/tenants/three/dev'],
  [['validate'], { APPCFG_CHDIR: 'config' }, 'mkdir -p config/tenants/three/dev'],
  [['-C', "it's", 'validate'], {}, "mkdir -p 'it'\\''s/tenants/three/dev'"],
  [['--chdir=-x', 'validate'], {}, 'mkdir -p ./-x/tenants/three/dev'],
  [['-C', 'config', 'validate', '-t', 'three'], {}, 'mkdir -p config/tenants/three/ENVIRONMENT'],
  [['-C', 'closed', 'validate'], {}, 'mkdir -p closed/tenants/three/prod'],
  [['-C', 'config', 'validate', '-o', "json=it's new/x.json"], {}, "mkdir -p 'it'\\''s new'"],
  [['-C', 'config', 'validate', '-o', 'json=-y/x.json'], {}, 'mkdir -p ./-y'],
  [['-C', 'misspelt', 'validate'], {}, 'git mv misspelt/Template misspelt/template'],
  [['-C', 'misspelt', 'validate'], {}, 'git mv misspelt/appcfg.json misspelt/appcfg.yml'],
] as const)('commands in the hints of %j with %j work from where the user is: %s', async (args, env, command) => {
  const files = { ...tree, 'tenants/three/A.yml': 'a: 2\n' };
  const closed = { ...files, 'appcfg.yml': 'project: p\nenvironments: { prod: {} }\n' };
  const misspelt = { 'Template/A.yml': 'a: 1\n', 'appcfg.json': '{}', 'tenants/one/dev/.gitkeep': '' };
  const folders = { '.': files, config: files, "it's": files, '-x': files, closed, misspelt };
  const world = createWorld({});
  for (const [folder, each] of Object.entries(folders)) {
    for (const [path, text] of Object.entries(each)) world.write(`${folder}/${path}`, text);
  }
  const { stderr } = await world.appcfgWith({ env }, ...args);
  expect(stderr).toContain(`: ${command}\n`);
});

test('in JSON a command of a hint is a list of arguments', async () => {
  const world = createWorld({ ...tree, 'tenants/a b/A.yml': 'a: 2\n' });
  const { json } = await world.appcfg('-C', world.directory, 'validate', '-o', 'json');
  const path = join(world.directory, 'tenants/a b/ENVIRONMENT');
  expect(json.problems[0].hint.command).toEqual(['mkdir', '-p', path]);
});

test.each([
  [['validate'], { APPCFG_OUTPUT: 'yaml' }, 'APPCFG_OUTPUT is "yaml", not one of text'],
  [['validate'], { APPCFG_OUTPUT: 'json=' }, 'APPCFG_OUTPUT is "json=", not FORMAT'],
  [['validate'], { APPCFG_CHDIR: 'nowhere' }, 'APPCFG_CHDIR "nowhere" is not a folder'],
  [['validate'], { APPCFG_SETTINGS_BASE: 'nope' }, 'APPCFG_SETTINGS_BASE "nope" needs a Git repository'],
  [['validate'], { APPCFG_SELECTOR: 'tier' }, 'APPCFG_SELECTOR is "tier", not a label'],
  [['diff'], { APPCFG_REGION: 'eu west' }, 'APPCFG_REGION "eu west" is not an AWS Region'],
  [['diff'], { AWS_DEFAULT_REGION: 'eu west' }, 'AWS_DEFAULT_REGION "eu west" is not an AWS Region'],
  [['emulator'], { APPCFG_QUOTA: 'x=1' }, 'APPCFG_QUOTA is "x=1", not NAME=N'],
] as const)('for %j a wrong value in %j is blamed on the variable', async (args, env, message) => {
  const { exitCode, stderr } = await createWorld(tree).appcfgWith({ env }, ...args);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(message);
});

test.each([
  [{ APPCFG_TENNANT: 'one' }, 'APPCFG_TENNANT has no effect\n  did you mean "APPCFG_TENANT"?'],
  [{ APPCFG_DRYRUN: '1' }, 'APPCFG_DRYRUN has no effect\n  did you mean "APPCFG_DRY_RUN"?'],
  [{ APPCFG_YES: '1' }, 'APPCFG_YES has no effect\n  --yes must be given on the command line'],
  [{ APPCFG_COLOUR_OF_THE_SHED: '1' }, 'has no effect\n  unset it'],
  [{ APPCFG_DRY_RUN: '1', APPCFG_ID_TOKEN: 'x', APPCFG_LOCAL_SPEED: '60', APPCFG_TENNANT: '' }, ''],
] as const)('of the variables %j those without effect are a warning: %s', async (env, message) => {
  const { exitCode, stderr } = await createWorld(tree).appcfgWith({ env }, 'validate');
  expect(exitCode).toBe(0);
  if (message === '') expect(stderr).toBe('');
  expect(stderr).toContain(message);
});

test('control characters in arguments are printed escaped', async () => {
  const outcome = await createWorld(tree).appcfg('a\u001b[31mb');
  expect(outcome.stderr).toContain('a\\u{1b}[31mb');
});

test('an output file replaces a symbolic link in the tree, and a pipe is written to', async () => {
  const world = createWorld(tree);
  world.write('real.json', '{}');
  symlinkSync(join(world.directory, 'real.json'), join(world.directory, 'link.json'));
  execFileSync('mkfifo', [join(world.directory, 'pipe')]);
  const read = new Promise<string>((resolve) => {
    import('node:fs/promises').then(({ readFile }) => readFile(join(world.directory, 'pipe'), 'utf8').then(resolve));
  });
  expect((await world.appcfg('validate', '-o', 'json=link.json', '-o', 'text=pipe')).exitCode).toBe(0);
  expect(JSON.parse(readFileSync(join(world.directory, 'link.json'), 'utf8')).valid).toBe(true);
  expect(readFileSync(join(world.directory, 'real.json'), 'utf8')).toBe('{}');
  expect(await read).toContain('valid');
});

test('a run that changed AppConfig and cannot write its output file exits 4, not 3', async () => {
  const world = createWorld(tree);
  mkdirSync(join(world.directory, 'out'));
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StartDeployment' && existsSync(join(world.directory, 'out'))) world.write('out', undefined);
    return undefined;
  };
  const outcome = await world.appcfg('sync', '-o', 'json=out/sync.json');
  expect(outcome.exitCode).toBe(4);
  expect(outcome.stderr).toContain('an output cannot be written');
});

test('text that is piped or written to a file is not truncated and has no colors', async () => {
  const world = createWorld(tree);
  const tenant = 'a-tenant-with-a-name-as-long-as-they-may-be-in-some-companies';
  world.write(`tenants/${tenant}/production-of-the-north/.gitkeep`, '');
  await world.appcfg('sync');
  const piped = await world.appcfgWith(
    { env: { FORCE_COLOR: '1', NO_COLOR: '' } },
    'status',
    '-v',
    '-o',
    'text=status.txt',
  );
  expect(piped.stdout).toBe('');
  const text = readFileSync(join(world.directory, 'status.txt'), 'utf8');
  expect(text).toMatch(new RegExp(`${tenant}/production-of-the-north/A +since 2026-03-01 12:0.Z +version 1`));
  expect(text).not.toContain('\u001b');
  const narrow = await world.appcfgWith({ isTTY: true, columns: 60, env: { CI: 'true' } }, 'status', '-v', '-t', 'one');
  expect(narrow.stdout).toMatch(/^ {2}one\/dev\/A {2}since 2026-03-01 12:0.Z {2}version 1$/m);
});

test('a command in a hint has the typed flags that name the AppConfig of the run', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: p\n',
    'template/A.yml': 'a: 1\n',
    'tenants/one/dev/.gitkeep': '',
  });
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'ALARM' });
  await world.appcfg('sync');
  const args = ['sync', '-C', world.directory, '--region', 'us-east-1'];
  const { json, stderr } = await world.appcfg(...args, '-o', 'json');
  const command = `appcfg sync --retry-rolled-back --tenant one --env dev --config-profile A -C ${world.directory} --region us-east-1`;
  expect(stderr).toContain(command);
  expect(json.problems[0].hint.command.join(' ')).toBe(command);
  const unflagged = /appcfg sync --retry-rolled-back --tenant one --env dev --config-profile A$/m;
  expect((await world.appcfg('sync')).stderr).toMatch(unflagged);
  const fromEnvironment = await world.appcfgWith({ env: { APPCFG_REGION: 'us-east-1' } }, 'sync');
  expect(fromEnvironment.stderr).toMatch(unflagged);
});

test('an invalid --commit is quoted as it was typed', async () => {
  const { stderr } = await createWorld('sample').appcfg('rollback', '--commit', 'HEAD');
  expect(stderr).toContain('--commit "HEAD" is not a revision in this Git repository');
});

test('a file of text has the errors and warnings that are printed on stderr', async () => {
  const world = createWorld({ 'template/A.yml': 'a: [', 'tenants/one/dev/.gitkeep': '' });
  const { exitCode, stderr } = await world.appcfg('validate', '-o', 'text=validate.txt');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('template/A.yml:1');
  expect(readFileSync(join(world.directory, 'validate.txt'), 'utf8')).toBe(stderr);
});

test('messages name the flags of a selection as they are typed', () => {
  expect(selectionFlags.map(({ name }) => name)).toEqual(selectionFlags.map(({ member }) => commonFlags[member].long));
});
