// Where AppConfig is: AWS, an endpoint, the embedded one beside the tree, or one that somebody else holds.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectOptions } from '../appconfig/client.ts';
import { type AppcfgError, failure } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import type { Context, RequestHandler } from './context.ts';
import { webIdentityCredentials } from './credentials.ts';
import { withLocalState } from './local-state.ts';
import type { CommonOptions } from './options.ts';
import { parseChoice, parseSpeed, parseUrl } from './parse-values.ts';

/** AppConfig, wherever it is. */
export interface Opened {
  readonly connect: (region: string) => ConnectOptions;
  readonly close: () => Promise<void>;
}

/** What flags, environment and settings say of where and how. */
export interface OpenOptions {
  readonly options: CommonOptions;
  readonly settings: Settings;
  readonly access: 'read' | 'write';
  readonly context: Context;
}

/**
 * @param regions what the run is about; undefined: nothing names one, which only an embedded AppConfig can do with.
 * Credentials are asked for in the first
 * @throws AppcfgError
 */
export function openAppConfig(about: OpenOptions, regions: readonly (string | undefined)[]): Promise<Opened> {
  const { options, settings, context } = about;
  if (context.requestHandler) return Promise.resolve(openEmbedded(context.requestHandler, context));
  return options.local ? openLocal(settings, context) : openRemote(about, regions);
}

/** An embedded AppConfig that somebody else holds. */
function openEmbedded(requestHandler: RequestHandler, context: Context): Opened {
  const connect = (region: string): ConnectOptions => ({
    region,
    clock: context.clock,
    requestHandler,
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'local' },
    publishedRates: context.environment.APPCFG_RATES === 'aws',
    trustClockHeaders: true,
    onThrottled: throttlingOf(context),
  });
  return { connect, close: async () => {} };
}

/** The embedded AppConfig in this process, its state in `.appcfg/local.json` below the tree. */
async function openLocal(settings: Settings, context: Context): Promise<Opened> {
  const speed = localSpeed(context);
  const folder = join(context.directory, '.appcfg');
  const local = await withLocalState(async () => {
    const { openStateFile } = await import('../emulator/host/state-file.ts');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '.gitignore'), '*\n');
    const { quotas } = settings.aws;
    return openStateFile({ path: join(folder, 'local.json'), now: context.clock.now, speed, quotas });
  });
  return { ...openEmbedded(local.requestHandler, context), close: () => local.close() };
}

/** How fast the clock of `--local` runs. @throws AppcfgError */
export function localSpeed(context: Context): number {
  return parseSpeed(context.environment.APPCFG_LOCAL_SPEED || '60', 'APPCFG_LOCAL_SPEED');
}

async function openRemote(about: OpenOptions, regions: readonly (string | undefined)[]): Promise<Opened> {
  const { options, access, context } = about;
  const endpoint = endpointOf(options, context);
  const [region] = regions;
  if (region === undefined || regions.includes(undefined)) throw regionMissing();
  const loopback = endpoint !== undefined && isLoopback(endpoint);
  if (endpoint?.startsWith('http:') && !loopback && !options.insecure) {
    throw failure('endpoint-insecure', `the endpoint ${endpoint} is plain HTTP to another machine`, {
      hint: 'use https, or accept that others can read and change what is sent: --insecure',
    });
  }
  const rates = context.environment.APPCFG_RATES || undefined;
  if (rates !== undefined) parseChoice(rates, 'APPCFG_RATES', ['aws', 'none']);
  const credentials = await webIdentityCredentials({ region, access, options, context });
  const connect = (where: string): ConnectOptions => ({
    region: where,
    clock: context.clock,
    publishedRates: rates === undefined ? endpoint === undefined : rates === 'aws',
    trustClockHeaders: loopback,
    onThrottled: throttlingOf(context),
    // Endpoints of the environment are the SDK's to read: AppConfig's and STS's may differ there.
    ...(options.endpointUrl === undefined ? {} : { endpointUrl: options.endpointUrl }),
    ...(options.awsProfile === undefined ? {} : { awsProfile: options.awsProfile }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  return { connect, close: async () => {} };
}

export function regionMissing(): AppcfgError {
  return failure('region-missing', 'no Region is set', {
    hint: 'set --region, AWS_REGION, AWS_DEFAULT_REGION or `aws.region` in appcfg.yml; without an AWS account try --local',
  });
}

function throttlingOf(context: Context): (operation: string) => void {
  return (operation) => context.emit({ type: 'call-throttled', operation });
}

/**
 * The run's own Region. Order: flag, AWS_REGION, AWS_DEFAULT_REGION (which the SDK ignores), settings; the embedded
 * AppConfig can do without. @throws AppcfgError
 */
export function regionOf({ options, settings, context }: OpenOptions): string | undefined {
  const { AWS_REGION, AWS_DEFAULT_REGION } = context.environment;
  const region = [options.region, AWS_REGION, AWS_DEFAULT_REGION, settings.aws.region].find(
    (candidate) => candidate !== undefined && candidate !== '',
  );
  if (region === undefined) return options.local || context.requestHandler !== undefined ? 'us-east-1' : undefined;
  if (/^[a-z0-9-]+$/i.test(region)) return region;
  throw failure('usage-invalid', `"${region}" is not a Region of AWS`, { hint: 'for example: --region eu-west-1' });
}

/** Where AppConfig is asked, if not at AWS. */
export function endpointOf(options: CommonOptions, { environment }: Context): string | undefined {
  if (options.endpointUrl !== undefined) return options.endpointUrl;
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined;
  const name = environment.AWS_ENDPOINT_URL_APPCONFIG ? 'AWS_ENDPOINT_URL_APPCONFIG' : 'AWS_ENDPOINT_URL';
  const url = environment[name];
  return url === undefined || url === '' ? undefined : parseUrl(url, name);
}

function isLoopback(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host) || host.endsWith('.localhost');
}
