import { awsQuotas } from '../emulator/quotas.ts';

/** Quotas that a local AppConfig can be given. */
export const quotaNames: readonly string[] = Object.keys(awsQuotas);
