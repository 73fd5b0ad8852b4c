// Credentials of roles: assumed when they are first needed, and again before they expire.
import type { STSClient } from '@aws-sdk/client-sts';
import { failure } from '../../core/problem/problem.ts';
import { responseChecks } from './check-responses.ts';
import { type ConnectOptions, clientConfig, observeCredentials } from './connection.ts';

export type CredentialProvider = () => Promise<RoleCredentials>;

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** How long before it expires a role is assumed again, in milliseconds: as early as the SDK's own providers do it. */
const renewedBefore = 5 * 60_000;

/** Assumes roles with the credentials of a run. All clients share the credentials of a role. */
export class Roles {
  readonly #options: ConnectOptions;
  readonly #sessionName: string;
  readonly #known = new Map<string, Promise<RoleCredentials>>();
  #client: Promise<STSClient> | undefined;

  constructor(options: ConnectOptions, sessionName: string) {
    this.#options = options;
    this.#sessionName = sessionName;
  }

  /** A provider for the SDK's clients. */
  credentialsOf(roleArn: string): CredentialProvider {
    return async () => {
      const known = this.#known.get(roleArn);
      if (known !== undefined) {
        const credentials = await known.catch(() => undefined);
        if (credentials !== undefined && this.#areFresh(credentials)) return credentials;
        // Another caller that found them expired is assuming the role already.
        const renewed = this.#known.get(roleArn);
        if (renewed !== undefined && renewed !== known) return renewed;
      }
      const assumed = this.#assume(roleArn);
      this.#known.set(roleArn, assumed);
      return assumed;
    };
  }

  async destroy(): Promise<void> {
    (await this.#client)?.destroy();
  }

  #areFresh({ expiration }: RoleCredentials): boolean {
    return expiration.getTime() - renewedBefore > this.#options.clock.now();
  }

  async #assume(roleArn: string): Promise<RoleCredentials> {
    const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
    this.#client ??= this.#connect();
    const client = await this.#client;
    try {
      const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: this.#sessionName });
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = (await client.send(command)).Credentials ?? {};
      // The compiler does not see that the response was checked.
      if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
        throw new Error('AssumeRole without credentials');
      }
      const credentials = {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration,
      };
      this.#options.onCredentials?.(credentials);
      return credentials;
    } catch (error) {
      throw roleFailure(error, roleArn);
    }
  }

  async #connect(): Promise<STSClient> {
    const { STSClient } = await import('@aws-sdk/client-sts');
    const client = new STSClient({ ...clientConfig(this.#options), maxAttempts: 3 });
    responseChecks(this.#options.clock).applyToStack(client.middlewareStack);
    observeCredentials(client, this.#options);
    return client;
  }
}

/** The problem of a role that STS denies, whichever call needed it. Other errors are returned as they are. */
function roleFailure(error: unknown, roleArn: string): unknown {
  if (!(error instanceof Error) || !/^(AccessDenied|ValidationError|RegionDisabled)/.test(error.name)) return error;
  const reason = error.message.trim().replace(/\.$/, '');
  return failure('role-refused', `the role "${roleArn}" cannot be assumed: ${reason}`, {
    hint: {
      text: "check `roleArn` in appcfg.yml, the role's trust policy, and that the credentials of the run allow sts:AssumeRole",
    },
  });
}
