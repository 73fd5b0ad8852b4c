// Going back: what is stopped, reverted or deployed again, and what stays aside.
import { expect, test } from 'vitest';
import { deploymentsOf, writesOf } from '../support/aws.ts';
import { createWorld } from '../support/world.ts';

const small = { 'appcfg.yml': 'project: acme/config\n', 'template/A.yml': 'a: 1', 'tenants/one/dev/.gitkeep': '' };

test('try', async () => {
  const world = createWorld(small);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2');
  await world.appcfg('sync');
  let o = await world.appcfg('history', 'one/dev/A');
  console.log(o.stdout, o.stderr, o.exitCode);
  o = await world.appcfg('rollback', 'one/dev/A');
  console.log(o.stdout, o.stderr, o.exitCode, writesOf(world.takeCalls()));
  console.log(await deploymentsOf(world, 'one', 'dev'));
  o = await world.appcfg('rollback', 'one/dev/A');
  console.log(o.stdout, o.stderr, o.exitCode);
  o = await world.appcfg('sync');
  console.log(o.stdout, o.stderr, o.exitCode);
  world.write('template/A.yml', 'a: 3');
  await world.appcfg('sync');
  world.clock.advance(80 * 3600_000);
  o = await world.appcfg('rollback', '-t', 'one');
  console.log(o.stdout, o.stderr, o.exitCode);
  o = await world.appcfg('history', 'one/dev/A', '-o', 'markdown');
  console.log(o.stdout, o.stderr, o.exitCode);
  o = await world.appcfg('sync');
  console.log(o.stdout, o.stderr, o.exitCode);
  o = await world.appcfg('rollback', 'one/dev/A', '--to', '3', '-o', 'json');
  console.log(o.stdout, o.stderr, o.exitCode);
});
