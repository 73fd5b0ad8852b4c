// Deletion protection: environments and profiles that clients read recently cannot be deleted.
import { oneOf } from '../wire/check-members.ts';
import { badRequest } from '../wire/service-error.ts';
import type { AccountSettings, Environment, Profile } from './resources.ts';

/** Younger resources are not protected unless the request has `APPLY`. */
const exemptMs = 60 * 60_000;

/** Records that a client received a configuration. */
export function recordRead(read: { readonly environment: Environment; readonly profile: Profile }, now: number): void {
  read.environment.lastRead = now;
  read.profile.lastRead = now;
}

/**
 * @param type the resource's type, for the message
 * @throws ServiceError if a client read the resource within the account's protection period
 */
export function refuseProtected(
  type: string,
  resource: Environment | Profile,
  request: {
    /** The header `x-amzn-deletion-protection-check`. */
    readonly check: string | undefined;
    readonly settings: AccountSettings;
    readonly now: number;
  },
): void {
  const check = oneOf(request.check || 'ACCOUNT_DEFAULT', 'deletionProtectionCheck', [
    'ACCOUNT_DEFAULT',
    'APPLY',
    'BYPASS',
  ]);
  const { enabled, minutes } = request.settings.deletionProtection;
  if (check === 'BYPASS' || (check === 'ACCOUNT_DEFAULT' && !enabled)) return;
  if (check === 'ACCOUNT_DEFAULT' && request.now - resource.createdAt < exemptMs) return;
  if (resource.lastRead === undefined || request.now - resource.lastRead >= minutes * 60_000) return;
  throw badRequest(
    `Cannot delete ${type} ${resource.id} because it is protected from deletion: it was read within the last ${minutes} minutes.`,
  );
}
