// Reports confirm no guess: they do not depend on a redacted value.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatsOf } from '../../src/report/formats.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

const settings = 'apiVersion: appcfg/v1\nproject: acme/config\nredact: [/database/password, /enabled, /pins/**]\n';

/** Values that are redacted: other values must give the same reports. */
interface Secrets {
  readonly password: string;
  readonly other: string;
  readonly enabled: boolean;
  readonly pin: number;
}

const one: Secrets = { password: 'short1', other: 'short1', enabled: true, pin: 1234 };
const another: Secrets = { password: 'a-longer-password', other: 'yet-another', enabled: false, pin: 98765432 };

function tree({ password, other, enabled, pin }: Secrets): Record<string, string> {
  return {
    'appcfg.yml': settings,
    'template/Service.yml': 'database: { host: db, password: unset }\nlimit: 1\n',
    'template/Public.yml': 'limit: 1\n',
    'tenants/acme/dev/Service.yml': `database: { password: ${password} }\nenabled: ${enabled}\npins: [${pin}]\n`,
    'tenants/globex/dev/Service.yml': `database: { password: ${other} }\nenabled: ${enabled}\npins: [${pin}]\n`,
  };
}

const runs: readonly (readonly [what: string, command: string, ...args: string[]])[] = [
  ['validate', 'validate'],
  ['render', 'render'],
  ['explain', 'explain', 'acme/dev/Service'],
  ['a first diff', 'diff', '-v'],
  ['a dry run', 'sync', '--dry-run'],
  ['a first sync', 'sync', '-v'],
  ['status', 'status'],
  ['history', 'history'],
];

/** Everything that a run prints and writes, in all formats of the command. */
async function everything(world: World, command: string, args: readonly string[]): Promise<string> {
  const outputs = formatsOf(command).flatMap((format) => [
    '-o',
    format === 'text' ? format : `${format}=out.${format}`,
  ]);
  const { exitCode, stdout, stderr } = await world.appcfg(command, ...args, ...outputs);
  const files = readdirSync(world.directory).filter((name) => name.startsWith('out.'));
  return [exitCode, stdout, stderr, ...files.map((name) => readFileSync(join(world.directory, name), 'utf8'))].join(
    '\n',
  );
}

async function transcript(secrets: Secrets, changed: Secrets): Promise<ReadonlyMap<string, string>> {
  const world = createWorld(tree(secrets), inPipeline);
  const texts = new Map<string, string>();
  for (const [what, command, ...args] of runs) texts.set(what, await everything(world, command, args));
  for (const [path, text] of Object.entries(tree(changed))) world.write(path, text);
  for (const command of ['diff', 'sync', 'status', 'history', 'rollback', 'cleanup']) {
    const args = { rollback: ['acme/dev/Service'], cleanup: ['--all', '--yes'] }[command] ?? [];
    texts.set(`${command} of a change`, await everything(world, command, args));
  }
  return texts;
}

const changed = (secrets: Secrets): Secrets => ({
  ...secrets,
  password: `${secrets.password}x`,
  other: `${secrets.other}x`,
});

test('no report depends on redacted values, on their lengths, or on which of them are equal', async () => {
  const [first, second] = [await transcript(one, changed(one)), await transcript(another, changed(another))];
  expect([...first.keys()]).toEqual([...second.keys()]);
  for (const [what, text] of first) expect(second.get(what), what).toBe(text);
});

describe('of an address with a redacted value', () => {
  test('labels and sizes are null, in each member that has one; those of other addresses are shown', async () => {
    const world = createWorld(tree(one), inPipeline);
    const { json } = await world.appcfg('sync', '-o', 'json');
    const hidden = json.plan.addresses.filter((each: { address: string }) => each.address.endsWith('/Service'));
    const open = json.plan.addresses.filter((each: { address: string }) => each.address.endsWith('/Public'));
    expect(hidden.map((each: { desired: object }) => each.desired)).toEqual(
      Array(2).fill({ versionLabel: null, bytes: null }),
    );
    expect(open[0].desired).toEqual({ versionLabel: expect.stringMatching(/^sha256-/), bytes: 17 });
    const status = (await world.appcfg('status', '-o', 'json')).json.addresses;
    expect(status.map((each: { versionLabel: unknown }) => typeof each.versionLabel)).toEqual([
      'string',
      'object',
      'string',
      'object',
    ]);
  });

  test('the ids of steps have no digest, and are still unique and name the same steps everywhere', async () => {
    const world = createWorld(
      { ...tree(one), 'tenants/acme/qa/Service.yml': 'database: { password: qa-pass }\n' },
      inPipeline,
    );
    const { json } = await world.appcfg('sync', '-o', 'json');
    const ids: string[] = json.plan.steps.map((step: { id: string }) => step.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => /Service .*[0-9a-f]{32}/.test(id))).toEqual([]);
    expect(json.results.map((result: { step: string }) => result.step)).toEqual(ids);
    for (const { after } of json.plan.steps) for (const id of after) expect(ids).toContain(id);
  });

  test('history shows no label, whether or not the tree is known', async () => {
    const world = createWorld(tree(one), inPipeline);
    await world.appcfg('sync');
    const { stdout } = await world.appcfg('history', 'acme/dev/Service');
    expect(stdout).not.toMatch(/[0-9a-f]{32}/);
    const { json } = await world.appcfg('history', 'acme/dev/Service', '-o', 'json');
    expect(json.histories[0].deployments[0].versionLabel).toBeNull();
  });

  test('a rollback does not name the label that it quarantines', async () => {
    const world = createWorld(tree(one), inPipeline);
    await world.appcfg('sync');
    for (const [path, text] of Object.entries(tree(changed(one)))) world.write(path, text);
    await world.appcfg('sync');
    world.clock.advance(100 * 3_600_000);
    const { stdout, stderr } = await world.appcfg('rollback', 'acme/dev/Service', '-o', 'json');
    expect(stdout + stderr).not.toMatch(/sha256-/);
    const history = await world.appcfg('history', 'acme/dev/Service', '-o', 'json');
    expect(history.stdout).not.toMatch(/sha256-/);
  });

  test('the message of a content that shrinks gives no size', async () => {
    const long = { ...one, password: 'p'.repeat(500) };
    const world = createWorld(tree(long), inPipeline);
    await world.appcfg('sync');
    for (const [path, text] of Object.entries(tree(one))) world.write(path, text);
    const { stdout, stderr } = await world.appcfg('sync', '-o', 'json');
    expect(stderr).toContain('acme/dev/Service  the content shrinks\n');
    expect(stdout + stderr).not.toMatch(/bytes, by|[0-9]+ %/);
  });

  test('the message of a content that is too large gives no size', async () => {
    const world = createWorld(tree({ ...one, password: 'p'.repeat(2_100_000) }), inPipeline);
    const { stderr } = await world.appcfg('validate');
    expect(stderr).toContain("exceeds AppConfig's limit of 2,097,152 bytes, in acme/dev/Service\n");
  });

  test('a truth value is hidden, too: a digest would reveal which of two it is', async () => {
    const world = createWorld(
      { 'appcfg.yml': settings, 'template/Service.yml': 'enabled: true\n', 'tenants/acme/dev/.gitkeep': '' },
      inPipeline,
    );
    const { json } = await world.appcfg('diff', '-o', 'json');
    expect(json.addresses[0].desired).toEqual({ versionLabel: null, bytes: null });
  });
});

test('ids of change groups are ordinals, also without a redacted value', async () => {
  const world = createWorld({
    'template/A.yml': 'a: 1\n',
    'template/B.yml': 'b: 1\n',
    'tenants/acme/dev/.gitkeep': '',
    'tenants/globex/dev/A.yml': 'a: 2\n',
  });
  const { json } = await world.appcfg('diff', '-o', 'json');
  expect(json.changeGroups.map((group: { id: string }) => group.id)).toEqual(['1', '2', '3']);
  expect(json.addresses.map((each: { changeGroup: string }) => each.changeGroup)).toEqual(['1', '2', '3', '2']);
});
