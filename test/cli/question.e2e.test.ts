// The question of sync and cleanup on a real terminal, by tmux.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator } from '../../src/emulator/host/emulator.ts';
import { listen } from '../../src/emulator/host/http-server.ts';
import { writesOf } from '../support/aws.ts';

const checkout = join(import.meta.dirname, '../..');
const program = join(checkout, 'bin/appcfg.js');

function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('skipped: tmux is not installed\n');
    return false;
  }
}

/** A command on a terminal of its own. */
async function onTerminal(command: (program: string) => string) {
  const emulator = createEmulator({ now: Date.now, speed: 1200 });
  const server = await listen(emulator, { port: 0 });
  const directory = mkdtempSync(join(tmpdir(), 'appcfg-terminal-'));
  for (const part of ['template', 'tenants', 'appcfg.yml']) {
    cpSync(join(checkout, part), join(directory, part), { recursive: true });
  }
  const socket = join(directory, 'tmux.sock');
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
  onTestFinished(async () => {
    tmux('kill-server');
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const env = {
    PATH: String(process.env.PATH),
    HOME: directory,
    TERM: 'screen',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: server.url,
  };
  const variables = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  const script = join(directory, 'run.sh');
  const line = command(`'${process.execPath}' '${program}'`);
  writeFileSync(script, `cd '${directory}'\n${line}\necho "exit $?"\nsleep 60\n`);
  tmux('new-session', '-d', '-x', '120', '-y', '50', `env -i ${variables.join(' ')} bash '${script}'`);
  const screen = () => tmux('capture-pane', '-p', '-J', '-S', '-200');
  return {
    emulator,
    keys: (...keys: string[]) => void tmux('send-keys', ...keys),
    screen,
    /** @returns the screen once it has the text */
    until: async (text: string): Promise<string> => {
      for (let tries = 0; tries < 150; tries += 1) {
        if (screen().includes(text)) return screen();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`"${text}" did not appear:\n${screen()}`);
    },
  };
}

const runs = hasTmux();
const question = 'Continue? [y/N]';

test.skipIf(!runs).each([
  [['n', 'Enter'], 'exit 5'],
  [['Enter'], 'exit 5'],
  [['C-d'], 'exit 5'],
  [['C-c'], 'exit 130'],
])('%j at the question changes nothing', async (keys, exit) => {
  const { emulator, ...terminal } = await onTerminal((appcfg) => `${appcfg} sync`);
  const shown = await terminal.until(question);
  expect(shown).toMatch(/12 deployments to 2 tenants \(.*\) in eu-west-1, about \d+ minutes?\. Continue\? \[y\/N\]/);
  expect(shown.indexOf('Plan: ')).toBeGreaterThan(-1);
  expect(shown.indexOf('Plan: ')).toBeLessThan(shown.indexOf(question));
  terminal.keys(...keys);
  const end = await terminal.until(exit);
  expect(end.split(question)).toHaveLength(2);
  expect(writesOf(emulator.stats())).toEqual({});
});

test.skipIf(!runs)('y at the question continues, and it is not asked again', async () => {
  const terminal = await onTerminal((appcfg) => `${appcfg} sync`);
  await terminal.until(question);
  terminal.keys('y', 'Enter');
  const end = await terminal.until('exit 0');
  expect(end.split(question)).toHaveLength(2);
  expect(end).toContain('12 deployments complete');
});

test.skipIf(!runs).each([
  ['--yes', (appcfg: string) => `${appcfg} sync --yes`],
  ['piped stdin', (appcfg: string) => `echo n | ${appcfg} sync`],
  ['stderr in a file', (appcfg: string) => `${appcfg} sync 2> stderr.txt`],
  ['CI', (appcfg: string) => `CI=true ${appcfg} sync`],
  ['--local', (appcfg: string) => `env -u AWS_ENDPOINT_URL APPCFG_LOCAL_SPEED=1000 ${appcfg} sync --local`],
])('%s: it is not asked', async (_, command) => {
  const terminal = await onTerminal(command);
  const end = await terminal.until('exit 0');
  expect(end).not.toContain(question);
});

test.skipIf(!runs)('a cleanup asks in the same way', async () => {
  const { emulator, ...terminal } = await onTerminal((appcfg) => `${appcfg} sync --yes && ${appcfg} cleanup --all`);
  await terminal.until('(project ');
  emulator.resetStats();
  terminal.keys('Enter');
  expect(await terminal.until('exit 5')).toContain('nothing was deleted');
  expect(writesOf(emulator.stats())).toEqual({});
});
