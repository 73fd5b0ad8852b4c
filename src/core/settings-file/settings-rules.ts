// Rules of appcfg.yml that its schema cannot express: how its parts fit together, and AWS's rules for names and tags.
import { accountOf } from '../model/account-region.ts';
import { isLiteralName } from '../model/globs.ts';
import { profileTypeOf, profileTypes, reservedTags } from '../model/resource.ts';
import { longestNames, mostValidators, tagCharacters, tagLimits } from '../model/service-limits.ts';
import { nameFault } from '../problem/names.ts';
import type { Problem } from '../problem/problem.ts';
import { adjustableCodes, changeCodes, problemCodes } from '../problem/problem-codes.ts';
import { regionMeant } from '../problem/region.ts';
import { nearest, suggest } from '../problem/suggest.ts';
import { predefinedStrategies } from '../settings/deployment-strategies.ts';
import { replacedPlaceholders, type TextKind, unknownPlaceholders } from '../settings/placeholders.ts';
import type { ProblemAt } from './schema-errors.ts';
import type { SettingsFile } from './settings-schema.ts';

export function ruleProblems(file: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  return [
    ...applicationNameProblems(file, problemAt),
    ...tagProblems(file, problemAt),
    ...strategyProblems(file, problemAt),
    ...roleProblems(file, problemAt),
    ...placeholderProblems(file, problemAt),
    ...ownStrategyNameProblems(file, problemAt),
    ...profileProblems(file, problemAt),
    ...nameProblems(file, problemAt),
    ...waveNameProblems(file, problemAt),
    ...regionProblems(file, problemAt),
    ...severityProblems(file, problemAt),
  ];
}

function applicationNameProblems({ applicationName, tenants }: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  const own = (tenants ?? []).map(({ applicationName: name, match }, index) => ({
    path: ['tenants', index, 'applicationName'],
    name,
    isOfOneTenant: isOneTenant(match),
  }));
  return [{ path: ['applicationName'], name: applicationName, isOfOneTenant: false }, ...own].flatMap(
    ({ path, name, isOfOneTenant }) => {
      const count = (name ?? '{tenant}').split('{tenant}').length - 1;
      if (count > 1) return [problemAt(path, '"applicationName" has {tenant} twice', 'keep one {tenant}')];
      if (count === 1 || isOfOneTenant) return [];
      const where = path.length > 1 ? ', or match one tenant by its name' : '';
      const hint = `add {tenant}, because every tenant has its own application: "acme-{tenant}"${where}`;
      return [problemAt(path, `"applicationName" is "${name}", without {tenant}`, hint)];
    },
  );
}

function isOneTenant(match: string | readonly string[]): boolean {
  const [first = '', ...others] = typeof match === 'string' ? [match] : match;
  return others.length === 0 && isLiteralName(first);
}

/** What else decides whether a run fails for what it finds. */
const runWarnings: ReadonlyMap<string, string> = new Map([
  ['address-drifted', 'status --fail-on drifted ends with exit 2 for it; '],
  ...changeCodes.map((code) => [code, 'guards.changes has it; '] as const),
]);

/** Errors protect: their severity is not a matter of taste, nor is that of warnings about a run. */
function severityProblems({ severities }: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  const codes: readonly string[] = adjustableCodes;
  return Object.keys(severities)
    .filter((code) => !codes.includes(code))
    .map((code) => {
      const isKnown = Object.hasOwn(problemCodes, code);
      const message = isKnown ? `the severity of "${code}" cannot be changed` : `unknown problem code "${code}"`;
      const ways = runWarnings.get(code) ?? '';
      const hint = isKnown ? `${ways}these can be: ${codes.join(', ')}` : suggest(code, codes).text;
      return problemAt(['severities', code], message, hint);
    });
}

function regionProblems({ aws, environments, tenants }: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  const regions: readonly (readonly [readonly PropertyKey[], string | undefined])[] = [
    [['aws', 'region'], aws?.region],
    ...Object.entries(environments ?? {}).map(
      ([name, each]) => [['environments', name, 'region'], each?.region] as const,
    ),
    ...(tenants ?? []).map(({ region }, index) => [['tenants', index, 'region'], region] as const),
  ];
  return regions.flatMap(([path, region]) => {
    const meant = region === undefined ? undefined : regionMeant(region);
    return meant === undefined
      ? []
      : [
          problemAt(
            path,
            `"${path.map(String).join('.')}" is "${region}", which is not an AWS Region`,
            `did you mean "${meant}"?`,
          ),
        ];
  });
}

/** AppConfig's rules for tags. appcfg needs some of the tags of each resource. */
function tagProblems({ tags }: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  const { longestKey, longestValue, perResource } = tagLimits;
  const names = Object.keys(tags);
  const most = perResource - reservedTags.length;
  return [
    ...Object.entries(tags).flatMap(([key, value]) => {
      const [message, hint] = tagProblem(key, value);
      return message === undefined || hint === undefined ? [] : [problemAt(['tags', key], message, hint)];
    }),
    ...(names.length > most
      ? [
          problemAt(
            ['tags'],
            `${names.length} tags exceed the limit of ${most}`,
            `delete some: AppConfig allows ${perResource}, and appcfg adds ${reservedTags.length}`,
          ),
        ]
      : []),
  ];

  function tagProblem(key: string, value: string): readonly string[] {
    const allowed = new RegExp(`^${tagCharacters.expression}*$`);
    if (reservedTags.includes(key)) return [`appcfg itself sets the tag "${key}"`, 'use another key'];
    if (/^aws:/i.test(key))
      return [`the tag "${key}" begins with "aws:", which is reserved for AWS`, 'use another key'];
    if (key === '' || key.length > longestKey || value.length > longestValue) {
      return [
        `the key or the value of the tag "${key.slice(0, 40)}" has an invalid length`,
        `keys have 1 to ${longestKey} characters, values at most ${longestValue}`,
      ];
    }
    if (allowed.test(key) && allowed.test(value)) return [];
    return [`the tag "${key}" has invalid characters`, `use ${tagCharacters.words}`];
  }
}

function strategyProblems(file: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  const named = [
    { path: [], strategy: file.deploymentStrategy },
    ...overridesOf(file).map(({ path, override }) => ({ path, strategy: override.deploymentStrategy })),
  ];
  return named.flatMap(({ path, strategy }) => {
    const hint = strategy === undefined ? undefined : strategyHint(strategy, Object.keys(file.deploymentStrategies));
    if (hint === undefined) return [];
    return [problemAt([...path, 'deploymentStrategy'], `"${strategy}" is not a deployment strategy`, hint)];
  });
}

/** @returns undefined for a strategy that may exist */
export function strategyHint(name: string, own: readonly string[]): string | undefined {
  const known = [...predefinedStrategies.keys(), ...own];
  if (known.includes(name)) return undefined;
  const isSimilar = nearest(name, known) !== undefined;
  // It may be an id of AppConfig, unless it is similar to a name.
  if (/^[a-z0-9]{4,7}$/.test(name) && !isSimilar) return undefined;
  const otherwise = `available: ${known.join(', ')}; or define "${name}" under deploymentStrategies`;
  return suggest(isSimilar ? name : `AppConfig.${name}`, known, { text: otherwise }).text;
}

type Override = Pick<NonNullable<SettingsFile['tenants']>[number], 'account' | 'roleArn' | 'deploymentStrategy'>;

/** What environments and tenants override, with paths. */
function overridesOf({ environments, tenants = [] }: SettingsFile) {
  const overrides: readonly (readonly [readonly PropertyKey[], Override | null])[] = [
    ...Object.entries(environments ?? {}).map(([name, each]) => [['environments', name], each] as const),
    ...tenants.map((each, index) => [['tenants', index], each] as const),
  ];
  return overrides.map(([path, override]) => ({ path, override: override ?? {} }));
}

/** The texts whose placeholders are replaced. `*` stands for any key. */
const filledTexts: readonly (readonly [path: string, kind: TextKind])[] = [
  ['applicationName', 'applicationName'],
  ['tenants/*/applicationName', 'applicationName'],
  ['environments/*/monitors/*/*', 'environment'],
  ['tenants/*/monitors/*/*', 'environment'],
  ['environments/*/kmsKey', 'environment'],
  ['environments/*/dynamicExtensionParameters/*', 'deployment'],
  ['profiles/*/kmsKey', 'profile'],
  ['profiles/*/validators/*', 'profile'],
];

function placeholderProblems(file: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  return filledTexts.flatMap(([pattern, kind]) =>
    textsAt(file, pattern.split('/')).flatMap(({ path, text }) =>
      unknownPlaceholders(text, kind).map((unknown) => {
        const key = path.findLast((each) => !/^\d+$/.test(each));
        return problemAt(path, `"${key}" has the unknown placeholder ${unknown}`, replacedPlaceholders(kind));
      }),
    ),
  );
}

function textsAt(
  value: unknown,
  [wanted, ...below]: readonly string[],
  path: readonly string[] = [],
): readonly { readonly path: readonly string[]; readonly text: string }[] {
  if (wanted === undefined) return typeof value === 'string' ? [{ path, text: value }] : [];
  return Object.entries(value ?? {}).flatMap(([key, member]) =>
    wanted === '*' || wanted === key ? textsAt(member, below, [...path, key]) : [],
  );
}

function roleProblems(file: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  return overridesOf(file).flatMap(({ path, override: { account, roleArn } }) => {
    const accountOfRole = accountOf({ roleArn });
    if (account === undefined || accountOfRole === undefined || account === accountOfRole) return [];
    const message = `the role is in account ${accountOfRole}, but account is "${account}"`;
    return [problemAt([...path, 'roleArn'], message, `use a role in account ${account}, or delete account`)];
  });
}

function ownStrategyNameProblems({ deploymentStrategies }: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  const longest = longestNames.deploymentStrategy;
  return Object.keys(deploymentStrategies)
    .filter((name) => name.startsWith('AppConfig.') || name.length > longest || name === '')
    .map((name) =>
      problemAt(
        ['deploymentStrategies', name],
        `a deployment strategy cannot be named "${name}"`,
        `use 1 to ${longest} characters; names that begin with "AppConfig." are reserved for AWS`,
      ),
    );
}

function profileProblems({ profiles }: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  return Object.entries(profiles).flatMap(([name, { type, format, merge, lists, ...profile }]) => {
    const problem = (keys: readonly string[], message: string, hint: string) =>
      problemAt(['profiles', name, ...keys], message, hint);
    const { formats, document } = profileTypes[profileTypeOf(type)];
    return [
      ...(formats.includes(format)
        ? []
        : [
            problem(
              ['format'],
              `the ${type} profile "${name}" cannot have format: ${format}`,
              `delete format: AppConfig accepts ${document} as ${formats.join(' or ').toUpperCase()} only`,
            ),
          ]),
      ...validatorProblems(profile, format, problem),
      ...(merge === 'replace' && Object.keys(lists).length > 0
        ? [problem(['lists'], `"lists" of "${name}" has no effect with merge: replace`, 'delete one of them')]
        : []),
      ...Object.keys(lists).flatMap((pointer) => {
        const invalid = /~(?![01])/.test(pointer) || pointer.includes('*');
        if (!invalid) return [];
        const why = pointer.includes('*') ? 'contains a *' : 'is not a JSON Pointer';
        return [
          problem(
            ['lists', pointer],
            `the path "${pointer}" ${why}`,
            'name one list: / separates keys; in a key, write ~1 for / and ~0 for ~',
          ),
        ];
      }),
    ];
  });
}

function validatorProblems(
  { installValidator, schema, validators = [] }: Pick<Profile, 'installValidator' | 'schema' | 'validators'>,
  format: Profile['format'],
  problem: (keys: readonly string[], message: string, hint: string) => Problem,
): readonly Problem[] {
  if (installValidator !== true) return [];
  const wrong: readonly (readonly [boolean, string, string])[] = [
    [
      schema === undefined,
      '"installValidator" needs "schema"',
      'add the path of the schema, or delete installValidator',
    ],
    [
      format !== 'json',
      `"installValidator" cannot be combined with format: ${format}`,
      'delete installValidator: validators of AppConfig read JSON only, and appcfg checks the content itself',
    ],
    [
      validators.length >= mostValidators,
      `the schema and ${validators.length} Lambda functions exceed the limit of ${mostValidators} validators`,
      'delete one of "validators", or installValidator',
    ],
  ];
  return wrong.flatMap(([isWrong, message, hint]) => (isWrong ? [problem(['installValidator'], message, hint)] : []));
}

type Profile = SettingsFile['profiles'][string];

/** As of a tenant, which an application has. */
const longestWaveName = longestNames.application;

/** Names that the settings give: they are shown, typed and matched as those of the tree. */
function nameProblems({ waves = [], deploymentStrategies }: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  const problem = (at: readonly (string | number)[], named: string, fault: string): Problem => ({
    ...problemAt(at, `the ${named} has ${fault}`, 'rename it'),
    code: 'name-invalid',
  });
  const ofWaves = waves.flatMap(({ name }, index) => {
    const at = ['waves', index, 'name'];
    const characters = [...name];
    if (characters.length > longestWaveName) {
      const fault = `${characters.length} characters, which exceeds the limit of ${longestWaveName}`;
      return [problem(at, `wave name "${characters.slice(0, 40).join('')}…"`, fault)];
    }
    const fault = nameFault(name);
    return fault === undefined ? [] : [problem(at, `wave name "${name}"`, fault)];
  });
  const ofStrategies = Object.keys(deploymentStrategies).flatMap((name) => {
    const fault = nameFault(name);
    return fault === undefined
      ? []
      : [problem(['deploymentStrategies', name], `deployment strategy name "${name}"`, fault)];
  });
  return [...ofWaves, ...ofStrategies];
}

function waveNameProblems({ waves = [] }: SettingsFile, problemAt: ProblemAt): readonly Problem[] {
  const names = waves.map((wave) => wave.name);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [problemAt(['waves', index, 'name'], `duplicate wave "${name}"`, 'rename one of them')],
  );
}
