import { expect, test } from 'vitest';
import { empty } from '../../../src/core/guards/empty.ts';

test('a tree without tenants is refused while the project has applications', () => {
  const project = 'acme/config';
  expect(empty.check({ tenants: 0, applications: 2, project })).toMatchObject({
    message: 'the tree has no tenants, and AppConfig has 2 applications of project "acme/config"',
  });
  expect(empty.check({ tenants: 0, applications: 0, project })).toBeUndefined();
  expect(empty.check({ tenants: 1, applications: 2, project })).toBeUndefined();
});
