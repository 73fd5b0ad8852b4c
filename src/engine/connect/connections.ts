// Clients of AppConfig, one for each account and Region that a run goes to.
import { Roles } from '../../appconfig/client/assume-role.ts';
import { Connection, type ConnectOptions, defaultConcurrency } from '../../appconfig/client/connection.ts';
import { Slots } from '../../appconfig/client/slots.ts';
import { sessionName } from '../../appconfig/client/web-identity.ts';
import type { Destination } from '../../core/model/account-region.ts';
import type { Context } from '../context.ts';
import { regionMissing } from './open-appconfig.ts';

/** The connections of a run: they share its slots, and what STS gave for a role. */
export class Connections {
  readonly #connect: (region: string) => ConnectOptions;
  readonly #region: string | undefined;
  readonly #concurrency: Slots;
  readonly #sessionName: string;
  readonly #open: Connection[] = [];
  #roles: Roles | undefined;

  /** @param about.region where roles are assumed, if there is one: others may not be enabled for the run's own account */
  constructor(
    connect: (region: string) => ConnectOptions,
    about: { readonly region: string | undefined; readonly concurrency: number | undefined; readonly context: Context },
  ) {
    this.#connect = connect;
    this.#region = about.region;
    this.#concurrency = new Slots(about.concurrency ?? defaultConcurrency);
    this.#sessionName = sessionName(about.context.environment, ['CI_PROJECT_ID', 'CI_PIPELINE_ID', 'CI_JOB_ID']);
  }

  /** @throws AppcfgError */
  to({ region, roleArn }: Destination): Connection {
    if (region === undefined) throw regionMissing();
    const options = { ...this.#connect(region), concurrency: this.#concurrency };
    const connection = new Connection(
      roleArn === undefined
        ? options
        : { ...options, credentials: this.#rolesFrom(this.#region ?? region).credentialsOf(roleArn) },
    );
    this.#open.push(connection);
    return connection;
  }

  async destroy(): Promise<void> {
    for (const connection of this.#open) connection.destroy();
    await this.#roles?.destroy();
  }

  #rolesFrom(region: string): Roles {
    this.#roles ??= new Roles(this.#connect(region), this.#sessionName);
    return this.#roles;
  }
}
