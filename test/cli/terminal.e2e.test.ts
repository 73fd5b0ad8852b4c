// What a terminal shows while a run redraws it: the board of waves of a sync, and status --watch. In tmux, 80 × 24.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';

const program = join(import.meta.dirname, '../../bin/appcfg.js');
const hasTmux = spawnSync('tmux', ['-V']).status === 0;
if (!hasTmux) process.stderr.write('tmux is missing, so the tests in a terminal are skipped\n');

const files = {
  'appcfg.yml': `project: p
deploymentStrategy: short
deploymentStrategies: { short: { durationMinutes: 10, bakeMinutes: 0, growthFactor: 50, growthType: LINEAR } }
waves: [{ name: canary, tenants: [acme], soak: 10m }, { name: everyone }]
`,
  'template/Limits.yml': 'rps: 100\n',
  'tenants/acme/dev/.gitkeep': '',
  'tenants/globex/dev/.gitkeep': '',
};

/** A terminal with a command that has begun in it. */
function terminal(): { readonly type: (text: string) => void; readonly waitFor: (text: RegExp) => Promise<string> } {
  const directory = mkdtempSync(join(tmpdir(), 'appcfg-terminal-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const socket = join(directory, 'tmux');
  // 20 minutes take 20 seconds.
  const env = { PATH: process.env.PATH, HOME: directory, TERM: 'xterm-256color', APPCFG_LOCAL_SPEED: '60' };
  const tmux = (...args: readonly string[]) =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env, encoding: 'utf8' });
  tmux('new-session', '-d', '-x', '80', '-y', '24', '-c', directory, "env PS1='> ' sh");
  onTestFinished(() => {
    tmux('kill-server');
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    type: (text) => void tmux('send-keys', text.replace('appcfg', `'${process.execPath}' '${program}'`), 'Enter'),
    waitFor: async (text) => {
      const end = Date.now() + 60_000;
      let screen = '';
      while (Date.now() < end) {
        screen = tmux('capture-pane', '-p');
        if (text.test(screen)) return screen;
        await sleep(100);
      }
      throw new Error(`not on the screen: ${text}\n${screen}`);
    },
  };
}

test.skipIf(!hasTmux)(
  'in a terminal, waves are rows of a board while a sync runs, and status --watch ends with Ctrl-C',
  async () => {
    const { type, waitFor } = terminal();
    type('appcfg sync --local');
    const running = await waitFor(/canary +running 0 of 1/);
    expect(running).toMatch(/everyone +waiting for canary/);
    await waitFor(/canary +soaking until/);
    await waitFor(/everyone +running/);
    const ended = await waitFor(/Done: .*\n/);
    expect(ended).toMatch(/canary +done +1 of 1 .*\n +everyone +done +1 of 1/);
    type('clear; appcfg status --watch --local');
    const board = await waitFor(/Ctrl-C ends/);
    expect(board).toMatch(/dev/);
    expect(board.match(/Ctrl-C ends/g)).toHaveLength(1);
    type('C-c');
    await waitFor(/> *$/m);
  },
  120_000,
);
