// The completion scripts in real, interactive shells: what a user gets who types, presses Tab, and then Enter. Names of folders are
// hostile: no shell may run what is in them.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { smallFolder } from '../../support/folders.ts';

const program = join(import.meta.dirname, '../../../bin/appcfg.js');
const tenants = [
  ...[
    'acme',
    'back`touch pwned`',
    'dollar$HOME',
    'semi;touch pwned',
    'space name',
    "quote'd",
    'double"d',
    'wrong\\slash',
  ],
  ...['amp&touch pwned', 'pipe|touch pwned', 'redirect>pwned', 'hash #x', 'sub$(touch pwned)', 'line\ntouch pwned'],
];

/** How each shell is started without the user's files, and how it reads a script. */
const shells = {
  bash: { start: 'bash --norc --noprofile -i', load: 'source completion' },
  zsh: { start: 'zsh -f -i', load: 'autoload -Uz compinit; compinit -u -d ./dump; source completion' },
  fish: { start: 'fish --no-config -i', load: 'source completion' },
} as const;

type Shell = keyof typeof shells;

function isInstalled(shell: Shell): boolean {
  return spawnSync(shell, ['--version']).status === 0 && spawnSync('script', ['--version']).status === 0;
}

/** A folder with a tree, and an `appcfg` that completes as the program, and else only writes down its arguments. */
function workspace(): string {
  const folder = smallFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const tenant of tenants) mkdirSync(join(folder, 'tenants', tenant, 'dev'), { recursive: true });
  mkdirSync(join(folder, 'template'));
  writeFileSync(join(folder, 'template/Limits.yml'), 'a: 1\n');
  const waves = 'waves: [{ name: "$(touch pwned)", tenants: [acme] }, { name: canary }]\n';
  writeFileSync(
    join(folder, 'appcfg.yml'),
    `tenants: [{ match: "*", labels: { tier: gold, "e\`touch pwned\`": x } }]\nenvironments: { dev: { region: eu-west-1 } }\n${waves}`,
  );
  mkdirSync(join(folder, 'bin'));
  const recorder = [
    '#!/bin/sh',
    `if [ "$1" = completion ]; then exec '${process.execPath}' '${program}' "$@"; fi`,
    `{ for word do printf '%s\\n' "$word"; done; echo end; } >> '${folder}/typed'`,
  ];
  writeFileSync(join(folder, 'bin/appcfg'), `${recorder.join('\n')}\n`);
  chmodSync(join(folder, 'bin/appcfg'), 0o755);
  return folder;
}

/** Types lines into a shell; `\t` is Tab. @returns the arguments of each call */
async function type(shell: Shell, lines: readonly string[], folder = workspace()): Promise<readonly string[][]> {
  const { start, load } = shells[shell];
  writeFileSync(join(folder, 'completion'), spawnSync(process.execPath, [program, 'completion', shell]).stdout);
  const child = spawn('script', ['-qec', start, '/dev/null'], {
    cwd: folder,
    env: {
      PATH: `${folder}/bin:${process.env.PATH}`,
      HOME: folder,
      TERM: 'xterm',
      HISTFILE: '/dev/null',
      LC_ALL: 'C.UTF-8',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', (data) => {
    output += String(data);
  });
  const typed = join(folder, 'typed');
  const calls = () => (existsSync(typed) ? readFileSync(typed, 'utf8').split('end\n').slice(0, -1) : []);
  const until = async (isReached: () => boolean) => {
    for (let waited = 0; !isReached() && waited < 20_000; waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (!isReached()) throw new Error(`${shell} does not answer: ${JSON.stringify(output.slice(-500))}`);
  };
  try {
    child.stdin.write(`${load}; appcfg ready\r`);
    await until(() => calls().length === 1);
    for (const [index, line] of lines.entries()) {
      child.stdin.write(line);
      // Enter is typed when the words are there.
      await new Promise((resolve) => setTimeout(resolve, 2000));
      child.stdin.write('\r');
      await until(() => calls().length === index + 2);
    }
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
    return calls()
      .slice(1)
      .map((call) => call.split('\n').slice(0, -1));
  } finally {
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.stdin.end();
    child.kill();
    await closed;
  }
}

for (const shell of Object.keys(shells) as Shell[]) {
  const isSkipped = !isInstalled(shell);
  if (isSkipped) process.stderr.write(`${shell} or script(1) is not installed: its completion is not tested\n`);

  test.skipIf(isSkipped)(`${shell} completes commands, flags, values and addresses`, { timeout: 90_000 }, async () => {
    expect(
      await type(shell, [
        'appcfg valid\t',
        'appcfg tenant ren\t',
        'appcfg diff --tena\tacm\t',
        'appcfg explain acm\t\t\t',
      ]),
    ).toEqual([['validate'], ['tenant', 'rename'], ['diff', '--tenant', 'acme'], ['explain', 'acme/dev/Limits']]);
  });

  test.skipIf(isSkipped)(`${shell} runs nothing that is in a name`, { timeout: 240_000 }, async () => {
    const offered = tenants.filter((name) => !/[\n(\\]/.test(name));
    const lines = offered.map((name) => `appcfg diff -t ${name.slice(0, 3)}\t`);
    expect(await type(shell, lines)).toEqual(offered.map((name) => ['diff', '-t', name]));
  });

  test.skipIf(isSkipped)(
    `${shell} completes a value behind an equals sign, and names of files`,
    { timeout: 90_000 },
    async () => {
      const typed = await type(shell, [
        'appcfg diff --tenant=acm\t',
        'appcfg render --out templ\t',
        'appcfg diff -l tier=g\t',
        'appcfg diff --wave can\t --account-region unkn\t',
      ]);
      expect(typed).toEqual([
        ['diff', '--tenant=acme'],
        ['render', '--out', expect.stringMatching(/^template\/?$/)],
        ['diff', '-l', 'tier=gold'],
        ['diff', '--wave', 'canary', '--account-region', 'unknown/eu-west-1'],
      ]);
    },
  );

  test.skipIf(isSkipped)(`${shell} is silent without a tree`, { timeout: 90_000 }, async () => {
    const folder = workspace();
    rmSync(join(folder, 'tenants'), { recursive: true });
    expect(await type(shell, ['appcfg diff -t acm\t'], folder)).toEqual([['diff', '-t', 'acm']]);
  });
}
