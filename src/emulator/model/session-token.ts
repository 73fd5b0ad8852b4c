// Configuration tokens. A token holds the whole state of its session, so sessions need not be stored.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isObject } from '../wire/is-object.ts';

/** The state of a session before its next poll. */
export interface Session {
  /** Identifies the session. A deployment that grows reaches sessions by their id. */
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
  /** How many polls came before. */
  readonly polls: number;
  /** The service's time when the token was created. */
  readonly issuedAt: number;
  /** The minimum number of seconds between polls, if the client asked for one. */
  readonly interval?: number | undefined;
  /** The configuration version that the client already has. */
  readonly has?: string | undefined;
}

/** How long a token is valid. */
export const tokenLifeMs = 24 * 60 * 60_000;

const signatureLength = 16;
/** Makes every token begin with a letter: the AWS CLI would read one that begins with a dash as a flag. */
const prefix = Buffer.from([0]);

/** A random session id. */
export function newSessionId(): string {
  return randomBytes(12).toString('hex');
}

/**
 * A key to sign tokens with. All emulators use the same sequence of resource ids, so without a key of its own an emulator
 * would accept the tokens of another one. This prevents mistakes, not attacks: every client may ask for a token.
 */
export function newTokenKey(): string {
  return randomBytes(16).toString('hex');
}

/** The token for a session's next poll. */
export function writeToken(session: Session, key: string): string {
  const content = Buffer.from(JSON.stringify(session));
  return Buffer.concat([prefix, signature(content, key), content]).toString('base64url');
}

/** The session in a token. Undefined if it was signed with another key or is damaged. */
export function readToken(token: string, key: string): Session | undefined {
  if (!/^[\w-]{32,8192}$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const contentAt = prefix.length + signatureLength;
  const content = bytes.subarray(contentAt);
  if (content.length === 0 || bytes.toString('base64url') !== token) return undefined;
  if (!bytes.subarray(0, prefix.length).equals(prefix)) return undefined;
  if (!timingSafeEqual(bytes.subarray(prefix.length, contentAt), signature(content, key))) return undefined;
  const value: unknown = JSON.parse(content.toString('utf8'));
  return isSession(value) ? value : undefined;
}

/** The tokens that were used, for a bounded number of sessions. The session that polled longest ago is dropped first. */
export class UsedTokens {
  readonly #polls = new Map<string, number>();
  readonly #maxSessions: number;

  constructor(maxSessions = 20_000) {
    this.#maxSessions = maxSessions;
  }

  has({ id, polls }: Session): boolean {
    return polls < (this.#polls.get(id) ?? 0);
  }

  add({ id, polls }: Session): void {
    this.#polls.delete(id);
    this.#polls.set(id, polls + 1);
    const [oldest] = this.#polls.keys();
    if (this.#polls.size > this.#maxSessions && oldest !== undefined) this.#polls.delete(oldest);
  }
}

function signature(content: Uint8Array, key: string): Buffer {
  return createHmac('sha256', key).update(content).digest().subarray(0, signatureLength);
}

function isSession(value: unknown): value is Session {
  if (!isObject(value)) return false;
  const texts = [value.id, value.account, value.region, value.application, value.environment, value.profile];
  return texts.every((text) => typeof text === 'string') && [value.polls, value.issuedAt].every(Number.isFinite);
}
