// Clients of AppConfig, one for each account and Region of a run.
import { Roles } from '../../appconfig/client/assume-role.ts';
import { Connection, type ConnectOptions, defaultConcurrency } from '../../appconfig/client/connection.ts';
import { Slots } from '../../appconfig/client/slots.ts';
import type { Destination } from '../../core/model/account-region.ts';
import { regionMissing } from './open-appconfig.ts';

export interface ConnectionsOptions {
  readonly connect: (region: string) => ConnectOptions;
  /** Where roles are assumed, if the run has a Region: its own account may not have enabled any other. */
  readonly region: string | undefined;
  /** Requests in flight at most, over all connections. */
  readonly concurrency: number | undefined;
  /** Of the roles that are assumed. */
  readonly sessionName: string;
}

/** The connections of a run: they share the slots for requests, and the credentials of assumed roles. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #slots: Slots;
  readonly #open: Connection[] = [];
  #roles: Roles | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#slots = new Slots(options.concurrency ?? defaultConcurrency);
  }

  /** @throws AppcfgError */
  to({ region, roleArn }: Destination): Connection {
    if (region === undefined) throw regionMissing();
    const options = { ...this.#options.connect(region), concurrency: this.#slots };
    const connection = new Connection(
      roleArn === undefined ? options : { ...options, credentials: this.#rolesFrom(region).credentialsOf(roleArn) },
    );
    this.#open.push(connection);
    return connection;
  }

  async destroy(): Promise<void> {
    for (const connection of this.#open) connection.destroy();
    await this.#roles?.destroy();
  }

  #rolesFrom(region: string): Roles {
    const { connect, sessionName } = this.#options;
    this.#roles ??= new Roles(connect(this.#options.region ?? region), sessionName);
    return this.#roles;
  }
}
