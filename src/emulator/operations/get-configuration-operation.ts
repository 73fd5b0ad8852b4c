// GetConfiguration, the deprecated operation that the data plane replaces.
import { recordRead } from '../model/deletion-protection.ts';
import { liveDeployment } from '../model/live-deployment.ts';
import { featureFlags } from '../model/profile-types.ts';
import { findByIdOrName } from '../model/resources.ts';
import { requiredText } from '../wire/check-members.ts';
import { badRequest, notFound } from '../wire/service-error.ts';
import { type Call, type Operation, pathPart } from './call.ts';

/** The live configuration, by ids or names. 204 if the client already has it. */
export const getConfiguration: Operation = (call) => {
  const { query } = call.request;
  const client = requiredText(query.get('client_id'), 'clientId', { max: 64 });
  const known = query.get('client_configuration_version');
  const application = resourceIn(call, 'Application', call.accountRegion.applications);
  const environment = resourceIn(call, 'Environment', application.environments);
  const profile = resourceIn(call, 'Configuration', application.profiles);
  if (profile.type === featureFlags) {
    throw badRequest(
      "Feature flag configurations must be accessed via AWS AppConfig Data's GetLatestConfiguration API.",
    );
  }
  const deployment = liveDeployment({ environment, profile }, { client, now: call.now });
  const live = deployment?.served;
  if (live === undefined) {
    throw notFound('Deployment', `No deployment of ${profile.name} in environment ${environment.name} can be read.`);
  }
  if ((deployment?.kmsKey ?? live.kmsKey) !== undefined) {
    throw badRequest("Encrypted configurations must be accessed via AWS AppConfig Data's GetLatestConfiguration API.");
  }
  recordRead({ environment, profile }, call.now);
  const version = String(live.number);
  const headers = { 'configuration-version': version, 'content-type': live.contentType };
  if (known === version) return { status: 204, headers, body: Buffer.alloc(0) };
  return { status: 200, headers, body: Buffer.from(live.content) };
};

/** @throws ServiceError */
function resourceIn<T extends { readonly name: string }>(
  call: Call,
  part: string,
  resources: ReadonlyMap<string, T>,
): T {
  const idOrName = requiredText(pathPart(call, part), part.toLowerCase(), { max: 64 });
  const found = findByIdOrName(resources, idOrName);
  if (found !== undefined) return found;
  throw notFound(part, `${part} ${idOrName} could not be found for account ${call.accountRegion.account}.`);
}
