// Files are written by one writer. Nothing that a tree brings decides where a file goes, and what it may not read stays private.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import type { Process } from '../../src/engine/context.ts';
import { realFolder } from '../../src/files/real-path.ts';
import { writeFile } from '../../src/files/write-file.ts';
import { FolderWriter } from '../../src/files/write-folder.ts';
import { formatsOf, isSent } from '../../src/report/formats.ts';
import { commit, createWorld, type World } from '../support/world.ts';

const secret = 'hunter2-secret';

const tree = {
  'appcfg.yml': 'project: acme/config\nredact: [/password]\n',
  'template/Limits.yml': `rate: 100\npassword: ${secret}\n`,
  'tenants/acme/dev/.gitkeep': '',
};

/** A folder that no run may change, with a file. */
function outside(): { readonly folder: string; readonly file: string; readonly isUntouched: () => boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'appcfg-outside-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'file');
  writeFileSync(file, 'untouched');
  return {
    folder,
    file,
    isUntouched: () => readdirSync(folder).join() === 'file' && readFileSync(file, 'utf8') === 'untouched',
  };
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** Runs a command with the AppConfig of `--local`, whose state is in a file. */
async function local({ directory }: World, ...args: string[]): Promise<{ exitCode: number; stderr: string }> {
  const texts: string[] = [];
  const process: Process = {
    env: { PATH: globalThis.process.env.PATH, NO_COLOR: '1', CI: 'true' },
    stdin: globalThis.process.stdin,
    stdout: { write: () => true },
    stderr: { write: (text: string) => texts.push(text) },
    cwd: () => directory,
    cpuUsage: () => globalThis.process.cpuUsage(),
    on: () => {},
    off: () => {},
    exit: () => {},
  };
  return { exitCode: await run([...args, '--local'], process), stderr: texts.join('') };
}

describe('a report file', () => {
  test.each(formatsOf('diff').filter((format) => !isSent(format)))(
    'of the format %s replaces a link, and the target is untouched',
    async (format) => {
      const world = createWorld(tree);
      const { file, isUntouched } = outside();
      symlinkSync(file, join(world.directory, 'report'));
      const { exitCode, stderr } = await world.appcfg('diff', '-o', `${format}=report`);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      expect(isUntouched()).toBe(true);
      expect(lstatSync(join(world.directory, 'report')).isFile()).toBe(true);
      expect(readdirSync(world.directory).filter((name) => name.endsWith('.part'))).toEqual([]);
    },
  );

  test('replaces a link to a folder, to nothing, to itself, and to a device', async () => {
    const world = createWorld(tree);
    const targets = {
      folder: outside().folder,
      nothing: join(outside().folder, 'new'),
      self: 'self',
      device: '/dev/null',
    };
    for (const [name, target] of Object.entries(targets)) {
      symlinkSync(target, join(world.directory, name));
      expect((await world.appcfg('validate', '-o', `json=${name}`)).exitCode).toBe(0);
      expect(JSON.parse(readFileSync(join(world.directory, name), 'utf8')).valid).toBe(true);
      expect(lstatSync(join(world.directory, name)).isFile()).toBe(true);
    }
    expect(existsSync(targets.nothing)).toBe(false);
  });

  test('replaces a hard link, and the other name is untouched', async () => {
    const world = createWorld(tree);
    world.write('notes.txt', 'untouched');
    linkSync(join(world.directory, 'notes.txt'), join(world.directory, 'report.json'));
    await world.appcfg('validate', '-o', 'json=report.json');
    expect(readFileSync(join(world.directory, 'notes.txt'), 'utf8')).toBe('untouched');
  });

  test('is refused where a folder of its path is a link, also above the tree in the repository', async () => {
    const world = createWorld({});
    for (const [path, text] of Object.entries(tree)) world.write(`config/${path}`, text);
    const { folder, isUntouched } = outside();
    symlinkSync(folder, join(world.directory, 'reports'));
    symlinkSync(folder, join(world.directory, 'config/reports'));
    commit(world);
    for (const file of ['reports/a.json', 'config/reports/a.json', 'config/../reports/./a.json']) {
      const { exitCode, stderr } = await world.appcfg('-C', 'config', 'validate', '-o', `json=${file}`);
      expect([file, exitCode]).toEqual([file, 3]);
      expect(stderr).toContain(`the output file "${file}" cannot be written`);
      expect(stderr).toContain('delete the symbolic link');
    }
    expect(isUntouched()).toBe(true);
  });

  test('is refused where the folder becomes a link during the run', async () => {
    const world = createWorld(tree);
    const { folder, isUntouched } = outside();
    mkdirSync(join(world.directory, 'reports'));
    world.emulator.onCall = () => {
      if (!lstatSync(join(world.directory, 'reports')).isSymbolicLink()) {
        rmSync(join(world.directory, 'reports'), { recursive: true });
        symlinkSync(folder, join(world.directory, 'reports'));
      }
      return undefined;
    };
    const { exitCode, stderr } = await world.appcfg('diff', '-o', 'json=reports/a.json');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('cannot be written');
    expect(isUntouched()).toBe(true);
  });

  test('goes through links that no tree brings', async () => {
    const world = createWorld(tree);
    const { folder } = outside();
    const links = outside().folder;
    symlinkSync(folder, join(links, 'reports'));
    expect((await world.appcfg('validate', '-o', `json=${join(links, 'reports/a.json')}`)).exitCode).toBe(0);
    expect(existsSync(join(folder, 'a.json'))).toBe(true);
  });

  test('is whole, and no file is left over, where many runs write it at once', async () => {
    const { folder } = outside();
    const path = join(folder, 'report');
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(200_000));
    await Promise.all(texts.map((text) => writeFile(path, text)));
    expect(texts).toContain(readFileSync(path, 'utf8'));
    expect(readdirSync(folder).sort()).toEqual(['file', 'report']);
  });

  test.each([
    ['x'.repeat(300), 'a name that is too long'],
    ['report/', 'a folder'],
    [`${'d/'.repeat(2100)}a`, 'a path that is too long'],
  ])('is refused without a stack and without leftovers (case %#)', async (file) => {
    const world = createWorld({ ...tree, 'report/a.txt': '' });
    const { exitCode, stderr } = await world.appcfg('validate', '-o', `json=${file}`);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('cannot be written');
    expect(stderr).not.toContain('    at ');
    expect(readdirSync(world.directory).sort()).toEqual(['appcfg.yml', 'report', 'template', 'tenants']);
  });
});

describe('render --out', () => {
  test('replaces links to files, and follows none to folders', async () => {
    const world = createWorld(tree);
    const { folder, file, isUntouched } = outside();
    mkdirSync(join(world.directory, 'out/acme/dev'), { recursive: true });
    symlinkSync(file, join(world.directory, 'out/acme/dev/Limits.json'));
    expect((await world.appcfg('render', '--out', 'out')).exitCode).toBe(0);
    expect(readFileSync(join(world.directory, 'out/acme/dev/Limits.json'), 'utf8')).toContain('"rate": 100');
    for (const link of ['out/acme/dev', 'out/acme', 'out']) {
      rmSync(join(world.directory, link), { recursive: true });
      symlinkSync(folder, join(world.directory, link));
      const { exitCode, stderr } = await world.appcfg('render', '--out', 'out');
      expect([link, exitCode]).toEqual([link, 3]);
      expect(stderr).toMatch(/symbolic link/);
      expect(isUntouched()).toBe(true);
    }
    for (const args of [['-C', '.'], []]) {
      expect((await world.appcfg('render', ...args, '--out', 'out/below')).exitCode).toBe(3);
    }
    expect(isUntouched()).toBe(true);
  });

  test('follows no link below a folder elsewhere', async () => {
    const world = createWorld(tree);
    const { folder, isUntouched } = outside();
    const out = outside().folder;
    symlinkSync(folder, join(out, 'acme'));
    expect((await world.appcfg('render', '--out', out)).exitCode).toBe(3);
    expect(isUntouched()).toBe(true);
  });

  test.each(['.', 'tenants', 'template/x', 'a/../tenants/acme', '.git/hooks'])('refuses "%s"', async (out) => {
    const world = createWorld({ ...tree, '.git/HEAD': '' });
    const { exitCode, stderr } = await world.appcfg('render', '--out', out);
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`--out "${out}" is`);
  });

  test('writes files that only their owner reads, if they have redacted values', async () => {
    const world = createWorld(tree);
    await world.appcfg('render', '--out', 'out');
    expect(modeOf(join(world.directory, 'out/acme/dev/Limits.json'))).toBe('644');
    await world.appcfg('render', '--out', 'out', '--unredacted');
    expect(modeOf(join(world.directory, 'out/acme/dev/Limits.json'))).toBe('600');
    await world.appcfg('render', '--unredacted', '-o', 'text=all.txt', '-o', 'json=all.json');
    await world.appcfg('render', '-o', 'text=redacted.txt');
    expect(readFileSync(join(world.directory, 'all.txt'), 'utf8')).toContain(secret);
    expect(readFileSync(join(world.directory, 'redacted.txt'), 'utf8')).not.toContain(secret);
    expect(['all.txt', 'all.json', 'redacted.txt'].map((name) => modeOf(join(world.directory, name)))).toEqual([
      '600',
      '600',
      '644',
    ]);
  });

  test('leaves its folder with no path', async () => {
    const { folder, isUntouched } = outside();
    const writer = new FolderWriter(join(folder, '../out-of-nothing'));
    rmSync(join(folder, '../out-of-nothing'), { recursive: true, force: true });
    for (const path of ['../escaped', '../../escaped', 'a/../../escaped']) {
      await writer.write(path, 'x').catch(() => {});
      await expect(writer.end()).rejects.toThrow('cannot be written');
    }
    expect(isUntouched()).toBe(true);
    rmSync(join(folder, '../out-of-nothing'), { recursive: true, force: true });
  });

  test('leads through links of the machine, and none of the tree', () => {
    const { folder } = outside();
    mkdirSync(join(folder, 'tree/real'), { recursive: true });
    symlinkSync('tree', join(folder, 'machine'));
    symlinkSync('real', join(folder, 'tree/link'));
    const real = (path: string) => realFolder(join(folder, path), [join(folder, 'machine')]);
    expect(real('machine/real')).toBe(join(folder, 'tree/real'));
    expect(real('machine/new/below')).toBe(join(folder, 'tree/new/below'));
    expect(() => real('machine/link')).toThrow('is a symbolic link');
    expect(() => real('tree/link/below')).toThrow('is a symbolic link');
  });
});

describe('.appcfg', () => {
  test('and its files are readable by their owner alone', async () => {
    const world = createWorld(tree);
    expect(await local(world, 'diff')).toMatchObject({ exitCode: 0 });
    expect(modeOf(join(world.directory, '.appcfg'))).toBe('700');
    for (const name of ['.gitignore', 'local.json']) {
      expect(modeOf(join(world.directory, '.appcfg', name))).toBe('600');
    }
  });

  test.each(['.appcfg', '.appcfg/local.json', '.appcfg/local.json.lock', '.appcfg/.gitignore', '.appcfg/other'])(
    'with a link %s is refused, and the target is untouched',
    async (link) => {
      const world = createWorld(tree);
      const { folder, file, isUntouched } = outside();
      if (link !== '.appcfg') mkdirSync(join(world.directory, '.appcfg'));
      symlinkSync(link === '.appcfg' ? folder : file, join(world.directory, link));
      const { exitCode, stderr } = await local(world, 'sync');
      expect(exitCode).toBe(3);
      expect(stderr).toContain(`${link}  is ${link === '.appcfg' ? 'a symbolic link' : 'not a file'}`);
      expect(stderr).not.toContain('untouched');
      expect(isUntouched()).toBe(true);
    },
  );

  test('that is a file, or holds a pipe or a folder, is refused at once', async () => {
    const world = createWorld({ ...tree, '.appcfg': '' });
    expect((await local(world, 'status')).stderr).toContain('.appcfg  is not a folder');
    world.write('.appcfg', undefined);
    mkdirSync(join(world.directory, '.appcfg'));
    execFileSync('mkfifo', [join(world.directory, '.appcfg/local.json')]);
    expect((await local(world, 'status')).stderr).toContain('.appcfg/local.json  is not a file');
    rmSync(join(world.directory, '.appcfg/local.json'));
    mkdirSync(join(world.directory, '.appcfg/local.json.lock'));
    expect((await local(world, 'status')).stderr).toContain('.appcfg/local.json.lock  is not a file');
  });

  test('whose files are hard links leaves their other names untouched', async () => {
    const world = createWorld({ ...tree, '.appcfg/a.txt': '' });
    for (const name of ['.gitignore', 'a.txt']) {
      world.write(`${name}-elsewhere`, 'untouched');
      rmSync(join(world.directory, '.appcfg', name), { force: true });
      linkSync(join(world.directory, `${name}-elsewhere`), join(world.directory, '.appcfg', name));
    }
    expect((await local(world, 'diff')).exitCode).toBe(0);
    expect(readFileSync(join(world.directory, '.gitignore-elsewhere'), 'utf8')).toBe('untouched');
  });

  test('that Git tracks is refused, at the root and below it', async () => {
    const world = createWorld({ ...tree, '.appcfg/.gitignore': '' });
    for (const [path, text] of Object.entries(tree)) world.write(`config/${path}`, text);
    world.write('config/.appcfg/local.json', '{}');
    commit(world);
    for (const folder of ['.', 'config']) {
      const { exitCode, stderr } = await local(world, '-C', folder, 'diff');
      expect(exitCode).toBe(3);
      expect(stderr).toContain('.appcfg  is tracked by Git');
    }
    execFileSync('git', ['rm', '-rq', '--cached', '.appcfg'], { cwd: world.directory });
    expect((await local(world, 'diff')).exitCode).toBe(0);
  });
});

test('--chdir leads through no link out of the repository', async () => {
  const world = createWorld(tree);
  const other = createWorld(tree);
  symlinkSync(other.directory, join(world.directory, 'config'));
  symlinkSync('.', join(world.directory, 'same'));
  commit(world);
  const { exitCode, stderr } = await world.appcfg('-C', 'config', 'render');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('leads out of the work tree');
  expect((await world.appcfg('-C', 'same', 'render')).exitCode).toBe(0);
  expect((await world.appcfg('-C', other.directory, 'render')).exitCode).toBe(0);
});
