// What a response must have, whatever its status is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shapeError } from '../../../src/appconfig/client/response-shapes.ts';

function wrongIn(operation: string, output: object, request: object = {}, body = JSON.stringify(output)) {
  return shapeError({ operation, request, output, body });
}

const application = { Id: 'abc1234', Name: 'acme' };

test.each([
  [{}, 'Items is missing'],
  [{ Items: null }, 'Items is null'],
  [{ Items: {} }, 'Items is not a list'],
  [{ Items: 'none' }, 'Items is not a list'],
  [{ Items: { length: 0 } }, 'Items is not a list'],
  [{ Items: [null] }, 'Items[0] is null'],
  [{ Items: [application, [application]] }, 'Items[1] is not an object'],
  [{ Items: [{ Name: 'acme' }] }, 'Items[0].Id is missing'],
  [{ Items: [{ Id: '', Name: 'acme' }] }, 'Items[0].Id is empty'],
  [{ Items: [{ Id: 3, Name: 'acme' }] }, 'Items[0].Id is not a string'],
  [{ Items: [{ ...application, Description: {} }] }, 'Items[0].Description is not a string'],
  [{ Items: [Object.create(application)] }, 'Items[0].Id is missing'],
  [{ Items: [], NextToken: 5 }, 'NextToken is not a string'],
  [{ Items: [application], NextToken: 'next' }, undefined],
  [{ Items: [{ ...application, New: 1 }], $metadata: {} }, undefined],
])('applications: %j', (output, wrong) => {
  expect(wrongIn('ListApplications', output)).toBe(wrong);
});

test('a deployment is the one that was asked for, in a state that AppConfig has', () => {
  const request = { ApplicationId: 'abc1234', EnvironmentId: 'def1234', DeploymentNumber: 3 };
  const deployment = { ...request, State: 'BAKING', DeploymentDurationInMinutes: 0 };
  expect(wrongIn('GetDeployment', deployment, request)).toBeUndefined();
  expect(wrongIn('GetDeployment', { ...deployment, DeploymentNumber: 4 }, request)).toContain('DeploymentNumber');
  expect(wrongIn('GetDeployment', { ...deployment, DeploymentNumber: '3' }, request)).toContain('DeploymentNumber');
  expect(wrongIn('GetDeployment', { ...deployment, ApplicationId: 'zzz1234' }, request)).toContain('ApplicationId');
  expect(wrongIn('GetDeployment', { ...deployment, State: 'DONE' }, request)).toContain('State');
  expect(wrongIn('GetDeployment', { ...deployment, State: undefined }, request)).toBe('State is missing');
  expect(wrongIn('GetDeployment', { ...deployment, GrowthFactor: '50' }, request)).toContain('GrowthFactor');
  expect(wrongIn('GetDeployment', { ...deployment, EventLog: [null] }, request)).toBe('EventLog[0] is null');
  expect(wrongIn('StartDeployment', { ...deployment, DeploymentNumber: 0 }, request)).toContain('DeploymentNumber');
});

test('content is that of the version that was asked for', () => {
  const request = { ApplicationId: 'abc1234', ConfigurationProfileId: 'def1234', VersionNumber: 3 };
  const version = { ...request, Content: Buffer.from('{}'), ContentType: 'application/json' };
  expect(wrongIn('GetHostedConfigurationVersion', version, request)).toBeUndefined();
  expect(wrongIn('GetHostedConfigurationVersion', { ...version, VersionNumber: 2 }, request)).toContain(
    'VersionNumber',
  );
  const untold = { Content: version.Content, ContentType: 'text/html' };
  expect(wrongIn('GetHostedConfigurationVersion', untold, request)).toBe('ApplicationId is missing');
  expect(wrongIn('GetHostedConfigurationVersion', { ...version, Content: null }, request)).toBe('Content is null');
});

test('tags are strings; a resource may have none, but an error has none of them', () => {
  expect(wrongIn('ListTagsForResource', { Tags: { a: '' } })).toBeUndefined();
  expect(wrongIn('ListTagsForResource', {}, {}, '{ }')).toBeUndefined();
  expect(wrongIn('ListTagsForResource', { Tags: { a: null } })).toBe('Tags is null');
  expect(wrongIn('ListTagsForResource', { Tags: ['a'] })).toBe('Tags is not an object');
  for (const body of ['{"Message":"no"}', '[]', '3', '"x"', '<html>']) {
    expect(wrongIn('ListTagsForResource', {}, {}, body)).toBe('its body has another form');
  }
});

test('an operation without a result has an empty body', () => {
  expect(wrongIn('DeleteEnvironment', { $metadata: {} }, {}, '')).toBeUndefined();
  expect(wrongIn('DeleteEnvironment', { $metadata: {} }, {}, '<html>')).toBe('its body has another form');
});

test('an error names the member without its value', () => {
  const Credentials = { AccessKeyId: 'AKIA', SecretAccessKey: ['hidden'], SessionToken: 'x', Expiration: new Date() };
  expect(wrongIn('AssumeRole', { Credentials })).toBe('Credentials.SecretAccessKey is not a string');
  expect(wrongIn('GetCallerIdentity', { Account: 'hidden', Arn: 'arn:aws:iam::1:root' })).not.toContain('hidden');
});

test('every operation that appcfg calls has a row', () => {
  const source = join(import.meta.dirname, '../../../src/appconfig');
  const called = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [...readFileSync(join(source, path), 'utf8').matchAll(/\bnew (\w+)Command\(/g)])
    .map(([, operation = '']) => operation);
  expect(called.length).toBeGreaterThan(25);
  for (const operation of called) expect(() => wrongIn(operation, {})).not.toThrow();
});
