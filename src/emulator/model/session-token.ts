// Configuration tokens: a session's whole state, so that nothing of a session has to be stored.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isObject } from '../wire/check-members.ts';

/** A session, as the token for its next poll tells it. */
export interface Session {
  /** Names the session; which clients a growing deployment has reached depends on it. */
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
  /** How many polls there were before. */
  readonly polls: number;
  /** The service's time when the token was made. */
  readonly issuedAt: number;
  /** Seconds between two polls, if the client bound itself. */
  readonly interval?: number | undefined;
  /** The configuration version that the client has. */
  readonly has?: string | undefined;
}

/** For how long a token is good. */
export const tokenLifeMs = 24 * 60 * 60_000;

const sealLength = 16;
/** Begins every token with a letter: one with a dash would be a flag to whoever pastes it into the AWS CLI. */
const begin = Buffer.from([0]);

/** An id for a session. */
export function newSessionId(): string {
  return randomBytes(12).toString('hex');
}

/**
 * What the tokens of one embedded AppConfig are sealed with: ids are the same in every one, so that another's token would
 * be taken. It guards against mistakes, not against people: whoever reaches the embedded AppConfig may ask it for a token.
 */
export function newTokenKey(): string {
  return randomBytes(16).toString('hex');
}

/** The token that tells a session. */
export function writeToken(session: Session, key: string): string {
  const content = Buffer.from(JSON.stringify(session));
  return Buffer.concat([begin, seal(content, key), content]).toString('base64url');
}

/** The session that a token tells; undefined if it was sealed with another key, or was damaged. */
export function readToken(token: string, key: string): Session | undefined {
  if (!/^[\w-]{32,8192}$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const contentAt = begin.length + sealLength;
  const content = bytes.subarray(contentAt);
  if (content.length === 0 || bytes.toString('base64url') !== token || !bytes.subarray(0, begin.length).equals(begin)) {
    return undefined;
  }
  if (!timingSafeEqual(bytes.subarray(begin.length, contentAt), seal(content, key))) return undefined;
  const value: unknown = JSON.parse(content.toString('utf8'));
  return isSession(value) ? value : undefined;
}

/** Which polls were made, for as many sessions as fit: the ones that were silent longest are forgotten first. */
export class UsedTokens {
  readonly #polls = new Map<string, number>();
  readonly #bound: number;

  constructor(bound = 20_000) {
    this.#bound = bound;
  }

  has({ id, polls }: Session): boolean {
    return polls < (this.#polls.get(id) ?? 0);
  }

  add({ id, polls }: Session): void {
    this.#polls.delete(id);
    this.#polls.set(id, polls + 1);
    const [oldest] = this.#polls.keys();
    if (this.#polls.size > this.#bound && oldest !== undefined) this.#polls.delete(oldest);
  }
}

function seal(content: Uint8Array, key: string): Buffer {
  return createHmac('sha256', key).update(content).digest().subarray(0, sealLength);
}

function isSession(value: unknown): value is Session {
  if (!isObject(value)) return false;
  const texts = [value.id, value.account, value.region, value.application, value.environment, value.profile];
  return texts.every((text) => typeof text === 'string') && [value.polls, value.issuedAt].every(Number.isFinite);
}
