// Git is never an attack surface: whatever a tree and its repository contain, no program that they name is started. Each attack is
// first tried on plain Git, where it works.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { relationTo } from '../../src/git/commit-relation.ts';
import { readRevision } from '../../src/git/revision-source.ts';
import { runGit } from '../../src/git/run-git.ts';
import { commit, createWorld, type RunOptions, type World } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/Limits.yml': 'rate: 100\n',
  'tenants/acme/dev/Limits.yml': 'rate: 200\n',
};

const author = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main'];

/** Plain Git. It may fail. */
function git(folder: string, args: readonly string[], env: Record<string, string> = {}): string {
  try {
    return execFileSync('git', [...author, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', HOME: folder, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

interface Stage {
  readonly world: World;
  /** Creates the marker. */
  readonly program: string;
  /** The same as an executable file, in a folder by itself. */
  readonly programFile: (name: string) => string;
  readonly marker: string;
}

interface Attack {
  readonly name: string;
  /** Prepares it in a committed tree. @returns how appcfg is started, if otherwise than in the tree's folder */
  readonly prepare: (stage: Stage) => (RunOptions & { readonly chdir?: string }) | undefined;
  /** Commands of plain Git that start the program. */
  readonly plain: readonly (readonly string[])[];
  readonly revision?: string;
}

const statusAndHash = [
  ['status', '--porcelain'],
  ['add', '-A'],
] as const;

/** Writes a file as another one than Git has seen. */
function touched(world: World, path: string, text: string): void {
  world.write(path, text);
  utimesSync(join(world.directory, path), 1, 1);
}

function config(world: World, name: string, value: string, folder = ''): void {
  git(join(world.directory, folder), ['config', name, value]);
}

/** The tree again in a folder, with a copy of its repository. */
function copyRepository(from: string, to: string, store: string): void {
  for (const part of Object.keys(tree)) cpSync(join(from, part), join(to, part));
  cpSync(join(from, '.git'), join(to, store), { recursive: true });
}

/** Removes the blob of a file from the repository, as if it had never been fetched. */
function withoutBlob({ directory }: World, path: string): void {
  const blob = git(directory, ['rev-parse', `HEAD:${path}`]);
  rmSync(join(directory, '.git/objects', blob.slice(0, 2), blob.slice(2)), { force: true });
}

function partialClone(stage: Stage, remote: Readonly<Record<string, string>>): undefined {
  const { world } = stage;
  withoutBlob(world, 'template/Limits.yml');
  config(world, 'core.repositoryFormatVersion', '1');
  config(world, 'extensions.partialClone', 'origin');
  config(world, 'remote.origin.promisor', 'true');
  for (const [name, value] of Object.entries(remote)) config(world, name, value);
}

const readsBlob = [['cat-file', '-p', 'HEAD:template/Limits.yml']] as const;

const attacks: readonly Attack[] = [
  {
    name: 'a bare repository in the tree, with a file system monitor',
    prepare: ({ world, program }) => {
      copyRepository(world.directory, join(world.directory, 'config'), '.');
      world.write(
        'config/config',
        `[core]\nrepositoryformatversion = 0\nbare = false\nworktree = .\nfsmonitor = "${program}"\n`,
      );
      commit(world);
      return { chdir: 'config' };
    },
    plain: [['-C', 'config', 'status']],
  },
  {
    name: 'core.fsmonitor of the repository',
    prepare: ({ world, program }) => void config(world, 'core.fsmonitor', program),
    plain: [['status']],
  },
  {
    name: 'a clean filter that attributes of the tree choose',
    prepare: ({ world, program }) => {
      config(world, 'filter.x.clean', program);
      config(world, 'filter.x.required', 'true');
      touched(world, 'template/.gitattributes', '* filter=x\n');
      touched(world, 'template/Limits.yml', 'rate: 101\n');
    },
    plain: statusAndHash,
  },
  {
    name: 'a filter process with an unusual name',
    prepare: ({ world, program }) => {
      config(world, 'filter.A=b.C.process', program);
      config(world, 'filter.A=b.C.required', 'true');
      touched(world, '.gitattributes', '* filter=A=b.C\n');
      touched(world, 'template/Limits.yml', 'rate: 101\n');
    },
    plain: statusAndHash,
  },
  {
    name: 'a filter of the user, chosen by .git/info/attributes',
    prepare: ({ world, program }) => {
      world.write('.gitconfig', `[filter "x"]\nclean = "${program}"\n`);
      world.write('.git/info/attributes', '* filter=x\n');
      touched(world, 'template/Limits.yml', 'rate: 101\n');
      return { env: { HOME: world.directory } };
    },
    plain: statusAndHash,
  },
  {
    name: 'a configuration of the tree that the repository includes',
    prepare: ({ world, program }) => {
      world.write('.gitsettings', `[core]\nfsmonitor = "${program}"\n[filter "x"]\nclean = "${program}"\n`);
      world.write('.gitattributes', '* filter=x\n');
      config(world, 'include.path', '../.gitsettings');
      touched(world, 'template/Limits.yml', 'rate: 101\n');
    },
    plain: statusAndHash,
  },
  {
    name: 'a smudge filter of the base',
    prepare: ({ world, program }) => {
      world.write('.gitattributes', '* filter=x\n');
      commit(world);
      config(world, 'filter.x.smudge', program);
    },
    plain: [['checkout-index', '--all', '--prefix=out/']],
  },
  {
    name: 'a hook that runs when the index is refreshed',
    prepare: ({ world, programFile }) => {
      config(world, 'core.hooksPath', join(programFile('post-index-change'), '..'));
      utimesSync(join(world.directory, 'template/Limits.yml'), 1, 1);
    },
    plain: [['status']],
  },
  {
    name: 'a submodule with a file system monitor',
    prepare: ({ world, program }) => {
      world.write('template/_part/a.txt', 'a');
      git(join(world.directory, 'template/_part'), ['init', '-q']);
      git(join(world.directory, 'template/_part'), ['add', '-A']);
      git(join(world.directory, 'template/_part'), ['commit', '-q', '-m', 'a']);
      commit(world);
      config(world, 'core.fsmonitor', program, 'template/_part');
    },
    plain: [['status']],
  },
  {
    name: 'a blob that a partial clone would fetch with ext::',
    prepare: (stage) =>
      partialClone(stage, {
        'remote.origin.url': `ext::sh -c ${stage.program.replaceAll(' ', '% ')}`,
        'protocol.ext.allow': 'always',
      }),
    plain: readsBlob,
  },
  {
    name: 'a blob that a partial clone would fetch with core.sshCommand',
    prepare: (stage) =>
      partialClone(stage, {
        'remote.origin.url': 'ssh://git@localhost/a',
        'core.sshCommand': `${stage.program};:`,
        'protocol.ssh.allow': 'always',
      }),
    plain: readsBlob,
  },
  {
    name: 'a blob that a partial clone would fetch with a program for local repositories',
    prepare: (stage) =>
      partialClone(stage, {
        'remote.origin.url': stage.world.directory,
        'remote.origin.uploadpack': `${stage.program};:`,
        'protocol.file.allow': 'always',
      }),
    plain: readsBlob,
  },
  {
    name: 'variables of Git with a configuration',
    prepare: ({ program }) => ({
      env: { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.fsmonitor', GIT_CONFIG_VALUE_0: program },
    }),
    plain: [['status']],
  },
  {
    name: 'a variable of Git that names another repository',
    prepare: ({ world, program }) => {
      copyRepository(world.directory, join(world.directory, '_other'), '.git');
      config(world, 'core.fsmonitor', program, '_other');
      return { env: { GIT_DIR: join(world.directory, '_other/.git'), GIT_WORK_TREE: world.directory } };
    },
    plain: [['status']],
  },
  {
    name: 'a variable that replaces the programs of Git',
    prepare: (stage) => {
      const programs = join(stage.programFile('git-remote-https'), '..');
      partialClone(stage, { 'remote.origin.url': 'https://localhost:1/a' });
      return { env: { GIT_EXEC_PATH: programs, GIT_ALLOW_PROTOCOL: 'https', GIT_NO_LAZY_FETCH: '0' } };
    },
    plain: readsBlob,
  },
  {
    name: 'a file .git that names a folder of the tree',
    prepare: ({ world, program }) => {
      copyRepository(world.directory, join(world.directory, 'config'), '_store');
      world.write('config/.git', 'gitdir: _store\n');
      config(world, 'core.fsmonitor', program, 'config');
      return { chdir: 'config' };
    },
    plain: [['-C', 'config', 'status']],
  },
  {
    name: 'a link .git to a folder of the tree',
    prepare: ({ world, program }) => {
      copyRepository(world.directory, join(world.directory, 'config'), '_store');
      symlinkSync('_store', join(world.directory, 'config/.git'));
      config(world, 'core.fsmonitor', program, 'config');
      return { chdir: 'config' };
    },
    plain: [['-C', 'config', 'status']],
  },
];

let committed = '';

beforeAll(() => {
  committed = mkdtempSync(join(tmpdir(), 'appcfg-committed-'));
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(join(committed, path, '..'), { recursive: true });
    writeFileSync(join(committed, path), text);
  }
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'first'],
  ])
    git(committed, args);
});

afterAll(() => rmSync(committed, { recursive: true, force: true }));

function repository(): World {
  const world = createWorld(tree);
  cpSync(join(committed, '.git'), join(world.directory, '.git'), { recursive: true });
  return world;
}

function stageOf(): Stage {
  const world = repository();
  const outside = mkdtempSync(join(tmpdir(), 'appcfg-attack-'));
  onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
  const marker = join(outside, 'started');
  return {
    world,
    marker,
    program: `touch ${marker}`,
    programFile: (name) => {
      mkdirSync(join(outside, 'programs'), { recursive: true });
      const file = join(outside, 'programs', name);
      writeFileSync(file, `#!/bin/sh\ntouch ${marker}\n`);
      chmodSync(file, 0o755);
      return file;
    },
  };
}

describe.each(attacks)('$name', ({ prepare, plain }) => {
  test('starts a program from plain Git, and none from appcfg', async () => {
    const stage = stageOf();
    const { world, marker } = stage;
    const { chdir = '.', ...options } = prepare(stage) ?? {};
    const outcome = await world.appcfgWith(options, '-C', chdir, 'diff', '--base', 'HEAD');
    expect(existsSync(marker)).toBe(false);
    expect([0, 3]).toContain(outcome.exitCode);
    for (const args of plain) git(world.directory, args, options.env);
    expect(existsSync(marker)).toBe(true);
  });
});

const commands = [
  ['validate'],
  ['render'],
  ['explain', 'acme/dev/Limits'],
  ['diff'],
  ['diff', '--base', 'HEAD'],
  ['sync'],
  ['status'],
  ['history'],
  ['rollback', '--commit', 'COMMIT'],
  ['cleanup', '--orphans', '--dry-run'],
  ['status', '--local'],
];

test('no command starts what a tree with all attacks at once names', async () => {
  const stage = stageOf();
  const { world, marker, program, programFile } = stage;
  world.write('.gitattributes', '* filter=x diff=x\n');
  const commitId = commit(world);
  const settings = ['pager', 'editor', 'askPass', 'sshCommand', 'fsmonitor', 'gitProxy', 'alternateRefsCommand'];
  for (const name of settings) config(world, `core.${name}`, program);
  for (const name of ['clean', 'smudge', 'process']) config(world, `filter.x.${name}`, program);
  for (const name of ['command', 'textconv']) config(world, `diff.x.${name}`, program);
  config(world, 'diff.external', program);
  config(world, 'credential.helper', `!${program}`);
  config(world, 'core.hooksPath', join(programFile('post-index-change'), '..'));
  for (const name of ['status', 'rev-parse', 'cat-file', 'ls-tree']) config(world, `alias.${name}`, `!${program}`);
  touched(world, 'template/Limits.yml', 'rate: 101\n');
  for (const args of commands) {
    const outcome = await world.appcfg(...args.map((arg) => (arg === 'COMMIT' ? commitId : arg)));
    expect(outcome.stderr, args.join(' ')).not.toContain('internal error');
    expect(existsSync(marker), args.join(' ')).toBe(false);
  }
});

test('a program named git is not started from the tree, whatever folders the search path has', async () => {
  const { world, marker, program } = stageOf();
  const bin = join(world.directory, 'node_modules/.bin');
  const fake = join(bin, 'git');
  world.write('node_modules/.bin/git', `#!/bin/sh\n${program}\n`);
  world.write('git', `#!/bin/sh\n${program}\n`);
  for (const file of [fake, join(world.directory, 'git')]) chmodSync(file, 0o755);
  const PATH = `${bin}:.:node_modules/.bin::${process.env.PATH}`;
  const { exitCode } = await world.appcfgWith({ env: { PATH } }, 'diff', '--base', 'HEAD');
  expect([exitCode, existsSync(marker)]).toEqual([0, false]);
});

describe('a revision', () => {
  test('is no option of Git, and no path', async () => {
    const { world } = stageOf();
    const outcome = await world.appcfg('diff', '--base=--output=x');
    expect(outcome.stderr).toContain('--base "--output=x" is not a revision in this Git repository');
    const location = { directory: world.directory, environment: { PATH: process.env.PATH } };
    for (const revision of ['-h', '--help', '--all', '--exec-path=.', '-', '', 'HEAD\0', 'HEAD:template', '..', '@{']) {
      await expect(readRevision({ revision, flag: '--base' }, location), revision).rejects.toThrow('is not a revision');
    }
    expect(existsSync(join(world.directory, 'x'))).toBe(false);
  });

  test('origin/main is the branch, also where a tag has this name', async () => {
    const { world } = stageOf();
    git(world.directory, ['update-ref', 'refs/remotes/origin/main', 'HEAD']);
    world.write('template/Limits.yml', 'rate: 7\nnew: 1\n');
    commit(world);
    git(world.directory, ['tag', 'origin/main']);
    const { json } = await world.appcfg('diff', '--base', 'origin/main', '-o', 'json');
    expect(json.summary).toMatchObject({ update: 1 });
  });

  test('is the commit of its id, also where it is replaced', async () => {
    const { world } = stageOf();
    const first = git(world.directory, ['rev-parse', 'HEAD']);
    world.write('template/Limits.yml', 'rate: 7\nnew: 1\n');
    const second = commit(world);
    git(world.directory, ['replace', first, second]);
    const { json } = await world.appcfg('diff', '--base', first, '-o', 'json');
    expect(json.summary).toMatchObject({ update: 1 });
  });

  test('is read as stored: no filter, no attribute, and nothing is written', async () => {
    const { world } = stageOf();
    const before = git(world.directory, ['status', '--porcelain=v2', '--branch']);
    world.write('.gitattributes', '*.yml text eol=crlf working-tree-encoding=UTF-16 ident export-ignore\n');
    const { json } = await world.appcfg('diff', '--base', 'HEAD', '-o', 'json');
    expect(json.summary).toMatchObject({ unchanged: 1 });
    rmSync(join(world.directory, '.gitattributes'));
    expect(git(world.directory, ['status', '--porcelain=v2', '--branch'])).toBe(before);
  });

  test('whose links lead out of the tree, or in a circle, is refused as the tree would be', async () => {
    const { world } = stageOf();
    const links = { Out: '/etc/hostname', Up: '../../secret.yml', Store: '../.git/HEAD', Circle: 'Circle.yml' };
    for (const [name, target] of Object.entries(links))
      symlinkSync(target, join(world.directory, `template/${name}.yml`));
    const inTree = await world.appcfg('validate');
    commit(world);
    for (const name of Object.keys(links)) world.write(`template/${name}.yml`, undefined);
    const inBase = await world.appcfg('diff', '--base', 'HEAD');
    for (const { exitCode, stderr } of [inTree, inBase]) {
      expect(exitCode).toBe(3);
      for (const name of Object.keys(links)) expect(stderr).toContain(`template/${name}.yml`);
      expect(stderr).not.toContain('refs/heads');
    }
  });

  test('follows links inside of the tree, also out of its usual folders', async () => {
    const { world } = stageOf();
    world.write('shared/Limits.yml', 'rate: 200\nburst: 1\n');
    world.write('tenants/acme/dev/Limits.yml', undefined);
    symlinkSync('../../../shared/Limits.yml', join(world.directory, 'tenants/acme/dev/Limits.yml'));
    symlinkSync('acme', join(world.directory, 'tenants/other'));
    commit(world);
    const same = await world.appcfg('diff', '--base', 'HEAD', '-o', 'json');
    expect(same.json.summary).toMatchObject({ unchanged: 2, update: 0 });
  });

  test('with a file of 9 MB names the file, and does not read it', async () => {
    const { world } = stageOf();
    world.write('template/Limits.yml', `a: ${'x'.repeat(9 * 2 ** 20)}\n`);
    commit(world);
    world.write('template/Limits.yml', 'rate: 100\n');
    const { exitCode, stderr } = await world.appcfg('diff', '--base', 'HEAD');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('HEAD:template/Limits.yml');
  });

  test('with a million million files is refused', async () => {
    const { world } = stageOf();
    const store = (type: string, input: string) =>
      execFileSync('git', type === 'blob' ? ['hash-object', '-w', '--stdin'] : ['mktree'], {
        cwd: world.directory,
        input,
        encoding: 'utf8',
      }).trim();
    const names = Array.from({ length: 1000 }, (_, index) => `Profile${index}.yml`);
    const blob = store('blob', 'a: 1\n');
    let line = (name: string) => `100644 blob ${blob}\t${name}\n`;
    for (let level = 0; level < 4; level += 1) {
      const folder = store('tree', names.map(line).join(''));
      line = (name) => `040000 tree ${folder}\t${name}\n`;
    }
    const root = store('tree', line('template'));
    const bomb = git(world.directory, ['commit-tree', '-m', 'bomb', root]);
    const { exitCode, stderr } = await world.appcfg('diff', '--base', bomb);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('cannot be read from this Git repository');
  });

  test('that a shallow clone lacks is explained', async () => {
    const { world } = stageOf();
    world.write('.git/shallow', `${git(world.directory, ['rev-parse', 'HEAD'])}\n`);
    const { exitCode, stderr } = await world.appcfg('diff', '--base', 'HEAD~1');
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/shallow[\s\S]*git fetch --unshallow[\s\S]*GIT_DEPTH/);
  });

  test.each([
    ['diff', '--base', 'HEAD~1'],
    ['diff', '--base', 'HEAD^{/no such message}'],
    ['diff', '--base', 'v1.0'],
    ['diff', '--base', 'a'.repeat(40)],
    ['validate', '--settings-base', 'HEAD~1'],
  ])(
    'is explained in a shallow clone, and in a whole one is not to be fetched by that name: %s %s %s',
    async (...args) => {
      const { world } = stageOf();
      const whole = await world.appcfg(...args);
      expect(whole.exitCode).toBe(3);
      expect(whole.stderr).not.toMatch(/shallow/);
      expect(whole.stderr).not.toContain(`git fetch origin ${args[2]}`);
      world.write('.git/shallow', `${git(world.directory, ['rev-parse', 'HEAD'])}\n`);
      const shallow = await world.appcfg(...args, '-o', 'json');
      expect(shallow.exitCode).toBe(3);
      const [problem] = shallow.json.problems.filter(({ severity }: { severity: string }) => severity === 'error');
      expect(problem.message).toMatch(/shallow/);
      expect(JSON.stringify(problem.hint)).toMatch(/GIT_DEPTH/);
    },
  );
});

describe('one call of Git', () => {
  /** A program named git, and the search path with it. */
  function fakeGit(text: string): { directory: string; environment: Record<string, string> } {
    const { world, programFile } = stageOf();
    const file = programFile('git');
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    return { directory: world.directory, environment: { PATH: `${join(file, '..')}:${process.env.PATH}` } };
  }

  test('ends after its time, also where a program that it started continues', async () => {
    const location = fakeGit('sleep 20 & sleep 20');
    const bounds = { timeoutMs: 200, bytes: 1000 };
    const started = Date.now();
    await expect(runGit(location, { options: ['status'] }, bounds)).rejects.toThrow();
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  test('ends when the run is interrupted', async () => {
    const signal = AbortSignal.timeout(100);
    const location = { ...fakeGit('exec sleep 20'), signal };
    await expect(runGit(location, { options: ['status'] })).rejects.toThrow();
  });

  test('returns no more than its bound', async () => {
    const location = fakeGit('exec yes');
    const bounds = { timeoutMs: 20_000, bytes: 100_000 };
    await expect(runGit(location, { options: ['status'] }, bounds)).rejects.toThrow('maxBuffer');
  });

  test('has no variable of Git but its own, and every setting that keeps programs out', async () => {
    const location = fakeGit('printf "%s\\n" "$@"; env | grep ^GIT_ | sort');
    const environment = { ...location.environment, GIT_DIR: '/x', GIT_SSH_COMMAND: 'x', git_index_file: 'x' };
    const output = await runGit({ ...location, environment }, { options: ['rev-parse'], operands: ['-x'] });
    expect(output.toString().replaceAll(location.directory, '<tree>').split('\n')).toEqual([
      '--git-dir=<tree>/.git',
      '--work-tree=<tree>',
      '--no-pager',
      '--literal-pathspecs',
      '-c',
      'safe.bareRepository=explicit',
      '-c',
      'core.fsmonitor=false',
      '-c',
      'core.hooksPath=/dev/null',
      '-c',
      'protocol.allow=never',
      'rev-parse',
      '--end-of-options',
      '-x',
      'GIT_ALLOW_PROTOCOL=none',
      'GIT_CONFIG_COUNT=0',
      'GIT_NO_LAZY_FETCH=1',
      'GIT_NO_REPLACE_OBJECTS=1',
      'GIT_OPTIONAL_LOCKS=0',
      'GIT_TERMINAL_PROMPT=0',
      '',
    ]);
  });

  test('takes no commit of another run, and none of CI, for an option', async () => {
    const { world } = stageOf();
    const location = { directory: world.directory, environment: { PATH: process.env.PATH } };
    const head = git(world.directory, ['rev-parse', 'HEAD']);
    const marker = join(world.directory, 'x');
    expect(await relationTo(`--output=${marker}`, location)(head)).toBe('unknown');
    expect(await relationTo(head, location)(`--output=${marker}`)).toBe('unknown');
    expect(existsSync(marker)).toBe(false);
  });
});

describe('the repository of a folder', () => {
  test('is that of a linked work tree and of a folder that is owned by another user than the process', async () => {
    const { world } = stageOf();
    git(world.directory, ['worktree', 'add', '-q', '_linked']);
    const { exitCode, stderr } = await world.appcfg('-C', '_linked', 'diff', '--base', 'HEAD');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    if (process.getuid?.() !== 0) return;
    execFileSync('chown', ['-R', '12345', world.directory]);
    expect((await world.appcfg('diff', '--base', 'HEAD')).exitCode).toBe(0);
  });

  test.runIf(process.getuid?.() === 0)('is not one that another user made above it', async () => {
    const { world } = stageOf();
    execFileSync('chown', ['-R', '12345', join(world.directory, '.git')]);
    expect((await world.appcfg('diff', '--base', 'HEAD')).stderr).toContain('needs a Git repository');
  });

  test.each(['-config', ':(top)tëst'])('may have the tree in a folder "%s"', async (folder) => {
    const { world } = stageOf();
    copyRepository(world.directory, join(world.directory, folder), '_unused');
    commit(world);
    world.write(`${folder}/template/Limits.yml`, 'rate: 7\nnew: 1\n');
    const { json, stderr } = await world.appcfg('-C', folder, 'diff', '--base', 'HEAD', '-o', 'json');
    expect(stderr).toBe('');
    expect(json.summary).toMatchObject({ update: 1 });
  });
});
