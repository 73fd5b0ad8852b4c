// Passes to the scrubber the contents that a run reads, of the tree and of AppConfig: it removes their redacted values, and the secrets that are found in them, from all text.
import { parseLiveContent } from '../document/parse-yaml.ts';
import type { Subject } from '../model/address.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import type { Layer, Layers } from '../render/layers.ts';
import { mayHoldSecret } from '../secrets/find-secrets.ts';
import { type ApplicationNames, tenantNaming } from '../settings/application-name.ts';
import type { Scrubber } from './scrubber.ts';

/** The files of a tenant, or of the template. Values that others override are redacted, too. */
export function learnLayers(scrubber: Scrubber, { everywhere, environments }: Layers, tenant?: string): void {
  const { hasPatterns } = scrubber;
  const learn = (layer: Layer, of: Subject) => {
    for (const [configurationProfile, { value, notes }] of layer) {
      if (value !== undefined && (hasPatterns || notes?.hasSecrets))
        scrubber.learnContent({ ...of, configurationProfile }, value);
    }
  };
  const of = tenant === undefined ? {} : { tenant };
  learn(everywhere, of);
  for (const [environment, layer] of environments) learn(layer, { ...of, environment });
}

/** The rendered contents of an application. */
export function learnApplication(scrubber: Scrubber, { environments }: DesiredApplication): void {
  const { hasPatterns } = scrubber;
  for (const { configurations } of environments) {
    for (const { address, value, mayHaveSecrets } of configurations) {
      if (hasPatterns || mayHaveSecrets) scrubber.learnContent(address, value);
    }
  }
}

/** @returns to be called with each content that is read from AppConfig */
export function liveContentLearner(
  scrubber: Scrubber,
  settings: ApplicationNames,
): (application: string, text: string) => void {
  const tenantOf = tenantNaming(settings);
  return (application, text) => {
    const value = scrubber.hasPatterns || mayHoldSecret(text) ? parseLiveContent(Buffer.from(text)) : undefined;
    const tenant = tenantOf(application);
    if (value !== undefined) scrubber.learnContent(tenant === undefined ? {} : { tenant }, value);
  };
}
