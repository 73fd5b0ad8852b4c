// Puts a configuration live in one go, through the same calls that a client would make.
import { ServiceError } from './errors.ts';
import type { Configuration } from './start-emulator.ts';
import type { WireResponse } from './wire.ts';

/** Carries out a call of AppConfig. */
export type Send = (
  method: string,
  path: string,
  request: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
) => Promise<WireResponse>;

const strategyName = 'at once';

/** Creates what is missing, and deploys the content at once. @throws Error where AppConfig refuses */
export async function deployConfiguration(seed: Configuration, send: Send): Promise<void> {
  const application = await ensure(send, '/applications', { Name: seed.application });
  const below = `/applications/${application}`;
  const environment = await ensure(send, `${below}/environments`, { Name: seed.environment });
  const profile = await ensure(send, `${below}/configurationprofiles`, {
    Name: seed.profile,
    LocationUri: 'hosted',
    Type: seed.type,
  });
  const strategy = await ensure(send, '/deploymentstrategies', {
    Name: strategyName,
    DeploymentDurationInMinutes: 0,
    GrowthFactor: 100,
  });
  const isText = typeof seed.content === 'string';
  const headers = {
    'content-type': seed.contentType ?? (isText ? 'text/plain' : 'application/json'),
    ...(seed.versionLabel === undefined ? {} : { versionlabel: seed.versionLabel }),
  };
  const body = isText ? String(seed.content) : JSON.stringify(seed.content);
  const version = await send('POST', `${below}/configurationprofiles/${profile}/hostedconfigurationversions`, {
    headers,
    body,
  });
  refused(version);
  const deployment = {
    ConfigurationProfileId: profile,
    ConfigurationVersion: version.headers['version-number'],
    DeploymentStrategyId: strategy,
  };
  refused(await send('POST', `${below}/environments/${environment}/deployments`, { body: JSON.stringify(deployment) }));
}

/** @returns the id of what has that name, old or new */
async function ensure(send: Send, path: string, wanted: Readonly<Record<string, unknown>>): Promise<string> {
  let token: string | undefined;
  do {
    const page = refused(await send('GET', token === undefined ? path : `${path}?next_token=${token}`, {})) as {
      Items: { Id: string; Name: string }[];
      NextToken?: string;
    };
    const found = page.Items.find((each) => each.Name === wanted.Name);
    if (found !== undefined) return found.Id;
    token = page.NextToken === undefined ? undefined : encodeURIComponent(page.NextToken);
  } while (token !== undefined);
  const created = refused(await send('POST', path, { body: JSON.stringify(wanted) })) as { Id: string };
  return created.Id;
}

/** The answer, unless it is an error. */
function refused({ status, headers, body }: WireResponse): unknown {
  const text = body.toString('utf8');
  if (status < 300) return headers['content-type'] === 'application/json' && text !== '' ? JSON.parse(text) : undefined;
  const { Message = 'AppConfig refused it' } = JSON.parse(text) as { Message?: string };
  throw new ServiceError(status, headers['x-amzn-errortype']?.replace(/:$/, '') ?? 'Error', Message);
}
