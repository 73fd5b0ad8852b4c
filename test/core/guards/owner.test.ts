import { expect, test } from 'vitest';
import { owner } from '../../../src/core/guards/owner.ts';
import { ownerOf } from '../../../src/core/live/ownership.ts';

const input = { application: 'app-one', tenant: 'one', project: 'acme/config', command: 'sync' } as const;
const other = { kind: 'other-project', project: 'other/config' } as const;
const unmanaged = { kind: 'unmanaged' } as const;

test('tags decide who owns an application', () => {
  expect(ownerOf({}, 'acme/config')).toEqual({ kind: 'unmanaged' });
  expect(ownerOf({ 'appcfg:project': 'other/config' }, 'acme/config')).toEqual(other);
  expect(ownerOf({ 'appcfg:project': 'acme/config', 'appcfg:adopted': 'true' }, 'acme/config')).toEqual({
    kind: 'managed',
    adopted: true,
  });
});

test('a managed application passes, and an unknown owner is waited for', () => {
  expect(owner.check({ ...input, owner: { kind: 'managed', adopted: false } })).toBeUndefined();
  expect(owner.check({ ...input, owner: undefined })).toBe('pending');
});

test('an unmanaged application is refused unless it may be adopted', () => {
  expect(owner.check({ ...input, owner: unmanaged })).toMatchObject({
    message: 'the application "app-one" exists and is unmanaged',
    hint: { command: { run: 'sync', args: ['--adopt'], selects: { tenant: 'one' } } },
    subject: { tenant: 'one' },
  });
  expect(owner.check({ ...input, owner: unmanaged, adoption: 'allowed' })).toBeUndefined();
  expect(owner.check({ ...input, owner: unmanaged, adoption: 'other stage' })).toMatchObject({
    hint: { command: { args: ['--only', 'update', '--adopt'], selects: { tenant: 'one' } } },
  });
});

test('an application of another project is refused, also for adoption', () => {
  expect(owner.check({ ...input, owner: other, adoption: 'allowed' })).toMatchObject({
    message: 'the application "app-one" belongs to project "other/config"; this is project "acme/config"',
  });
});

test('the hint is for the command that was run', () => {
  const hints = (['sync', 'rollback', 'cleanup'] as const).map((command) => {
    const problem = owner.check({ ...input, command, owner: other });
    return problem === undefined || problem === 'pending' ? undefined : problem.hint?.text;
  });
  expect(new Set(hints).size).toBe(3);
});
