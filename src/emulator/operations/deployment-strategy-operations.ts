// The operations on deployment strategies.

import type { Course } from '../model/deployment-progress.ts';
import type { Strategy } from '../model/store.ts';
import { descriptionText, numeric, oneOf, tagsOf, text } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, notFound, quotaExceeded } from '../wire/service-error.ts';
import { type Call, members, type Operation, pathPart } from './call.ts';
import { page } from './page.ts';

const growthTypes = ['LINEAR', 'EXPONENTIAL'] as const;
const minutes = { min: 0, max: 1440 };
const factor = { min: 1, max: 100, whole: false };

/** Listed after an account's own ones, in this order. */
const predefined = new Map(
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
  const name = text(body.Name, 'name', { max: 64 });
  const description = descriptionText(body.Description);
  const course: Course = {
    durationMinutes: numeric(body.DeploymentDurationInMinutes, 'deploymentDurationInMinutes', minutes),
    growthType: oneOf(body.GrowthType ?? 'LINEAR', 'growthType', growthTypes),
    growthFactor: numeric(body.GrowthFactor, 'growthFactor', factor),
    bakeMinutes: numeric(body.FinalBakeTimeInMinutes ?? 0, 'finalBakeTimeInMinutes', minutes),
  };
  const replicateTo = oneOf(body.ReplicateTo ?? 'NONE', 'replicateTo', ['NONE', 'SSM_DOCUMENT']);
  const tags = tagsOf(body.Tags);
  const { strategies } = call.place;
  if (strategies.size >= call.quotas.strategies) throw quotaExceeded('deployment strategies', call.quotas.strategies);
  const strategy: Strategy = {
    ...call.store.identity(),
    name,
    description: description || undefined,
    tags,
    course,
    replicateTo,
  };
  strategies.set(strategy.id, strategy);
  return jsonResponse(201, shown(strategy, description));
};

/** The account's own ones, then the predefined ones. */
export const listDeploymentStrategies: Operation = (call) => {
  const all = [...call.place.strategies.values(), ...predefined.values()];
  const { entries, nextToken } = page(call, all, { key: (each) => each.order });
  return jsonResponse(200, { Items: entries.map((each) => shown(each)), NextToken: nextToken });
};

/** One strategy, predefined or own. */
export const getDeploymentStrategy: Operation = (call) => {
  return jsonResponse(200, shown(strategyById(call, pathPart(call, 'DeploymentStrategyId'))));
};

/** Deployments that were started keep the numbers they started with. */
export const updateDeploymentStrategy: Operation = (call) => {
  const id = pathPart(call, 'DeploymentStrategyId');
  if (predefined.has(id)) throw badRequest(`Cannot update predefined Deployment Strategy ${id}`);
  const strategy = strategyById(call, id);
  const body = members(call);
  const { course } = strategy;
  const description = descriptionText(body.Description);
  strategy.course = {
    durationMinutes: numeric(
      body.DeploymentDurationInMinutes ?? course.durationMinutes,
      'deploymentDurationInMinutes',
      minutes,
    ),
    growthType: oneOf(body.GrowthType ?? course.growthType, 'growthType', growthTypes),
    growthFactor: numeric(body.GrowthFactor ?? course.growthFactor, 'growthFactor', factor),
    bakeMinutes: numeric(body.FinalBakeTimeInMinutes ?? course.bakeMinutes, 'finalBakeTimeInMinutes', minutes),
  };
  if (description !== undefined) strategy.description = description || undefined;
  return jsonResponse(200, shown(strategy, description));
};

/** Whether it was used does not matter. */
export const deleteDeploymentStrategy: Operation = (call) => {
  const id = pathPart(call, 'DeploymentStrategyId');
  if (predefined.has(id)) throw badRequest(`Cannot delete predefined Deployment Strategy ${id}.`);
  call.place.strategies.delete(strategyById(call, id).id);
  return jsonResponse(204, undefined);
};

/** A strategy by its id, predefined or the account's own. @throws ServiceError */
export function strategyById(call: Call, id: string): Strategy {
  const strategy = predefined.get(id) ?? call.place.strategies.get(id);
  if (strategy !== undefined) return strategy;
  throw notFound('DeploymentStrategy', `DeploymentStrategy with Id ${id} could not be found.`);
}

function predefinedStrategy(
  place: number,
  name: string,
  description: string,
  [durationMinutes, growthType, growthFactor, bakeMinutes]: readonly [number, Course['growthType'], number, number],
): Strategy {
  return {
    order: 2 ** 40 + place,
    id: `AppConfig.${name}`,
    name: `AppConfig.${name}`,
    description,
    tags: {},
    course: { durationMinutes, growthType, growthFactor, bakeMinutes },
    replicateTo: 'NONE',
  };
}

function shown(strategy: Strategy, given?: string) {
  return {
    Id: strategy.id,
    Name: strategy.name,
    Description: given ?? strategy.description,
    DeploymentDurationInMinutes: strategy.course.durationMinutes,
    GrowthType: strategy.course.growthType,
    GrowthFactor: strategy.course.growthFactor,
    FinalBakeTimeInMinutes: strategy.course.bakeMinutes,
    ReplicateTo: strategy.replicateTo,
  };
}
