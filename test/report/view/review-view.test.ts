// What of a review is worth showing.
import { expect, test } from 'vitest';
import {
  besidesTemplate,
  differingAddresses,
  keepingAddresses,
  nameChanges,
  nameChangeText,
} from '../../../src/report/view/review-view.ts';
import { reviewFrom } from '../../support/reviewed-trees.ts';

const tenants = { one: ['dev'], two: ['dev'] };

test('an address that keeps its own values of two edits is counted once', async () => {
  const files = { 'tenants/one/A.yml': 'a: 9\nb: 9\n' };
  const { review } = await reviewFrom(
    { files: { ...files, 'template/A.yml': 'a: 1\nb: 0\n', 'template/dev/A.yml': 'b: 1\n' }, tenants },
    { files: { ...files, 'template/A.yml': 'a: 2\nb: 0\n', 'template/dev/A.yml': 'b: 2\n' }, tenants },
  );
  expect(review.shielded).toHaveLength(2);
  expect(keepingAddresses(review)).toHaveLength(1);
});

test('an address that ends up different from two edits is counted once', async () => {
  const { review } = await reviewFrom(
    {
      files: { 'template/A.yml': 'a: 1\nb: 0\n', 'template/dev/A.yml': 'b: 1\n', 'tenants/one/A.yml': 'a: 8\nb: 8\n' },
      tenants,
    },
    {
      files: { 'template/A.yml': 'a: 2\nb: 0\n', 'template/dev/A.yml': 'b: 2\n', 'tenants/one/A.yml': 'a: 9\nb: 9\n' },
      tenants,
    },
  );
  expect(review.outliers).toHaveLength(2);
  expect(differingAddresses(review)).toHaveLength(1);
});

test('an address that keeps one value of an edit and gets the other ends up different', async () => {
  const files = { 'tenants/one/A.yml': 'a: 9\n' };
  const { review } = await reviewFrom(
    { files: { ...files, 'template/A.yml': 'a: 1\nb: 1\n', 'template/dev/A.yml': 'c: 1\n' }, tenants },
    { files: { ...files, 'template/A.yml': 'a: 2\nb: 2\n', 'template/dev/A.yml': 'c: 1\n' }, tenants },
  );
  expect(review.outliers).toHaveLength(1);
  expect([differingAddresses(review), keepingAddresses(review)]).toMatchObject([[{ tenant: 'one' }], []]);
  expect(review.verdict).toBe('1 of 2 tenants gets 2 values of template/A.yml; 1 ends up different.');
});

test('tenants and environments that come, go or have another name are named, with what they have besides the template', async () => {
  const template = { 'template/A.yml': 'a: 1\n' };
  const { review } = await reviewFrom(
    {
      files: { ...template, 'tenants/old/A.yml': 'a: 5\n' },
      tenants: { old: ['dev'], gone: ['dev'], one: ['dev', 'qa'], two: ['dev'] },
    },
    {
      files: { ...template, 'tenants/new/A.yml': 'a: 5\n', 'tenants/fresh/A.yml': 'a: 7\n' },
      tenants: { new: ['dev'], fresh: ['dev'], one: ['dev'], two: ['dev', 'prod'] },
    },
  );
  const changes = nameChanges(review);
  expect(changes.map((change) => `${change.name}  ${nameChangeText(change)}`)).toEqual([
    'gone  removed: 1 environment, 1 configuration',
    'old → new  probably renamed: a new application',
    'fresh  added: 1 environment, 1 configuration',
    'one/qa  environment removed: 1 configuration',
    'two/prod  environment added: 1 configuration',
  ]);
  expect(changes.map((change) => besidesTemplate(review, change).length)).toEqual([0, 1, 1, 0, 0]);
});
