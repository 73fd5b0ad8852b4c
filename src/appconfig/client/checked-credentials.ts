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
  const problem = awsProfile === undefined ? undefined : await profileProblem(awsProfile);
  if (problem !== undefined) return missing(problem);
  const isOfService = '$fault' in error || '$metadata' in error;
  const isOfNetwork = 'code' in error && /^(?:E(?:CONN|HOST|NET|PIPE|TIMEDOUT|AI_)|ENOTFOUND)/.test(String(error.code));
  if (isOfService || isOfNetwork || described.has(error.name)) return error;
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
async function profileProblem(awsProfile: string): Promise<string | undefined> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const sections = { ...configFile, ...credentialsFile };
  const profile = configFile[awsProfile] ?? credentialsFile[awsProfile];
  if (profile === undefined) {
    const names = Object.keys(sections).filter((name) => !/^(?:sso-session|services)\./.test(name));
    const known = names.length === 0 ? 'there are none' : `available: ${names.sort().join(', ')}`;
    return `the profile does not exist in the AWS configuration files; ${known}`;
  }
  const { sso_session: session } = profile;
  if (session === undefined || `sso-session.${session}` in sections) return undefined;
  return `the profile names the sso_session "${session}", which the AWS configuration files do not have`;
}
