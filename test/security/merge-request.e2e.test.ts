// A hostile merge request in the pipeline as shipped, run by a GitLab runner with the real npm.
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { checkout } from '../support/documents.ts';
import { createRepository, mergeRequest, type Pipeline, withRoles } from '../support/pipeline.ts';

const otherValue = 'their-value-4711';
const reports = {
  'appcfg:validate': ['appcfg-validate.xml', 'appcfg-quality.json'],
  'appcfg:diff': ['appcfg-diff.html', 'appcfg-diff.md', 'appcfg-diff.json', 'appcfg-diff.xml', 'appcfg-tfplan.json'],
};

// What only a merge request's author wrote must not be started, although it names programs in every way that npm, Node,
// Git and the shell know. package.json and package-lock.json are not changed: who may change these chooses the program.
test.each([
  ['at the root', '.'],
  ['in a folder, with -C', 'config'],
])(
  'a merge request with all tricks at once, the tree %s: nothing that it names is started, written or shown',
  {
    timeout: 120_000,
  },
  async (_, tree) => {
    const { pipeline, url, emulator, git, commit, write, repository, directory } = await createRepository({
      npm: 'real',
    });
    const npm = (cwd: string, ...args: string[]) => promisify(execFile)('npm', args, { cwd, env: environment() });
    await npm(checkout, 'pack', '--ignore-scripts', '--pack-destination', repository);
    const [tarball = ''] = readdirSync(repository).filter((name) => name.endsWith('.tgz'));
    // As an adopter's repository: without the program's own files.
    git('rm', '-r', '-q', '--cached', 'package.json');
    write('package.json', '{"private": true}');
    write('.gitignore', 'node_modules/\n.appcfg/\n.gitlab-ci-local/\nbin/\n');
    await npm(repository, 'install', '--offline', '--ignore-scripts', `./${tarball}`);
    if (tree !== '.') {
      mkdirSync(join(repository, tree));
      git('mv', 'template', 'tenants', 'appcfg.yml', tree);
      const file = readFileSync(join(repository, '.gitlab-ci.yml'), 'utf8');
      write('.gitlab-ci.yml', file.replace('local: templates/appcfg.yml', `$&\n    inputs: { root: ${tree} }`));
    }
    commit('adopted');
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    const jobs = ['appcfg:install', 'appcfg:validate', 'appcfg:diff'];
    const variables = { ...mergeRequest, ...withRoles, AWS_ENDPOINT_URL: url };
    const run = () => pipeline(jobs, variables, ['CI_COMMIT_BRANCH']);

    // Another project's application, in the same account and Region.
    const other = join(directory, 'other');
    for (const [path, text] of [
      ['appcfg.yml', 'project: other/config\n'],
      ['template/AllowList.yml', `list: ${otherValue}\n`],
      ['tenants/billing/dev/AllowList.yml', ''],
    ] as const) {
      mkdirSync(dirname(join(other, path)), { recursive: true });
      writeFileSync(join(other, path), text);
    }
    const program = join(checkout, 'bin/appcfg.js');
    const env = { ...environment(), ...withRoles, AWS_ENDPOINT_URL: url };
    await promisify(execFile)(process.execPath, [program, 'sync', '--yes'], { cwd: other, env });
    expect(emulator.stats()).toMatchObject({ StartDeployment: 1 });
    const before = { ...emulator.stats() };

    git('checkout', '-q', '-b', 'change');
    const marker = join(directory, 'started');
    const evil = `#!/bin/sh\necho "$0" >> ${marker}\n`;
    const evilModule = `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(marker)}, 'evil.mjs\\n');`;
    const config = ['script-shell', 'git', 'shell', 'editor', 'viewer', 'browser', 'init-module'];
    const npmrc = [
      ...config.map((key) => `${key}=./evil.sh`),
      'ignore-scripts=false',
      'node-options=--import ./evil.mjs',
    ];
    const gitConfig = '[core]\n  fsmonitor = ./evil.sh\n  sshCommand = ./evil.sh\n  hooksPath = .\n';
    const filters =
      '[filter "evil"]\n  smudge = ./evil.sh\n  clean = ./evil.sh\n[diff "evil"]\n  textconv = ./evil.sh\n';
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'as before');
    const victims = join(directory, 'victims');
    mkdirSync(victims);
    for (const folder of new Set(['.', tree])) {
      const at = (name: string) => join(folder, name);
      write(at('evil.sh'), evil, 0o755);
      write(at('evil.mjs'), evilModule);
      write(at('.npmrc'), npmrc.join('\n'));
      for (const name of ['node', 'git', 'appcfg', 'npm', 'npx']) write(at(name), evil, 0o755);
      write(at('node_modules/.bin/appcfg'), evil, 0o755);
      write(at('node_modules/.hooks/postinstall'), evil, 0o755);
      git('add', '-f', at('node_modules/.bin/appcfg'), at('node_modules/.hooks/postinstall'));
      for (const name of ['.bashrc', '.profile', '.bash_profile', '.zshenv']) write(at(name), evil);
      write(at('.env'), 'NODE_OPTIONS=--import ./evil.mjs\n');
      write(at('node.config.json'), '{"nodeOptions": {"import": ["./evil.mjs"]}}');
      write(at('.gitattributes'), '* filter=evil diff=evil\n');
      write(at('.gitconfig'), gitConfig + filters);
      write(at('.gitmodules'), '[submodule "x"]\n  path = x\n  url = ext::./evil.sh\n  update = !./evil.sh\n');
      write(at('.yarnrc'), 'yarn-path "./evil.sh"\n');
      write(at('.husky/post-checkout'), evil, 0o755);
      // A folder that Git takes for a bare repository.
      write(at('HEAD'), 'ref: refs/heads/main\n');
      write(at('objects/.keep'), '');
      write(at('refs/.keep'), '');
      if (folder !== '.') write(at('config'), `[core]\n  bare = true\n${gitConfig}${filters}`);
      for (const report of Object.values(reports).flat()) symlinkSync(victim, join(repository, folder, report));
      symlinkSync(victims, join(repository, folder, 'results'));
    }
    write(join(tree, 'tenants/billing/dev/AllowList.yml'), '');
    commit('hostile');
    const files = filesBelow(directory);

    const ran = await run();
    expect(existsSync(marker) ? readFileSync(marker, 'utf8') : '', ran.output).toBe('');
    expect(ran.jobs, ran.output).toEqual({
      'appcfg:install': 'PASS',
      'appcfg:validate': 'PASS',
      'appcfg:diff': 'FAIL',
    });
    // It compares with what is live, and shows whose the other application is.
    expect(ran.output).toContain('content not shown: belongs to project "other/config"');
    expect(emulator.stats()).toMatchObject({ AssumeRoleWithWebIdentity: (before.AssumeRoleWithWebIdentity ?? 0) + 1 });
    expectNothingTaken(ran);

    // The same author claims the other project, its names and a role of its own choice.
    write(
      join(tree, 'appcfg.yml'),
      `project: other/config
applicationName: "b{tenant}"
adopt: ["*"]
aws: { allowedAccounts: ["111122223333", "999999999999"] }
environments: { dev: { account: "999999999999", roleArn: "arn:aws:iam::999999999999:role/evil" }, qa: {} }
`,
    );
    write(join(tree, 'tenants/illing/dev/AllowList.yml'), '');
    commit('more hostile');
    const calls = { ...emulator.stats() };
    const claimed = await run();
    expect(existsSync(marker) ? readFileSync(marker, 'utf8') : '', claimed.output).toBe('');
    expect(claimed.jobs, claimed.output).toEqual({
      'appcfg:install': 'PASS',
      'appcfg:validate': 'PASS',
      'appcfg:diff': 'PASS',
    });
    expect(claimed.output).toContain('compared with origin/main offline, not with what is live');
    expect(emulator.stats(), 'no call, not even of STS').toEqual(calls);
    expectNothingTaken(claimed);

    // The programs that the test planted do run when they are started.
    chmodSync(join(repository, 'evil.sh'), 0o755);
    await promisify(execFile)(join(repository, 'evil.sh'));
    expect(readFileSync(marker, 'utf8')).toContain('evil.sh');

    function expectNothingTaken({ output, artifact }: Pipeline): void {
      const artifacts = Object.entries(reports).flatMap(([job, names]) => names.map((name) => artifact(job, name)));
      for (const text of [output, ...artifacts]) expect(text).not.toContain(otherValue);
      expect(JSON.parse(artifacts.at(-1) ?? '')).toMatchObject({ create: expect.any(Number) });
      expect(emulator.stats().GetHostedConfigurationVersion).toBe(before.GetHostedConfigurationVersion);
      const changed = [join(tree, 'appcfg.yml'), join(tree, 'tenants')];
      const now = filesBelow(directory);
      for (const [path, text] of files) {
        if (!changed.some((own) => path.startsWith(join('repository', own)))) expect(now.get(path), path).toBe(text);
      }
      expect([...now.keys()].filter((path) => !files.has(path) && !path.includes('/tenants/'))).toEqual([]);
    }
  },
);

/** What each file and link has, except what the runner, npm and Git keep for themselves: the job's own folder is among it. */
function filesBelow(directory: string): Map<string, string> {
  const own = /^(?:\.npm|\.gitlab-ci-local|repository\/(?:\.git|\.gitlab-ci-local))(?:\/|$)/;
  const found = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((path) => !own.test(path));
  return new Map(
    found.flatMap((path): [string, string][] => {
      const stat = lstatSync(join(directory, path));
      if (stat.isSymbolicLink()) return [[path, readlinkSync(join(directory, path))]];
      return stat.isFile() ? [[path, readFileSync(join(directory, path), 'latin1')]] : [];
    }),
  );
}

/** The settings of an npm that runs these tests are not for the npm that they run. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}
