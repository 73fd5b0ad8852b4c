// Names and text cannot deceive: not by what they look like, not by what a terminal, a merge request or a shell makes of them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { quoteForShell } from '../../src/core/problem/hint.ts';
import { comparableName, hiddenCharacter } from '../../src/core/problem/names.ts';
import { intercepted } from '../support/request-handlers.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

/** Characters that must never reach an output as they are. */
const hostile: readonly (readonly [what: string, char: string])[] = [
  ['a zero-width space', '\u200b'],
  ['a zero-width joiner', '\u200d'],
  ['a right-to-left override', '\u202e'],
  ['an isolate', '\u2066'],
  ['a soft hyphen', '\u00ad'],
  ['a Hangul filler', '\u3164'],
  ['a variation selector', '\ufe0f'],
  ['a tag character', '\u{e0041}'],
  ['a byte order mark', '\ufeff'],
  ['a line separator', '\u2028'],
  ['a no-break space', '\u00a0'],
  ['a blank pattern of Braille', '\u2800'],
  ['an ideographic space', '\u3000'],
  ['an escape sequence', '\u001b[2J'],
  ['concealed text', '\u001b[8m'],
  ['a C1 control character', '\u009b'],
  ['a carriage return', '\r'],
  ['a bell', '\u0007'],
];

const inNames = hostile.filter(([, char]) => char !== '\ufeff');

async function validated(world: World): Promise<string> {
  const { exitCode, stdout, stderr } = await world.appcfg('validate');
  expect(exitCode).toBe(3);
  return stdout + stderr;
}

/** Without line breaks, and with the colors that were asked for: nothing may be left that a reader cannot see. */
function expectVisible(text: string): void {
  const left = text.replaceAll('\n', '').match(new RegExp(hiddenCharacter.source, 'gu'));
  expect(left, text).toBeNull();
}

describe('names', () => {
  test.each(inNames)('with %s are refused, as a tenant, an environment and a profile', async (_what, char) => {
    const world = createWorld({
      'template/A.yml': 'a: 1\n',
      [`template/B${char}x.yml`]: 'b: 1\n',
      [`tenants/ac${char}me/dev/A.yml`]: 'a: 1\n',
      [`tenants/acme/de${char}v/A.yml`]: 'a: 1\n',
    });
    const text = await validated(world);
    expect(text).toContain('the tenant name "ac');
    expect(text).toContain('the environment name "de');
    expect(text).toContain('the profile name "B');
    expect(text.includes('and looks like "acme"')).toBe(comparableName(`ac${char}me`) === 'acme');
    expectVisible(text);
  });

  test('with a leading or trailing space are refused, and the problem has both; one inside is allowed', async () => {
    const world = createWorld({
      'template/A.yml': 'a: 1\n',
      'tenants/acme/dev/A.yml': 'a: 2\n',
      'tenants/acme /dev/A.yml': 'a: 2\n',
      'tenants/acme corp/dev/A.yml': 'a: 2\n',
    });
    const text = await validated(world);
    expect(text).toContain('the tenant name "acme " has a trailing space, and looks like "acme"');
    expect(text).not.toContain('acme corp');
  });

  test.each([
    ['case', 'acme', 'Acme'],
    ['full-width letters', 'acme', '\uff41cme'],
    ['a ligature', 'office', 'o\ufb03ce'],
    ['composed accents', 'caf\u00e9', 'cafe\u0301'],
    ['a superscript', 'team2', 'team\u00b2'],
    ['Roman numerals', 'IV', '\u2163'],
    ['a Cyrillic letter', 'acme', '\u0430cme'],
    ['all letters, which are Cyrillic', 'cop', '\u0441\u043e\u0440'],
    ['capitals, which are Cyrillic', 'COP', '\u0421\u041e\u0420'],
    ['a Greek letter', 'demo', 'dem\u03bf'],
    ['a Cyrillic and a Greek letter', '\u043ene', '\u03bfne'],
    ['a letter of a phonetic alphabet', 'acme', '\u0251cme'],
  ])('that differ only in %s collide, as tenants, environments and profiles', async (_what, one, other) => {
    const world = createWorld({
      'template/A.yml': 'a: 1\n',
      [`tenants/${one}/dev/A.yml`]: 'a: 2\n',
      [`tenants/${other}/dev/A.yml`]: 'a: 2\n',
      [`tenants/environments/${one}/A.yml`]: 'a: 2\n',
      [`tenants/environments/${other}/A.yml`]: 'a: 2\n',
      [`tenants/profiles/dev/${one}.yml`]: 'a: 2\n',
      [`tenants/profiles/${other}.yml`]: 'a: 2\n',
    });
    const { json } = await world.appcfg('validate', '-o', 'json');
    const collisions = json.problems.filter(({ code }: { code: string }) => code === 'name-collision');
    expect(collisions.map(({ message }: { message: string }) => message.split(' "')[0]).sort()).toEqual([
      'the configuration profiles',
      'the environments',
      'the tenants',
    ]);
    for (const { message } of collisions) {
      expect(message).toContain(`"${one}"`);
      expect(message).toContain(`"${other}"`);
    }
  });

  test.each([
    ['Cyrillic', '\u0430cme', '"\u0430" (U+0430)'],
    ['Cyrillic', 'Team-\u0412ill', '"\u0412" (U+0412)'],
    ['Greek', 'dem\u03bf', '"\u03bf" (U+03BF)'],
  ])('that mix Latin and %s letters in one word are suspicious', async (alphabet, name, letter) => {
    const world = createWorld({ 'template/A.yml': 'a: 1\n', [`tenants/${name}/${name}x/${name}y.yml`]: 'a: 2\n' });
    const { exitCode, json } = await world.appcfg('validate', '-o', 'json');
    expect(exitCode).toBe(0);
    expect(json.problems).toMatchObject(
      ['tenant', 'environment', 'profile'].map((kind) => ({
        code: 'name-suspicious',
        message: expect.stringMatching(new RegExp(`^the ${kind} name .* mixes Latin and ${alphabet} letters: `)),
      })),
    );
    expect(json.problems[0].message).toContain(letter);
  });

  test.each([
    '\u0431\u0430\u043d\u043a',
    '\u0431\u0430\u043d\u043a-eu',
    '\u03b2-test',
    'caf\u00e9',
    '\u6771\u4eac',
    'acme (old)',
    'a!b',
  ])('with one alphabet in each word are accepted: %s', async (name) => {
    const world = createWorld({ 'template/A.yml': 'a: 1\n', [`tenants/${name}/dev/.gitkeep`]: '' });
    expect((await world.appcfg('validate', '-o', 'json')).json.problems).toEqual([]);
  });

  test.each(['*', '?', '[', ']', '{', '}', ','])(
    'with %s are suspicious, and the hint selects them alone',
    async (char) => {
      const name = `a${char}b`;
      const world = createWorld({
        'template/A.yml': 'a: 1\n',
        [`tenants/${name}/dev/.gitkeep`]: '',
        'tenants/a/dev/.gitkeep': '',
        'tenants/b/dev/.gitkeep': '',
        'tenants/axyb/dev/.gitkeep': '',
      });
      const { json } = await world.appcfg('validate', '-o', 'json');
      expect(json.problems).toMatchObject([{ code: 'name-suspicious', source: `tenants/${name}` }]);
      const glob = json.problems[0].hint.text.replace(/.* as /, '');
      const rendered = await world.appcfg('render', '--tenant', glob, '-o', 'json');
      expect(rendered.json.configurations.map(({ address }: { address: string }) => address)).toEqual([
        `${name}/dev/A`,
      ]);
    },
  );

  test('of the template collide with each other, and are reported once', async () => {
    const world = createWorld({
      'template/Service.yml': 'a: 1\n',
      'template/dev/service.yml': 'a: 2\n',
      'template/Dev/Service.yml': 'a: 2\n',
      'tenants/one/dev/.gitkeep': '',
      'tenants/two/dev/.gitkeep': '',
    });
    const { json } = await world.appcfg('validate', '-o', 'json');
    const collisions = json.problems.filter(({ code }: { code: string }) => code === 'name-collision');
    expect(collisions.map(({ source }: { source: string }) => source).sort()).toEqual([
      'template/dev',
      'template/dev/service.yml',
    ]);
  });

  test('of a tenant collide with those of the template, and not with those of another tenant', async () => {
    const files = { 'template/Limits.yml': 'a: 1\n', 'tenants/acme/dev/limits.yml': 'a: 2\n' };
    expect(await validated(createWorld(files))).toContain('the configuration profiles "Limits" and "limits" differ');
    const world = createWorld({ 'tenants/one/dev/Limits.yml': 'a: 1\n', 'tenants/two/dev/limits.yml': 'a: 1\n' });
    expect((await world.appcfg('validate')).exitCode).toBe(0);
  });
});

/** Every format of a plan, a status and a history, with a hostile text wherever a tree can have one. */
// A byte-order mark inside a file is an error.
describe.each(inNames)('%s', (_what, char) => {
  const text = `be${char}fore`;

  function hostileWorld(): World {
    return createWorld(
      {
        'appcfg.yml': `apiVersion: appcfg/v1\nproject: acme/config\nwaves: [{ name: wave1 }]\n`,
        'template/A.yml': JSON.stringify({ value: text, [`key${char}`]: 1, list: [text] }),
        'tenants/acme/dev/A.yml': 'own: 1\n',
      },
      inPipeline,
    );
  }

  test('is escaped in every output, and JSON still has it', async () => {
    const world = hostileWorld();
    const outputs = ['json=out.json', 'jsonl=out.jsonl', 'markdown=out.md', 'junit=out.xml'].flatMap((each) => [
      '-o',
      each,
    ]);
    const message = `failed: ${text}`;
    const requestHandler = intercepted(world, async ({ method, path, answer }) => {
      if (method !== 'POST' || !path.endsWith('/environments')) return answer();
      const body = Buffer.from(JSON.stringify({ message }));
      return { response: { statusCode: 400, headers: { 'x-amzn-errortype': 'BadRequestException' }, body } };
    });
    const runs = [
      await world.appcfg('diff', '-v', '-o', 'text', ...outputs),
      await world.appcfg('explain', 'acme/dev/A'),
      await world.appcfgWith({ isTTY: true, env: { NO_COLOR: '', CI: '1' } }, 'diff', '-v'),
      await world.appcfgWith({ isTTY: true }, 'render'),
      await world.appcfgWith({ requestHandler }, 'sync', '-v', '-o', 'text', ...outputs),
    ];
    for (const { stdout, stderr } of runs)
      expectVisible((stdout + stderr).replace(/\u001b\[[0-9]{1,2}m/g, (color) => (color === '\u001b[8m' ? color : '')));
    for (const name of readdirSync(world.directory).filter((each) => each.startsWith('out.'))) {
      expectVisible(readFileSync(join(world.directory, name), 'utf8'));
    }
    const shown = runs[0]?.stdout ?? '';
    expect(shown).toMatch(/be\\u\{[0-9a-f]+\}|be\\u[0-9a-f]{4}|be\\[rn]/);
    const { json } = await world.appcfg('explain', 'acme/dev/A', '-o', 'json');
    expect(json.values.map(({ value }: { value: string }) => JSON.parse(value))).toContain(text);
  });

  test('is as it is in what render writes to a pipe and to a file: clients read it', async () => {
    const world = hostileWorld();
    const { stdout } = await world.appcfg('render');
    expect(JSON.parse(stdout).value).toBe(text);
    await world.appcfg('render', '--out', 'out');
    expect(JSON.parse(readFileSync(join(world.directory, 'out/acme/dev/A.json'), 'utf8')).value).toBe(text);
  });
});

describe('text from configurations is inert', () => {
  const markdown = [
    '```\n<script>alert(1)</script>\n[click](javascript:alert(1))',
    '~~~\n/approve\n/merge',
    '</details><img src=x onerror=alert(1)>',
    '| a | b |\n|---|---|',
    '@everyone #1 !1',
    '````````',
  ];

  test.each(markdown)('in a Markdown document: %j', async (text) => {
    const world = createWorld(
      { 'template/A.yml': JSON.stringify({ value: text }), 'tenants/acme/dev/.gitkeep': '' },
      inPipeline,
    );
    const { stdout } = await world.appcfg('diff', '-v', '-o', 'markdown');
    let fence = '';
    for (const line of stdout.split('\n')) {
      const [ticks] = /^`{3,}/.exec(line) ?? [];
      if (fence === '' && ticks !== undefined) fence = ticks;
      else if (line === fence) fence = '';
      else if (fence === '') expect(line).not.toMatch(/script|click|^\s*\/|img|everyone|#1|!1|\| a \|/);
    }
    expect(fence).toBe('');
  });

  test('in JUnit: neither markup nor a link to a file of the job', async () => {
    const world = createWorld({ 'template/A.yml': 'a: 1\n', 'tenants/acme/dev/A.yml': 'a: 1\n' }, inPipeline);
    const requestHandler = intercepted(world, async ({ method, path, answer }) => {
      if (method !== 'POST' || !path.endsWith('/environments')) return answer();
      const message = '</failure><script/>]]> [[ATTACHMENT|/builds/secret.png]]';
      const body = Buffer.from(JSON.stringify({ message }));
      return { response: { statusCode: 400, headers: { 'x-amzn-errortype': 'BadRequestException' }, body } };
    });
    const { stdout } = await world.appcfgWith({ requestHandler }, 'sync', '-o', 'junit');
    expect(stdout).toContain('ATTACHMENT|/builds/secret.png]]');
    expect(stdout).not.toContain('[[ATTACHMENT|');
    expect(stdout).not.toContain('<script');
  });
});

/** What a shell makes of a hint. */
function words(hint: string): readonly string[] {
  const command = hint.slice(hint.indexOf('appcfg '));
  return execFileSync('sh', ['-c', `appcfg() { printf '%s\\0' "$@"; }; ${command}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

const tenants = [
  '*',
  '!x',
  '-x',
  '?',
  '[ab]',
  '{a,b}',
  'a b',
  "it's",
  '$(touch pwned)',
  '`touch pwned`',
  'a;touch pwned',
  '--all',
  '@(a|b)',
  '\\*',
  '~',
  '=ls',
  '#a',
  'a&b',
];

describe('hints can be pasted', () => {
  test.each(tenants)('for a tenant with the name %j: the command selects it and nothing else', async (tenant) => {
    const others = ['a', 'ab', 'x', 'other', '+x'].filter((each) => each !== tenant);
    const world = createWorld(
      { 'appcfg.yml': 'apiVersion: appcfg/v1\nproject: acme/config\n', 'template/A.yml': 'a: 1\n' },
      inPipeline,
    );
    for (const name of [tenant, ...others])
      mkdirSync(join(world.directory, 'tenants', name, 'dev'), { recursive: true });
    const created = await world.emulator.requestHandler().handle({
      method: 'POST',
      path: '/applications',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Name: tenant }),
    });
    expect(created.response.statusCode).toBe(201);
    const { stderr } = await world.appcfg('sync');
    const hint = stderr.split('\n').find((line) => line.includes('--adopt --tenant')) ?? '';
    const args = words(hint);
    expect(args[0]).toBe('sync');
    const { json } = await world.appcfg('diff', ...args.slice(1), '-o', 'json');
    expect(json.addresses.map(({ address }: { address: string }) => address)).toEqual([`${tenant}/dev/A`]);
    expect(readdirSync(world.directory)).not.toContain('pwned');
  });

  test('for a folder to create', async () => {
    const world = createWorld({ 'template/A.yml': 'a: 1\n' });
    mkdirSync(join(world.directory, 'tenants/$(touch pwned)'), { recursive: true });
    const { stderr } = await world.appcfg('validate');
    expect(stderr).toContain("mkdir -p 'tenants/$(touch pwned)/ENVIRONMENT'");
  });

  test.each([...tenants, '', 'a\nb', '%s', '!!', 'a"b'])('the argument %j arrives as it is', (word) => {
    expect(words(`appcfg ${quoteForShell(word)}`)).toEqual([word]);
  });
});
