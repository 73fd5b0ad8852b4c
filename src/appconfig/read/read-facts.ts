import {
  GetDeploymentCommand,
  type GetDeploymentCommandOutput,
  GetDeploymentStrategyCommand,
  GetHostedConfigurationVersionCommand,
  ListHostedConfigurationVersionsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-appconfig';
import { assessApplication } from '../../core/assess/assess-application.ts';
import type { Fact, Facts, FactValues } from '../../core/live/facts.ts';
import type { ListedApplication, LiveApplication } from '../../core/live/live-state.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import type { StrategyNumbers, Tags } from '../../core/model/resource.ts';
import { arnOf } from '../client/arn.ts';
import { CallFailure } from '../client/call-failure.ts';
import type { Connection } from '../client/connection.ts';
import { numbersFromWire } from '../client/strategy-fields.ts';
import { type ReadOptions, untilAnswered } from './read-live-state.ts';

/** Numbers of strategies by their ids; those that AppConfig does not have are left out. */
export async function readStrategyNumbers(
  connection: Connection,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, StrategyNumbers>> {
  const read = await Promise.all(
    ids.map(async (id): Promise<[string, StrategyNumbers] | undefined> => {
      const command = new GetDeploymentStrategyCommand({ DeploymentStrategyId: id });
      const answer = await unlessMissing(() => connection.repeatable(command, id, signal));
      return answer === 'missing' ? undefined : [id, numbersFromWire(answer)];
    }),
  );
  return new Map(read.filter((entry) => entry !== undefined));
}

/** Asks for facts until the assessment wants none. */
export async function answerFacts(
  connection: Connection,
  about: {
    readonly wanted: DesiredApplication;
    readonly live: LiveApplication | undefined;
    readonly facts: Facts;
    readonly options: ReadOptions;
  },
) {
  const { wanted, live, facts, options } = about;
  const found = live === undefined ? undefined : { application: live, facts };
  return untilAnswered(() => assessApplication(wanted, found, options.policy), connection, about);
}

/** Finds one fact out. */
export async function readFact(
  connection: Connection,
  about: { readonly application: ListedApplication; readonly fact: Fact; readonly options: ReadOptions },
): Promise<FactValues[Fact['kind']]> {
  const { application, fact, options } = about;
  const { signal } = options;
  switch (fact.kind) {
    case 'tags':
      return readTags(connection, tagPath(application, fact), { what: application.name, signal });
    case 'version':
      return readVersion(connection, { application, ...fact, signal });
    case 'label': {
      const page = await connection.repeatable(
        new ListHostedConfigurationVersionsCommand({
          ApplicationId: application.id,
          ConfigurationProfileId: fact.profileId,
          VersionLabel: fact.versionLabel,
        }),
        application.name,
        signal,
      );
      return page.Items?.find((item) => item.VersionLabel === fact.versionLabel)?.VersionNumber ?? 'missing';
    }
    case 'deployment':
      return unlessMissing(async () => {
        const answer = await connection.repeatable(
          new GetDeploymentCommand({
            ApplicationId: application.id,
            EnvironmentId: fact.environmentId,
            DeploymentNumber: fact.deploymentNumber,
          }),
          application.name,
          signal,
        );
        return deploymentFact(answer);
      });
    case 'commit':
      return options.relationTo(fact.commit);
    default:
      return fact satisfies never;
  }
}

export function deploymentFact(answer: GetDeploymentCommandOutput): Exclude<FactValues['deployment'], 'missing'> {
  const rollback = answer.EventLog?.find((event) => event.EventType === 'ROLLBACK_STARTED');
  return {
    description: answer.Description ?? '',
    rollbackReason: rollback?.Description ?? answer.EventLog?.[0]?.Description,
  };
}

function tagPath(application: ListedApplication, fact: Extract<Fact, { kind: 'tags' }>): string {
  const path = `application/${application.id}`;
  if (fact.environmentId !== undefined) return `${path}/environment/${fact.environmentId}`;
  if (fact.profileId !== undefined) return `${path}/configurationprofile/${fact.profileId}`;
  return path;
}

/** @param path the resource part of the ARN. Tag calls take whole ARNs, which AppConfig's other answers do not carry. */
export async function readTags(
  connection: Connection,
  path: string,
  about: { readonly what: string; readonly signal?: AbortSignal | undefined },
): Promise<Tags> {
  const answer = await connection.repeatable(
    new ListTagsForResourceCommand({ ResourceArn: await arnOf(connection, path) }),
    about.what,
    about.signal,
  );
  return answer.Tags ?? {};
}

/** A version's content as text; bytes that are not UTF-8 become replacement characters and equal nothing we render. */
export async function readVersion(
  connection: Connection,
  about: {
    readonly application: ListedApplication;
    readonly profileId: string;
    readonly versionNumber: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<FactValues['version']> {
  return unlessMissing(async () => {
    const answer = await connection.repeatable(
      new GetHostedConfigurationVersionCommand({
        ApplicationId: about.application.id,
        ConfigurationProfileId: about.profileId,
        VersionNumber: about.versionNumber,
      }),
      about.application.name,
      about.signal,
    );
    return {
      text: new TextDecoder().decode(answer.Content),
      contentType: answer.ContentType ?? '',
      versionLabel: answer.VersionLabel,
    };
  });
}

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | 'missing'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CallFailure && error.kind === 'not-found') return 'missing';
    throw error;
  }
}
