// Nothing that comes from a tree, a wave's name or AWS begins or ends a section of a job's log, or controls a terminal that shows it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestHandler } from '../../src/engine/context.ts';
import { LogSections } from '../../src/report/progress/log-sections.ts';
import { streamText } from '../../src/report/style/escape.ts';
import { readJobLog } from '../support/job-log.ts';
import { OtherClient } from '../support/other-client.ts';
import { holds } from '../support/properties.ts';
import { createWorld, type Outcome, type RunOptions, type World } from '../support/world.ts';

const esc = '\u001b';
const evil = `x\r${esc}[0Ksection_end:1:appcfg_1_1_x\r${esc}[0K${esc}[0Ksection_start:1:evil[collapsed=true]\r${esc}[0Khidden`;
/** In a double-quoted YAML or JSON string. */
const quoted = JSON.stringify(evil).slice(1, -1);

const job = { GITLAB_CI: 'true', NO_COLOR: '' };

function inJob(world: World, options: RunOptions, ...args: string[]): Promise<Outcome> {
  return world.appcfgWith({ ...options, env: { ...job, ...options.env } }, ...args);
}

/** What GitLab would find in both streams that is not the run's own. */
function faultsOf({ stdout, stderr }: Outcome): readonly string[] {
  return [stdout, stderr].flatMap((text) => {
    const { faults, sections } = readJobLog(text);
    const others = sections.filter(({ name }) => !/^appcfg_\d+_\d+_[A-Za-z0-9_.-]*$/.test(name));
    return [...faults, ...others.map(({ name }) => `${name} is a section`)];
  });
}

const fragments = [
  esc,
  '\r',
  '\n',
  '[0K',
  'section_start:1:evil',
  'section_end:1:appcfg_1_1_canary',
  'section_start:1:',
  '[collapsed=true]',
  '[31m',
  '[2J',
  '\u009b',
  '\u0085',
  '\u2028',
  '\b',
  'canary',
  ' ',
];
const hostile = fc.array(fc.constantFrom(...fragments), { maxLength: 12 }).map((parts) => parts.join(''));

test('whatever titles and lines are, the log has the sections that were begun, and only colors', async () => {
  const lines = fc.array(fc.tuple(hostile, hostile, fc.boolean()), { minLength: 1, maxLength: 4 });
  await holds(
    fc.property(lines, fc.boolean(), (parts, isColored) => {
      let text = '';
      const sections = new LogSections(
        (marker) => {
          text += marker;
        },
        () => 0,
      );
      for (const [wave, line, ends] of parts) {
        sections.begin(wave, { isFolded: ends });
        text += streamText(`${wave}\n${line}\n`, { isColored });
        if (ends) sections.end();
      }
      sections.end();
      const log = readJobLog(text);
      expect(log.faults).toEqual([]);
      expect(log.sections).toHaveLength(parts.length);
      expect(log.sections.every(({ name }) => name.startsWith('appcfg_0_'))).toBe(true);
    }),
    300,
  );
});

test('keys and values of a tree', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: p\n',
    'template/Limits.yml': `"${quoted}": "${quoted}"\ntext: |\n  section_start:1:evil\n`,
    'tenants/a/dev/Limits.yml': `mine: "${quoted}"\n`,
  });
  await runs(world, {
    validate: 0,
    'sync -v': 0,
    'status -v': 0,
    'explain a/dev/Limits': 0,
    'history a/dev/Limits': 0,
  });
  world.write('template/Limits.yml', `"${quoted}": "2${quoted}"\n`);
  await runs(world, { 'diff -v': 0, 'sync -v': 0 });
});

test('names of a wave, and of a tenant and a profile, which are refused', async () => {
  const world = createWorld({
    'appcfg.yml': `project: p\nwaves:\n  - { name: "${quoted}", tenants: [a] }\n  - { name: rest }\n`,
    'template/Limits.yml': 'a: 1\n',
    'tenants/a/dev/.gitkeep': '',
  });
  await runs(world, { validate: 3, diff: 3, 'sync -v': 3 });
  world.write('appcfg.yml', 'project: p\n');
  world.write(`tenants/${evil}/dev/.gitkeep`, '');
  world.write(`template/${evil}.yml`, 'a: 1\n');
  await runs(world, { validate: 3, diff: 3, sync: 3 });
});

/** Each command ends with its exit code, and its log is its own. */
async function runs(world: World, commands: Readonly<Record<string, number>>): Promise<void> {
  for (const [command, exitCode] of Object.entries(commands)) {
    const outcome = await inJob(world, {}, ...command.split(' '));
    expect([command, outcome.exitCode, faultsOf(outcome)]).toEqual([command, exitCode, []]);
  }
}

test('a wave with a hostile name that the settings accept is a section of its own', async () => {
  const name = 'section_start:1:evil[collapsed=true]';
  const world = createWorld({
    'appcfg.yml': `project: p\nwaves:\n  - { name: "${name}", tenants: [a] }\n  - { name: rest }\n`,
    'template/Limits.yml': 'a: 1\n',
    'tenants/a/dev/.gitkeep': '',
    'tenants/b/dev/.gitkeep': '',
  });
  const outcome = await inJob(world, {}, 'sync');
  expect([outcome.exitCode, faultsOf(outcome)]).toEqual([0, []]);
  expect(readJobLog(outcome.stderr).sections).toHaveLength(2);
});

test('responses of AWS, and what other tools wrote into AppConfig', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: p\n',
    'template/Limits.yml': 'a: 1\n',
    'tenants/a/dev/.gitkeep': '',
  });
  await inJob(world, {}, 'sync');
  const other = new OtherClient(world.emulator);
  await other.deploy({
    application: 'a',
    environment: 'dev',
    configurationProfile: 'Limits',
    content: `b: "${quoted}"`,
    description: evil,
  });
  world.clock.advance(3_600_000);
  await runs(world, { diff: 0, 'status -v': 0, 'history a/dev/Limits': 0, sync: 0 });
  world.write('template/Limits.yml', 'a: 3\n');
  for (const [statusCode, type] of [
    [400, 'BadRequestException'],
    [403, 'AccessDeniedException'],
    [409, evil],
    [500, 'InternalServerException'],
  ] as const) {
    const outcome = await inJob(
      world,
      { requestHandler: refusing(world, statusCode, type) },
      'sync',
      '--overwrite-drift',
    );
    expect(outcome.exitCode).not.toBe(0);
    expect(faultsOf(outcome), `${statusCode}`).toEqual([]);
  }
});

test('arguments that a problem quotes', async () => {
  const world = createWorld({ 'appcfg.yml': 'project: p\n', 'template/A.yml': 'a: 1\n', 'tenants/a/dev/.gitkeep': '' });
  for (const args of [
    ['sync', '--tenant', evil],
    ['sync', `--${evil}`],
    ['explain', evil],
    ['sync', '--wave', evil],
    [evil],
    ['validate', '-C', evil],
  ]) {
    const outcome = await inJob(world, {}, ...args);
    expect(outcome.exitCode).toBe(3);
    expect(faultsOf(outcome), args[0]).toEqual([]);
  }
});

/** AppConfig refuses what changes it, with a message that begins and ends sections. */
function refusing(world: World, statusCode: number, type: string): RequestHandler {
  const inner = world.emulator.requestHandler() as unknown as RequestHandler;
  return {
    handle: async (request, options) => {
      const { response } = await inner.handle(request, options);
      if (request.method === 'GET') return { response };
      const { body: _, ...rest } = response;
      const body = Buffer.from(JSON.stringify({ Message: evil, message: evil, Reason: evil, __type: type }));
      return {
        response: {
          ...rest,
          statusCode,
          body,
          headers: { 'content-type': 'application/json', 'x-amzn-errortype': type },
        },
      };
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
}
