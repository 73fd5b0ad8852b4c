// The operations on account settings.
import { numberInRange, optionalBoolean, optionalMembers } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { type Call, members, type Operation } from './call.ts';

/** The settings of the account in the Region. */
export const getAccountSettings: Operation = (call) => jsonResponse(200, shownSettings(call));

/** Omitted members stay unchanged. */
export const updateAccountSettings: Operation = (call) => {
  const { DeletionProtection, VendedMetrics } = members(call);
  const protection = optionalMembers(DeletionProtection, 'deletionProtection');
  const metrics = optionalMembers(VendedMetrics, 'vendedMetrics');
  const { settings } = call.accountRegion;
  const { enabled, minutes } = settings.deletionProtection;
  const period = protection.ProtectionPeriodInMinutes ?? minutes;
  const changed = {
    enabled: optionalBoolean(protection.Enabled, 'enabled') ?? enabled,
    minutes: numberInRange(period, 'protectionPeriodInMinutes', { min: 15, max: 1440 }),
  };
  settings.vendedMetrics = optionalBoolean(metrics.Enabled, 'enabled') ?? settings.vendedMetrics;
  settings.deletionProtection = changed;
  return jsonResponse(200, shownSettings(call));
};

function shownSettings(call: Call) {
  const { deletionProtection, vendedMetrics } = call.accountRegion.settings;
  return {
    DeletionProtection: {
      Enabled: deletionProtection.enabled,
      ProtectionPeriodInMinutes: deletionProtection.minutes,
    },
    // AWS returns an empty structure until it is set.
    VendedMetrics: { Enabled: vendedMetrics },
  };
}
