import { expect, test } from 'vitest';
import { mustBeAnswered } from '../../../src/core/discussion/must-be-answered.ts';
import type { Report } from '../../../src/core/events/report.ts';
import type { Problem } from '../../../src/core/problem/problem.ts';
import { reportOf } from '../../support/notes.ts';

const quiet: Report = {
  ...reportOf({ tenants: 3, groups: 1, each: 0 }, { text: (what) => what, name: (what, index) => `${what}${index}` }),
  problems: [],
};
const { plan, review } = quiet;
if (plan === undefined || !review) throw new Error('a report without a plan and its review');

const warning: Problem = { code: 'guard-shrink', severity: 'warning', message: 'm', hint: { text: 'h' } };
const error: Problem = { ...warning, severity: 'error' };
const setting = {
  path: '/p',
  before: '1',
  after: '2',
  reason: 'r',
  addresses: 1,
  source: { file: 'appcfg.yml', line: 1 },
};
const tenant = { tenant: 'one', from: undefined, environments: ['dev'], configurations: 1 };
const [first, ...others] = plan.addresses;
if (first === undefined) throw new Error('a plan without addresses');

test.each<[string, Partial<Report>]>([
  ['a loosened setting', { plan: { ...plan, settingsChanges: [{ ...setting, loosened: true }] } }],
  ['a tenant that is removed', { review: { ...review, tenants: { ...review.tenants, removed: [tenant] } } }],
  ['a blocked address', { plan: { ...plan, addresses: [{ ...first, blockedBy: error }, ...others] } }],
  ['an error', { problems: [warning, error] }],
  ['an error without a plan', { plan: undefined, review: undefined, problems: [error] }],
])('%s must be answered', (_what, part) => {
  expect(mustBeAnswered({ ...quiet, ...part })).toBe(true);
});

test.each<[string, Partial<Report>]>([
  ['a change alone', {}],
  ['a setting that is tightened', { plan: { ...plan, settingsChanges: [{ ...setting, loosened: false }] } }],
  ['a tenant that is added', { review: { ...review, tenants: { ...review.tenants, added: [tenant] } } }],
  ['a warning', { problems: [warning], plan: { ...plan, problems: [warning] } }],
  ['nothing', { plan: undefined, review: undefined }],
])('%s need not be answered', (_what, part) => {
  expect(mustBeAnswered({ ...quiet, ...part })).toBe(false);
});
