// Tenants and environments that come, go, or have another name: reported as such, not as piles of contents.
import { groupBy } from 'es-toolkit/array/groupBy';
import { canonicalText } from '../document/write-json.ts';
import type { DesiredApplication, DesiredEnvironment } from '../model/desired-state.ts';
import type { ChangedEnvironment, ChangedTenant, ComingAndGoing, Review } from './review.ts';
import type { ReviewedTree } from './reviewed-tree.ts';

export function compareTenants(base: ReviewedTree, head: ReviewedTree): Pick<Review, 'tenants' | 'environments'> {
  const [before, after] = [byTenant(base), byTenant(head)];
  const tenants = comingAndGoing(
    {
      added: head.desired.filter(({ tenant }) => !before.has(tenant)),
      removed: base.desired.filter(({ tenant }) => !after.has(tenant)),
    },
    { contentsOf: contentsOfTenant, shown: shownTenant },
  );
  const common = head.desired.filter(({ tenant }) => before.has(tenant));
  const ofEach = common.map((application) =>
    comparedEnvironments(before.get(application.tenant) as DesiredApplication, application),
  );
  return { tenants, environments: ofAllTenants(ofEach) };
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

function comparedEnvironments(base: DesiredApplication, head: DesiredApplication): ComingAndGoing<ChangedEnvironment> {
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
    { contentsOf: contentsOfEnvironment, shown },
  );
}

function namesOf({ environments }: DesiredApplication): ReadonlySet<string> {
  return new Set(environments.map(({ name }) => name));
}

/** What happens in the same way to every tenant of both trees is one entry. */
function ofAllTenants(ofEach: readonly ComingAndGoing<ChangedEnvironment>[]): ComingAndGoing<ChangedEnvironment> {
  const merged = (kind: keyof ComingAndGoing<unknown>) =>
    Object.values(
      groupBy(
        ofEach.flatMap((each) => each[kind]),
        ({ environment, from }) => JSON.stringify([environment, from]),
      ),
    ).flatMap((same) => {
      const [first] = same;
      if (first === undefined || same.length < 2 || same.length < ofEach.length) return same;
      const configurations = same.reduce((sum, each) => sum + each.configurations, 0);
      return [{ ...first, tenant: undefined, configurations }];
    });
  return { added: merged('added'), removed: merged('removed'), renamed: merged('renamed') };
}

/** One that came has another name if its contents are those of one that went, and of no other that came or went. */
function comingAndGoing<From extends object, To>(
  { added, removed }: { readonly added: readonly From[]; readonly removed: readonly From[] },
  {
    contentsOf,
    shown,
  }: {
    readonly contentsOf: (of: From) => string;
    readonly shown: (of: From, from: From | undefined) => To;
  },
): ComingAndGoing<To> {
  // Contents are only worth writing where something came and something went.
  if (added.length === 0 || removed.length === 0) {
    return {
      added: added.map((each) => shown(each, undefined)),
      removed: removed.map((each) => shown(each, undefined)),
      renamed: [],
    };
  }
  const came = groupBy(added, contentsOf);
  const went = groupBy(removed, contentsOf);
  const formerOf = (each: From): From | undefined => {
    const contents = contentsOf(each);
    const former = went[contents] ?? [];
    return contents !== nothing && came[contents]?.length === 1 && former.length === 1 ? former[0] : undefined;
  };
  const renamed = added.flatMap((each) => {
    const former = formerOf(each);
    return former === undefined ? [] : [{ each, former }];
  });
  const gone = new Set(renamed.map(({ former }) => former));
  const arrived = new Set(renamed.map(({ each }) => each));
  return {
    added: added.filter((each) => !arrived.has(each)).map((each) => shown(each, undefined)),
    removed: removed.filter((each) => !gone.has(each)).map((each) => shown(each, undefined)),
    renamed: renamed.map(({ each, former }) => shown(each, former)),
  };
}

/** Contents of what has none: they are no sign of a new name. */
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
