// What clients read lately is not deleted by mistake.
import type { Call } from '../operations/call.ts';
import { oneOf } from '../wire/check-members.ts';
import { badRequest } from '../wire/service-error.ts';

/** The part of an environment or a profile that its protection depends on. */
export interface Guarded {
  readonly id: string;
  readonly createdAt: number;
  lastRead?: number | undefined;
}

/** Younger ones are not protected unless the call says `APPLY`. */
const exemptMs = 60 * 60_000;

/** Takes note that a client received a configuration. */
export function noteRead(read: { readonly environment: Guarded; readonly profile: Guarded }, now: number): void {
  read.environment.lastRead = now;
  read.profile.lastRead = now;
}

/** @throws ServiceError if it was read within the account's protection period */
export function refuseProtected(call: Call, kind: string, guarded: Guarded): void {
  const header = call.request.headers['x-amzn-deletion-protection-check'];
  const check =
    header === undefined || header === ''
      ? 'ACCOUNT_DEFAULT'
      : oneOf(header, 'deletionProtectionCheck', ['ACCOUNT_DEFAULT', 'APPLY', 'BYPASS']);
  const { enabled, minutes } = call.place.settings.deletionProtection;
  if (check === 'BYPASS' || (check === 'ACCOUNT_DEFAULT' && !enabled)) return;
  if (check === 'ACCOUNT_DEFAULT' && call.now - guarded.createdAt < exemptMs) return;
  if (guarded.lastRead === undefined || call.now - guarded.lastRead >= minutes * 60_000) return;
  throw badRequest(
    `Cannot delete ${kind} ${guarded.id} because it is protected from deletion: it was read within the last ${minutes} minutes.`,
  );
}
