// The settings that hold for a whole run, one row each: where they are in appcfg.yml, and what loosens them.
import type { ChangeChecks, Limit, Settings } from '../settings/settings.ts';
import {
  anyChange,
  entryAdded,
  keepsFewer,
  type Loosens,
  largerLimit,
  largerNumber,
  lessSevere,
  missing,
  never,
} from './loosened.ts';

/** One value of the settings. */
export interface SettingRow<T> {
  readonly keys: readonly string[];
  readonly of: (settings: Settings) => T | undefined;
  readonly loosens: Loosens<T>;
}

// biome-ignore lint/suspicious/noExplicitAny: each row has a type of its own
type AnyRow = SettingRow<any>;

const quota = (name: keyof Settings['aws']['quotas']): SettingRow<number> => ({
  keys: ['aws', 'quotas', name],
  of: ({ aws }) => aws.quotas[name],
  loosens: largerNumber,
});

const limit = (name: 'maxDeletes' | 'maxShrink'): SettingRow<Limit> => ({
  keys: ['guards', name],
  of: ({ guards }) => guards[name],
  loosens: largerLimit,
});

const check = <Name extends keyof ChangeChecks>(
  name: Name,
  loosens: Loosens<ChangeChecks[Name]>,
): SettingRow<ChangeChecks[Name]> => ({
  keys: ['guards', 'changes', name],
  of: ({ guards }) => guards.changes[name],
  loosens,
});

/** A row for each member: a new one does not compile without. `address`: it counts at addresses, in address-settings.ts. */
const rowsOf = {
  project: [{ keys: ['project'], of: ({ project }) => project, loosens: anyChange('who owns what is created') }],
  applicationName: [
    {
      keys: ['applicationName'],
      of: ({ applicationName }) => applicationName,
      loosens: () => 'tenants get other applications',
    },
  ],
  aws: Object.values({
    region: [{ keys: ['aws', 'region'], of: ({ aws }) => aws.region, loosens: anyChange('where it is deployed') }],
    allowedAccounts: [
      {
        keys: ['aws', 'allowedAccounts'],
        of: ({ aws }) => aws.allowedAccounts,
        loosens: entryAdded('another account is allowed', 'every account is allowed'),
      },
    ],
    quotas: Object.values({
      applications: quota('applications'),
      environments: quota('environments'),
      profiles: quota('profiles'),
      strategies: quota('strategies'),
    } satisfies Record<keyof Settings['aws']['quotas'], AnyRow>),
  } satisfies Record<keyof Settings['aws'], readonly AnyRow[]>).flat(),
  adopt: [
    { keys: ['adopt'], of: ({ adopt }) => adopt, loosens: entryAdded('more applications may be adopted', undefined) },
  ],
  redact: [{ keys: ['redact'], of: ({ redact }) => redact, loosens: missing('redacted values will be shown') }],
  environments: [
    {
      keys: ['environments'],
      of: ({ environments }) => environments && [...environments.keys()],
      loosens: entryAdded(undefined, 'every environment is allowed'),
    },
  ],
  guards: Object.values({
    maxDeletes: limit('maxDeletes'),
    maxShrink: limit('maxShrink'),
    drift: {
      keys: ['guards', 'drift'],
      of: ({ guards }) => guards.drift,
      loosens: (_before: unknown, after: unknown) => (after === 'overwrite' ? 'drift will be overwritten' : undefined),
    },
    secrets: { keys: ['guards', 'secrets'], of: ({ guards }) => guards.secrets, loosens: lessSevere('a secret') },
    secretsAllowed: {
      keys: ['guards', 'secretsAllowed'],
      of: ({ guards }) => guards.secretsAllowed,
      loosens: entryAdded('more secrets are allowed', undefined),
    },
    changes: Object.values({
      emptied: check('emptied', lessSevere('a map or list that becomes empty')),
      kind: check('kind', lessSevere('a value of another kind')),
      factor: check('factor', lessSevere('a number that changes much')),
      reach: check('reach', lessSevere('a first wave that reaches too many')),
      dormant: check('dormant', lessSevere('a file that was untouched for long')),
      maxFactor: check('maxFactor', largerNumber),
      maxReach: check('maxReach', largerLimit),
      dormantDays: check('dormantDays', largerNumber),
    } satisfies Record<keyof ChangeChecks, AnyRow>),
  } satisfies Record<keyof Settings['guards'], AnyRow | readonly AnyRow[]>).flat(),
  versions: [{ keys: ['versions', 'keep'], of: ({ versions }) => versions?.keep, loosens: keepsFewer }],
  severities: 'by name',
  tags: 'by name',
  deploymentStrategy: 'address',
  deploymentStrategies: 'address',
  tenants: 'address',
  profiles: 'address',
  waves: 'address',
  redactOfBase: 'no setting',
  secretsShown: 'no setting',
  sourceOf: 'no setting',
} as const satisfies Record<keyof Settings, readonly AnyRow[] | 'by name' | 'address' | 'no setting'>;

const fixedRows: readonly AnyRow[] = Object.values<readonly AnyRow[] | string>(rowsOf).flatMap((rows) =>
  typeof rows === 'string' ? [] : rows,
);

/** Of two revisions: what one of them sets by name has a row each. */
export function globalRows(base: Settings, head: Settings): readonly AnyRow[] {
  const names = (of: (settings: Settings) => Iterable<string>) => new Set([...of(base), ...of(head)]);
  const severities = [...names(({ severities: each }) => each.keys())].map(
    (code): AnyRow => ({
      keys: ['severities', code],
      of: (settings) => new Map<string, unknown>(settings.severities).get(code),
      loosens: never,
    }),
  );
  const tags = [...names(({ tags: each }) => Object.keys(each))].map(
    (key): AnyRow => ({
      keys: ['tags', key],
      of: ({ tags: each }) => (Object.hasOwn(each, key) ? each[key] : undefined),
      loosens: never,
    }),
  );
  return [...fixedRows, ...severities, ...tags];
}
