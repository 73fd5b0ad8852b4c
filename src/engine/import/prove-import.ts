// The proof of an imported tree: it renders to what is live, and an adoption of it would deploy nothing.

import { factsOf } from '../../core/assess/assess-application.ts';
import { isSameContent } from '../../core/document/equality.ts';
import type { Interruptible } from '../../core/factor/interruptible.ts';
import type { ImportedAddress } from '../../core/import/importable.ts';
import type { Facts } from '../../core/live/facts.ts';
import type { LiveState } from '../../core/live/live-state.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { everything } from '../../core/model/selection.ts';
import { planSync } from '../../core/planners/plan-sync.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { RenderCache } from '../../core/render/render-cache.ts';
import type { Policy } from '../../core/settings/policy.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { DiskSource } from '../../tree/disk-source.ts';
import { readSettings } from '../../tree/read-settings.ts';
import type { Context } from '../context.ts';
import { readCheckedApplications } from '../load-project.ts';
import { interruptibly } from './interruptibly.ts';
import type { LiveContents } from './read-live-contents.ts';

/** What the tree was made from. */
export interface ProvedImport {
  /** The folder of the tree. */
  readonly directory: string;
  readonly addresses: readonly ImportedAddress[];
  readonly live: readonly LiveContents[];
  /** In the account and Region, with other projects' ones. */
  readonly applicationCount: number;
  /** The one of an adoption with these settings. */
  readonly policyOf: (settings: Settings) => Policy;
}

/** @throws Error where the tree is not what it should be: that is a bug */
export async function proveImport(imported: ProvedImport, context: Context): Promise<void> {
  const { settings, problems } = await readSettings(new DiskSource(imported.directory));
  refuse(problems);
  const desired = await readTree(imported.directory, settings, context);
  await interruptibly(proveContents(desired, imported.addresses), context.signal);
  provePlan(desired, imported.policyOf(settings), imported);
}

async function readTree(
  directory: string,
  settings: Settings,
  context: Context,
): Promise<readonly DesiredApplication[]> {
  const problems: Problem[] = [];
  const desired: DesiredApplication[] = [];
  const reading = readCheckedApplications({
    ...context,
    directory,
    settings,
    selection: everything,
    cache: new RenderCache(),
    verbose: false,
    report: (problem) => void problems.push(problem),
  });
  for await (const application of reading) desired.push(application);
  refuse(problems);
  return desired;
}

function refuse(problems: readonly Problem[]): void {
  const error = problems.find(({ severity }) => severity === 'error');
  if (error !== undefined) throw new Error(`the imported tree is invalid: ${error.source?.file}: ${error.message}`);
}

function* proveContents(
  desired: readonly DesiredApplication[],
  addresses: readonly ImportedAddress[],
): Interruptible<void> {
  const rendered = new Map(
    desired.flatMap(({ environments }) =>
      environments.flatMap(({ configurations }) =>
        configurations.map(({ address, value }) => [formatAddress(address), value] as const),
      ),
    ),
  );
  if (rendered.size !== addresses.length) {
    throw new Error(`the imported tree has ${rendered.size} addresses instead of ${addresses.length}`);
  }
  for (const { address, value } of addresses) {
    yield;
    if (isSameContent(rendered.get(formatAddress(address)), value)) continue;
    throw new Error(`the imported tree renders ${formatAddress(address)} to another content than the live one`);
  }
}

function provePlan(
  desired: readonly DesiredApplication[],
  policy: Policy,
  { live, applicationCount }: ProvedImport,
): void {
  const byName = new Map(live.map((contents) => [contents.application.name, contents]));
  const applications = desired.flatMap(
    (application): [string, LiveState['applications'] extends ReadonlyMap<string, infer V> ? V : never][] => {
      const contents = byName.get(application.name);
      return contents === undefined
        ? []
        : [[application.name, { application: contents.application, facts: factsFrom(application, contents, policy) }]];
    },
  );
  const plan = planSync(
    desired,
    {
      applications: new Map(applications),
      applicationCount,
      orphanedApplications: [],
      deploymentStrategies: undefined,
      strategyNumbers: new Map(),
      changingProfiles: new Set(),
    },
    policy,
  );
  const step = plan.steps.find(({ operation }) => deploying.has(operation));
  const blocked = plan.addresses.find(({ action }) => action === 'blocked');
  if (step === undefined && blocked === undefined) return;
  const of = formatAddress(step?.subject ?? blocked?.address ?? {});
  throw new Error(
    `an adoption of the imported tree would plan ${step?.operation ?? 'nothing'} for ${of}: ${step?.reason ?? blocked?.reason}`,
  );
}

const deploying: ReadonlySet<string> = new Set(['CreateHostedConfigurationVersion', 'StartDeployment']);

function factsFrom(application: DesiredApplication, { tags, versions }: LiveContents, policy: Policy): Facts {
  const facts = factsOf(application, policy);
  facts.learn({ kind: 'tags' }, tags);
  for (const { profileId, versionNumber, content } of versions) {
    facts.learn({ kind: 'version', profileId, versionNumber }, content);
  }
  return facts;
}
