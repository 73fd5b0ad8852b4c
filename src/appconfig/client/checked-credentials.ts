// Credentials that the SDK finds. Whatever is wrong with a source of them is one error with what to fix: the SDK throws what it
// meets, such as an error of the file system.
import { promisify } from 'node:util';
import type { Clock } from '../../core/model/clock.ts';
import { AppcfgError } from '../../core/problem/problem.ts';

interface Found {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** The SDK's errors of responses and of the network are described like those of other calls. */
const described: ReadonlySet<string> = new Set([
  'AbortError',
  'TimeoutError',
  'CredentialsProviderError',
  'TokenProviderError',
]);

/** Bounds of the sources that the SDK asks for credentials. */
export interface SourceBounds {
  readonly clock: Clock;
  /** The longest that a program or a container's server may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The output of a program that a profile names. The signal ends it. */
  readonly startProgram: (command: string, signal: AbortSignal) => Promise<string>;
}

export interface SourceOptions {
  /** The profile that the run asks for. */
  readonly awsProfile?: string;
  readonly sourceBounds?: SourceBounds;
}

export function checkedCredentials<A extends unknown[], T extends Found>(
  provide: (...args: A) => Promise<T>,
  { awsProfile, sourceBounds }: SourceOptions,
): (...args: A) => Promise<T> {
  const inTime = sourceBounds === undefined ? undefined : timeLimit(sourceBounds, awsProfile);
  return async (...args) => {
    const found = await (inTime ? inTime(() => provide(...args)) : provide(...args)).catch(async (error: unknown) => {
      throw await explained(error, awsProfile);
    });
    const parts = {
      accessKeyId: 'key id',
      secretAccessKey: 'secret access key',
      sessionToken: 'session token',
    } as const;
    for (const [member, name] of Object.entries(parts)) {
      const problem = characterProblem(found[member as keyof typeof parts] ?? '');
      if (problem !== undefined) throw missing(`the ${name} ${problem}`);
    }
    return found;
  };
}

/** What makes a value unusable in a request: `ends with a newline`. Undefined where nothing does. */
export function characterProblem(value: string): string | undefined {
  if (/[\r\n]$/.test(value)) return 'ends with a newline';
  return /[^\x21-\x7e]/.test(value) ? 'contains a space or another character that no key has' : undefined;
}

/**
 * Some sources wait for ever: a program that asks for something, a server that takes a connection and is silent. Requests to AWS
 * have time limits of their own.
 */
function timeLimit({ timeoutMs, startProgram, clock }: SourceBounds, awsProfile: string | undefined) {
  // What was late once is not tried again.
  const late = new AbortController();
  let programs: Promise<void> | undefined;
  return async <T>(provide: () => Promise<T>): Promise<T> => {
    late.signal.throwIfAborted();
    programs ??= startProgramsBy((command) => startProgram(command, late.signal));
    await programs;
    const ended = new AbortController();
    const limit = clock.sleep(timeoutMs, ended.signal).then(async () => {
      const problem = await silenceProblem(awsProfile, `within ${timeoutMs / 1000} s`);
      if (problem === undefined) return new Promise<never>(() => {});
      late.abort(missing(problem));
      throw late.signal.reason;
    });
    // It rejects when it is ended, too.
    limit.catch(() => {});
    try {
      return await Promise.race([provide(), limit]);
    } finally {
      ended.abort();
    }
  };
}

/** The SDK starts programs itself, without a limit. It has no option for that, but a member for its own tests. */
async function startProgramsBy(start: (command: string) => Promise<string>): Promise<void> {
  const { externalDataInterceptor } = await import('@smithy/core/config');
  const run = async (command: string) => ({ stdout: await start(command) });
  Object.assign(externalDataInterceptor.getTokenRecord(), {
    exec: Object.assign(() => {}, { [promisify.custom]: run }),
  });
}

async function explained(error: unknown, awsProfile: string | undefined): Promise<unknown> {
  if (error instanceof AppcfgError || !(error instanceof Error)) return error;
  const problem = (await profileProblem(awsProfile)) ?? (await tokenProblem(awsProfile));
  if (problem !== undefined) return missing(problem);
  const isOfService = '$fault' in error || '$metadata' in error;
  const isOfNetwork = 'code' in error && /^(?:E(?:CONN|HOST|NET|PIPE|TIMEDOUT|AI_)|ENOTFOUND)/.test(String(error.code));
  if (isOfService || isOfNetwork) return error;
  // The SDK drops why each source of its list failed.
  if (error.message.includes('from any providers')) return missing((await sourceProblem(awsProfile)) ?? error.message);
  if (described.has(error.name)) return error;
  return missing(fileProblem(error) ?? error.message);
}

/** A file that cannot be read, such as that of AWS_WEB_IDENTITY_TOKEN_FILE. */
function fileProblem(error: Error): string | undefined {
  if (!('path' in error) || !('code' in error)) return undefined;
  return `the file ${error.path} cannot be read (${error.code}): check the variable or setting that names it, such as AWS_WEB_IDENTITY_TOKEN_FILE`;
}

/** A file of a web-identity token without a token: STS's error does not name the file. */
async function tokenProblem(awsProfile: string | undefined): Promise<string | undefined> {
  const { name, sections } = await readProfiles(awsProfile);
  const setting = 'web_identity_token_file';
  // A profile may assume its role with another one's token.
  const file = chainOf(name, sections)
    .map((each) => sections[each]?.[setting])
    .find((each) => each !== undefined);
  const variable = 'AWS_WEB_IDENTITY_TOKEN_FILE';
  const path = file ?? (awsProfile === undefined ? await variableOf(variable) : '');
  if (path === '') return undefined;
  const { readFile } = await import('@smithy/core/config');
  const text = await readFile(path).catch(() => undefined);
  if (text === undefined || text.trim() !== '') return undefined;
  return `the file ${path} of ${file === undefined ? variable : `the profile's ${setting}`} is empty: write the token to it`;
}

function missing(message: string): Error {
  return Object.assign(new Error(message), { name: 'CredentialsProviderError' });
}

/** What is wrong with a profile of AWS's configuration files; undefined where the SDK's own error is enough. */
async function profileProblem(awsProfile: string | undefined): Promise<string | undefined> {
  const { name, sections, names } = await readProfiles(awsProfile);
  const profile = sections[name];
  if (profile === undefined) {
    // The default one need not exist.
    if (name === 'default') return undefined;
    const known = names.length === 0 ? 'there are none' : `available: ${names.sort().join(', ')}`;
    const which = awsProfile === undefined ? `the profile "${name}" of AWS_PROFILE` : 'the profile';
    return `${which} does not exist in the AWS configuration files; ${known}`;
  }
  const { sso_session: session } = profile;
  if (session === undefined || `sso-session.${session}` in sections) return chainProblem(name, sections);
  return `the profile names the sso_session "${session}", which the AWS configuration files do not have`;
}

/** What is wrong with the profiles that a role is assumed with. */
function chainProblem(start: string, sections: Sections): string | undefined {
  const seen = [start];
  for (let name = start; ; ) {
    const profile = sections[name];
    const next = profile?.role_arn === undefined ? undefined : profile.source_profile;
    if (next === undefined) return undefined;
    if (sections[next] === undefined) {
      return `the profile "${name}" names the source_profile "${next}", which the AWS configuration files do not have`;
    }
    const { aws_access_key_id: keys } = sections[next];
    // A profile may name itself, for keys of its own.
    if (seen.includes(next) && keys === undefined) {
      return `the source_profile settings of these profiles form a loop: ${[...seen, next].join(' → ')}`;
    }
    if (seen.includes(next)) return undefined;
    seen.push(next);
    name = next;
  }
}

/** Which source was used, where it gave no credentials and the SDK does not report why. */
async function sourceProblem(awsProfile: string | undefined): Promise<string | undefined> {
  const { name, sections } = await readProfiles(awsProfile);
  const { credential_process: program, credential_source: source } = sections[name] ?? {};
  if (program !== undefined) {
    return `the credential_process of the profile "${name}" failed, or did not print credentials that are valid now: run it by itself`;
  }
  if (source !== undefined) {
    return `the credential_source "${source}" of the profile "${name}" gives no credentials: it is Environment, Ec2InstanceMetadata or EcsContainer, where the run has that`;
  }
  const variable = await containerVariable();
  if (variable !== undefined) {
    return `the server that ${variable} names gives no credentials: unset it outside of the container, or check the server and AWS_CONTAINER_AUTHORIZATION_TOKEN`;
  }
  return undefined;
}

/** Which source did not answer in time; undefined where AWS is the source. */
async function silenceProblem(awsProfile: string | undefined, time: string): Promise<string | undefined> {
  const { name, sections } = await readProfiles(awsProfile);
  const [profile] = chainOf(name, sections).filter((each) => sections[each]?.credential_process !== undefined);
  if (profile !== undefined) {
    return `the credential_process of the profile "${profile}" did not end ${time} and was stopped: run it by itself to see what it waits for`;
  }
  const variable = await containerVariable();
  if (variable === undefined) return undefined;
  return `the server that ${variable} names does not answer ${time}: unset it outside of the container, or check the server`;
}

/** A profile, and those whose credentials its role is assumed with. */
function chainOf(start: string, sections: Sections): readonly string[] {
  const chain: string[] = [];
  for (let next: string | undefined = start; next !== undefined && !chain.includes(next); ) {
    chain.push(next);
    next = sections[next]?.source_profile;
  }
  return chain;
}

/** The variable that names a container's server of credentials. */
async function containerVariable(): Promise<string | undefined> {
  for (const variable of ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI']) {
    if ((await variableOf(variable)) !== '') return variable;
  }
  return undefined;
}

type Sections = Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;

async function readProfiles(awsProfile: string | undefined) {
  const { getProfileName, loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const all = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])];
  const sections: Sections = Object.fromEntries(
    all.map((section) => [section, { ...configFile[section], ...credentialsFile[section] }]),
  );
  const names = all.filter((each) => !/^(?:sso-session|services)\./.test(each));
  return { name: awsProfile ?? getProfileName({}), sections, names };
}

/** Of the environment, as the SDK reads it; empty where it is not set. */
async function variableOf(name: string): Promise<string> {
  const { loadConfig } = await import('@smithy/core/config');
  const read = loadConfig<string>({
    environmentVariableSelector: (environment) => environment[name] || undefined,
    configFileSelector: () => undefined,
    default: '',
  });
  return read();
}
