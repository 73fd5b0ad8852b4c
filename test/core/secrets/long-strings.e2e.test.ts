// How long the search for secrets takes, whatever a string repeats.
import { expect, test } from 'vitest';
import { secretsIn } from '../../../src/core/secrets/find-secrets.ts';

test('a string of two million characters takes less than three seconds of processor time, whatever repeats in it', () => {
  const units = [
    'a',
    'eyJ',
    'eyJaaaaaaaa.',
    'a://b:',
    'password=a ',
    'AKIA',
    'sk-',
    'gl',
    'SG.',
    '1:A',
    ';pwd=',
    '@',
    '-',
    'a:',
    '://a:b#',
    'https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    ' a:b',
    'curl -u ',
    'curl ',
    'authorization: bearer ',
    'PGPASSWORD=',
    '?api_key=',
    '\\\\',
    '\\\\u0067',
    'aB3',
  ];
  for (const unit of units) {
    const text = unit.repeat(Math.ceil(2_000_000 / unit.length)).concat(' x@tcp( curl x');
    const start = process.cpuUsage();
    secretsIn(text, 'secret');
    expect(process.cpuUsage(start).user, unit).toBeLessThan(3_000_000);
  }
});
