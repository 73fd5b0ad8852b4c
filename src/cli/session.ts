// Connections to the places of a run (AWS, an endpoint, or the embedded AppConfig) for the length of a command.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Roles } from '../appconfig/assume-role.ts';
import { Connection, type ConnectOptions, defaultConcurrency, type Identity } from '../appconfig/client.ts';
import { CallFailure } from '../appconfig/failure.ts';
import { Slots } from '../appconfig/limiter.ts';
import { AppcfgError, failure, type Problem, type ProblemCode } from '../core/errors.ts';
import type { Place } from '../core/events.ts';
import type { DesiredApplication } from '../core/model.ts';
import { type Destination, type PlaceInTree, placeId, placesOf, twoWaysProblem } from '../core/places.ts';
import type { PlannedPlace } from '../core/plan.ts';
import type { Settings } from '../core/settings.ts';
import { accountOf } from '../core/tenants.ts';
import type { Context, RequestHandler } from './context.ts';
import { sessionName, webIdentityCredentials } from './credentials.ts';
import { openDeadline } from './deadline.ts';
import { withLocalState } from './local-state.ts';
import type { CommonOptions } from './options.ts';
import { parseChoice, parseSpeed, parseUrl } from './parse-values.ts';

/** What flags, environment and settings say of where and how. */
export interface SessionOptions {
  readonly options: CommonOptions;
  readonly settings: Settings;
  readonly project: string;
  readonly access: 'read' | 'write';
  readonly context: Context;
}

/** One of the places that a run is about. */
export interface WantedPlace {
  readonly planned: PlannedPlace;
  /** Whether it is the run's own: that of its credentials and its Region. */
  readonly isOwn: boolean;
  /** What of the tree is in it. */
  readonly desired: readonly DesiredApplication[];
}

export interface ReachedPlace extends WantedPlace {
  readonly connection: Connection;
  readonly place: Place;
}

export interface UnreachedPlace extends WantedPlace {
  readonly problem: Problem;
}

export interface PlacesSession {
  /** The run's own place first, where it is among them. */
  readonly reached: readonly [ReachedPlace, ...ReachedPlace[]];
  /** Only where there are several: whoever gets nowhere has an error. */
  readonly unreached: readonly UnreachedPlace[];
  readonly signal: AbortSignal;
}

/**
 * Opens every place that the tree, by the settings, is in.
 * @param about.everywhere also those that nothing of the tree is in
 * @throws AppcfgError
 */
export function withPlaces<T>(
  about: SessionOptions & { readonly desired: readonly DesiredApplication[]; readonly everywhere: boolean },
  use: (session: PlacesSession) => Promise<T>,
): Promise<T | undefined> {
  const { desired, settings, everywhere } = about;
  return withDestinations(about, (region) => placesOf(desired, settings, { region, everywhere }), use);
}

async function withDestinations<T>(
  about: SessionOptions,
  destinations: (region: string | undefined) => readonly PlaceInTree[],
  use: (session: PlacesSession) => Promise<T>,
): Promise<T | undefined> {
  const { options, settings, context } = about;
  const embedded = options.local || context.requestHandler !== undefined;
  const region = regionOf(options, settings, context.environment) ?? (embedded ? 'us-east-1' : undefined);
  const wanted = destinations(region);
  refuseTwoWays(wanted);
  const opened = context.requestHandler
    ? openEmbedded(context.requestHandler, context)
    : options.local
      ? await openLocal(settings, context)
      : await openRemote({ about, regions: wanted.map((place) => place.region) });
  const connections = new Connections(opened.connect, options.concurrency, context);
  const deadline = openDeadline(options.timeoutMs, context);
  const { signal } = deadline;
  try {
    return await use({ ...(await reach(wanted, connections, { about, region })), signal });
  } catch (error) {
    if (signal.aborted && (error === signal.reason || isAborted(error))) return undefined;
    if (error instanceof CallFailure) throw new AppcfgError([error.problem], { cause: error });
    throw error;
  } finally {
    deadline.close();
    await connections.destroy();
    await opened.close();
  }
}

/** The connections of a run: they share its slots, and what STS gave for a role. */
class Connections {
  readonly #connect: Opened['connect'];
  readonly #concurrency: number | Slots;
  readonly #sessionName: string;
  readonly #open: Connection[] = [];
  #roles: Roles | undefined;

  constructor(connect: Opened['connect'], concurrency: number | undefined, context: Context) {
    this.#connect = connect;
    this.#concurrency = new Slots(concurrency ?? defaultConcurrency);
    this.#sessionName = sessionName(context.environment, ['CI_PROJECT_ID', 'CI_PIPELINE_ID', 'CI_JOB_ID']);
  }

  to({ region, roleArn }: Destination): Connection {
    if (region === undefined) throw regionMissing();
    const options = { ...this.#connect(region), concurrency: this.#concurrency };
    if (roleArn !== undefined) this.#roles ??= new Roles(options, this.#sessionName);
    const credentials = roleArn === undefined ? undefined : this.#roles?.credentialsOf(roleArn);
    const connection = new Connection(credentials === undefined ? options : { ...options, credentials });
    this.#open.push(connection);
    return connection;
  }

  async destroy(): Promise<void> {
    for (const connection of this.#open) connection.destroy();
    await this.#roles?.destroy();
  }
}

interface Arrival {
  readonly about: SessionOptions;
  /** The run's own. */
  readonly region: string | undefined;
}

async function reach(
  wanted: readonly PlaceInTree[],
  connections: Connections,
  arrival: Arrival,
): Promise<Omit<PlacesSession, 'signal'>> {
  const [only, ...others] = wanted;
  if (only !== undefined && others.length === 0) {
    const connection = connections.to(only);
    const account = await checkAccount(connection, arrival.about.settings);
    return { reached: [reachedPlace(only, { connection, account, arrival })], unreached: [] };
  }
  const arrivals = await Promise.all(wanted.map((place) => arrive(place, connections.to(place), arrival)));
  const [first, ...more] = arrivals.filter((each) => 'connection' in each);
  const unreached = arrivals.filter((each) => 'problem' in each);
  if (first === undefined) {
    const [problem, ...problems] = unreached.map((each) => each.problem);
    throw problem === undefined ? new Error('a run without places') : new AppcfgError([problem, ...problems]);
  }
  refuseTwoWays([first, ...more].map(({ planned: { account, ...to } }) => ({ ...to, ...(account && { account }) })));
  return { reached: [first, ...more], unreached };
}

/** Of several places each is asked who we are there: what is wrong with one of them keeps nobody from the others. */
async function arrive(
  place: PlaceInTree,
  connection: Connection,
  arrival: Arrival,
): Promise<ReachedPlace | UnreachedPlace> {
  try {
    const { account, arn } = await connection.identity();
    refuseForeignAccount({ account, arn }, arrival.about.settings);
    return reachedPlace(place, { connection, account, arrival });
  } catch (error) {
    const problem = problemOfOnePlace(error);
    if (problem === undefined) throw error;
    return { ...wantedPlace(place, { account: accountOf({ ...place, account: undefined }), arrival }), problem };
  }
}

/** What went wrong in a place and says nothing of the others; undefined: it does, or the run was interrupted. */
export function problemOfOnePlace(error: unknown): Problem | undefined {
  const [problem] =
    error instanceof AppcfgError
      ? error.problems
      : error instanceof CallFailure && !isAborted(error)
        ? [error.problem]
        : [];
  return problem === undefined || ofTheRun.has(problem.code) ? undefined : problem;
}

const ofTheRun: ReadonlySet<ProblemCode> = new Set([
  'credentials-missing',
  'credentials-expired',
  'credentials-refused',
  'region-missing',
]);

/** @throws AppcfgError */
function refuseTwoWays(places: Parameters<typeof twoWaysProblem>[0]): void {
  const problem = twoWaysProblem(places);
  if (problem !== undefined) throw new AppcfgError([problem]);
}

function wantedPlace(
  { region = '', roleArn, desired }: PlaceInTree,
  about: { readonly account: string | undefined; readonly arrival: Arrival },
): WantedPlace {
  const { account, arrival } = about;
  const planned = { id: placeId({ account, region }), account, region, roleArn };
  return { planned, isOwn: roleArn === undefined && region === arrival.region, desired };
}

function reachedPlace(
  place: PlaceInTree,
  about: { readonly connection: Connection; readonly account: string | undefined; readonly arrival: Arrival },
): ReachedPlace {
  const { connection, account, arrival } = about;
  const { options, context, project } = arrival.about;
  return {
    ...wantedPlace(place, about),
    connection,
    place: {
      region: connection.region,
      account,
      endpoint: options.local ? undefined : (options.endpointUrl ?? endpointFromEnvironment(context.environment)),
      local: options.local,
      clockSpeed: options.local ? localSpeed(context) : 1,
      project,
    },
  };
}

interface Opened {
  readonly connect: (region: string) => ConnectOptions;
  readonly close: () => Promise<void>;
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
    const { openStateFile } = await import('../emulator/state-file.ts');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '.gitignore'), '*\n');
    const { quotas } = settings.aws;
    return openStateFile({ path: join(folder, 'local.json'), now: context.clock.now, speed, quotas });
  });
  return { ...openEmbedded(local.requestHandler, context), close: () => local.close() };
}

function localSpeed(context: Context): number {
  return parseSpeed(context.environment.APPCFG_LOCAL_SPEED || '60', 'APPCFG_LOCAL_SPEED');
}

async function openRemote(to: {
  readonly about: SessionOptions;
  readonly regions: readonly (string | undefined)[];
}): Promise<Opened> {
  const { options, access, context } = to.about;
  const endpoint = options.endpointUrl ?? endpointFromEnvironment(context.environment);
  const [region] = to.regions;
  if (region === undefined || to.regions.includes(undefined)) throw regionMissing();
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

function regionMissing(): AppcfgError {
  return failure('region-missing', 'no Region is set', {
    hint: 'set --region, AWS_REGION, AWS_DEFAULT_REGION or `aws.region` in appcfg.yml; without an AWS account try --local',
  });
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
  const identity = await connection.identity();
  refuseForeignAccount(identity, settings);
  return identity.account;
}

/** @throws AppcfgError */
function refuseForeignAccount({ account, arn }: Identity, settings: Settings): void {
  const { allowedAccounts } = settings.aws;
  if (allowedAccounts === undefined || allowedAccounts.includes(account)) return;
  throw failure(
    'account-not-allowed',
    `these credentials are of account ${account} (${arn}), which is not in \`aws.allowedAccounts\``,
    {
      hint: `use credentials of ${allowedAccounts.join(' or ')}`,
      source: 'appcfg.yml',
    },
  );
}

function isAborted(error: unknown): boolean {
  return error instanceof CallFailure && error.kind === 'aborted';
}
