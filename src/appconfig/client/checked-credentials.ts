// Credentials that the SDK finds. Whatever is wrong with a source of them is one error with what to fix: the SDK throws what it
// meets, such as an error of the file system.
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

/** @param options.awsProfile the profile that the run asks for */
export function checkedCredentials<A extends unknown[], T extends Found>(
  provide: (...args: A) => Promise<T>,
  { awsProfile }: { readonly awsProfile?: string },
): (...args: A) => Promise<T> {
  return async (...args) => {
    const found = await provide(...args).catch(async (error: unknown) => {
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

async function explained(error: unknown, awsProfile: string | undefined): Promise<unknown> {
  if (error instanceof AppcfgError || !(error instanceof Error)) return error;
  const problem = await profileProblem(awsProfile);
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
      return `the source_profile of the profiles is a loop: ${[...seen, next].join(' → ')}`;
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
  for (const variable of ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI']) {
    if ((await variableOf(variable)) === '') continue;
    return `the server that ${variable} names gives no credentials: unset it outside of the container, or check the server and AWS_CONTAINER_AUTHORIZATION_TOKEN`;
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
