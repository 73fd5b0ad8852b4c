// Makes a configuration live at once, with the same calls that a client would make.
import { isUint8Array } from 'node:util/types';
import { featureFlags, freeform } from '../model/profile-types.ts';
import type { WireResponse } from '../wire/message.ts';
import { ServiceError } from '../wire/service-error.ts';
import { oneOf, requiredText, type Shape, text } from './check-input.ts';

/** A configuration to make live, with the names of its resources. */
export interface Configuration {
  readonly application: string;
  readonly environment: string;
  /** The configuration profile's name. */
  readonly profile: string;
  /** A string or bytes are used as they are; anything else becomes JSON. */
  readonly content: unknown;
  /** By default `text/plain` for a string, `application/octet-stream` for bytes, else `application/json`. */
  readonly contentType?: string | undefined;
  /** The type of a profile that has to be created; freeform by default. */
  readonly type?: 'AWS.Freeform' | 'AWS.AppConfig.FeatureFlags' | undefined;
  readonly versionLabel?: string | undefined;
}

/** What callers must pass. @internal */
export const configurationShape: Shape<Configuration> = {
  application: requiredText,
  environment: requiredText,
  profile: requiredText,
  content: {
    what: 'a string, bytes or a value that JSON can represent',
    fits: (value) => JSON.stringify(value) !== undefined,
    required: true,
  },
  contentType: text,
  type: oneOf(freeform, featureFlags),
  versionLabel: text,
};

/** Sends a request to AppConfig. @internal */
export type Send = (
  method: string,
  path: string,
  request: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Uint8Array },
) => Promise<WireResponse>;

const strategy = {
  Name: 'appcfg/emulator: all at once',
  DeploymentDurationInMinutes: 0,
  FinalBakeTimeInMinutes: 0,
  GrowthFactor: 100,
};

/** Creates missing resources and deploys the content at once. @throws Error if AppConfig refuses a call @internal */
export async function deployConfiguration(configuration: Configuration, send: Send): Promise<void> {
  const application = await ensure(send, '/applications', { Name: configuration.application });
  const below = `/applications/${application}`;
  const environment = await ensure(send, `${below}/environments`, { Name: configuration.environment });
  const profile = await ensure(send, `${below}/configurationprofiles`, {
    Name: configuration.profile,
    LocationUri: 'hosted',
    Type: configuration.type,
  });
  const atOnce = await ensure(send, '/deploymentstrategies', strategy);
  const { type, body } = contentOf(configuration.content);
  const headers = {
    'content-type': configuration.contentType ?? type,
    ...(configuration.versionLabel === undefined ? {} : { versionlabel: configuration.versionLabel }),
  };
  const version = await send('POST', `${below}/configurationprofiles/${profile}/hostedconfigurationversions`, {
    headers,
    body,
  });
  bodyOf(version);
  const deployment = {
    ConfigurationProfileId: profile,
    ConfigurationVersion: version.headers['version-number'],
    DeploymentStrategyId: atOnce,
  };
  const deployments = `${below}/environments/${environment}/deployments`;
  const started = bodyOf(await send('POST', deployments, { body: JSON.stringify(deployment) })) as {
    DeploymentNumber: number;
    State: string;
  };
  if (started.State === 'COMPLETE') return;
  throw new Error(
    `deployment ${started.DeploymentNumber} of ${configuration.application}/${configuration.environment}/${configuration.profile} is ${started.State}, not live yet, because its environment has monitors or an alarm: advance the clock`,
  );
}

function contentOf(content: unknown): { readonly type: string; readonly body: string | Uint8Array } {
  if (typeof content === 'string') return { type: 'text/plain', body: content };
  if (isUint8Array(content)) return { type: 'application/octet-stream', body: content };
  return { type: 'application/json', body: JSON.stringify(content) };
}

/** @returns the id of the resource with that name and those numbers, which is created if it does not exist */
async function ensure(send: Send, path: string, wanted: Readonly<Record<string, unknown>>): Promise<string> {
  let token: string | undefined;
  do {
    const page = bodyOf(await send('GET', token === undefined ? path : `${path}?next_token=${token}`, {})) as {
      Items: { Id: string; Name: string }[];
      NextToken?: string;
    };
    const found = page.Items.find((each) => hasNameAndNumbers(each, wanted));
    if (found !== undefined) return found.Id;
    token = page.NextToken === undefined ? undefined : encodeURIComponent(page.NextToken);
  } while (token !== undefined);
  const created = bodyOf(await send('POST', path, { body: JSON.stringify(wanted) })) as { Id: string };
  return created.Id;
}

function hasNameAndNumbers(
  item: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): boolean {
  const numbers = Object.entries(wanted).filter(([, value]) => typeof value === 'number');
  return item.Name === wanted.Name && numbers.every(([name, value]) => item[name] === value);
}

/** The body of a response. @throws ServiceError for an error response */
function bodyOf({ status, headers, body }: WireResponse): unknown {
  const text = body.toString('utf8');
  if (status < 300) return headers['content-type'] === 'application/json' && text !== '' ? JSON.parse(text) : undefined;
  const { Message = 'AppConfig refused the call' } = JSON.parse(text) as { Message?: string };
  throw new ServiceError(status, headers['x-amzn-errortype']?.replace(/:$/, '') ?? 'Error', Message);
}
