import { expect, test } from 'vitest';
import { sameChange } from '../../../src/core/guards/same-change.ts';
import { planned } from '../../support/guard-inputs.ts';

test('one problem counts the blocked addresses', () => {
  const addresses = [planned('two', {}), planned('three', {})];
  expect(sameChange.check({ rolledBackAt: planned('one', {}), deploymentNumber: 4, addresses })).toMatchObject({
    message: 'the same change was rolled back at one/dev/Limits (deployment 4)',
    addresses: [{ tenant: 'two' }, { tenant: 'three' }],
    count: 2,
    hint: {
      text: 'change the content. To deploy the same change here, first deploy it at one/dev/Limits, where it was rolled back',
      command: { run: 'sync', args: ['--retry-rolled-back'], selects: { tenant: 'one', environment: 'dev' } },
    },
  });
});
