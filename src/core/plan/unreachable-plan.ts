import { formatAddress } from '../model/address.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';
import type { Plan } from './plan.ts';

/** The plan for what is in a place that nobody gets to: every address is blocked, and nothing is done. */
export function unreachablePlan(
  desired: readonly DesiredApplication[],
  problem: Problem,
  about: { readonly project: string; readonly kind: Plan['kind'] },
): Plan {
  const configurations = desired.flatMap(({ name, environments }) =>
    environments.flatMap((environment) =>
      environment.configurations.map(({ address, content }) => ({ application: name, address, content })),
    ),
  );
  const [first] = configurations;
  const source = first === undefined ? undefined : `${first.address.tenant}/${first.address.environment}`;
  // A problem that stands in the settings names no address.
  const named = problem.source === undefined ? 1 : 0;
  const others = configurations.length - named;
  const left =
    others > 0
      ? ` (${others}${named === 1 ? ' more' : ''} ${others === 1 ? 'address is' : 'addresses are'} left alone for it${named === 1 ? '' : `, ${source} among them`})`
      : '';
  return {
    formatVersion: 1,
    kind: about.kind,
    project: about.project,
    settingsChanges: [],
    steps: [],
    addresses: configurations.map(({ application, address, content }) => ({
      address: formatAddress(address),
      application,
      environment: address.environment,
      action: 'blocked',
      changeGroup: undefined,
      live: undefined,
      desired: { versionLabel: content.versionLabel, bytes: content.bytes },
      deploymentStrategy: undefined,
      reason: problem.message,
      blockedBy: { ...problem, source: formatAddress(address) },
    })),
    changeGroups: [],
    waves: [],
    refusals: [],
    // Where nothing of the tree is, only orphans stay unseen.
    problems: [
      source === undefined && about.kind === 'sync'
        ? { ...problem, severity: 'warning' }
        : { ...(source === undefined ? {} : { source }), ...problem, message: `${problem.message}${left}` },
    ],
    expectedMinutes: 0,
  };
}
