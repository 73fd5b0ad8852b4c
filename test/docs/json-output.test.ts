// docs/json-output.md names every member of the JSON documents.
import { expect, test } from 'vitest';
import { readDocument } from '../support/documents.ts';
import { createWorld } from '../support/world.ts';

/** Parameters of AppConfig's operations, named after AppConfig's own. */
const parameters = new Set([
  ...[
    'alarmArn',
    'alarmRoleArn',
    'profileType',
    'numbers',
    'durationMinutes',
    'bakeMinutes',
    'growthFactor',
    'growthType',
  ],
  ...['rollsBack', 'inFavourOf', 'fallback'],
]);

/** What users name: tags, and maps in contents. */
const opaque = new Set(['tags', 'before', 'after']);

/** Names of members, at any depth. */
function membersOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(membersOf);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...(opaque.has(name) ? [] : membersOf(member))]);
}

test('docs/json-output.md names every member of every document', async () => {
  const accountRegions = `environments: { prod: { region: eu-west-1, roleArn: "arn:aws:iam::444455556666:role/appcfg" }, dev: {} }`;
  const waves = 'waves: [{ name: first, environments: [dev], soak: 1m }, { name: rest }]';
  const world = createWorld({
    'appcfg.yml': `project: acme/config\n${accountRegions}\n${waves}\n`,
    'template/Limits.yml': 'a: 1\nb: 2\n',
    'tenants/one/dev/Limits.yml': 'a: 2\n',
    'tenants/one/prod/.gitkeep': '',
  });
  const outputs = [
    await world.appcfg('validate', '-o', 'json'),
    await world.appcfg('tidy', '-o', 'json'),
    await world.appcfg('render', '-o', 'json'),
    await world.appcfg('render', '--out', 'rendered', '-o', 'json'),
    await world.appcfg('explain', 'one/dev/Limits', '-o', 'json'),
    await world.appcfg('sync', '--dry-run', '-o', 'json'),
    await world.appcfg('sync', '-o', 'json', '-o', 'json=sync.json'),
    await world.appcfg('ci', 'generate', '--out', 'fleet.yml', '-o', 'json'),
    await world.appcfg('ci', 'summary', 'sync.json', '-o', 'json'),
  ];
  world.write('template/Limits.yml', 'a: 1\nb: 3\n');
  world.write('tenants/one/dev/Limits.yml', 'a: null\n');
  outputs.push(
    await world.appcfg('explain', 'one/dev/Limits', '-o', 'json'),
    await world.appcfg('diff', '-o', 'json'),
    await world.appcfg('sync', '-o', 'json'),
    await world.appcfg('status', '-o', 'json'),
    await world.appcfg('rollback', 'one/dev/Limits', '-o', 'json'),
    await world.appcfg('sync', '-o', 'json'),
    await world.appcfg('history', 'one/dev/Limits', '-o', 'json'),
    await world.appcfg('cleanup', '--all', '--yes', '-o', 'json'),
    await world.appcfg('sync', '--no-such-flag', '-o', 'json'),
  );
  const members = new Set(
    outputs.flatMap(({ stdout }) => (stdout.startsWith('{') ? membersOf(JSON.parse(stdout)) : [])),
  );
  expect(members.size).toBeGreaterThan(70);
  const page = readDocument('docs/json-output.md');
  const missing = [...members].filter((name) => !parameters.has(name) && !page.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
