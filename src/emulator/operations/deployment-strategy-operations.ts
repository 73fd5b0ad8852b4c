// The operations on deployment strategies.
import type { Timing } from '../model/deployment-progress.ts';
import type { Strategy } from '../model/resources.ts';
import { descriptionText, numberInRange, oneOf, requiredText, tagsOf } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, notFound, quotaExceeded } from '../wire/service-error.ts';
import { type Call, members, type Operation, pathPart } from './call.ts';
import { listResponse } from './list-response.ts';

const growthTypes = ['LINEAR', 'EXPONENTIAL'] as const;
const minutes = { min: 0, max: 1440 };
const factor = { min: 1, max: 100, whole: false };

/** AWS's strategies, listed after the account's own in this order. */
const predefined: ReadonlyMap<string, Strategy> = new Map(
  [
    predefinedStrategy(0, 'AllAtOnce', 'Quick', [0, 'LINEAR', 100, 10]),
    predefinedStrategy(1, 'Linear50PercentEvery30Seconds', 'Test/Demo', [1, 'LINEAR', 50, 1]),
    predefinedStrategy(2, 'Canary10Percent20Minutes', 'AWS Recommended', [20, 'EXPONENTIAL', 10, 10]),
    predefinedStrategy(3, 'Linear20PercentEvery6Minutes', 'AWS Recommended', [30, 'LINEAR', 20, 30]),
  ].map((strategy) => [strategy.id, strategy]),
);

/** Names need not be unique. */
export const createDeploymentStrategy: Operation = (call) => {
  const body = members(call);
  const name = requiredText(body.Name, 'name', { max: 64 });
  const description = descriptionText(body.Description);
  const timing: Timing = {
    durationMinutes: numberInRange(body.DeploymentDurationInMinutes, 'deploymentDurationInMinutes', minutes),
    growthType: oneOf(body.GrowthType ?? 'LINEAR', 'growthType', growthTypes),
    growthFactor: numberInRange(body.GrowthFactor, 'growthFactor', factor),
    bakeMinutes: numberInRange(body.FinalBakeTimeInMinutes ?? 0, 'finalBakeTimeInMinutes', minutes),
  };
  const replicateTo = oneOf(body.ReplicateTo ?? 'NONE', 'replicateTo', ['NONE', 'SSM_DOCUMENT']);
  const tags = tagsOf(body.Tags);
  const { strategies } = call.accountRegion;
  if (strategies.size >= call.quotas.strategies) throw quotaExceeded('deployment strategies', call.quotas.strategies);
  const strategy: Strategy = {
    ...call.store.newIdentity(),
    name,
    description: description || undefined,
    tags,
    timing,
    replicateTo,
  };
  strategies.set(strategy.id, strategy);
  return jsonResponse(201, shown(strategy, description));
};

/** The account's own strategies, then the predefined ones. */
export const listDeploymentStrategies: Operation = (call) => {
  const all = [...call.accountRegion.strategies.values(), ...predefined.values()];
  return listResponse(call, all, { key: ({ order }) => order, item: (each) => shown(each) });
};

/** One strategy, predefined or the account's own. */
export const getDeploymentStrategy: Operation = (call) => {
  return jsonResponse(200, shown(strategyById(call, pathPart(call, 'DeploymentStrategyId'))));
};

/** Deployments already started keep their timing. */
export const updateDeploymentStrategy: Operation = (call) => {
  const id = pathPart(call, 'DeploymentStrategyId');
  if (predefined.has(id)) throw badRequest(`Cannot update predefined Deployment Strategy ${id}`);
  const strategy = strategyById(call, id);
  const body = members(call);
  const { timing } = strategy;
  const description = descriptionText(body.Description);
  strategy.timing = {
    durationMinutes: numberInRange(
      body.DeploymentDurationInMinutes ?? timing.durationMinutes,
      'deploymentDurationInMinutes',
      minutes,
    ),
    growthType: oneOf(body.GrowthType ?? timing.growthType, 'growthType', growthTypes),
    growthFactor: numberInRange(body.GrowthFactor ?? timing.growthFactor, 'growthFactor', factor),
    bakeMinutes: numberInRange(body.FinalBakeTimeInMinutes ?? timing.bakeMinutes, 'finalBakeTimeInMinutes', minutes),
  };
  if (description !== undefined) strategy.description = description || undefined;
  return jsonResponse(200, shown(strategy, description));
};

/** Allowed even if deployments used it. */
export const deleteDeploymentStrategy: Operation = (call) => {
  const id = pathPart(call, 'DeploymentStrategyId');
  if (predefined.has(id)) throw badRequest(`Cannot delete predefined Deployment Strategy ${id}.`);
  call.accountRegion.strategies.delete(strategyById(call, id).id);
  return jsonResponse(204, undefined);
};

/** A strategy by its id, predefined or the account's own. @throws ServiceError */
export function strategyById(call: Call, id: string): Strategy {
  const strategy = predefined.get(id) ?? call.accountRegion.strategies.get(id);
  if (strategy !== undefined) return strategy;
  throw notFound('DeploymentStrategy', `DeploymentStrategy with Id ${id} could not be found.`);
}

function predefinedStrategy(
  index: number,
  name: string,
  description: string,
  [durationMinutes, growthType, growthFactor, bakeMinutes]: readonly [number, Timing['growthType'], number, number],
): Strategy {
  return {
    order: 2 ** 40 + index,
    id: `AppConfig.${name}`,
    name: `AppConfig.${name}`,
    description,
    tags: {},
    timing: { durationMinutes, growthType, growthFactor, bakeMinutes },
    replicateTo: 'NONE',
  };
}

function shown(strategy: Strategy, given?: string) {
  return {
    Id: strategy.id,
    Name: strategy.name,
    Description: given ?? strategy.description,
    DeploymentDurationInMinutes: strategy.timing.durationMinutes,
    GrowthType: strategy.timing.growthType,
    GrowthFactor: strategy.timing.growthFactor,
    FinalBakeTimeInMinutes: strategy.timing.bakeMinutes,
    ReplicateTo: strategy.replicateTo,
  };
}
