// Tenants and environments that come, go, or have another name: reported as such, not as piles of contents.
import { sortBy } from 'es-toolkit/array/sortBy';
import { sumBy } from 'es-toolkit/math/sumBy';
import { canonicalText } from '../document/write-json.ts';
import type { Address } from '../model/address.ts';
import type { DesiredApplication, DesiredEnvironment } from '../model/desired-state.ts';
import { groupMap, groupsBy } from '../model/groups-by.ts';
import type { Layer } from '../render/layers.ts';
import type { ChangedEnvironment, ChangedTenant, ComingAndGoing, Review } from './review.ts';
import type { ReviewedTree } from './reviewed-tree.ts';

export function compareTenants(base: ReviewedTree, head: ReviewedTree): Pick<Review, 'tenants' | 'environments'> {
  const [before, after] = [byTenant(base), byTenant(head)];
  const tenants = comingAndGoing(
    {
      added: head.desired.filter(({ tenant }) => !before.has(tenant)),
      removed: base.desired.filter(({ tenant }) => !after.has(tenant)),
    },
    {
      signsOf: [contentsOfTenant, (of, { isAdded }) => ownFilesOfTenant(of, isAdded ? head : base)],
      shown: shownTenant,
    },
  );
  const common = head.desired.filter(({ tenant }) => before.has(tenant));
  const ofEach = common.map((application) =>
    comparedEnvironments([before.get(application.tenant) as DesiredApplication, base], [application, head]),
  );
  return { tenants, environments: ofAllTenants(ofEach) };
}

/** Whether an address is one of a tenant or environment that comes, goes or has another name. */
export function comesOrGoesAsWhole({
  tenants,
  environments,
}: Pick<Review, 'tenants' | 'environments'>): (address: Address) => boolean {
  const names = (all: readonly ChangedTenant[]) => all.flatMap(({ tenant, from }) => [tenant, from]);
  const whole = new Set([...names(tenants.added), ...names(tenants.removed), ...names(tenants.renamed)]);
  const targets = new Set(
    [environments.added, environments.removed, environments.renamed]
      .flat()
      .flatMap(targetsOf)
      .map((each) => JSON.stringify(each)),
  );
  return ({ tenant, environment }) =>
    whole.has(tenant) ||
    targets.has(JSON.stringify([tenant, environment])) ||
    targets.has(JSON.stringify([undefined, environment]));
}

function targetsOf({ tenant, environment, from }: ChangedEnvironment) {
  return [[tenant, environment], ...(from === undefined ? [] : [[tenant, from]])];
}

function byTenant({ desired }: ReviewedTree): ReadonlyMap<string, DesiredApplication> {
  return new Map(desired.map((application) => [application.tenant, application]));
}

function shownTenant(
  { tenant, environments }: DesiredApplication,
  from: DesiredApplication | undefined,
): ChangedTenant {
  return {
    tenant,
    from: from?.tenant,
    environments: environments.map(({ name }) => name),
    configurations: environments.reduce((sum, { configurations }) => sum + configurations.length, 0),
  };
}

type In = readonly [application: DesiredApplication, tree: ReviewedTree];

function comparedEnvironments([base, baseTree]: In, [head, headTree]: In): ComingAndGoing<ChangedEnvironment> {
  const [before, after] = [namesOf(base), namesOf(head)];
  const shown = ({ name, configurations }: DesiredEnvironment, from: DesiredEnvironment | undefined) => ({
    environment: name,
    tenant: head.tenant,
    from: from?.name,
    configurations: configurations.length,
  });
  return comingAndGoing(
    {
      added: head.environments.filter(({ name }) => !before.has(name)),
      removed: base.environments.filter(({ name }) => !after.has(name)),
    },
    {
      signsOf: [
        contentsOfEnvironment,
        ({ name }, { isAdded }) => filesOfEnvironment({ tenant: head.tenant, name }, isAdded ? headTree : baseTree),
      ],
      shown,
    },
  );
}

function namesOf({ environments }: DesiredApplication): ReadonlySet<string> {
  return new Set(environments.map(({ name }) => name));
}

/** What happens in the same way to every tenant of both trees is one entry. */
function ofAllTenants(ofEach: readonly ComingAndGoing<ChangedEnvironment>[]): ComingAndGoing<ChangedEnvironment> {
  const merged = (kind: keyof ComingAndGoing<unknown>) =>
    groupsBy(
      ofEach.flatMap((each) => each[kind]),
      ({ environment, from }) => JSON.stringify([environment, from]),
    ).flatMap((same): readonly ChangedEnvironment[] => {
      if (same.length < 2 || same.length < ofEach.length) return same;
      return [{ ...same[0], tenant: undefined, configurations: sumBy(same, (each) => each.configurations) }];
    });
  return { added: merged('added'), removed: merged('removed'), renamed: merged('renamed') };
}

/** What one that came and one that went have in common if they are the same under another name; empty: nothing shows it. */
type Sign<From> = (of: From, where: { readonly isAdded: boolean }) => string;

/** One that came has another name if a sign of it is that of one that went, and of no other that came or went. */
function comingAndGoing<From extends object, To>(
  { added, removed }: { readonly added: readonly From[]; readonly removed: readonly From[] },
  {
    signsOf,
    shown,
  }: {
    /** The first one that finds a pair counts. */
    readonly signsOf: readonly Sign<From>[];
    readonly shown: (of: From, from: From | undefined) => To;
  },
): ComingAndGoing<To> {
  const formers = new Map<From, From>();
  // Signs are only worth working out where something came and something went.
  for (const sign of added.length === 0 || removed.length === 0 ? [] : signsOf) {
    const taken = new Set(formers.values());
    for (const [each, former] of pairsBy(sign, added, removed)) {
      if (!formers.has(each) && !taken.has(former)) formers.set(each, former);
    }
  }
  const gone = new Set(formers.values());
  return {
    added: added.filter((each) => !formers.has(each)).map((each) => shown(each, undefined)),
    removed: removed.filter((each) => !gone.has(each)).map((each) => shown(each, undefined)),
    renamed: added.filter((each) => formers.has(each)).map((each) => shown(each, formers.get(each))),
  };
}

/** Those that alone have a sign, on either side. */
function pairsBy<From extends object>(
  sign: Sign<From>,
  added: readonly From[],
  removed: readonly From[],
): readonly (readonly [each: From, former: From])[] {
  const came = groupMap(added, (each) => sign(each, { isAdded: true }));
  const went = groupMap(removed, (each) => sign(each, { isAdded: false }));
  return [...came].flatMap(([text, [each, ...others]]) => {
    const [former, ...more] = went.get(text) ?? [];
    const isOnly = text !== nothing && others.length + more.length === 0;
    return isOnly && former !== undefined ? [[each, former] as const] : [];
  });
}

/** The sign of what has no contents, or no files: it shows nothing. */
const nothing = '';

function contentsOfTenant({ environments }: DesiredApplication): string {
  const contents = environments.map((each) => [each.name, contentsOfEnvironment(each)]);
  return contents.every(([, text]) => text === nothing) ? nothing : JSON.stringify(contents.sort());
}

/** Before their variables are replaced: a tenant's own name is in its contents. */
function contentsOfEnvironment({ configurations }: DesiredEnvironment): string {
  if (configurations.length === 0) return nothing;
  const contents = configurations.map(({ address, asWritten, content }) => [
    address.configurationProfile,
    asWritten === undefined ? content.versionLabel : canonicalText(asWritten),
  ]);
  return JSON.stringify(contents.sort());
}

/** What a tenant's own files have: equal also where the template changes. */
function ownFilesOfTenant({ tenant, environments }: DesiredApplication, tree: ReviewedTree): string {
  const own = tree.tenants.get(tenant);
  const everywhere = valuesIn(own?.everywhere);
  const ofEach = environments.map(({ name }) => [name, valuesIn(own?.environments.get(name))] as const);
  const isEmpty = everywhere.length === 0 && ofEach.every(([, values]) => values.length === 0);
  return isEmpty ? nothing : JSON.stringify([everywhere, sortBy(ofEach, [([name]) => name])]);
}

/** What the files of an environment have, those of the template included. */
function filesOfEnvironment(
  { tenant, name }: { readonly tenant: string; readonly name: string },
  { template, tenants }: ReviewedTree,
): string {
  const layers = [template.environments.get(name), tenants.get(tenant)?.environments.get(name)].map(valuesIn);
  return layers.every((values) => values.length === 0) ? nothing : JSON.stringify(layers);
}

/** By profile. A file without a value adds nothing. */
function valuesIn(layer: Layer | undefined): readonly (readonly [profile: string, value: string])[] {
  const values = [...(layer ?? [])].flatMap(([profile, { value }]) =>
    value === undefined ? [] : [[profile, canonicalText(value)] as const],
  );
  return sortBy(values, [([profile]) => profile]);
}
