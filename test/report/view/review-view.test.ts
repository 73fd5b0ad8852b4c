// What of a review is worth showing.
import { expect, test } from 'vitest';
import { outlierAddresses, shieldedAddresses } from '../../../src/report/view/review-view.ts';
import { reviewFrom } from '../../support/reviewed-trees.ts';

const tenants = { one: ['dev'], two: ['dev'] };

test('an address that keeps its own values of two edits is counted once', async () => {
  const files = { 'tenants/one/A.yml': 'a: 9\nb: 9\n' };
  const { review } = await reviewFrom(
    { files: { ...files, 'template/A.yml': 'a: 1\nb: 0\n', 'template/dev/A.yml': 'b: 1\n' }, tenants },
    { files: { ...files, 'template/A.yml': 'a: 2\nb: 0\n', 'template/dev/A.yml': 'b: 2\n' }, tenants },
  );
  expect(review.shielded).toHaveLength(2);
  expect(shieldedAddresses(review)).toBe(1);
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
  expect(outlierAddresses(review)).toBe(1);
});
