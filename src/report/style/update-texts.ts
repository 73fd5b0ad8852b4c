// Changes of other things than content, in words: alarms of environments, strategies, deployments that are stopped.
import { ignored } from '../../core/events/event-handlers.ts';
import type { StrategyNumbers } from '../../core/model/resource.ts';
import type { StepOf } from '../../core/plan/step.ts';
import type { StepHandlers } from '../../core/plan/step-handlers.ts';

/** Undefined of a step that is shown elsewhere, or not at all. */
export const updateTexts: StepHandlers<string | undefined> = {
  UpdateEnvironment: ({ monitors }) =>
    monitors.length === 0
      ? 'will no longer be monitored by an alarm'
      : `will be monitored by ${monitors.map(({ alarmArn }) => alarmArn).join(', ')}`,
  UpdateConfigurationProfile: (step) => profileText(step),
  CreateDeploymentStrategy: ({ numbers }) => strategyText(numbers),
  UpdateDeploymentStrategy: ({ numbers }) => strategyText(numbers),
  // A rollback has a row for each address instead.
  StopDeployment: ({ rollsBack, deploymentNumber }) =>
    rollsBack === undefined ? `deployment ${deploymentNumber} will be stopped` : undefined,
  ...ignored('CreateApplication', 'UpdateApplication', 'TagResource', 'CreateEnvironment'),
  ...ignored('CreateConfigurationProfile', 'CreateHostedConfigurationVersion', 'StartDeployment', 'AwaitDeployment'),
  ...ignored(
    'ValidateConfiguration',
    'DeleteHostedConfigurationVersion',
    'DeleteEnvironment',
    'DeleteConfigurationProfile',
  ),
  ...ignored('DeleteApplication', 'DeleteDeploymentStrategy'),
};

function profileText({ kmsKey, validators }: StepOf<'UpdateConfigurationProfile'>): string {
  const texts = [
    kmsKey === undefined
      ? undefined
      : kmsKey === ''
        ? 'will no longer encrypt new versions with a KMS key'
        : `will encrypt new versions with ${kmsKey}`,
    validators === undefined
      ? undefined
      : validators.length === 0
        ? 'will have no validators'
        : `will be validated by ${validators.map(({ type, content }) => (type === 'LAMBDA' ? content : 'its schema')).join(' and ')}`,
  ];
  return texts.filter((text) => text !== undefined).join(', and ');
}

function strategyText({ durationMinutes, bakeMinutes, growthFactor, growthType }: StrategyNumbers): string {
  return `${growthType.toLowerCase()}, growth factor ${growthFactor} %, duration ${durationMinutes} min, bake time ${bakeMinutes} min`;
}
