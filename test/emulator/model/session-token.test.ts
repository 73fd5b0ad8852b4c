// Configuration tokens.
import { expect, test } from 'vitest';
import { newTokenKey, readToken, type Session, writeToken } from '../../../src/emulator/model/session-token.ts';

const session: Session = {
  id: 'a',
  account: '123456789012',
  region: 'us-east-1',
  application: 'app',
  environment: 'env',
  profile: 'web',
  polls: 0,
  issuedAt: 0,
};

test('a token begins with a letter, so that no command line reads it as a flag', () => {
  for (let n = 0; n < 500; n += 1) {
    const key = newTokenKey();
    const token = writeToken(session, key);
    expect(token).toMatch(/^[A-Za-z]/);
    expect(readToken(token, key)).toEqual(session);
    expect(readToken(`B${token.slice(1)}`, key)).toBeUndefined();
  }
});
