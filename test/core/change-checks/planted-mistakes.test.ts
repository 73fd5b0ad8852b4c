// Mistakes that precede outages, each reported once, at its line. The content has a bit of everything.
import { expect, test } from 'vitest';
import { changeProblems, codeAndLine } from '../../support/checked-changes.ts';
import { settingsFrom } from '../../support/reviewed-trees.ts';

const template = `limits:
  rps: 100
  burst: 300
  ratio: 0.5
  offset: -5
  zone: "3"
networks: [10.0.0.0/8, 192.168.0.0/16]
backends:
  - { name: a, weight: 5 }
  - { name: b, weight: 50 }
thresholds: [10, 20, 30]
features:
  search: true
  beta: false
database:
  host: db.internal
  options: { pool: 10, retry: { times: 3 } }
contact: ops@example.com
nothing: null
tags: [x]
`;

const tenants = { acme: ['dev', 'prod'], globex: ['dev', 'prod'], initech: ['prod'] };
const base = { 'template/L.yml': template, 'tenants/acme/L.yml': 'limits:\n  burst: 400\nfeatures: { beta: true }\n' };

const edited = (from: string, to: string) => {
  if (!template.includes(from)) throw new Error(`the template has no ${from}`);
  return { 'template/L.yml': template.replace(from, to) };
};
const ofTenant = (text: string) => ({ 'tenants/globex/L.yml': text });

const planted: readonly [name: string, files: Record<string, string>, found: string][] = [
  ['a zero too many', edited('rps: 100', 'rps: 1000'), 'change-factor template/L.yml:2'],
  ['a zero too many, of another number', edited('burst: 300', 'burst: 3000'), 'change-factor template/L.yml:3'],
  ['a zero too few', edited('rps: 100', 'rps: 10'), 'change-factor template/L.yml:2'],
  ['a decimal point that moved', edited('ratio: 0.5', 'ratio: 5'), 'change-factor template/L.yml:4'],
  ['a zero too many, and a digit changed', edited('rps: 100', 'rps: 1500'), 'change-factor template/L.yml:2'],
  ['two zeros too many', edited('rps: 100', 'rps: 10000'), 'change-factor template/L.yml:2'],
  ['two zeros too few', edited('rps: 100', 'rps: 1'), 'change-factor template/L.yml:2'],
  ['a limit of zero', edited('rps: 100', 'rps: 0'), 'change-factor template/L.yml:2'],
  ['a minus sign', edited('burst: 300', 'burst: -300'), 'change-factor template/L.yml:3'],
  ['a minus sign that is lost', edited('offset: -5', 'offset: 5'), 'change-factor template/L.yml:5'],
  ['a decimal point that is lost', edited('ratio: 0.5', 'ratio: 50'), 'change-factor template/L.yml:4'],
  ['a percentage for a fraction', edited('ratio: 0.5', 'ratio: 0.005'), 'change-factor template/L.yml:4'],
  ['seconds for milliseconds', edited('burst: 300', 'burst: 300000'), 'change-factor template/L.yml:3'],
  ['an exponent', edited('rps: 100', 'rps: 1e9'), 'change-factor template/L.yml:2'],
  ['a number as text', edited('rps: 100', 'rps: "100"'), 'change-kind template/L.yml:2'],
  ['a number with a unit', edited('burst: 300', 'burst: 300ms'), 'change-kind template/L.yml:3'],
  ['a number with a separator', edited('rps: 100', 'rps: 1,000'), 'change-kind template/L.yml:2'],
  ['text as a number', edited('zone: "3"', 'zone: 3'), 'change-kind template/L.yml:6'],
  ['a boolean as text', edited('beta: false', 'beta: "false"'), 'change-kind template/L.yml:14'],
  ['yes for true', edited('search: true', 'search: yes'), 'change-kind template/L.yml:13'],
  ['1 for true', edited('search: true', 'search: 1'), 'change-kind template/L.yml:13'],
  ['a value that was forgotten', edited('rps: 100', 'rps:'), 'change-kind template/L.yml:2'],
  ['a null where text was', edited('contact: ops@example.com', 'contact: null'), 'change-kind template/L.yml:18'],
  ['a value where null was', edited('nothing: null', 'nothing: none'), 'change-kind template/L.yml:19'],
  [
    'a map that lost its entries',
    edited('options: { pool: 10, retry: { times: 3 } }', 'options:'),
    'change-kind template/L.yml:17',
  ],
  [
    'a list as text',
    edited('networks: [10.0.0.0/8, 192.168.0.0/16]', 'networks: 10.0.0.0/8'),
    'change-kind template/L.yml:7',
  ],
  ['text as a list', edited('contact: ops@example.com', 'contact: [ops@example.com]'), 'change-kind template/L.yml:18'],
  [
    'a map as a list',
    edited('options: { pool: 10, retry: { times: 3 } }', 'options: [pool, retry]'),
    'change-kind template/L.yml:17',
  ],
  ['a map as text', edited('{ pool: 10, retry: { times: 3 } }', '"pool: 10"'), 'change-kind template/L.yml:17'],
  [
    'a list that is emptied',
    edited('networks: [10.0.0.0/8, 192.168.0.0/16]', 'networks: []'),
    'change-emptied template/L.yml:7',
  ],
  ['a list of one item that is emptied', edited('tags: [x]', 'tags: []'), 'change-emptied template/L.yml:20'],
  [
    'a list of maps that is emptied',
    edited('  - { name: a, weight: 5 }\n  - { name: b, weight: 50 }\n', '  []\n'),
    'change-emptied template/L.yml:8',
  ],
  ['a map that is emptied', edited('{ pool: 10, retry: { times: 3 } }', '{}'), 'change-emptied template/L.yml:17'],
  ['a map inside one that is emptied', edited('{ times: 3 }', '{}'), 'change-emptied template/L.yml:17'],
  ['an item of a list', edited('weight: 50', 'weight: 5000'), 'change-factor template/L.yml:10'],
  ['a number of a list', edited('[10, 20, 30]', '[10, 20, 3000]'), 'change-factor template/L.yml:11'],
  ['all numbers of a list', edited('[10, 20, 30]', '[1000, 2000, 3000]'), 'change-factor template/L.yml:11'],
  ['a number of a list as text', edited('[10, 20, 30]', '[10, "20", 30]'), 'change-kind template/L.yml:11'],
  ['a tenant with a zero too many', ofTenant('limits:\n  rps: 5000\n'), 'change-factor tenants/globex/L.yml:2'],
  ['a tenant with a number as text', ofTenant('limits:\n  rps: "200"\n'), 'change-kind tenants/globex/L.yml:2'],
  ['a tenant that empties a list', ofTenant('networks: []\n'), 'change-emptied tenants/globex/L.yml:1'],
  [
    'a tenant that deletes a list by null',
    ofTenant('# none\nnetworks: null\n'),
    'change-emptied tenants/globex/L.yml:2',
  ],
  ['a tenant that deletes a map by null', ofTenant('database: ~\n'), 'change-emptied tenants/globex/L.yml:1'],
  [
    'a tenant that deletes all entries by null',
    ofTenant('features:\n  search: null\n  beta: null\n'),
    'change-emptied tenants/globex/L.yml:2',
  ],
  ['a tenant with text for a map', ofTenant('database: db.internal\n'), 'change-kind tenants/globex/L.yml:1'],
  [
    'an override of one environment',
    { 'tenants/globex/prod/L.yml': 'limits: { burst: 30000 }\n' },
    'change-factor tenants/globex/prod/L.yml:1',
  ],
  [
    'an environment of the template',
    { 'template/prod/L.yml': 'limits: { burst: -1 }\n' },
    'change-factor template/prod/L.yml:1',
  ],
  [
    'JSON that says the opposite',
    { 'tenants/globex/L.yml': '{ "features": { "search": "false" } }' },
    'change-kind tenants/globex/L.yml:1',
  ],
];

test.each(planted)('%s', async (_name, files, found) => {
  const problems = await changeProblems({ files: base, tenants }, { files: { ...base, ...files }, tenants });
  expect(problems.map(codeAndLine)).toEqual([found]);
  expect(problems[0]?.severity).toBe('warning');
});

test.each(planted)('%s, beside what is live', async (_name, files, found) => {
  const head = { files: { ...base, ...files }, tenants };
  const problems = await changeProblems({ files: base, tenants }, head, { isLive: true });
  expect(problems.map(codeAndLine)).toEqual([found]);
});

test('a line of the template is one problem, however many addresses it changes', async () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`t${index}`, ['dev', 'qa', 'prod']]));
  const head = { files: { ...base, ...edited('rps: 100', 'rps: 5000') }, tenants: many };
  const problems = await changeProblems({ files: base, tenants: many }, head);
  expect(problems.map(codeAndLine)).toEqual(['change-factor template/L.yml:2']);
  expect(problems[0]).toMatchObject({
    count: 900,
    message: '/limits/rps: 100 → 5000 changes by a factor of 50; the limit is 10 (guards.changes.maxFactor)',
  });
});

test('where the numbers before differ, the line is one problem all the same', async () => {
  const before = { ...base, 'template/prod/L.yml': 'limits: { rps: 200 }\n' };
  const after = { ...base, 'template/L.yml': template.replace('rps: 100', 'rps: 5000') };
  const problems = await changeProblems({ files: before, tenants }, { files: after, tenants });
  expect(problems.map(codeAndLine)).toEqual(['change-factor template/L.yml:2']);
  expect(problems[0]).toMatchObject({
    count: 5,
    message: '/limits/rps: the number becomes 5000, by a factor of 10 or more',
  });
});

test('a map whose last entries leave the file is emptied where they were', async () => {
  const before = { ...base, 'tenants/acme/L.yml': 'own:\n  a: 1\n', 'tenants/acme/dev/L.yml': 'own: {}\n' };
  const after = { ...base, 'tenants/acme/L.yml': '# nothing\n', 'tenants/acme/dev/L.yml': 'own: {}\n' };
  const problems = await changeProblems({ files: before, tenants }, { files: after, tenants });
  expect(problems.map(codeAndLine)).toEqual(['change-emptied tenants/acme/L.yml:1@base']);
});

test('a list that a rule combines', async () => {
  const settings = await settingsFrom('profiles: { L: { lists: { /networks: union, /backends: { by: name } } } }');
  const before = {
    ...base,
    'tenants/globex/L.yml': 'backends:\n  - { name: c, weight: 1 }\n  - { name: a, weight: 4 }\n',
  };
  const find = async (files: Record<string, string>) => {
    const head = { files: { ...before, ...files }, tenants, settings };
    return (await changeProblems({ files: before, tenants, settings }, head)).map(codeAndLine);
  };
  expect(await find(ofTenant('backends:\n  - { name: c, weight: 1 }\n  - { name: a, weight: 400 }\n'))).toEqual([
    'change-factor tenants/globex/L.yml:3',
  ]);
  expect(await find(ofTenant('backends:\n  - { name: a, weight: 4 }\n'))).toEqual([]);
  expect(await find(edited('weight: 50', 'weight: 5000'))).toEqual(['change-factor template/L.yml:10']);
  expect(await find(edited('[10.0.0.0/8, 192.168.0.0/16]', '[]'))).toEqual(['change-emptied template/L.yml:7']);
});

test('with `null: keep`, a null is a value of another kind', async () => {
  const settings = await settingsFrom('profiles: { L: { null: keep } }');
  const head = { files: { ...base, ...ofTenant('networks: null\n') }, tenants, settings };
  const problems = await changeProblems({ files: base, tenants, settings }, head);
  expect(problems.map(codeAndLine)).toEqual(['change-kind tenants/globex/L.yml:1']);
});

const redacting = 'redact: [/limits/rps, /networks, /database/password]\n';

test.each([
  ['a factor', edited('rps: 100', 'rps: 5000')],
  ['a kind', edited('rps: 100', 'rps: "100"')],
  ['an emptied list', edited('networks: [10.0.0.0/8, 192.168.0.0/16]', 'networks: []')],
  ['a list deleted by null', ofTenant('networks: null\n')],
  ['text above a redacted value', ofTenant('database: secret\n')],
])('nothing is reported of a redacted value: %s', async (_name, files) => {
  const settings = await settingsFrom(redacting);
  const head = { files: { ...base, ...files }, tenants, settings };
  expect(await changeProblems({ files: base, tenants, settings }, head)).toEqual([]);
});

test('nor does a redacted value of the base become an oracle', async () => {
  const settings = await settingsFrom(redacting);
  const head = { files: { ...base, ...edited('rps: 100', 'rps: 5000') }, tenants };
  expect(await changeProblems({ files: base, tenants, settings }, head)).toEqual([]);
});

const flags = (limit: string, enabled = 'true', more = '{ beta: { enabled: false } }') => `version: "1"
flags:
  cart:
    name: cart
    attributes: { limit: { constraints: { type: number, maximum: 1000 } } }
  beta: { name: beta }
values:
  cart:
    enabled: ${enabled}
    limit: ${limit}
  ${more.slice(1, -1).trim()}
`;

test.each([
  ['a flag that is switched off', flags('40', 'false'), []],
  ['a flag that is switched on as text', flags('40', '"true"'), []],
  ['a flag that leaves', flags('40', 'true', '{ }'), []],
  ['an attribute', flags('80'), []],
  ['an attribute with a zero too many', flags('4000'), ['change-factor template/Flags.yml:10']],
  ['an attribute as text', flags('"40"'), ['change-kind template/Flags.yml:10']],
  [
    'a constraint with a zero too many',
    flags('40').replace('maximum: 1000', 'maximum: 100000'),
    ['change-factor template/Flags.yml:5'],
  ],
])('of feature flags: %s', async (_name, text, found) => {
  const settings = await settingsFrom('profiles: { Flags: { type: feature-flags } }');
  const before = { files: { 'template/Flags.yml': flags('40') }, tenants, settings };
  const after = { files: { 'template/Flags.yml': text }, tenants, settings };
  expect((await changeProblems(before, after)).map(codeAndLine)).toEqual(found);
});
