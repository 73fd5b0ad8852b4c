import type { LiveApplication, LiveState } from '../live/live-state.ts';
import { isDescribedAsManaged } from '../live/ownership.ts';
import { formatAddress, type Subject } from '../model/address.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { type PlannedAddress, plannedAddress } from '../plan/plan.ts';
import type { Problem } from '../problem/problem.ts';
import { tenantNaming } from '../settings/application-name.ts';
import type { Policy } from '../settings/policy.ts';
import type { ApplicationAssessment } from './assess-application.ts';

/** By their descriptions: tags would cost every run a call for each. A cleanup reads the tags. */
export function orphanedEnvironments(
  desired: DesiredApplication,
  application: LiveApplication,
  policy: Policy,
): readonly string[] {
  const wanted = new Set(desired.environments.map((environment) => environment.name));
  return [...application.environments.values()]
    .filter(({ name, description }) => !wanted.has(name) && isDescribedAsManaged(description, policy.project))
    .map(({ name }) => name);
}

/** By their deployments: the list of profiles has no descriptions. */
export function orphanedProfiles(desired: DesiredApplication, application: LiveApplication): readonly string[] {
  const wanted = new Set(
    desired.environments.flatMap((e) => e.configurations.map((c) => c.address.configurationProfile)),
  );
  const environments = [...application.environments.values()];
  return [...application.configurationProfiles.values()]
    .filter(({ name, id }) => !wanted.has(name) && environments.some((e) => e.deployedByAppcfg.has(id)))
    .map(({ name }) => name);
}

export function orphan(address: Subject, of: Pick<PlannedAddress, 'application' | 'accountRegion'>): PlannedAddress {
  return plannedAddress({ address, ...of, action: 'orphaned', reason: 'the tree no longer has it' });
}

/** For parts of an application that the tree no longer has. */
export function orphanWarnings(
  { tenant }: DesiredApplication,
  assessment: Pick<ApplicationAssessment, 'orphanedEnvironments' | 'orphanedProfiles'>,
): readonly Problem[] {
  return [
    ...assessment.orphanedEnvironments.map((name) => orphanWarning({ tenant, environment: name }, 'environment')),
    ...assessment.orphanedProfiles.map((name) =>
      orphanWarning({ tenant, configurationProfile: name }, 'configuration profile'),
    ),
  ];
}

/** For whole applications that the tree no longer has. */
export function orphanedApplicationWarnings(live: LiveState, policy: Policy): readonly Problem[] {
  const tenantOf = tenantNaming(policy.settings);
  return live.orphanedApplications.map(({ name }) =>
    orphanWarning({ tenant: tenantOf(name) ?? name }, 'application', name),
  );
}

function orphanWarning(
  subject: Subject,
  kind: 'environment' | 'application' | 'configuration profile',
  name = formatAddress(subject),
): Problem {
  return {
    code: 'environment-orphaned',
    severity: 'warning',
    message: `the ${kind} "${name}" is in AppConfig but no longer in the tree; it is kept`,
    common: `${kind}s that the tree does not name are kept in AppConfig`,
    hint: {
      text: 'to delete what is no longer in the tree',
      command: { run: 'cleanup', args: ['--orphans'], selects: 'all' },
    },
    subject,
  };
}
