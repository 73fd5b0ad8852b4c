// The page of a status, without a browser.
import { expect, test } from 'vitest';
import type { AddressStatus } from '../../../src/core/assess/address-status.ts';
import { createReportFold } from '../../../src/core/events/report.ts';
import { pageDocument } from '../../../src/report/page/page-document.ts';
import { fleetOf, rolledBackAt, statusAt } from '../../support/statuses.ts';

/** What is between the tags of `main`. */
async function pageOf(addresses: readonly AddressStatus[], environments = ['dev', 'prod']): Promise<string> {
  const fold = createReportFold();
  fold.add({ type: 'run-started', command: 'status', targets: [] });
  fold.add({ type: 'status-read', addresses, environments, isFollowed: false });
  const spell = () => ['appcfg', 'sync', '--tenant', 'a b'];
  const page = await pageDocument({ command: 'status', report: fold.report(), events: [], spell, now: 0 });
  return page.slice(page.indexOf('<main>'), page.indexOf('</main>'));
}

test('it has the summary, environment × state, and each cause with its reason and the command to type', async () => {
  const page = await pageOf([...fleetOf(2, ['dev']), rolledBackAt('one/prod', 9), rolledBackAt('two/prod', 12)]);
  expect(page).toContain('<h1>2 of 4 addresses are not synced: 2 rolled-back.</h1>');
  expect(page).toContain('<dd>2</dd><dt>not synced</dt>');
  expect(page).toContain(
    '<th scope="row">dev<td class="none">·<td class="state synced">2<td>2</tr>' +
      '<tr><th scope="row">prod<td class="state rolled-back">2<td class="none">·<td>2</tr>',
  );
  expect(page).toContain('<p>the content of the tree was rolled back, in 2 addresses</p>');
  expect(page).toContain('<kbd>appcfg sync --tenant &#39;a b&#39;</kbd>');
  for (const number of [9, 12]) expect(page).toContain(`<td>deployment ${number} of this content was rolled back</tr>`);
  expect(page).not.toContain('[object');
});

test('profiles of an environment in the same state are one row', async () => {
  const page = await pageOf(['one/dev/A', 'one/dev/B', 'two/dev/A'].map((address) => statusAt(address, 'missing')));
  expect(page).toContain('<a href="#t=one">one/dev</a> <small>A, B</small>');
  expect(page.split('<tr data-t=').length - 1).toBe(2);
});

test('names and messages stay text', async () => {
  const hostile = '</script><img src=x onerror=1>"\'';
  const address = { tenant: hostile, environment: hostile, configurationProfile: hostile };
  const problem = { code: 'guard-owner', severity: 'error', message: hostile, hint: { text: hostile } } as const;
  const page = await pageOf([statusAt('a/dev', 'blocked', { address, problem })], [hostile]);
  expect(page).not.toContain('<img');
  expect(page).not.toContain('</script>');
  expect(page).toContain('&lt;img src=x onerror=1&gt;');
});

test('an environment named __proto__ has all of its addresses', async () => {
  const statuses = ['a/__proto__', 'b/__proto__'].map((address) => statusAt(address, 'missing'));
  expect(await pageOf(statuses, ['__proto__'])).toContain('<th scope="row">__proto__<td class="state missing">2<td>2');
});
