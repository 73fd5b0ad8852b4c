import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { Scrubber } from '../../../src/core/events/scrubber.ts';

const address = { tenant: 'acme', environment: 'prod', configurationProfile: 'Limits' };

function scrubberFor(value: unknown, subject = address): Scrubber {
  const scrubber = new Scrubber();
  scrubber.redactBy({ redact: ['/secret'], secretsShown: [] });
  learn(scrubber, value, subject);
  return scrubber;
}

function learn(scrubber: Scrubber, value: unknown, subject = address): void {
  scrubber.learnContent(
    subject,
    parseDocument(JSON.stringify({ secret: value }), { path: 'x', format: 'json' }).value ?? null,
  );
}

const encodings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify(text),
  (text) => JSON.stringify(JSON.stringify(text)),
  (text) => encodeURIComponent(text),
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(`user:${text}`).toString('base64url'),
  (text) => Buffer.from(JSON.stringify({ password: text })).toString('base64'),
];

test('a redacted value is in no text, however it is encoded and whatever stands around it', () => {
  const secrets = fc
    .string({ unit: 'grapheme', minLength: 6, maxLength: 30 })
    .filter((text) => text.trim().length >= 6);
  fc.assert(
    fc.property(
      secrets,
      fc.nat(encodings.length - 1),
      fc.constantFrom('', 'x', ' ', '"', '/'),
      (secret, way, around) => {
        fc.pre(!/^[0-9.]+$/.test(secret) && !'(redacted)'.includes(secret));
        const encoded = encodings[way]?.(secret) ?? '';
        const clean = scrubberFor(secret).text(`before ${around}${encoded}${around} after`, address);
        expect(clean).toMatch(/^before /);
        expect(clean).toContain('(redacted)');
        expect(clean).not.toContain(encoded);
      },
    ),
  );
});

test('a text without a secret is the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!text.includes('never-there') && !text.includes('@'));
      expect(scrubberFor('never-there').text(text, address)).toBe(text);
    }),
  );
});

test('what overlaps becomes one mark', () => {
  const scrubber = scrubberFor('abcdef');
  learn(scrubber, 'defghi');
  expect(scrubber.text('abcdefghi', address)).toBe('(redacted)');
});

describe('a text', () => {
  test('is searched for the values of its subject, and of all where it has none', () => {
    const scrubber = scrubberFor('hunter22');
    const other = { ...address, tenant: 'globex' };
    learn(scrubber, 'letmein1', other);
    expect(scrubber.text('hunter22 letmein1', address)).toBe('(redacted) letmein1');
    expect(scrubber.text('hunter22 letmein1', other)).toBe('hunter22 (redacted)');
    expect(scrubber.text('hunter22 letmein1', {})).toBe('(redacted) (redacted)');
    scrubber.prepare();
    expect(scrubber.text('hunter22 letmein1', other)).toBe('hunter22 (redacted)');
  });

  test('is searched for values that were learned after it was seen the first time', () => {
    const scrubber = scrubberFor('hunter22');
    scrubber.prepare();
    expect(scrubber.text('letmein1', address)).toBe('letmein1');
    learn(scrubber, 'letmein1');
    expect(scrubber.text('letmein1', address)).toBe('(redacted)');
    scrubber.learnCredential('a-token-of-the-run');
    expect(scrubber.text('a-token-of-the-run', address)).toBe('(redacted)');
  });

  test('keeps names and pointers that contain a value', () => {
    const scrubber = scrubberFor('prod');
    expect(scrubber.text('acme/prod/Limits: prod-1 at /secret', address)).toBe('acme/prod/Limits: prod-1 at /secret');
  });

  test('has a mark for users and passwords of URLs, and nothing else of them is lost', () => {
    const scrubber = new Scrubber();
    const clean = (text: string) => scrubber.text(text, {});
    expect(clean('see https://u:p@host:8080/@scope/x?a=b@c')).toBe('see https://(redacted)@host:8080/@scope/x?a=b@c');
    expect(clean('https://u:p/q#r?s@host/x')).toBe('https://(redacted)@host/x');
    expect(clean('https://:p@host/x https://u:@host/x')).toBe('https://(redacted)@host/x https://(redacted)@host/x');
    expect(clean('https://(redacted)@host/x')).toBe('https://(redacted)@host/x');
    expect(clean('https://host:8080/@scope')).toBe('https://host:8080/@scope');
    expect(clean('mail a@b.c')).toBe('mail a@b.c');
  });

  test('keeps the user of a URL that has no password, where it is a word, and no credential of the run', () => {
    const scrubber = new Scrubber();
    const clean = (text: string) => scrubber.text(text, {});
    for (const user of ['app', 'other', 'git', 'app-readonly', 'app_user2', '']) {
      expect(clean(`postgres://${user}@db.internal/app`)).toBe(`postgres://${user}@db.internal/app`);
    }
    for (const user of [
      's3cr3t',
      'Xw2Lk9',
      'a'.repeat(25),
      'app@x',
      'app%40',
      `glpa${'t-'}q7Xw2Lk9RtB4nZc1VmYp`,
      'a1b2c3d4e5f6',
    ]) {
      expect(clean(`postgres://${user}@db.internal/app`), user).toBe('postgres://(redacted)@db.internal/app');
    }
    scrubber.learnCredential('deploymentuser');
    expect(clean('https://deploymentuser@host/x')).toBe('https://(redacted)@host/x');
  });
});

test('JSON stays JSON, and keys stay', () => {
  const scrubber = scrubberFor(73915);
  const json = '{ "73915x": [73915, "a 73915", 1.50], "73915": true }';
  expect(scrubber.json(json, address)).toBe('{ "73915x": ["(redacted)", "a (redacted)", 1.50], "73915": true }');
});

test('with more redacted values than can be searched for, what others wrote is left out', () => {
  const scrubber = scrubberFor('x'.repeat(600_000));
  expect(scrubber.omitsQuotes(address)).toBe(true);
  expect(scrubber.json('"text"', address)).toBe('(redacted)');
});

test('user names in URLs leave a text in linear time, also where no URL has one', () => {
  const scrubber = new Scrubber();
  for (const unit of ['://a:', '://a', '://a:/', '://a:1/']) {
    const text = unit.repeat(2_000_000 / unit.length);
    const startedAt = performance.now();
    expect(scrubber.text(`x@y ${text}`, {})).toBe(`x@y ${text}`);
    expect(scrubber.text(`@${text}`, {})).toBe(`@${text}`);
    // With a search from each URL to the end of the text it would take an hour.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  }
  expect(scrubber.text('a://u:p@h b://c:d://e:f@g', {})).toBe('a://(redacted)@h b://(redacted)@g');
});
