import { awsQuotas } from '../emulator/model/quotas.ts';

/** Quotas that a local AppConfig can be given. */
export const quotaNames: readonly string[] = Object.keys(awsQuotas);
