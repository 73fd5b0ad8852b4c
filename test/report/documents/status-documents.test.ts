// The daily report: Markdown and JUnit of a status.
import { expect, test } from 'vitest';
import { createReportFold } from '../../../src/core/events/report.ts';
import { junitDocument } from '../../../src/report/documents/junit.ts';
import { markdownStatus } from '../../../src/report/documents/markdown-status.ts';
import { fleetOf, rolledBackAt, statusAt } from '../../support/statuses.ts';

const spell = () => ['appcfg', 'sync'];
const environments = ['dev', 'prod'];

function reportOf(addresses: ReturnType<typeof fleetOf>, names: readonly string[] = environments) {
  const fold = createReportFold();
  fold.add({ type: 'run-started', command: 'status', targets: [] });
  fold.add({ type: 'status-read', addresses, environments: names, isFollowed: false });
  return fold.report();
}

test('Markdown has the board as a table, and what is off in details', () => {
  const text = markdownStatus(reportOf([...fleetOf(3, ['dev']), rolledBackAt('one/prod')]), spell);
  expect(text).toContain(
    [
      '1 of 4 addresses is not synced: 1 rolled-back.',
      '',
      '| environment | rolled-back | synced |',
      '|---|---|---|',
      '| `dev` |  | 3 |',
      '| `prod` | 1 |  |',
      '',
      '<details><summary><b>rolled-back</b>: 1 address</summary>',
    ].join('\n'),
  );
  expect(markdownStatus(reportOf(fleetOf(500, environments)), spell)).not.toContain('<details>');
});

test('Markdown fits into a note, whatever is off in however many addresses', () => {
  const states = ['unknown', 'blocked', 'drifted', 'missing', 'out-of-sync'] as const;
  const many = states.flatMap((state) => fleetOf(2000, environments, state));
  const causes = Array.from({ length: 300 }, (_, index) =>
    statusAt(`tenant-${index}/prod`, 'out-of-sync', {
      problem: { code: 'guard-shrink', severity: 'error', message: 'x'.repeat(300), hint: { text: `hint ${index}` } },
    }),
  );
  for (const addresses of [many, causes, [...many, ...causes]]) {
    const text = markdownStatus(reportOf(addresses), spell);
    expect(text.length).toBeLessThanOrEqual(50_000);
    expect(text).toContain('| `prod` |');
    expect(text.split('<details>').length).toBe(text.split('</details>').length);
  }
});

test('hostile names and messages stay inert in Markdown', () => {
  const hostile = '@all | `x` <img src=x onerror=1> ```\n/close';
  const status = statusAt('a/dev', 'blocked', {
    address: { tenant: hostile, environment: hostile, configurationProfile: 'A' },
    problem: { code: 'guard-owner', severity: 'error', message: hostile, hint: { text: hostile } },
  });
  const text = markdownStatus(reportOf([status], [hostile]), spell);
  const [, fence = ''] = /^(`{3,})$/m.exec(text) ?? [];
  const outside = text
    .split(fence)
    .filter((_, index) => index % 2 === 0)
    .join('');
  expect(outside).not.toMatch(/@all|<img|^\/close/m);
  expect(outside.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3);
});

test('JUnit has a case for each environment and state; it fails where a sync has something to do', async () => {
  const addresses = [
    ...fleetOf(2, ['dev']),
    ...fleetOf(30, ['prod'], 'out-of-sync'),
    statusAt('x/prod', 'deploying'),
    rolledBackAt('y/prod'),
  ];
  const xml = await junitDocument('status', reportOf(addresses), spell);
  expect([...xml.matchAll(/<testcase [^>]*name="([^"]*)"/g)].map(([, name]) => name)).toEqual([
    'dev synced',
    'prod deploying',
    'prod rolled-back',
    'prod out-of-sync',
  ]);
  expect(xml.split('<failure').length - 1).toBe(2);
  expect(xml).toContain('30 addresses out-of-sync');
  expect(xml).toContain('… and 10 more');
  expect(await junitDocument('status', reportOf([]), spell)).toContain('name="status"');
});
