// The package as it is installed: packed, and put into an empty project without a network.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { checkout, readDocument } from '../support/documents.ts';

const folder = mkdtempSync(join(tmpdir(), 'appcfg-package-'));
const project = join(folder, 'project');
const installed = join(project, 'node_modules/@appcfg/cli');
/** Paths in the tarball. */
let packed: string[];

beforeAll(async () => {
  // The build is what `prepare` would run; test/support/build-program.ts has done it.
  const { stdout } = await npm(checkout, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  packed = files.map(({ path }) => path);
  mkdirSync(project);
  await npm(project, 'install', '--offline', join(folder, filename));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the tarball', () => {
  test('contains each entry of `files`', () => {
    const missing = packageJson.files.filter((entry) => !packed.some((path) => `${path}/`.startsWith(`${entry}/`)));
    expect(missing).toEqual([]);
  });

  test('contains the licences, and each file that the README links to', () => {
    const links = [...readDocument('README.md').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => path);
    const missing = ['LICENSE', 'dist/THIRD-PARTY-NOTICES.txt', ...links].filter(
      (link) => !packed.some((path) => `${path}/`.startsWith(`${posix.normalize(link)}/`)),
    );
    expect(missing, 'not in `files` of package.json').toEqual([]);
  });

  test('contains the sample tree with its empty environments', () => {
    expect(packed).toEqual(
      expect.arrayContaining(['appcfg.yml', '.gitlab-ci.yml', 'tenants/tenant1/qa/.gitkeep', 'template/AllowList.yml']),
    );
  });

  test('needs no other package: what dist/ imports is in dist/', () => {
    expect(Object.keys(packageJson)).not.toContain('dependencies');
    expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['@appcfg']);
    expect(readdirSync(join(project, 'node_modules/@appcfg'))).toEqual(['cli']);
  });

  test('names each bundled package with its licence', () => {
    const notices = readFileSync(join(installed, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['@aws-sdk/client-appconfig', '@aws-sdk/nested-clients', 'commander', 'js-yaml', 'zod']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d\\S+ \\(\\S+\\)$`, 'm'));
    }
    expect(notices).not.toMatch(/^(vitest|esbuild|typescript) /m);
  });
});

test('a bundled package without a licence text fails the build', async () => {
  const other = join(folder, 'node_modules/other');
  mkdirSync(other, { recursive: true });
  writeFileSync(join(other, 'package.json'), JSON.stringify({ name: 'other', version: '1.2.3', license: 'MIT' }));
  const module = join(checkout, '.ci/third-party-notices.js');
  const script = `
    const { thirdPartyNotices } = await import(${JSON.stringify(module)});
    console.log(thirdPartyNotices(${JSON.stringify(folder)}, ['src/a.ts', 'node_modules/other/lib/a.js']));
  `;
  const notices = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  await expect(notices()).rejects.toThrow('other 1.2.3 has no licence text: see textOf in .ci/third-party-notices.js');
  writeFileSync(join(other, 'LICENSE.md'), 'Permission is granted\r\n');
  expect((await notices()).stdout).toContain('\nother 1.2.3 (MIT)\n\nPermission is granted\n');
});

describe('installed into an empty project', () => {
  const run = (file: string, ...args: string[]) =>
    promisify(execFile)(file, args, { cwd: project, env: { ...environment(), APPCFG_LOCAL_SPEED: '1200' } });
  const program = join(project, 'node_modules/.bin/appcfg');

  beforeAll(() => {
    for (const part of ['template', 'tenants', 'appcfg.yml']) {
      cpSync(join(installed, part), join(project, part), { recursive: true });
    }
  });

  test('`appcfg --version` prints its version', async () => {
    expect((await run(program, '--version')).stdout).toBe(`${packageJson.version}\n`);
  });

  test('`npx --no -- appcfg validate` accepts the sample tree', { timeout: 60_000 }, async () => {
    expect((await run('npx', '--no', '--', 'appcfg', 'validate')).stdout).toContain('12');
  });

  test('`appcfg sync --local` deploys the sample tree, and a second run has nothing to do', async () => {
    expect((await run(program, 'sync', '--local')).stdout).toContain('12 deployments complete');
    expect((await run(program, 'sync', '--local')).stdout).toContain('Nothing to do');
  });
});

describe('`@appcfg/cli/emulator`', () => {
  const consumer = `
    import { type Configuration, type RunningEmulator, type StartOptions, startEmulator } from '@appcfg/cli/emulator';

    const configuration: Configuration = { application: 'shop', environment: 'prod', profile: 'web', content: 1 };
    const options: StartOptions = { agentPort: 0, configurations: [configuration] };
    const emulator: RunningEmulator = await startEmulator(options);
    emulator.injectFault({ operation: '*', kind: 'throttle' });
    // @ts-expect-error there is no such kind
    const unused: Parameters<typeof emulator.injectFault>[0] = { operation: '*', kind: 'nonsense' };
    const path = '/applications/shop/environments/prod/configurations/web';
    export const content: string = await (await fetch(emulator.agentUrl + path)).text();
    await emulator.close();
  `;

  test.each([
    { module: 'nodenext', moduleResolution: 'nodenext', types: [] },
    { module: 'nodenext', moduleResolution: 'nodenext', types: ['node'] },
    { module: 'esnext', moduleResolution: 'bundler', types: [] },
  ])('compiles with %j, strict, and with its declarations checked; and runs', async (options) => {
    const directory = mkdtempSync(join(project, 'consumer-'));
    const compilerOptions = {
      ...options,
      typeRoots: [join(checkout, 'node_modules/@types')],
      target: 'es2022',
      // `fetch` is declared by Node's types, or else by the browser's.
      lib: options.types.length === 0 ? ['es2022', 'dom'] : ['es2022'],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
    };
    writeFileSync(join(directory, 'consumer.mts'), consumer);
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.mts'] }));
    const tsc = join(checkout, 'node_modules/typescript/bin/tsc');
    const compiled = promisify(execFile)(process.execPath, [tsc, '-p', directory], { cwd: project });
    await compiled.catch((error: { stdout: string }) => expect.fail(error.stdout));
    const script = `console.log((await import(${JSON.stringify(join(directory, 'consumer.mjs'))})).content)`;
    const ran = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
    expect(ran.stdout).toBe('1\n');
  });
});

test('no text contains a command that fetches a package named appcfg, which is another library', () => {
  const folders = ['docs', 'src', 'bin', 'templates'].filter((path) => existsSync(join(checkout, path)));
  const files = folders.flatMap((path) =>
    readdirSync(join(checkout, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const fetches =
    /\b(?:npx|npm (?:i|add|install|exec|x)|yarn (?:add|dlx)|pnpm (?:add|dlx|exec)|bunx)\b(?! --no -- )[^\n`]*[\s"'[]appcfg(?![\w/.-])/;
  const found = [...files, join(checkout, '.gitlab-ci.yml'), join(checkout, 'CHANGELOG.md')].filter((file) =>
    fetches.test(readFileSync(file, 'utf8')),
  );
  expect(found).toEqual([]);
  // In this checkout, where the README begins, npx runs the checkout's own program.
  const readme = readDocument('README.md').replaceAll(/npx appcfg [a-z]+ --local/g, '');
  expect(fetches.exec(readme)?.[0]).toBeUndefined();
});

function npm(cwd: string, ...args: string[]) {
  return promisify(execFile)('npm', args, { cwd, env: environment(), maxBuffer: 10_000_000 });
}

/** The settings of an npm that runs these tests are not for the npm that they run. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}
