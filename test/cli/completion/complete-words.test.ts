// What `appcfg completion --words` offers to the scripts of shells.
import { expect, test } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';

const tree = {
  'appcfg.yml': `aws: { region: eu-west-1 }
environments: { dev: {}, prod: { region: us-east-1, roleArn: "arn:aws:iam::444455556666:role/x" } }
tenants:
  - { match: acme, labels: { tier: gold, "-x": y } }
  - { match: "*", labels: { tier: trial } }
  - { match: "acme corp", roleArn: "arn:aws:iam::111122223333:role/x" }
waves: [{ name: canary, tenants: [acme] }, { name: "every one" }, { name: "-dash" }]
`,
  'template/Limits.yml': 'a: 1\n',
  'template/prod/Flags.json': '{}',
  'tenants/acme/dev/.gitkeep': '',
  'tenants/acme/prod/Own.yaml': 'a: 1\n',
  'tenants/acme corp/dev/.gitkeep': '',
  'tenants/new\nline/dev/.gitkeep': '',
  'tenants/-dash/dev/.gitkeep': '',
  'tenants/*/dev/.gitkeep': '',
  'tenants/\u202eevil/dev/.gitkeep': '',
};

test.each(['waves: [', 'waves: 5\n', 'apiVersion: x\nwaves: [{ name: a }, { nam: b }]\n', '\u0000'])(
  'settings %j complete what they have, without a message',
  async (text) => {
    const world = createWorld({ ...tree, 'appcfg.yml': text });
    for (const flag of ['--wave', '--selector', '--account-region']) await words(world, 'diff', flag, '');
    expect(await words(world, 'diff', '-t', 'ac')).toEqual(['acme', 'acme corp']);
  },
);

async function words(world: World, ...typed: string[]): Promise<readonly string[]> {
  const { stdout, stderr, exitCode } = await world.appcfg('completion', '--words', ...typed);
  expect([exitCode, stderr]).toEqual([0, '']);
  const [mode, ...lines] = stdout.split('\n').slice(0, -1);
  return mode === 'files' ? ['(files)'] : lines.map((line) => line.split('\t')[0] ?? '');
}

test.each([
  [['val'], ['validate']],
  [['pl'], ['plan']],
  [
    ['tenant', ''],
    ['add', 'rename'],
  ],
  [['-C', '.', 'tenant', 're'], ['rename']],
  [['help', 'tenant', 'a'], ['add']],
  [['diff', '--ten'], ['--tenant']],
  [['plan', '--over'], ['--overwrite-drift']],
  [['validate', '--yes'], []],
  [['status', '-o', 'h'], ['html']],
  [
    ['validate', '--output=j'],
    ['--output=json', '--output=jsonl', '--output=junit'],
  ],
  [['diff', '-o', 'json=x'], ['(files)']],
  [
    ['--color', ''],
    ['auto', 'always', 'never'],
  ],
  [['status', '--fail-on', 'drifted,un'], ['drifted,unknown']],
  [['sync', '--acknowledge', 'change-e'], ['change-emptied']],
  [['render', '--out', ''], ['(files)']],
  [
    ['-t', ''],
    ['acme', 'acme corp'],
  ],
  [
    ['diff', '--tenant=ac'],
    ['--tenant=acme', '--tenant=acme corp'],
  ],
  [['diff', '-t', "'acme c"], ['acme corp']],
  [['diff', '-t', 'acme\\ c'], ['acme corp']],
  [
    ['sync', '-e', ''],
    ['dev', 'prod'],
  ],
  [
    ['sync', '--wave', ''],
    ['canary', 'every one'],
  ],
  [['diff', '--wave=c'], ['--wave=canary']],
  [
    ['diff', '-l', 't'],
    ['tier=gold', 'tier=trial'],
  ],
  [['diff', '--selector=tier=g'], ['--selector=tier=gold']],
  [
    ['status', '--account-region', ''],
    ['111122223333/eu-west-1', '444455556666/us-east-1', 'unknown/eu-west-1'],
  ],
  [['doctor', '--for', 'c'], ['cleanup']],
  [['doctor', '--for', 'tenant'], ['tenant rename']],
  [['history', '-p', 'L'], ['Limits']],
  [
    ['sync', '-p', ''],
    ['Flags', 'Limits', 'Own'],
  ],
  [
    ['tenant', 'rename', 'ac'],
    ['acme', 'acme corp'],
  ],
  [['tenant', 'rename', 'acme', ''], []],
  [
    ['explain', 'ac'],
    ['acme/', 'acme corp/'],
  ],
  [
    ['explain', 'acme/'],
    ['acme/dev/', 'acme/prod/'],
  ],
  [
    ['explain', 'acme/prod/'],
    ['acme/prod/Flags', 'acme/prod/Limits', 'acme/prod/Own'],
  ],
  [['explain', 'acme/dev/Limits', ''], []],
  [['explain', '../../'], []],
  [['render', 'acme/dev/Limits', '--', 'acme/d'], ['acme/dev/']],
  [['completion', 'z'], ['zsh']],
  [['nothing', ''], []],
  [['diff', '--no-such-flag', ''], []],
  [['-C', 'no/such/folder', '-t', ''], []],
])('%j can be completed to %j', async (typed, expected) => {
  expect(await words(createWorld(tree), ...typed)).toEqual(expected);
});

test('a folder without a tree has no names, and no message', async () => {
  const world = createWorld({ tenants: 'a file' });
  expect(await words(world, 'diff', '-t', '')).toEqual([]);
  expect(await words(world, 'explain', '')).toEqual([]);
});

test('the folder of --chdir or APPCFG_CHDIR is the tree', async () => {
  const world = createWorld({ 'below/tenants/one/dev/.gitkeep': '' });
  expect(await words(world, '-C', 'below', '-t', '')).toEqual(['one']);
  expect(await words(world, '--chdir=below', '-t', '')).toEqual(['one']);
  const env = { APPCFG_CHDIR: 'below' };
  expect((await world.appcfgWith({ env }, 'completion', '--words', '-t', '')).stdout).toBe('words\none\t\n');
});

test('a script is printed as it is, and another shell is refused', async () => {
  const world = createWorld({});
  for (const shell of ['bash', 'zsh', 'fish']) {
    expect((await world.appcfg('completion', shell)).stdout).toContain('appcfg completion --words');
  }
  expect(await world.appcfg('completion', 'tcsh')).toMatchObject({ exitCode: 3 });
  expect(await world.appcfg('completion')).toMatchObject({ exitCode: 3 });
});
