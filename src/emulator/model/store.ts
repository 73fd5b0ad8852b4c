// The state of the embedded AppConfig: apart for each account and Region.
import type { Course, Ending } from './deployment-progress.ts';
import { newTokenKey, UsedTokens } from './session-token.ts';

/** An application, with all that is in it. */
export interface Application {
  readonly order: number;
  readonly id: string;
  name: string;
  description?: string | undefined;
  tags: Record<string, string>;
  readonly environments: Map<string, Environment>;
  readonly profiles: Map<string, Profile>;
}

/** What an environment's alarms say, taken together. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm, spelt as on the wire. */
export interface Monitor {
  readonly AlarmArn: string;
  readonly AlarmRoleArn: string;
}

/** An environment and its deployments. */
export interface Environment {
  readonly order: number;
  readonly id: string;
  name: string;
  description?: string | undefined;
  tags: Record<string, string>;
  monitors: readonly Monitor[];
  alarm: AlarmState;
  readonly createdAt: number;
  /** When a client last received a configuration of it. */
  lastRead?: number | undefined;
  /** The number of the newest deployment, 0 without one. */
  lastDeployment: number;
  readonly deployments: Map<number, Deployment>;
}

/** A validator, spelt as on the wire. */
export interface Validator {
  readonly Type: string;
  readonly Content: string;
}

/** A configuration profile and its hosted versions. */
export interface Profile {
  readonly order: number;
  readonly id: string;
  name: string;
  description?: string | undefined;
  tags: Record<string, string>;
  readonly type: string;
  readonly locationUri: string;
  retrievalRoleArn?: string | undefined;
  kmsKey?: string | undefined;
  validators: readonly Validator[];
  readonly createdAt: number;
  /** When a client last received a configuration of it. */
  lastRead?: number | undefined;
  /** The highest number ever given out; numbers are not used twice. */
  lastVersion: number;
  readonly versions: Map<number, HostedVersion>;
  /** Version numbers by label. */
  readonly labels: Map<string, number>;
}

/** A hosted version; nothing of it ever changes. */
export interface HostedVersion {
  readonly number: number;
  readonly contentType: string;
  readonly description?: string | undefined;
  readonly label?: string | undefined;
  readonly kmsKey?: string | undefined;
  readonly content: Buffer;
}

/** A deployment strategy. */
export interface Strategy {
  readonly order: number;
  readonly id: string;
  readonly name: string;
  description?: string | undefined;
  tags: Record<string, string>;
  course: Course;
  readonly replicateTo: string;
}

/** A deployment, with what it took over from profile and strategy when it started. */
export interface Deployment {
  readonly number: number;
  readonly profileId: string;
  readonly profileName: string;
  readonly profileType?: string | undefined;
  readonly locationUri: string;
  readonly strategyId: string;
  readonly version: string;
  readonly label?: string | undefined;
  readonly description?: string | undefined;
  readonly kmsKey?: string | undefined;
  tags: Record<string, string>;
  readonly startedAt: number;
  readonly course: Course;
  readonly instant: boolean;
  /** What clients receive: kept here, for it outlives the version it was made from. */
  readonly served?: HostedVersion | undefined;
  ending?: Ending | undefined;
}

/** What an extension does at a point, spelt as on the wire; it is kept, not run. */
export interface ExtensionAction {
  readonly Name: string;
  readonly Description?: string | undefined;
  readonly Uri: string;
  readonly RoleArn?: string | undefined;
}

/** A parameter of an extension, spelt as on the wire. */
export interface ExtensionParameter {
  readonly Description?: string | undefined;
  readonly Required: boolean;
  readonly Dynamic: boolean;
}

/** A version of an extension. */
export interface ExtensionVersion {
  readonly number: number;
  description?: string | undefined;
  tags: Record<string, string>;
  actions: Readonly<Record<string, ExtensionAction[]>>;
  parameters?: Readonly<Record<string, ExtensionParameter>> | undefined;
}

/** An extension, with its versions from the oldest to the newest; there is at least one. */
export interface Extension {
  readonly order: number;
  readonly id: string;
  readonly name: string;
  /** The highest number ever given out. */
  lastVersion: number;
  readonly versions: ExtensionVersion[];
}

/** An extension at a resource. */
export interface ExtensionAssociation {
  readonly order: number;
  readonly id: string;
  readonly extensionId: string;
  readonly extensionVersion: number;
  readonly resourceArn: string;
  tags: Record<string, string>;
  parameters?: Readonly<Record<string, string>> | undefined;
}

/** What holds for an account in a Region. */
export interface AccountSettings {
  deletionProtection: { enabled: boolean; minutes: number };
  vendedMetrics?: boolean | undefined;
}

/** One account in one Region. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly applications: Map<string, Application>;
  readonly strategies: Map<string, Strategy>;
  readonly extensions: Map<string, Extension>;
  readonly associations: Map<string, ExtensionAssociation>;
  readonly settings: AccountSettings;
}

const manyPlaces = 256;

/** All places. */
export class Store {
  readonly places = new Map<string, Place>();
  /** How many things were created, ever. */
  created = 0;
  readonly usedTokens = new UsedTokens();
  readonly tokenKey: string;

  /** @param tokenKey that of an earlier one, whose tokens are still good */
  constructor(tokenKey = newTokenKey()) {
    this.tokenKey = tokenKey;
  }

  /** The place of an account and a Region; empty when it is first asked for. */
  place(account: string, region: string): Place {
    const key = `${account} ${region}`;
    const known = this.places.get(key);
    if (known !== undefined) return known;
    if (this.places.size >= manyPlaces) this.#forgetEmptyPlaces();
    const place: Place = {
      account,
      region,
      applications: new Map(),
      strategies: new Map(),
      extensions: new Map(),
      associations: new Map(),
      settings: untouchedSettings(),
    };
    this.places.set(key, place);
    return place;
  }

  /** Requests may name any account and Region: asking must not fill the memory. */
  #forgetEmptyPlaces(): void {
    for (const [key, place] of this.places) {
      if (isUntouched(place)) this.places.delete(key);
    }
  }

  /** A new identity: seven characters that look like AWS's, the same ones in every run. */
  identity(): { readonly order: number; readonly id: string } {
    this.created += 1;
    // The factor has no divisor in common with 36, so no id comes twice; the product stays exact up to 2^53.
    const id = ((this.created * 35_142_857 + 12_345_678_901) % 36 ** 7).toString(36).padStart(7, '0');
    return { order: this.created, id };
  }
}

function untouchedSettings(): AccountSettings {
  return { deletionProtection: { enabled: true, minutes: 60 } };
}

function isUntouched(place: Place): boolean {
  const empty = Object.values(place).every((part: unknown) => !(part instanceof Map) || part.size === 0);
  return empty && JSON.stringify(place.settings) === JSON.stringify(untouchedSettings());
}

/** One of a kind by its id or its name. Ids come before names, in case somebody's name looks like an id. */
export function named<T extends { readonly name: string }>(all: ReadonlyMap<string, T>, asked: string): T | undefined {
  const byId = all.get(asked);
  if (byId !== undefined) return byId;
  for (const each of all.values()) if (each.name === asked) return each;
  return undefined;
}

/** The part of an ARN after the account is `resource`. */
export function arnOf(place: Place, resource: string): string {
  return `arn:aws:appconfig:${place.region}:${place.account}:${resource}`;
}
