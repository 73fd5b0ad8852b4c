import { expect, test } from 'vitest';
import { confirmation, confirmationQuestion } from '../../../src/core/guards/confirmation.ts';

test('only a yes deletes', () => {
  expect(confirmation.check({ answer: true, kind: 'deletion' })).toBeUndefined();
  expect(confirmation.check({ answer: false, kind: 'deletion' })).toMatchObject({ code: 'declined' });
  expect(confirmation.check({ answer: 'no terminal', kind: 'deletion' })).toMatchObject({
    code: 'guard-confirmation',
    hint: { command: { run: 'same', args: ['--yes'] } },
  });
});

test('the question names what is deleted, and where', () => {
  const from = '111122223333/eu-west-1';
  const question = (applications: number, resources: number) =>
    confirmationQuestion({ applications, resources, from, project: 'acme/config' });
  expect(question(2, 9)).toBe(
    'Delete 2 applications with everything in them from 111122223333/eu-west-1 (project acme/config)?',
  );
  expect(question(1, 9)).toContain('1 application with everything in it');
  expect(question(0, 1)).toContain('Delete 1 resource from');
});
