// `npm run build`: the program and the emulator as a library, with everything they need, into dist/.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { rawText } from './raw-text.js';
import { thirdPartyNotices } from './third-party-notices.js';

const checkout = join(import.meta.dirname, '..');
const dist = join(checkout, 'dist');

const program = 'src/cli/run.ts';
/** The thread for checks, which the program starts by this file. */
const worker = 'src/tree/worker.ts';
/** What `@appcfg/cli/emulator` exports. */
const library = 'src/emulator/host/start-emulator.ts';

// Chunk names contain a hash: chunks of earlier builds would stay, and be packed.
rmSync(dist, { recursive: true, force: true });
const [metafile] = await Promise.all([bundle(), declareTypes()]);
// Written last: where this file exists, the build is complete. test/support/build-program.ts relies on it.
writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(checkout, bundledFiles(metafile)));

/** @throws Error if a file of dist/ would import a package: package.json has no dependencies to install */
async function bundle() {
  const { metafile } = await build({
    absWorkingDir: checkout,
    entryPoints: { run: program, worker, emulator: library },
    outdir: dist,
    bundle: true,
    // A command loads only what it needs.
    splitting: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    // With the CommonJS files of the AWS SDK, `await import()` yields no named exports.
    mainFields: ['module', 'main'],
    // CommonJS packages call `require` for Node's own modules.
    banner: {
      js: "import { createRequire as appcfgCreateRequire } from 'node:module'; const require = appcfgCreateRequire(import.meta.url);",
    },
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [rawText],
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const missing = imports.find(({ path, external }) => external && !isBuiltin(path));
  if (missing !== undefined) throw new Error(`dist/ would import "${missing.path}", which is not bundled`);
  return metafile;
}

/** Files of which at least a byte is in dist/, relative to the checkout. */
function bundledFiles({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}

/** Writes dist/emulator.d.ts, and the declarations that it refers to into dist/types/. */
async function declareTypes() {
  const root = join(checkout, 'src/emulator');
  const types = join(dist, 'types');
  const tsc = join(checkout, 'node_modules/typescript/bin/tsc');
  const compiled = promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: checkout });
  await compiled.catch(({ stdout, stderr }) => {
    throw new Error(`tsc -p tsconfig.types.json fails:\n${stdout}${stderr}`);
  });
  const entry = relative(root, join(checkout, library)).replaceAll(sep, '/').replace(/\.ts$/, '');
  writeFileSync(join(dist, 'emulator.d.ts'), `export * from './types/${entry}.js';\n`);
  // The other declarations are not part of the library's interface.
  const reached = new Set([join(types, `${entry}.d.ts`)]);
  for (const file of reached) {
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/\bfrom '(\.[^']+)\.ts'/g)) {
      reached.add(join(file, '..', `${specifier}.d.ts`));
    }
  }
  for (const path of readdirSync(types, { recursive: true })) {
    const file = join(types, path);
    if (file.endsWith('.d.ts') && !reached.has(file)) rmSync(file);
  }
}
