// Which AppConfig a run talks to: AWS's, that of an endpoint, or the local one.
import type { ConnectOptions } from '../../appconfig/client/connection.ts';
import { type AppcfgError, failure } from '../../core/problem/problem.ts';
import { knownRegions, unknownRegionHint } from '../../core/problem/region.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { parseChoice, parseRegion, parseSpeed } from '../../core/settings-file/parse-values.ts';
import type { Context, LocalAppConfig, RequestHandler } from '../context.ts';
import type { CommonOptions } from '../options.ts';
import { outputOfProgram } from './credential-program.ts';
import { findCredentials } from './credentials.ts';
import { endpointOf, isLoopback } from './endpoint.ts';

/** How long a source of credentials may take, in milliseconds. */
const sourceTimeout = 7_000;

/** The same where a program can ask for something on the terminal. */
const answerTimeout = 120_000;

/** An AppConfig that connections can be made to. */
export interface OpenedAppConfig {
  readonly connect: (region: string) => ConnectOptions;
  readonly close: () => Promise<void>;
  /** Undefined: it is not that of a tree. */
  readonly local?: Pick<LocalAppConfig, 'copyTo'>;
}

/** What flags, environment and settings determine of a connection. */
export interface OpenOptions {
  readonly options: CommonOptions;
  readonly settings: Settings;
  readonly access: 'read' | 'write';
  readonly context: Context;
}

/**
 * @param regions of the run, at least one. Credentials are requested in the first. Undefined: none is configured, which
 * only the local AppConfig allows
 * @throws AppcfgError
 */
export async function openAppConfig(
  run: OpenOptions,
  regions: readonly (string | undefined)[],
): Promise<OpenedAppConfig> {
  const { options, settings, context } = run;
  const { requestHandler } = context;
  if (requestHandler !== undefined) return openHandler(requestHandler, context);
  if (!options.local) return openRemote(run, regions);
  const local = await context.openLocal(settings, context);
  return { ...openHandler(local.requestHandler, context), close: () => local.close(), local };
}

/** How fast the clock of `--local` runs. @throws AppcfgError */
export function localSpeed(context: Context): number {
  return parseSpeed(context.environment.APPCFG_LOCAL_SPEED || '60', 'APPCFG_LOCAL_SPEED');
}

export function regionMissing(): AppcfgError {
  return failure('region-missing', 'no Region is set', {
    hint: {
      text: 'set `aws.region` in appcfg.yml, --region or AWS_REGION; without an AWS account',
      command: { run: 'same', args: ['--local'] },
    },
  });
}

/**
 * The run's own Region: that of the flag, AWS_REGION, AWS_DEFAULT_REGION (which the SDK ignores) or the settings, in this
 * order. The local AppConfig needs none of them. @throws AppcfgError
 */
export function regionOf({ options, settings, context }: OpenOptions): string | undefined {
  const { AWS_REGION, AWS_DEFAULT_REGION } = context.environment;
  const candidates = Object.entries({
    '--region': options.region,
    AWS_REGION,
    AWS_DEFAULT_REGION,
    'aws.region': settings.aws.region,
  });
  const [name = '', region] = candidates.find(([, candidate]) => candidate !== undefined && candidate !== '') ?? [];
  if (region === undefined) return options.local || context.requestHandler !== undefined ? 'us-east-1' : undefined;
  return parseRegion(region, name);
}

function openHandler(requestHandler: RequestHandler, context: Context): OpenedAppConfig {
  const connect = (region: string): ConnectOptions => ({
    region,
    clock: context.clock,
    requestHandler,
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'local' },
    publishedRates: context.environment.APPCFG_RATES === 'aws',
    trustClockHeaders: true,
    onThrottled: reportThrottling(context),
  });
  return { connect, close: async () => {} };
}

async function openRemote(run: OpenOptions, regions: readonly (string | undefined)[]): Promise<OpenedAppConfig> {
  const { options, access, context } = run;
  const endpoint = endpointOf(options, context);
  const [region] = regions;
  if (region === undefined || regions.includes(undefined)) throw regionMissing();
  const loopback = endpoint !== undefined && isLoopback(endpoint);
  if (endpoint?.startsWith('http:') && !loopback && !options.insecure) {
    throw failure('endpoint-insecure', `the endpoint ${endpoint} is plain HTTP to another machine`, {
      hint: { text: 'use https, or accept that others can read and change what is sent: --insecure' },
    });
  }
  if (endpoint === undefined)
    warnOfUnknown(
      regions.filter((each) => each !== undefined),
      context,
    );
  const rates = context.environment.APPCFG_RATES || undefined;
  if (rates !== undefined) parseChoice(rates, 'APPCFG_RATES', ['aws', 'none']);
  const credentials = await findCredentials({ region, access, options }, context);
  const connect = (of: string): ConnectOptions => ({
    region: of,
    clock: context.clock,
    publishedRates: rates === undefined ? endpoint === undefined : rates === 'aws',
    trustClockHeaders: loopback,
    onCredentials: ({ accessKeyId, secretAccessKey, sessionToken }) => {
      for (const text of [accessKeyId, secretAccessKey, sessionToken]) context.scrubber.learnCredential(text);
    },
    onThrottled: reportThrottling(context),
    sourceBounds: {
      clock: context.clock,
      timeoutMs: context.isInteractive ? answerTimeout : sourceTimeout,
      startProgram: (command, signal) => outputOfProgram(command, signal, context),
    },
    // Without the flag the SDK reads the environment itself: AppConfig and STS may have different endpoints there.
    ...(options.endpointUrl === undefined ? {} : { endpointUrl: options.endpointUrl }),
    ...(options.awsProfile === undefined ? {} : { awsProfile: options.awsProfile }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  return { connect, close: async () => {} };
}

/** AWS adds Regions: one that is not known is used. */
function warnOfUnknown(regions: readonly string[], { emit }: Context): void {
  for (const region of new Set(regions)) {
    if (knownRegions.has(region)) continue;
    const text = `${unknownRegionHint(region)} Ignore this warning if "${region}" is a new Region`;
    const message = `unknown Region "${region}": it may not exist`;
    emit({ type: 'problem-found', problem: { code: 'region-unknown', severity: 'warning', message, hint: { text } } });
  }
}

function reportThrottling(context: Context): (operation: string) => void {
  return (operation) => context.emit({ type: 'call-throttled', operation });
}
