// Desired state as plain values.
import type { DesiredApplication } from '../../src/core/model/desired-state.ts';

/** An application whose environments have one configuration each, of the profile `Limits`. */
export function desiredApplication(tenant: string, ...environments: string[]): DesiredApplication {
  return {
    tenant,
    name: tenant,
    environments: environments.map((environment) => ({
      name: environment,
      configurations: [
        {
          address: { tenant, environment, configurationProfile: 'Limits' },
          profileType: 'AWS.Freeform',
          content: {
            contentType: 'application/json',
            text: '{}\n',
            bytes: 3,
            canonicalBytes: 2,
            digest: 'd',
            versionLabel: 'sha256-0',
          },
          sources: [],
          value: {},
        },
      ],
    })),
  };
}
