// GetConfiguration, which the data plane has taken the place of.

import { noteRead } from '../model/deletion-protection.ts';
import { deploymentFor } from '../model/live-deployment.ts';
import { featureFlags } from '../model/profile-types.ts';
import { named } from '../model/store.ts';
import { text } from '../wire/check-members.ts';
import type { WireResponse } from '../wire/message.ts';
import { badRequest, notFound } from '../wire/service-error.ts';
import { type Call, type Operation, pathPart } from './call.ts';

/** The configuration that is live, or nothing if the client has it; by ids or names. */
export const getConfiguration: Operation = (call): WireResponse => {
  const { query } = call.request;
  const client = text(query.get('client_id'), 'clientId', { max: 64 });
  const known = query.get('client_configuration_version');
  const application = partOf(call, 'Application', call.place.applications);
  const environment = partOf(call, 'Environment', application.environments);
  const profile = partOf(call, 'Configuration', application.profiles);
  if (profile.type === featureFlags) {
    throw badRequest(
      "Feature flag configurations must be accessed via AWS AppConfig Data's GetLatestConfiguration API.",
    );
  }
  const deployment = deploymentFor({ environment, profile }, { client, now: call.now });
  const live = deployment?.served;
  if (live === undefined) {
    throw notFound('Deployment', `No deployment of ${profile.name} in environment ${environment.name} can be read.`);
  }
  if ((deployment?.kmsKey ?? live.kmsKey) !== undefined) {
    throw badRequest("Encrypted configurations must be accessed via AWS AppConfig Data's GetLatestConfiguration API.");
  }
  noteRead({ environment, profile }, call.now);
  const version = String(live.number);
  const headers = { 'configuration-version': version, 'content-type': live.contentType };
  if (known === version) return { status: 204, headers, body: Buffer.alloc(0) };
  return { status: 200, headers, body: Buffer.from(live.content) };
};

/** @throws ServiceError */
function partOf<T extends { readonly name: string }>(call: Call, part: string, all: ReadonlyMap<string, T>): T {
  const asked = text(pathPart(call, part), part.toLowerCase(), { max: 64 });
  const found = named(all, asked);
  if (found !== undefined) return found;
  throw notFound(part, `${part} ${asked} could not be found for account ${call.place.account}.`);
}
