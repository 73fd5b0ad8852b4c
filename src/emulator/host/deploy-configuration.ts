// Puts a configuration live in one go, through the same calls that a client would make.
import { isUint8Array } from 'node:util/types';
import type { WireResponse } from '../wire/message.ts';
import { ServiceError } from '../wire/service-error.ts';

/** A configuration that is to be live, told by names. */
export interface Configuration {
  readonly application: string;
  readonly environment: string;
  /** The configuration profile's name. */
  readonly profile: string;
  /** Text and bytes as they are; anything else becomes JSON. */
  readonly content: unknown;
  /** `text/plain` for text, `application/octet-stream` for bytes, `application/json` for anything else unless given. */
  readonly contentType?: string | undefined;
  /** What the profile is for, if it has to be created; free form unless told. */
  readonly type?: 'AWS.Freeform' | 'AWS.AppConfig.FeatureFlags' | undefined;
  readonly versionLabel?: string | undefined;
}

/** Carries out a call of AppConfig. */
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
  const atOnce = await ensure(send, '/deploymentstrategies', strategy);
  const { type, body } = contentOf(seed.content);
  const headers = {
    'content-type': seed.contentType ?? type,
    ...(seed.versionLabel === undefined ? {} : { versionlabel: seed.versionLabel }),
  };
  const version = await send('POST', `${below}/configurationprofiles/${profile}/hostedconfigurationversions`, {
    headers,
    body,
  });
  refused(version);
  const deployment = {
    ConfigurationProfileId: profile,
    ConfigurationVersion: version.headers['version-number'],
    DeploymentStrategyId: atOnce,
  };
  const deployments = `${below}/environments/${environment}/deployments`;
  const started = refused(await send('POST', deployments, { body: JSON.stringify(deployment) })) as {
    DeploymentNumber: number;
    State: string;
  };
  if (started.State === 'COMPLETE') return;
  throw new Error(
    `deployment ${started.DeploymentNumber} of ${seed.application}/${seed.environment}/${seed.profile} is ${started.State}, not live yet: its environment has monitors or an alarm, so it takes its time; advance the clock`,
  );
}

function contentOf(content: unknown): { readonly type: string; readonly body: string | Uint8Array } {
  if (typeof content === 'string') return { type: 'text/plain', body: content };
  if (isUint8Array(content)) return { type: 'application/octet-stream', body: content };
  return { type: 'application/json', body: JSON.stringify(content) };
}

/** @returns the id of what has that name and those numbers, old or new */
async function ensure(send: Send, path: string, wanted: Readonly<Record<string, unknown>>): Promise<string> {
  let token: string | undefined;
  do {
    const page = refused(await send('GET', token === undefined ? path : `${path}?next_token=${token}`, {})) as {
      Items: { Id: string; Name: string }[];
      NextToken?: string;
    };
    const found = page.Items.find((each) => isAs(each, wanted));
    if (found !== undefined) return found.Id;
    token = page.NextToken === undefined ? undefined : encodeURIComponent(page.NextToken);
  } while (token !== undefined);
  const created = refused(await send('POST', path, { body: JSON.stringify(wanted) })) as { Id: string };
  return created.Id;
}

function isAs(item: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, unknown>>): boolean {
  const numbers = Object.entries(wanted).filter(([, value]) => typeof value === 'number');
  return item.Name === wanted.Name && numbers.every(([name, value]) => item[name] === value);
}

/** The answer, unless it is an error. */
function refused({ status, headers, body }: WireResponse): unknown {
  const text = body.toString('utf8');
  if (status < 300) return headers['content-type'] === 'application/json' && text !== '' ? JSON.parse(text) : undefined;
  const { Message = 'AppConfig refused it' } = JSON.parse(text) as { Message?: string };
  throw new ServiceError(status, headers['x-amzn-errortype']?.replace(/:$/, '') ?? 'Error', Message);
}
