// What a run reports that is interrupted before it has a result.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld, type RunOptions, type World } from '../support/world.ts';

const tree = { 'appcfg.yml': 'project: p\n', 'template/A.yml': 'a: 1\n', 'tenants/acme/dev/.gitkeep': '' };

/** Interrupts validate while it compiles a schema. */
function inValidate(world: World): RunOptions {
  world.write('appcfg.yml', 'project: p\nprofiles: { A: { schema: schema.json } }\n');
  world.write('schema.json', '{}');
  let send = () => {};
  return {
    onStart: (signal) => {
      send = () => signal('SIGINT');
    },
    startBudget: () => {
      send();
      return () => {};
    },
  };
}

/** Interrupts a run at its first call. */
function atFirstCall(world: World): RunOptions {
  let send: (() => void) | undefined;
  world.emulator.onCall = () => {
    send?.();
    send = undefined;
    return undefined;
  };
  return {
    onStart: (signal) => {
      send = () => signal('SIGINT');
    },
  };
}

test('an interrupted validate is neither valid nor passed, and its report does not mention AppConfig', async () => {
  const world = createWorld(tree);
  const { exitCode, json, stderr } = await world.appcfgWith(
    inValidate(world),
    ...['validate', '-o', 'json', '-o', 'junit=x.xml'],
  );
  expect(exitCode).toBe(130);
  expect(json).toMatchObject({ valid: false, interruptedBy: 'SIGINT' });
  expect(readFileSync(join(world.directory, 'x.xml'), 'utf8')).toMatch(/skipped="1"[\s\S]*interrupted \(SIGINT\)/);
  expect(stderr).toBe('stopping; a second signal exits at once\nInterrupted (SIGINT).\n');
});

test('a sync that is interrupted before its plan has no passed case and no counts', async () => {
  const world = createWorld(tree);
  const outputs = ['-o', 'junit=x.xml', '-o', 'tfplan=x.json', '-o', 'markdown'];
  const { exitCode, stdout, stderr } = await world.appcfgWith(atFirstCall(world), 'sync', ...outputs);
  expect(exitCode).toBe(130);
  expect(readFileSync(join(world.directory, 'x.xml'), 'utf8')).toMatch(/tests="1"[\s\S]*skipped="1"/);
  expect(readFileSync(join(world.directory, 'x.json'), 'utf8')).toBe('{}\n');
  expect(stdout).toContain('Interrupted (SIGINT).');
  expect(stderr).toMatch(/Interrupted \(SIGINT\)\. Nothing was changed\.\n$/);
});
