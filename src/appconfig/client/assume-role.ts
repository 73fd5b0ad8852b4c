// Credentials of roles, from STS: assumed when they are first needed, and again before they end.
import type { STSClient } from '@aws-sdk/client-sts';
import { failure } from '../../core/problem/problem.ts';
import { type ConnectOptions, clientConfig } from './connection.ts';

export type CredentialProvider = () => Promise<RoleCredentials>;

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** STS is asked again when less than this is left, in milliseconds: as early as the SDK's own providers do. */
const renewedBefore = 5 * 60_000;

/** Assumes roles with the credentials of one run; all clients of a role share what STS gave. */
export class Roles {
  readonly #options: ConnectOptions;
  readonly #sessionName: string;
  readonly #known = new Map<string, Promise<RoleCredentials>>();
  #client: Promise<STSClient> | undefined;

  constructor(options: ConnectOptions, sessionName: string) {
    this.#options = options;
    this.#sessionName = sessionName;
  }

  /** For the SDK's clients. */
  credentialsOf(roleArn: string): CredentialProvider {
    return async () => {
      const known = this.#known.get(roleArn);
      if (known !== undefined) {
        const credentials = await known.catch(() => undefined);
        if (credentials !== undefined && this.#areFresh(credentials)) return credentials;
        // All who found them old share one answer of STS.
        const renewed = this.#known.get(roleArn);
        if (renewed !== undefined && renewed !== known) return renewed;
      }
      const asked = this.#assume(roleArn);
      this.#known.set(roleArn, asked);
      return asked;
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
      const answer = await client.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: this.#sessionName }));
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
        throw new Error('AssumeRole without credentials');
      }
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration,
      };
    } catch (error) {
      throw refusalOf(error, roleArn);
    }
  }

  async #connect(): Promise<STSClient> {
    const { STSClient } = await import('@aws-sdk/client-sts');
    return new STSClient({ ...clientConfig(this.#options), maxAttempts: 3 });
  }
}

/** What STS refuses is told of the role, not of the call that needed it. Everything else stays as it is. */
function refusalOf(error: unknown, roleArn: string): unknown {
  if (!(error instanceof Error) || !/^(AccessDenied|ValidationError|RegionDisabled)/.test(error.name)) return error;
  const said = error.message.trim().replace(/\.$/, '');
  return failure('role-refused', `the role "${roleArn}" cannot be assumed: ${said}`, {
    hint: {
      text: "look at roleArn in appcfg.yml, at the role's trust policy, and at what these credentials may do (sts:AssumeRole)",
    },
  });
}
