import { expect, test } from 'vitest';
import { parseApproval } from '../../../src/core/approval/approval.ts';

const document = {
  formatVersion: 1,
  accountRegions: [{ id: '111122223333/us-east-1', account: '111122223333', region: 'us-east-1', roleArn: null }],
  addresses: [
    { address: 'one/dev/A', accountRegion: '111122223333/us-east-1', wave: null, live: { versionNumber: 3 } },
    { address: 'one/qa/A', accountRegion: '111122223333/us-east-1', wave: null, live: null },
  ],
  steps: [
    { operation: 'CreateApplication', address: 'one' },
    { operation: 'StartDeployment', address: 'one/dev/A' },
  ],
  expect: ['0123456789abcdef'],
};

test('the JSON of a diff and that of a sync give the same approval', () => {
  const approval = parseApproval(JSON.stringify(document), 'diff.json');
  expect(approval).toEqual({
    file: 'diff.json',
    expect: new Set(['0123456789abcdef']),
    namesAccounts: true,
    deployments: new Map([
      ['one/dev/A', { accountRegion: '111122223333/us-east-1', from: 3, numbers: undefined, wave: null }],
    ]),
  });
  const { expect: digests, formatVersion, ...plan } = document;
  expect(parseApproval(JSON.stringify({ formatVersion, plan, expect: digests }), 'diff.json')).toEqual(approval);
});

test('members that later versions change do not matter, as long as the digests are there', () => {
  const later = { ...document, addresses: [7, null, { address: 'x' }], steps: 'none', accountRegions: {} };
  expect(parseApproval(JSON.stringify(later), 'diff.json')).toMatchObject({ expect: new Set(document.expect) });
});

test.each([
  ['', 'it is empty'],
  [' \n', 'it is empty'],
  ['not JSON', 'it is not JSON, or cut off'],
  [JSON.stringify(document).slice(0, -20), 'it is not JSON, or cut off'],
  [`${JSON.stringify(document)}\n${JSON.stringify(document)}`, 'it is not JSON, or cut off'],
  ['null', 'it is not a JSON document of appcfg'],
  ['[]', 'it is not a JSON document of appcfg'],
  ['"text"', 'it is not a JSON document of appcfg'],
  ['{"name":"x"}', 'it is not a JSON document of appcfg'],
  [JSON.stringify({ ...document, formatVersion: 2 }), 'its formatVersion is 2, not 1'],
  [JSON.stringify({ ...document, formatVersion: '1' }), 'its formatVersion is "1", not 1'],
  [JSON.stringify({ ...document, expect: undefined }), 'it has no "expect"'],
  [JSON.stringify({ ...document, expect: null }), 'it has no plan against what is live: it is of diff --base'],
  [JSON.stringify({ ...document, expect: {} }), 'its "expect" is not a list of digests'],
  [JSON.stringify({ ...document, expect: ['*'] }), 'its "expect" is not a list of digests'],
  [JSON.stringify({ ...document, expect: [1] }), 'its "expect" is not a list of digests'],
])('%s is refused', (text, reason) => {
  expect(() => parseApproval(text, 'some.json')).toThrow(`--expect "some.json" cannot be used: ${reason}`);
});
