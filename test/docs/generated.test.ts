// Documents that are made from the program match it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { commandsIn, pathOf } from '../../src/cli/completion/command-paths.ts';
import { type ProblemCode, problemCodes } from '../../src/core/problem/problem-codes.ts';
import { settingsJsonSchema } from '../../src/core/settings-file/settings-schema.ts';
import { checkout, expectDocument, documentedProgram as program, readDocument } from '../support/documents.ts';
import { createWorld } from '../support/world.ts';

const fence = '```';

test('docs/appcfg.schema.json describes the settings that are checked', () => {
  expectDocument('docs/appcfg.schema.json', `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`);
});

test('docs/commands.md has the help of every command', () => {
  const commands = commandsIn(program()).filter((command) => command.name() !== 'help');
  const helps = [program(), ...commands].map((command) => {
    let help = '';
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    const title = command.name() === 'appcfg' ? 'appcfg' : `appcfg ${pathOf(command)}`;
    return `## ${title}\n\n${fence}text\n${help.trim()}\n${fence}\n`;
  });
  const help = program().createHelp();
  const rows = commands.map((command) => {
    const term = help.subcommandTerm(command).replace(' [options]', '').replace('|', '`, `appcfg ');
    const path = pathOf(command);
    return `| \`appcfg ${path.slice(0, path.lastIndexOf(' ') + 1)}${term}\` | ${command.summary()} |`;
  });
  const table = `| command | does |\n|---|---|\n${rows.join('\n')}\n`;
  expectDocument(
    'docs/commands.md',
    `# Commands\n\n${table}\n\`appcfg help COMMAND\` prints the flags of a command, as below.\n\n${helps.join('\n')}`,
  );
});

test('docs/problems.md lists every problem code with its exit code', () => {
  const rows = Object.entries(problemCodes).map(
    ([code, { exit, meaning }]) => `| \`${code}\` | ${exit} | ${meaning} |`,
  );
  expectDocument(
    'docs/problems.md',
    `# Problems\n\nEvery problem has a code: in \`-o json\` and \`-o jsonl\` as \`code\`, in JUnit reports as the suite of a case. The exit code is\nthat of the most serious error; warnings have 0.\n\n| code | exit | meaning |\n|---|---|---|\n${rows.join('\n')}\n`,
  );
});

test('the settings in docs/settings.md can be used as they are', async () => {
  const [, settings = ''] = /```yaml\n(# yaml-language-server[\s\S]*?)```/.exec(readDocument('docs/settings.md')) ?? [];
  expect(settings).toContain('apiVersion');
  const world = createWorld({
    'appcfg.yml': settings,
    'schemas/Limits.schema.json': '{"type": "object"}',
    'template/Limits.yml': 'rate: 1\npublic_key: k\n',
    'template/AllowList.yml': 'database: { password: x }\n',
    'template/FeatureFlags.yml': 'version: "1"\n',
    'tenants/acme/prod/.gitkeep': '',
    'tenants/acme/dev/.gitkeep': '',
    'tenants/acme-one/prod/.gitkeep': '',
    'tenants/acme-test/dev/.gitkeep': '',
    'tenants/tenant1/dev/.gitkeep': '',
  });
  expect(await world.appcfg('validate')).toMatchObject({ exitCode: 0, stderr: '' });
});

test('docs/iam.md names every AWS action that the program can call, and none besides', () => {
  const folder = join(checkout, 'src/appconfig');
  const commands = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/new (\w+)Command\(/g)]);
  const called = new Set(
    commands.map(([, operation]) => operation).filter((name) => name !== 'GetCallerIdentity' && name !== 'AssumeRole'),
  );
  const [, table = ''] = /\| command \| actions \|\n([\s\S]*?)\n\n/.exec(readDocument('docs/iam.md')) ?? [];
  const named = new Set([...table.matchAll(/`([A-Z]\w+)`/g)].map(([, action]) => action));
  expect([...named].sort()).toEqual([...called].sort());
});

test('docs/troubleshooting.md has every problem code', () => {
  const page = readDocument('docs/troubleshooting.md');
  expect(Object.keys(problemCodes).filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});

test('docs/troubleshooting.md has each problem code below its exit code, and warnings marked as such', () => {
  const sections = readDocument('docs/troubleshooting.md')
    .split(/^## Exit (?=\d)/m)
    .slice(1);
  const misplaced = sections.flatMap((section) => {
    const [errors = '', warnings = ''] = section.split('\nWarnings:\n');
    return [...misplacedCodes(errors, Number.parseInt(section, 10)), ...misplacedCodes(warnings, 0)];
  });
  expect(misplaced).toEqual([]);
});

/** Codes in the first cells of tables whose exit code is another one; `(warning)` stands for 0. */
function misplacedCodes(tables: string, exit: number): readonly string[] {
  return [...tables.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) => {
    const expected = cell.includes('(warning') ? 0 : exit;
    return [...cell.matchAll(/`([a-z-]+)`/g)].flatMap(([, code = '']) =>
      Object.hasOwn(problemCodes, code) && problemCodes[code as ProblemCode].exit !== expected ? [code] : [],
    );
  });
}

test('CHANGELOG.md has each entry of a version once', () => {
  const versions = readDocument('CHANGELOG.md').split(/^## /m);
  const repeated = versions.flatMap((version) => {
    const entries = [...version.matchAll(/^- (.{1,60})/gm)].map(([, start]) => start);
    return entries.filter((start, index) => entries.indexOf(start) < index);
  });
  expect(repeated).toEqual([]);
});

const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].concat(
  readdirSync(join(checkout, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
);

/** GitLab and GitHub make the same fragment of a plain heading. */
function fragmentsOf(page: string): readonly string[] {
  return [...readDocument(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(pages)('the links of %s lead to files and headings that exist', (page) => {
  const links = [...readDocument(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const broken = links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', fragment] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(checkout, target))) return true;
    return fragment !== undefined && !fragmentsOf(target).includes(fragment);
  });
  expect(broken).toEqual([]);
});

test('the tests that docs/security.md names exist', () => {
  const named = [...readDocument('docs/security.md').matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((file) => !existsSync(join(checkout, file)))).toEqual([]);
});

test('the README has at most 200 lines', () => {
  expect(readDocument('README.md').split('\n').length - 1).toBeLessThanOrEqual(200);
});
