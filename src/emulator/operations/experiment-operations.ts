// The operations on experiment definitions and their runs. A run deploys the live version of its profile again, with variants that
// are generated from the treatments.

import { stateAt } from '../model/deployment-progress.ts';
import { featureFlags } from '../model/profile-types.ts';
import type {
  Application,
  Deployment,
  Environment,
  ExperimentDefinition,
  ExperimentRun,
  HostedVersion,
  Profile,
} from '../model/resources.ts';
import { findByIdOrName } from '../model/resources.ts';
import { experimentFlags } from '../rules/experiment-flags.ts';
import {
  descriptionText,
  numberInRange,
  objectList,
  oneOf,
  optionalMembers,
  optionalText,
  requiredText,
  stringMap,
  tagsOf,
} from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, conflict, notFound } from '../wire/service-error.ts';
import { type Call, members, type Operation, pathNumber, pathPart } from './call.ts';
import { checkExtensionParameters, refuseBusy } from './deployment-operations.ts';
import { listResponse } from './list-response.ts';

const runStatuses = ['RUNNING', 'DONE'] as const;

const texts = { max: 2048 };

/** Weights and rule are checked by the start of a run. */
export const createExperimentDefinition: Operation = (call) => {
  const application = applicationOf(call);
  const body = members(call);
  const name = requiredText(body.Name, 'name', { max: 64 });
  const profile = profileBy(call, application, body.ConfigurationProfileIdentifier);
  const environment = environmentBy(call, application, body.EnvironmentIdentifier);
  const definition: ExperimentDefinition = {
    ...call.store.newIdentity(),
    name,
    profileId: profile.id,
    environmentId: environment.id,
    status: 'IDLE',
    flagKey: requiredText(body.FlagKey, 'flagKey', { max: 64 }),
    ...described(body),
    audienceRule: requiredText(body.AudienceRule, 'audienceRule', { max: 16_384 }),
    control: treatments([body.Control], 'control', () => 'c')[0] ?? {},
    treatments: treatments(body.Treatments, 'treatments', (index) => `t${index + 1}`),
    tags: tagsOf(body.Tags),
    createdAt: call.now,
    updatedAt: call.now,
    runs: [],
  };
  application.experiments.set(definition.id, definition);
  return jsonResponse(201, shown(application, definition));
};

export const getExperimentDefinition: Operation = (call) => {
  const { application, definition } = definitionOf(call);
  return jsonResponse(200, shown(application, definition));
};

/** Of all applications, oldest first. */
export const listExperimentDefinitions: Operation = (call) => {
  const { query } = call.request;
  const isWanted = (name: string, ...found: readonly (string | undefined)[]) => {
    const wanted = query.get(name);
    return wanted === null || found.includes(wanted);
  };
  const all = [...call.accountRegion.applications.values()].flatMap((application) =>
    [...application.experiments.values()]
      .filter(
        ({ profileId, environmentId, status }) =>
          isWanted('application_identifier', application.id, application.name) &&
          isWanted('configuration_profile_identifier', profileId, application.profiles.get(profileId)?.name) &&
          isWanted('environment_identifier', environmentId, application.environments.get(environmentId)?.name) &&
          isWanted('status', status),
      )
      .map((definition) => ({ application, definition })),
  );
  return listResponse(
    call,
    all.sort((a, b) => a.definition.order - b.definition.order),
    {
      key: ({ definition }) => definition.order,
      item: ({ application, definition }) => {
        const {
          Control: _control,
          Treatments: _treatments,
          AudienceRule: _rule,
          ...summary
        } = shown(application, definition);
        return summary;
      },
    },
  );
};

export const updateExperimentDefinition: Operation = (call) => {
  const { application, definition } = definitionOf(call);
  if (definition.status !== 'IDLE') {
    const hint =
      definition.status === 'ACTIVE'
        ? ' Stop the current experiment run before updating the experiment definition.'
        : '';
    throw conflict(`Cannot update experiment definition ${definition.id} with status ${definition.status}.${hint}`);
  }
  const body = members(call);
  Object.assign(definition, withoutUndefined(described(body)), { updatedAt: call.now });
  if (body.AudienceRule !== undefined)
    definition.audienceRule = requiredText(body.AudienceRule, 'audienceRule', { max: 16_384 });
  if (body.Control !== undefined) definition.control = treatments([body.Control], 'control', () => 'c')[0] ?? {};
  if (body.Treatments !== undefined)
    definition.treatments = treatments(body.Treatments, 'treatments', (index) => `t${index + 1}`);
  return jsonResponse(200, shown(application, definition));
};

/** Archives, or deletes with `DESTROY`. */
export const deleteExperimentDefinition: Operation = (call) => {
  const { application, definition } = definitionOf(call);
  const how = oneOf(call.request.query.get('delete_type') ?? 'ARCHIVE', 'deleteType', ['ARCHIVE', 'DESTROY'] as const);
  if (definition.status === 'ACTIVE') {
    throw badRequest(`Experiment definition ${definition.id} cannot be deleted while an experiment is running.`);
  }
  if (how === 'DESTROY') application.experiments.delete(definition.id);
  else definition.status = 'ARCHIVED';
  return jsonResponse(204, undefined);
};

/** Deploys the live version of the profile again, as a deployment of the type MANAGED. */
export const startExperimentRun: Operation = (call) => {
  const { application, definition } = definitionOf(call);
  const body = members(call);
  const exposure = body.ExposurePercentage === undefined ? 0 : percentage(body.ExposurePercentage);
  const overrides = overridesOf(body.TreatmentOverrides);
  const description = descriptionText(body.Description);
  if (definition.status !== 'IDLE') {
    throw conflict(
      `Cannot start an experiment run for experiment definition ${definition.id} with status ${definition.status}.`,
    );
  }
  const run: ExperimentRun = {
    number: definition.runs.length + 1,
    description: description || undefined,
    status: 'RUNNING',
    exposure,
    overrides,
    startedAt: call.now,
    updatedAt: call.now,
    snapshot: shown(application, definition),
    events: [],
  };
  deployAgain(call, application, { definition, run, type: 'RUN_STARTED' });
  definition.status = 'ACTIVE';
  definition.runs.push(run);
  return jsonResponse(201, shownRun(application, definition, run));
};

export const listExperimentRuns: Operation = (call) => {
  const { application, definition } = definitionOf(call);
  const status = call.request.query.get('status');
  if (status !== null) oneOf(status, 'status', runStatuses);
  const runs = definition.runs.filter((run) => status === null || run.status === status);
  return listResponse(call, runs, {
    key: ({ number }) => number,
    item: (run) => {
      const { ExperimentDefinitionId, Run, Description, Status, StartedAt, UpdatedAt, EndedAt } = shownRun(
        application,
        definition,
        run,
      );
      return { ExperimentDefinitionId, Run, Description, Status, StartedAt, UpdatedAt, EndedAt };
    },
  });
};

export const getExperimentRun: Operation = (call) => {
  const { application, definition, run } = runOf(call);
  return jsonResponse(200, shownRun(application, definition, run));
};

export const updateExperimentRun: Operation = (call) => {
  const { application, definition, run } = runOf(call);
  const body = members(call);
  if (run.status === 'DONE') {
    throw badRequest(
      `Cannot update experiment run ${run.number} for experiment definition ${definition.id} because it is already terminal.`,
    );
  }
  const exposure = body.ExposurePercentage === undefined ? undefined : percentage(body.ExposurePercentage);
  const overrides = overridesOf(body.TreatmentOverrides);
  if (exposure !== undefined && overrides !== undefined) {
    throw badRequest(
      `1 validation error detected: Value ${decimal(exposure)} at 'exposurePercentage' failed to satisfy constraint: Only one deployment attribute can be updated per request`,
    );
  }
  if (exposure !== undefined && exposure < run.exposure) {
    throw badRequest(
      `Exposure percentage can only be increased. Current: ${decimal(run.exposure)}%, Requested: ${decimal(exposure)}%.`,
    );
  }
  if (body.Description !== undefined) run.description = descriptionText(body.Description) || undefined;
  run.updatedAt = call.now;
  if (exposure !== undefined) {
    deployAgain(call, application, { definition, run: { ...run, exposure }, type: 'EXPOSURE_UPDATED' });
    run.exposure = exposure;
  }
  if (overrides !== undefined) {
    deployAgain(call, application, { definition, run: { ...run, overrides }, type: 'OVERRIDES_UPDATED' });
    run.overrides = overrides;
  }
  return jsonResponse(200, shownRun(application, definition, run));
};

export const stopExperimentRun: Operation = (call) => {
  const { application, definition, run } = runOf(call);
  const body = members(call);
  if (run.status === 'DONE') {
    throw badRequest(`Experiment run ${run.number} for experiment definition ${definition.id} is not running.`);
  }
  const result = body.Result === undefined ? undefined : optionalMembers(body.Result, 'result');
  deployAgain(call, application, { definition, run: { ...run, status: 'DONE' }, type: 'RUN_STOPPED' });
  Object.assign(run, { status: 'DONE', endedAt: call.now, updatedAt: call.now, ...(result && { result }) });
  definition.status = 'IDLE';
  return jsonResponse(200, shownRun(application, definition, run));
};

/** Newest first. */
export const listExperimentRunEvents: Operation = (call) => {
  const { run } = runOf(call);
  const newestFirst = run.events.map((event, index) => ({ ...event, index: index + 1 })).reverse();
  return listResponse(call, newestFirst, {
    key: ({ index }) => index,
    descending: true,
    item: ({ type, at, deployment, exposure }) => ({
      EventType: type,
      TriggeredBy: 'USER',
      OccurredAt: timestamp(at),
      AssociatedDeployment: String(deployment),
      ExposurePercentage: exposure,
    }),
  });
};

/** A definition that is not archived keeps its environment. @throws ServiceError */
export function refuseExperiments({ experiments }: Application, { id }: Environment): void {
  const isUsed = [...experiments.values()].some(
    ({ environmentId, status }) => environmentId === id && status !== 'ARCHIVED',
  );
  if (!isUsed) return;
  throw badRequest(
    `Cannot delete environment ${id}, because there are non-archived experiment definitions associated with it.`,
  );
}

function deployAgain(
  call: Call,
  application: Application,
  of: {
    readonly definition: ExperimentDefinition;
    readonly run: ExperimentRun;
    readonly type: ExperimentRun['events'][number]['type'];
  },
): void {
  const { definition, run, type } = of;
  const parameters = optionalMembers(members(call).DeploymentParameters, 'deploymentParameters');
  checkExtensionParameters(parameters.DynamicExtensionParameters);
  const tags = tagsOf(parameters.Tags);
  const environment = application.environments.get(definition.environmentId);
  if (environment === undefined) throw badRequest(`Environment ${definition.environmentId} does not exist.`);
  refuseBusy(environment, call.now);
  const live = [...environment.deployments.values()]
    .reverse()
    .find(
      (each) =>
        each.profileId === definition.profileId && each.managed !== true && stateAt(each, call.now) === 'COMPLETE',
    );
  if (live === undefined) {
    throw badRequest(
      `Configuration profile ${definition.profileId} has no deployment in environment ${environment.id}.`,
    );
  }
  const { account, region } = call.accountRegion;
  const served = servedDuring(call, application, { definition, run, live });
  const number = environment.lastDeployment + 1;
  environment.lastDeployment = number;
  const { strategyId: _none, ending: _ended, ...same } = live;
  environment.deployments.set(number, {
    ...same,
    served,
    number,
    managed: true,
    description: `For arn:aws:appconfig:${region}:${account}:application/${application.id}/experimentdefinition/${definition.id}/experimentrun/${run.number}`,
    tags,
    startedAt: call.now,
    timing: { durationMinutes: 0, growthType: 'LINEAR', growthFactor: 100, bakeMinutes: 0 },
    instant: true,
  });
  run.events.push({ type, at: call.now, deployment: number, exposure: run.exposure });
}

/** The live version with the variants of all runs over its flags; itself where there is none. @throws ServiceError */
function servedDuring(
  call: Call,
  application: Application,
  of: { readonly definition: ExperimentDefinition; readonly run: ExperimentRun; readonly live: Deployment },
): HostedVersion | undefined {
  const { definition, run, live } = of;
  const { served } = live;
  const profile = application.profiles.get(definition.profileId);
  if (served === undefined || profile?.type !== featureFlags) return served;
  const others = [...application.experiments.values()]
    .filter((each) => each !== definition && each.profileId === profile.id)
    .filter((each) => each.environmentId === definition.environmentId)
    .flatMap((each) => each.runs.map((other) => ({ definition: each, run: other })));
  const running = [...others, { definition, run }].filter((each) => each.run.status === 'RUNNING');
  if (running.length === 0) return served;
  const { account } = call.accountRegion;
  const { content, problems } = call.timeLimit.run(() =>
    experimentFlags(
      served.content,
      running.map((each) => ({
        flagKey: each.definition.flagKey,
        audienceRule: each.definition.audienceRule,
        treatments: [each.definition.control, ...each.definition.treatments],
        exposure: each.run.exposure,
        overrides: each.run.overrides ?? {},
        seed: `${account}:${application.id}:${each.definition.id}:${each.run.number}`,
      })),
    ),
  );
  if (problems.length === 0) return { ...served, content };
  throw badRequest(
    "Experiment definition produces invalid flag content. Error invoking extension AppConfig Feature Flags Helper: Invalid 'Content' data",
    { Reason: 'InvalidConfiguration', Details: { InvalidConfiguration: problems } },
  );
}

function applicationOf(call: Call): Application {
  const identifier = pathPart(call, 'ApplicationIdentifier');
  const found = findByIdOrName(call.accountRegion.applications, identifier);
  if (found !== undefined) return found;
  throw notFound(
    'Application',
    `Application with Id ${identifier} could not be found for account ${call.accountRegion.account}.`,
  );
}

function definitionOf(call: Call) {
  const application = applicationOf(call);
  const identifier = pathPart(call, 'ExperimentDefinitionIdentifier');
  const definition = findByIdOrName(application.experiments, identifier);
  if (definition !== undefined) return { application, definition };
  throw notFound(
    'ExperimentDefinition',
    `Experiment Definition with Application Id ${application.id} and Experiment Definition Id ${identifier} could not be found for account ${call.accountRegion.account}.`,
  );
}

function runOf(call: Call) {
  const { application, definition } = definitionOf(call);
  const number = pathNumber(call, 'Run', 'run');
  const run = definition.runs.find((each) => each.number === number);
  if (run !== undefined) return { application, definition, run };
  throw notFound(
    'ExperimentRun',
    `Experiment Run ${number} of Experiment Definition ${definition.id} could not be found for account ${call.accountRegion.account}.`,
  );
}

function profileBy(call: Call, application: Application, given: unknown): Profile {
  const identifier = requiredText(given, 'configurationProfileIdentifier', { max: 128 });
  const found = findByIdOrName(application.profiles, identifier);
  if (found !== undefined) return found;
  throw notFound(
    'ConfigurationProfile',
    `Configuration Profile with Application Id ${application.id} and Configuration Profile Id ${identifier} could not be found for account ${call.accountRegion.account}.`,
  );
}

function environmentBy(call: Call, application: Application, given: unknown): Environment {
  const identifier = requiredText(given, 'environmentIdentifier', { max: 64 });
  const found = findByIdOrName(application.environments, identifier);
  if (found !== undefined) return found;
  throw notFound(
    'Environment',
    `Environment with Application Id ${application.id} and Environment Id ${identifier} could not be found for account ${call.accountRegion.account}.`,
  );
}

function described(body: Readonly<Record<string, unknown>>) {
  return {
    hypothesis: optionalText(body.Hypothesis, 'hypothesis', texts),
    audienceDescription: optionalText(body.AudienceDescription, 'audienceDescription', texts),
    launchCriteria: optionalText(body.LaunchCriteria, 'launchCriteria', texts),
  };
}

function withoutUndefined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Keys are given here. */
function treatments(value: unknown, member: string, keyAt: (index: number) => string): Record<string, unknown>[] {
  return objectList(value, member, 10).map(({ Weight, FlagValue, Description }, index) => {
    const given = optionalMembers(FlagValue, 'flagValue');
    if (typeof given.Enabled !== 'boolean') throw badRequest("Member 'flagValue.enabled' must be true or false");
    return withoutUndefined({
      Key: keyAt(index),
      Weight: numberInRange(Weight, 'weight', { min: 0, max: 100, whole: false }),
      FlagValue: given,
      Description: descriptionText(Description),
    }) as Record<string, unknown>;
  });
}

function percentage(value: unknown): number {
  return numberInRange(value, 'exposurePercentage', { min: 0, max: 100, whole: false });
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function overridesOf(value: unknown): Record<string, string> | undefined {
  if (value === undefined) return undefined;
  const sizes = { key: { min: 1, max: 2048 }, value: { min: 1, max: 64 } };
  return stringMap(optionalMembers(value, 'treatmentOverrides').Inline, 'inline', sizes);
}

function shown({ id: ApplicationId }: Application, definition: ExperimentDefinition) {
  return {
    ApplicationId,
    Id: definition.id,
    Name: definition.name,
    Hypothesis: definition.hypothesis,
    Status: definition.status,
    ConfigurationProfileId: definition.profileId,
    EnvironmentId: definition.environmentId,
    FlagKey: definition.flagKey,
    AudienceRule: definition.audienceRule,
    AudienceDescription: definition.audienceDescription,
    LaunchCriteria: definition.launchCriteria,
    Treatments: definition.treatments,
    Control: definition.control,
    CreatedAt: timestamp(definition.createdAt),
    UpdatedAt: timestamp(definition.updatedAt),
  };
}

function shownRun({ id: ApplicationId }: Application, definition: ExperimentDefinition, run: ExperimentRun) {
  return {
    ApplicationId,
    ExperimentDefinitionId: definition.id,
    Run: run.number,
    Description: run.description,
    Status: run.status,
    ExposurePercentage: run.exposure,
    TreatmentOverrides: run.overrides === undefined ? undefined : { Inline: run.overrides },
    Result: run.result,
    StartedAt: timestamp(run.startedAt),
    UpdatedAt: timestamp(run.updatedAt),
    EndedAt: run.endedAt === undefined ? undefined : timestamp(run.endedAt),
    ExperimentDefinitionSnapshot: run.snapshot,
  };
}

function timestamp(time: number): string {
  return new Date(time).toISOString();
}
