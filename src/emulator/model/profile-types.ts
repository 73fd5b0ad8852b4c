// What configuration profiles are for, spelt as on the wire.

/** Any text. */
export const freeform = 'AWS.Freeform';
/** Feature flags, which the service looks into. */
export const featureFlags = 'AWS.AppConfig.FeatureFlags';
