// Plain values for guards: an address with the history that a test gives it, and a plan with its addresses.

import { contentOf } from '../../src/core/document/content-of.ts';
import { parseDocument } from '../../src/core/document/parse-yaml.ts';
import type { NewContent } from '../../src/core/guards/guard.ts';
import { type Fact, Facts, type FactValues } from '../../src/core/live/facts.ts';
import { deploymentHasContent } from '../../src/core/live/live-content.ts';
import type { LiveDeployment, LiveProfile } from '../../src/core/live/live-state.ts';
import type { Content } from '../../src/core/model/content.ts';
import { type DeploymentState, isRolledBack } from '../../src/core/model/resource.ts';
import type { Value } from '../../src/core/model/value.ts';
import { emptyPlan } from '../../src/core/plan/empty-plan.ts';
import { type Plan, type PlannedAddress, plannedAddress } from '../../src/core/plan/plan.ts';
import type { Policy } from '../../src/core/settings/policy.ts';
import { defaultSettings, type EnvironmentSettings, type Settings } from '../../src/core/settings/settings.ts';

export const address = { tenant: 'one', environment: 'dev', configurationProfile: 'Limits' } as const;

export const policy: Policy = {
  settings: defaultSettings,
  project: 'acme/config',
  accountRegion: { id: '111122223333/us-east-1', account: '111122223333', region: 'us-east-1', roleArn: undefined },
  origin: { commit: 'a'.repeat(40), dirty: false, pipeline: 7, url: undefined },
  only: undefined,
  adopt: false,
  supersede: false,
  retryRolledBack: false,
  allowOlder: false,
  allowShrink: false,
  overwriteDrift: false,
  selective: false,
};

/** Settings of the environment `dev`, and nothing else. */
export function settingsOfDev(own: Partial<EnvironmentSettings>): Settings {
  const none = { account: undefined, region: undefined, roleArn: undefined };
  const dev = { ...none, deploymentStrategy: undefined, monitors: undefined, ...own };
  return { ...defaultSettings, environments: new Map([['dev', dev]]) };
}

export const profile: LiveProfile = { id: 'p', name: 'Limits', type: 'AWS.Freeform', locationUri: 'hosted' };

export function contentOfYaml(yaml: string): Content {
  return contentOf(valueOfYaml(yaml), 'json');
}

function valueOfYaml(text: string): Value {
  return parseDocument(text, { path: 'Limits.yml' }).value ?? null;
}

/** Its version has the deployment's number and, with content, that content's label. */
export function deployment(number: number, state: DeploymentState, content?: Content): LiveDeployment {
  return {
    number,
    profileId: profile.id,
    versionNumber: number,
    versionLabel: content?.versionLabel,
    state,
    strategy: { durationMinutes: 1, bakeMinutes: 1, growthFactor: 50, growthType: 'LINEAR' },
    startedAt: undefined,
    completedAt: undefined,
  };
}

export type KnownFact = { [K in Fact['kind']]: [Extract<Fact, { kind: K }>, FactValues[K]] }[Fact['kind']];

/** @param deployments newest first */
export function newContent(
  content: Content,
  deployments: readonly [LiveDeployment, ...LiveDeployment[]],
  known: { readonly facts?: readonly KnownFact[]; readonly policy?: Partial<Policy> } = {},
): NewContent {
  const facts = new Facts();
  for (const [fact, answer] of known.facts ?? []) facts.learn(fact, answer);
  const history = {
    newest: deployments[0],
    completed: deployments.find(({ state }) => state === 'COMPLETE'),
    rolledBack: deployments.filter(({ state }) => isRolledBack(state)),
  };
  const desired = {
    address,
    profileType: 'AWS.Freeform',
    content,
    sources: [],
    value: valueOfYaml(content.text),
  } as const;
  return {
    desired,
    subject: address,
    versionLabel: content.versionLabel,
    hasSameContent: (of) => deploymentHasContent(of, desired, facts),
    environment: {
      id: 'e',
      name: 'dev',
      description: undefined,
      monitors: [],
      latestDeploymentNumber: deployments[0].number,
      inFlight: undefined,
      histories: new Map([[profile.id, history]]),
      deployedByAppcfg: new Set(),
    },
    profile,
    history,
    facts,
    policy: { ...policy, ...known.policy },
  };
}

/** The description of a deployment, and AppConfig's reason if it rolled it back. */
export function described(deploymentNumber: number, description: string, rollbackReason?: string): KnownFact {
  return [
    { kind: 'deployment', environmentId: 'e', deploymentNumber },
    { description, rollbackReason },
  ];
}

export function planned(tenant: string, of: Partial<PlannedAddress>): PlannedAddress {
  return plannedAddress({
    address: { tenant, environment: 'dev', configurationProfile: 'Limits' },
    application: tenant,
    accountRegion: policy.accountRegion.id,
    action: 'update',
    changeGroup: 'g',
    reason: 'content differs',
    ...of,
  });
}

export function planOf(addresses: readonly PlannedAddress[], parts: Partial<Plan> = {}): Plan {
  return { ...emptyPlan('sync', policy.project, policy.accountRegion), addresses, ...parts };
}
