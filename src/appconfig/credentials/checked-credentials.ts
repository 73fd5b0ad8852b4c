// Credentials that the SDK finds. Whatever is wrong with a source of them is one error with what to fix: the SDK throws what it
// meets, such as an error of the file system.
import { AppcfgError, failure } from '../../core/problem/problem.ts';
import { type CredentialSources, readSources } from './credential-sources.ts';
import { characterProblem } from './key-characters.ts';
import { deviceFault, faultForSts, roleName, silentSource, sourceFault } from './source-faults.ts';
import { type SourceBounds, sourceTimeLimit } from './source-time-limit.ts';

interface Found {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SourceOptions {
  /** The profile that the run asks for. */
  readonly awsProfile?: string;
  readonly sourceBounds?: SourceBounds;
}

/**
 * The SDK's provider of credentials, with errors that name the source.
 * @returns a provider that throws AppcfgError where a source is at fault, else what the SDK throws
 */
export function checkedCredentials<A extends unknown[], T extends Found>(
  provide: (...args: A) => Promise<T>,
  { awsProfile, sourceBounds }: SourceOptions,
): (...args: A) => Promise<T> {
  const inTime = sourceBounds === undefined ? undefined : sourceTimeLimit(sourceBounds, awsProfile);
  let checked: Promise<void> | undefined;
  return async (...args) => {
    checked ??= refuseDevice(awsProfile);
    await checked;
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
      if (problem !== undefined) throw invalid({ message: `the ${name} ${problem}`, hint: 'set it to the key alone' });
    }
    return found;
  };
}

/** Before the SDK is asked: it would end the process. @throws AppcfgError */
async function refuseDevice(awsProfile: string | undefined): Promise<void> {
  const fault = deviceFault(await readSources(awsProfile));
  if (fault !== undefined) throw invalid(fault);
}

async function explained(error: unknown, awsProfile: string | undefined): Promise<unknown> {
  if (error instanceof AppcfgError || !(error instanceof Error) || error.name === 'AbortError') return error;
  const sources = await readSources(awsProfile);
  if ('$fault' in error || '$metadata' in error) return refusalOfSts(error, sources);
  const fault = sourceFault(sources);
  if (fault !== undefined) return invalid(fault);
  const isOfNetwork = 'code' in error && /^(?:E(?:CONN|HOST|NET|PIPE|TIMEDOUT|AI_)|ENOTFOUND)/.test(String(error.code));
  if (isOfNetwork || error.name === 'TimeoutError') return error;
  // The SDK drops why each source of its list failed.
  if (/from any providers|Could not resolve credentials using profile/.test(error.message)) {
    const silent = silentSource(sources);
    return silent === undefined ? error : invalid(silent);
  }
  const text = error.message.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return failure('credentials-invalid', `no AWS credentials${ofProfile(sources)}: ${text}`, {
    hint: { text: 'check them with: aws sts get-caller-identity' },
    quoted: text,
  });
}

/** STS was given something that it refuses. Its failures, and throttling, are described like those of other calls. */
function refusalOfSts(error: Error, sources: CredentialSources): unknown {
  const fault = faultForSts(sources);
  if (fault !== undefined) return invalid(fault);
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  const name = roleName(sources);
  if (status < 400 || status >= 500 || status === 429 || name === undefined) return error;
  const reason = error.message.trim().replace(/\.$/, '');
  if (/^(?:Throttling|TooManyRequests|RequestLimit)/.test(error.name)) return error;
  if (/^ExpiredToken/.test(error.name)) {
    return failure('credentials-expired', `the credentials or the token for ${name} expired: ${reason}`, {
      hint: { text: 'get new ones and run the same command again' },
      quoted: reason,
    });
  }
  return failure('role-refused', `${name} cannot be assumed: ${error.name}: ${reason}`, {
    hint: { text: "check the role's trust policy, and the credentials or the token that it is assumed with" },
    quoted: reason,
  });
}

function ofProfile({ profile: { name, namedBy } }: CredentialSources): string {
  return namedBy === undefined ? '' : ` in the profile "${name}"`;
}

function invalid({ message, hint }: { readonly message: string; readonly hint: string }): AppcfgError {
  return failure('credentials-invalid', message, { hint: { text: hint } });
}
