// A connection to one place (AWS, an endpoint, or the embedded AppConfig) for the length of a command.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection, type ConnectOptions } from '../appconfig/client.ts';
import { CallFailure } from '../appconfig/failure.ts';
import { AppcfgError, failure } from '../core/errors.ts';
import type { Place } from '../core/events.ts';
import type { Settings } from '../core/settings.ts';
import { accountOf } from '../core/tenants.ts';
import type { Context, RequestHandler } from './context.ts';
import { webIdentityCredentials } from './credentials.ts';
import { openDeadline } from './deadline.ts';
import { openLocalState } from './local-state.ts';
import type { CommonOptions } from './options.ts';
import { parseChoice, parseSpeed, parseUrl } from './parse-values.ts';

export interface Session {
  readonly connection: Connection;
  readonly place: Place;
  /** Aborts on an interrupt, and when the time of --timeout is over. */
  readonly signal: AbortSignal;
}

/** Opens the place that flags, environment and settings name, and closes it whatever happens. @throws AppcfgError */
export async function withSession<T>(
  about: {
    readonly options: CommonOptions;
    readonly settings: Settings;
    readonly project: string;
    readonly access: 'read' | 'write';
    readonly context: Context;
  },
  use: (session: Session) => Promise<T>,
): Promise<T | undefined> {
  const { options, settings, project, access, context } = about;
  const region = regionOf(options, settings, context.environment);
  const endpoint = options.endpointUrl ?? endpointFromEnvironment(context.environment);
  const opened = context.requestHandler
    ? openEmbedded(region ?? 'us-east-1', context.requestHandler, context)
    : options.local
      ? await openLocal(region ?? 'us-east-1', settings, context)
      : await openRemote({ region, endpoint, access, options, context });
  const deadline = openDeadline(options.timeoutMs, context);
  const { signal } = deadline;
  try {
    const account = await checkAccount(opened.connection, settings);
    const place: Place = {
      region: opened.connection.region,
      account,
      endpoint: options.local ? undefined : endpoint,
      local: options.local,
      clockSpeed: options.local ? localSpeed(context) : 1,
      project,
    };
    return await use({ connection: opened.connection, place, signal });
  } catch (error) {
    if (signal.aborted && (error === signal.reason || isAborted(error))) return undefined;
    if (error instanceof CallFailure) throw new AppcfgError([error.problem], { cause: error });
    throw error;
  } finally {
    deadline.close();
    opened.connection.destroy();
    await opened.close();
  }
}

interface Opened {
  readonly connection: Connection;
  readonly close: () => Promise<void>;
}

/** An embedded AppConfig that somebody else holds. */
function openEmbedded(region: string, requestHandler: RequestHandler, context: Context): Opened {
  const connection = new Connection({
    region,
    clock: context.clock,
    requestHandler,
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'local' },
    publishedRates: context.environment.APPCFG_RATES === 'aws',
    trustClockHeaders: true,
    onThrottled: throttlingOf(context),
  });
  return { connection, close: async () => {} };
}

/** The embedded AppConfig in this process, its state in `.appcfg/local.json` below the tree. */
async function openLocal(region: string, settings: Settings, context: Context): Promise<Opened> {
  const speed = localSpeed(context);
  const folder = join(context.directory, '.appcfg');
  const local = await openLocalState(async () => {
    const { openStateFile } = await import('../emulator/state-file.ts');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '.gitignore'), '*\n');
    const { quotas } = settings.aws;
    return openStateFile({ path: join(folder, 'local.json'), now: context.clock.now, speed, quotas });
  });
  return { ...openEmbedded(region, local.requestHandler, context), close: () => local.close() };
}

function localSpeed(context: Context): number {
  return parseSpeed(context.environment.APPCFG_LOCAL_SPEED || '60', 'APPCFG_LOCAL_SPEED');
}

async function openRemote(about: {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly access: 'read' | 'write';
  readonly options: CommonOptions;
  readonly context: Context;
}): Promise<Opened> {
  const { region, endpoint, access, options, context } = about;
  if (region === undefined) {
    throw failure('region-missing', 'no Region is set', {
      hint: 'set --region, AWS_REGION, AWS_DEFAULT_REGION or `aws.region` in appcfg.yml; without an AWS account try --local',
    });
  }
  const loopback = endpoint !== undefined && isLoopback(endpoint);
  if (endpoint?.startsWith('http:') && !loopback && !options.insecure) {
    throw failure('endpoint-insecure', `the endpoint ${endpoint} is plain HTTP to another machine`, {
      hint: 'use https, or accept that others can read and change what is sent: --insecure',
    });
  }
  const rates = context.environment.APPCFG_RATES || undefined;
  if (rates !== undefined) parseChoice(rates, 'APPCFG_RATES', ['aws', 'none']);
  const credentials = await webIdentityCredentials({ region, access, options, context });
  const connect: ConnectOptions = {
    region,
    clock: context.clock,
    publishedRates: rates === undefined ? endpoint === undefined : rates === 'aws',
    trustClockHeaders: loopback,
    onThrottled: throttlingOf(context),
    // Endpoints of the environment are the SDK's to read: AppConfig's and STS's may differ there.
    ...(options.endpointUrl === undefined ? {} : { endpointUrl: options.endpointUrl }),
    ...(options.awsProfile === undefined ? {} : { awsProfile: options.awsProfile }),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    ...(credentials === undefined ? {} : { credentials }),
  };
  return { connection: new Connection(connect), close: async () => {} };
}

function throttlingOf(context: Context): (operation: string) => void {
  return (operation) => context.emit({ type: 'call-throttled', operation });
}

/** Order: flag, AWS_REGION, AWS_DEFAULT_REGION (which the SDK ignores), settings, AWS profile (left to the SDK's files). */
function regionOf(options: CommonOptions, settings: Settings, environment: Context['environment']): string | undefined {
  const region = [options.region, environment.AWS_REGION, environment.AWS_DEFAULT_REGION, settings.aws.region].find(
    (candidate) => candidate !== undefined && candidate !== '',
  );
  if (region === undefined || /^[a-z0-9-]+$/i.test(region)) return region;
  throw failure('usage-wrong', `"${region}" is not a Region of AWS`, { hint: 'for example: --region eu-west-1' });
}

function endpointFromEnvironment(environment: Context['environment']): string | undefined {
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined;
  const name = environment.AWS_ENDPOINT_URL_APPCONFIG ? 'AWS_ENDPOINT_URL_APPCONFIG' : 'AWS_ENDPOINT_URL';
  const url = environment[name];
  return url === undefined || url === '' ? undefined : parseUrl(url, name);
}

function isLoopback(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host) || host.endsWith('.localhost');
}

/** Asks who we are only where the settings make it matter. */
async function checkAccount(connection: Connection, settings: Settings): Promise<string | undefined> {
  const { allowedAccounts } = settings.aws;
  const places = [...(settings.environments?.values() ?? []), ...settings.tenants];
  const matters =
    allowedAccounts !== undefined ||
    places.some(
      (e) => accountOf(e) !== undefined || e.monitors?.some((m) => /\{account\}/.test(m.alarmArn + m.alarmRoleArn)),
    );
  if (!matters) return undefined;
  const { account, arn } = await connection.identity();
  if (allowedAccounts !== undefined && !allowedAccounts.includes(account)) {
    throw failure(
      'account-not-allowed',
      `these credentials are of account ${account} (${arn}), which is not in \`aws.allowedAccounts\``,
      {
        hint: `use credentials of ${allowedAccounts.join(' or ')}`,
        source: 'appcfg.yml',
      },
    );
  }
  return account;
}

function isAborted(error: unknown): boolean {
  return error instanceof CallFailure && error.kind === 'aborted';
}
