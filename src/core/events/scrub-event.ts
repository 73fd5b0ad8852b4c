// An event as it leaves the engine: without secrets, and without what would let a reader test a guess about a redacted value.
// Every text is searched except under the members that are listed here, so that a member that is added later is searched.
import type { Change } from '../document/diff-values.ts';
import type { Address, Subject } from '../model/address.ts';
import { formatSource } from '../model/source-position.ts';
import { lookOf } from '../plan/change-groups.ts';
import type { ChangeGroup } from '../plan/plan.ts';
import type { Event } from './event.ts';
import type { Scrubber } from './scrubber.ts';

/** Members with names, codes, pointers, times, words of an enumeration, or digests without redacted values. */
const untouched: ReadonlySet<string> = new Set([
  ...[
    'type',
    'command',
    'phase',
    'operation',
    'signal',
    'kind',
    'op',
    'action',
    'state',
    'status',
    'does',
    'reach',
    'outcome',
  ],
  ...[
    'code',
    'severity',
    'run',
    'args',
    'selects',
    'program',
    'paths',
    'from',
    'contentType',
    'profileType',
    'growthType',
    'signature',
  ],
  ...['address', 'subject', 'tenant', 'environment', 'configurationProfile', 'application', 'name', 'wave', 'project'],
  ...['accountRegion', 'region', 'account', 'deploymentStrategy', 'lane', 'path', 'source'],
  ...['since', 'liveSince', 'startedAt', 'completedAt', 'rolledBackAt', 'readAt', 'expect'],
]);

/** JSON on one line. */
const jsonMembers: ReadonlySet<string> = new Set(['before', 'after', 'value']);

/** Members that name a step. */
const stepMembers: ReadonlySet<string> = new Set(['id', 'step', 'after', 'blockedBy']);

/** They differ for different contents, or give their length. */
const digestMembers: ReadonlySet<string> = new Set(['versionLabel', 'bytes', 'canonicalBytes', 'digest']);

const omitted = '(left out: it may quote a redacted value)';

/** A label of appcfg at the end of a step's id. */
const labelAtEnd = /sha256-[0-9a-f]{32}/;

type Members = Readonly<Record<string, unknown>>;

/** Grows while groups are put together. */
interface ShownGroup extends ChangeGroup {
  readonly addresses: Address[];
  changes: readonly Change[];
}

interface Member {
  /** The object that has it. */
  readonly of: Members;
  readonly name: string;
  readonly value: unknown;
  readonly subject: Subject;
  readonly hidesDigests: boolean;
}

/** Scrubs the events of one run, in the order in which they happen. */
export class EventScrubber {
  readonly #scrubber: Scrubber;
  readonly #subjects = new Map<string, Subject>();
  /** By the id that the engine uses. */
  readonly #stepIds = new Map<string, string>();
  /** Ids of change groups as they are shown, by what is visible of the changes. */
  readonly #groupIds = new Map<string, string>();
  /** By the id that the engine uses. */
  readonly #ordinals = new Map<string, string>();

  constructor(scrubber: Scrubber) {
    this.#scrubber = scrubber;
  }

  /** The event itself where nothing of it changes. */
  scrub(event: Event): Event {
    // These events have many texts, and come when all contents are read.
    if ('plan' in event || event.type === 'status-read' || event.type === 'history-read') this.#scrubber.prepare();
    if (!('plan' in event)) return this.#members({ ...event }) as unknown as Event;
    for (const { id, subject } of event.plan.steps) this.#subjects.set(id, subject);
    const plan = { ...event.plan, changeGroups: this.#indistinguishable(event.plan.changeGroups) };
    return this.#members({ ...event, plan }) as unknown as Event;
  }

  /**
   * Groups whose changes look the same without the redacted values, as one: that two tenants have an equal secret would
   * reveal each the other's. The ids are ordinals, because digests of changes would confirm a guess.
   */
  #indistinguishable(groups: readonly ChangeGroup[]): readonly ChangeGroup[] {
    const shown = new Map<string, ShownGroup>();
    for (const group of groups) {
      const hides = group.addresses.some((address) => this.#scrubber.hidesDigests(address));
      const look = hides ? lookOf(group) : group.id;
      const same = shown.get(look);
      if (same === undefined) shown.set(look, { ...group, addresses: [...group.addresses] });
      else {
        for (const address of group.addresses) same.addresses.push(address);
        same.changes = withCommonSources(same.changes, group.changes);
      }
      const id = this.#groupIds.get(look) ?? String(this.#groupIds.size + 1);
      this.#groupIds.set(look, id);
      this.#ordinals.set(group.id, id);
    }
    return [...shown.values()];
  }

  /** @param outer what the object is a part of; undefined: the event */
  #members(of: Members, outer?: Pick<Member, 'subject' | 'hidesDigests'>): Members {
    const own = this.#subjectOf(of);
    const subject = own ?? outer?.subject ?? {};
    const hidesDigests =
      own === undefined && outer !== undefined ? outer.hidesDigests : this.#scrubber.hidesDigests(subject);
    let changed: Record<string, unknown> | undefined;
    for (const [name, value] of Object.entries(of)) {
      const clean =
        hidesDigests && digestMembers.has(name) ? undefined : this.#member({ of, name, value, subject, hidesDigests });
      if (clean !== value) {
        changed ??= { ...of };
        changed[name] = clean;
      }
    }
    return changed ?? of;
  }

  #member(member: Member): unknown {
    const { name, value } = member;
    if (typeof value === 'string') return this.#text(member, value);
    if (typeof value !== 'object' || value === null || untouched.has(name)) return value;
    if (Array.isArray(value)) {
      const clean = value.map((item: unknown) => this.#member({ ...member, value: item }));
      return clean.some((item, index) => item !== value[index]) ? clean : value;
    }
    if (name === 'content') return member.hidesDigests ? withoutDigests(value as Members) : value;
    return this.#members(value as Members, member);
  }

  #text({ of, name, subject, hidesDigests }: Member, text: string): string {
    if (untouched.has(name)) return text;
    if (name === 'changeGroup' || (name === 'id' && 'changes' in of)) return this.#ordinals.get(text) ?? text;
    // The value of a variable is plain.
    const isJson = jsonMembers.has(name) && !('operation' in of) && !('name' in of);
    if (isJson) return this.#scrubber.json(text, subject);
    if (stepMembers.has(name)) return this.#stepId(text);
    return this.#scrubber.text(this.#withoutQuotes({ of, name, subject, hidesDigests }, text), subject);
  }

  /** Without what another program wrote, where it can quote a value too short to be found, and without sizes. */
  #withoutQuotes({ of, name, subject, hidesDigests }: Omit<Member, 'value'>, text: string): string {
    // The reason for a blocked address is the message of what blocks it. That of a rollback is AppConfig's own text.
    const about =
      name === 'message' || name === 'common'
        ? of
        : name === 'reason'
          ? (of.blockedBy as Members | undefined)
          : undefined;
    const quoted = name === 'reason' && 'rolledBackBy' in of ? text : about?.quoted;
    const sizes = about?.sizes;
    let left = text;
    if (typeof quoted === 'string' && quoted !== '' && this.#scrubber.omitsQuotes(subject)) {
      left = left.replaceAll(quoted, omitted);
    }
    return typeof sizes === 'string' && hidesDigests ? left.replaceAll(sizes, '') : left;
  }

  /** What the members of an object are about; undefined: what the object is a part of. */
  #subjectOf({ subject, address, addresses, changes, step, source }: Members): Subject | undefined {
    if (typeof subject === 'object' && subject !== null) return subject;
    if (typeof address === 'object' && address !== null) return address;
    if (Array.isArray(changes) && Array.isArray(addresses)) return commonSubject(addresses as readonly Address[]);
    if (typeof step === 'string') return this.#subjects.get(step);
    const file = typeof source === 'object' && source !== null && 'file' in source ? String(source.file) : '';
    const [, tenant, environment, configurationProfile] = fileOfTenant.exec(file) ?? [];
    return tenant === undefined
      ? undefined
      : { tenant, ...(environment && { environment }), ...(configurationProfile && { configurationProfile }) };
  }

  /** The id of a step that uploads a version has its label. */
  #stepId(id: string): string {
    if (!labelAtEnd.test(id)) return id;
    const known = this.#stepIds.get(id);
    if (known !== undefined) return known;
    const hides = this.#scrubber.hidesDigests(this.#subjects.get(id) ?? {});
    const shown = hides ? id.replace(labelAtEnd, `version-${this.#stepIds.size + 1}`) : id;
    this.#stepIds.set(id, shown);
    return shown;
  }
}

/** Equal changes, each with its line where both have it: lines are found for all addresses that look the same. */
function withCommonSources(some: readonly Change[], others: readonly Change[]): readonly Change[] {
  const textOf = ({ source, sourceFiles }: Change) => source && `${formatSource(source)} ${sourceFiles}`;
  return some.map((change, index) => {
    const other = others[index];
    if (other !== undefined && textOf(change) === textOf(other)) return change;
    const { source, sourceFiles, ...bare } = change;
    return bare;
  });
}

/** `tenants/acme/prod/Limits.yml`, also with a revision before it. */
const fileOfTenant = /(?:^|:)tenants\/([^/]+)(?:\/(?:([^/]+)\/)?([^/]+)\.(?:ya?ml|json))?$/;

/** All addresses of a change group are of one profile. */
function commonSubject([first, ...others]: readonly Address[]): Subject {
  if (first === undefined) return {};
  return others.length === 0 ? first : { configurationProfile: first.configurationProfile };
}

function withoutDigests(content: Members): Members {
  return { ...content, ...Object.fromEntries([...digestMembers].map((name) => [name, undefined])) };
}
