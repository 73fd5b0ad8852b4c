// The types of configuration profiles, spelled as on the wire.

/** Any content. */
export const freeform = 'AWS.Freeform';
/** Feature flags, which the service checks and rewrites. */
export const featureFlags = 'AWS.AppConfig.FeatureFlags';
