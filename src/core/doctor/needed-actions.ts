// The actions of AppConfig that each command needs, without the prefix `appconfig:`. docs/iam.md lists the same.
import { isStrategyId } from '../settings/deployment-strategies.ts';
import type { Settings } from '../settings/settings.ts';

const toRead = [
  'ListApplications',
  'ListEnvironments',
  'ListConfigurationProfiles',
  'ListDeployments',
  'ListDeploymentStrategies',
  'ListHostedConfigurationVersions',
  'ListTagsForResource',
  'GetConfigurationProfile',
  'GetDeployment',
  'GetDeploymentStrategy',
  'GetHostedConfigurationVersion',
] as const;

const byCommand = {
  diff: toRead,
  status: toRead,
  pull: toRead,
  'tenant rename': toRead,
  import: [
    'ListApplications',
    'ListEnvironments',
    'ListConfigurationProfiles',
    'ListDeployments',
    'ListTagsForResource',
    'GetHostedConfigurationVersion',
  ],
  history: [
    'ListApplications',
    'ListEnvironments',
    'ListConfigurationProfiles',
    'ListDeployments',
    'ListTagsForResource',
    'GetDeployment',
  ],
  sync: [
    ...toRead,
    'CreateApplication',
    'UpdateApplication',
    'CreateEnvironment',
    'UpdateEnvironment',
    'CreateConfigurationProfile',
    'UpdateConfigurationProfile',
    'CreateHostedConfigurationVersion',
    'ValidateConfiguration',
    'CreateDeploymentStrategy',
    'UpdateDeploymentStrategy',
    'StartDeployment',
    'StopDeployment',
    'TagResource',
    'DeleteHostedConfigurationVersion',
  ],
  rollback: [
    ...toRead,
    'StopDeployment',
    'StartDeployment',
    'TagResource',
    'CreateDeploymentStrategy',
    'UpdateDeploymentStrategy',
  ],
  cleanup: [
    ...toRead,
    'ListExperimentDefinitions',
    'ListExtensionAssociations',
    'StopDeployment',
    'DeleteEnvironment',
    'DeleteHostedConfigurationVersion',
    'DeleteConfigurationProfile',
    'DeleteApplication',
    'DeleteDeploymentStrategy',
  ],
} as const;

/** A command whose permissions can be checked. */
export type CheckedCommand = keyof typeof byCommand;

export const checkedCommands = Object.keys(byCommand) as CheckedCommand[];

/** An action that a command needs. */
export type NeededAction = (typeof byCommand)[CheckedCommand][number];

/** All that these commands may need, each action once. */
export function actionsOf(commands: readonly CheckedCommand[]): readonly NeededAction[] {
  return [...new Set(commands.flatMap((command): readonly NeededAction[] => byCommand[command]))];
}

/** The condition of an action that only some settings need. */
const conditions: { readonly [Action in NeededAction]?: (settings: Settings, command: CheckedCommand) => boolean } = {
  GetConfigurationProfile: ({ profiles }, command) =>
    command !== 'rollback' && command !== 'cleanup' && profiles.size > 0,
  GetDeploymentStrategy: (settings, command) =>
    command !== 'cleanup' && strategiesOf(settings).some((name) => isStrategyId(settings, name)),
  ListDeploymentStrategies: ({ deploymentStrategies }) => deploymentStrategies.size > 0,
  CreateDeploymentStrategy: ({ deploymentStrategies }) => deploymentStrategies.size > 0,
  UpdateDeploymentStrategy: ({ deploymentStrategies }) => deploymentStrategies.size > 0,
  DeleteDeploymentStrategy: ({ deploymentStrategies }) => deploymentStrategies.size > 0,
  UpdateApplication: ({ adopt }) => adopt.length > 0,
  UpdateEnvironment: (settings) => overridesOf(settings).some(({ monitors }) => monitors !== undefined),
  UpdateConfigurationProfile: ({ profiles }) => profiles.size > 0,
  DeleteHostedConfigurationVersion: ({ versions, profiles }, command) =>
    command === 'cleanup' ||
    versions !== undefined ||
    [...profiles.values()].some((each) => each.versions !== undefined),
};

/** The actions that a command needs with these settings. Each is needed for something that a run may have to do. */
export function neededActions(command: CheckedCommand, settings: Settings): readonly NeededAction[] {
  return byCommand[command].filter((action) => conditions[action]?.(settings, command) ?? true);
}

/** Whether a command only reads AppConfig: it then runs with the role that may read. */
export function onlyReads(command: CheckedCommand): boolean {
  return byCommand[command].every((action) => /^(?:List|Get)/.test(action));
}

function overridesOf({ environments, tenants }: Settings) {
  return [...(environments?.values() ?? []), ...tenants];
}

function strategiesOf(settings: Settings): readonly string[] {
  const overridden = overridesOf(settings).flatMap(({ deploymentStrategy }) => deploymentStrategy ?? []);
  return [settings.deploymentStrategy, ...overridden];
}
