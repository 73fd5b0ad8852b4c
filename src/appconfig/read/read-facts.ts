// Single facts, which are read only where a decision needs them.
import {
  GetConfigurationProfileCommand,
  GetDeploymentCommand,
  type GetDeploymentCommandOutput,
  GetHostedConfigurationVersionCommand,
  ListHostedConfigurationVersionsCommand,
  ListTagsForResourceCommand,
  type ValidatorType,
} from '@aws-sdk/client-appconfig';
import { assessApplication } from '../../core/assess/assess-application.ts';
import type { Fact, FactOf, Facts, FactValues } from '../../core/live/facts.ts';
import type { LiveApplication, LiveDeployment, NamedApplication } from '../../core/live/live-state.ts';
import { schemaDigest } from '../../core/live/managed-profile.ts';
import { rollbackReason, startOf } from '../../core/live/rollback-cause.ts';
import { isAppcfgLabel } from '../../core/model/content.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import type { CommitRelation } from '../../core/model/origin.ts';
import type { Tags } from '../../core/model/resource.ts';
import type { Policy } from '../../core/settings/policy.ts';
import { arnOf, type PartId, resourcePath } from '../client/arn.ts';
import { CallFailure } from '../client/call-failure.ts';
import type { Connection } from '../client/connection.ts';
import { eventsOf } from './await-deployment.ts';
import { deploymentPages, liveDeployment } from './read-deployments.ts';

/** How facts are read. */
export interface FactOptions {
  /** How the commit of an earlier deployment relates to this run's. */
  readonly relationTo: (commit: string) => Promise<CommitRelation>;
  readonly signal?: AbortSignal;
  /** Called with each content that is read. */
  readonly onContent?: (application: string, text: string) => void;
}

export interface ReadOptions extends FactOptions {
  readonly policy: Policy;
  readonly onProgress?: (applications: number, of: number) => void;
}

/** The assessment of an application, with every fact that it needs. @throws CallFailure */
export async function answerFacts(
  connection: Connection,
  request: {
    readonly wanted: DesiredApplication;
    readonly live: LiveApplication | undefined;
    readonly facts: Facts;
    readonly options: ReadOptions;
  },
) {
  const { wanted, live, facts, options } = request;
  const found = live === undefined ? undefined : { application: live, facts };
  return untilAnswered(() => assessApplication(wanted, found, options.policy), connection, {
    application: live,
    facts,
    options,
  });
}

/** Assesses again and again, until every fact that the assessment needs is known. @throws CallFailure */
export async function untilAnswered<Assessment>(
  assess: () => Assessment,
  connection: Connection,
  request: {
    readonly application: NamedApplication | undefined;
    readonly facts: Facts;
    readonly options: FactOptions;
  },
): Promise<Assessment> {
  const { application, facts, options } = request;
  for (;;) {
    const assessment = assess();
    const wanted = facts.takeWanted();
    if (wanted.length === 0 || application === undefined) return assessment;
    await Promise.all(
      wanted.map(async (fact) => facts.learn(fact, await readFact(connection, { application, fact, options }))),
    );
  }
}

interface FactRequest<K extends Fact['kind']> {
  readonly application: NamedApplication;
  readonly fact: FactOf<K>;
  readonly options: FactOptions;
}

/** @throws CallFailure */
export async function readFact<K extends Fact['kind']>(
  connection: Connection,
  request: FactRequest<K>,
): Promise<FactValues[K]> {
  return factReaders[request.fact.kind](connection, request);
}

const factReaders: {
  readonly [K in Fact['kind']]: (connection: Connection, request: FactRequest<K>) => Promise<FactValues[K]>;
} = {
  tags: (connection, { application, fact, options: { signal } }) =>
    readTags(connection, { application, ...fact, signal }),
  version: async (connection, { application, fact, options: { signal, onContent } }) => {
    const version = await readVersion(connection, { application, ...fact, signal });
    if (version !== 'missing') onContent?.(application.name, version.text);
    return version;
  },
  label: async (connection, { application, fact, options: { signal } }) => {
    const command = new ListHostedConfigurationVersionsCommand({
      ApplicationId: application.id,
      ConfigurationProfileId: fact.profileId,
      VersionLabel: fact.versionLabel,
    });
    const page = await connection.repeatable(command, application.name, signal);
    return page.Items?.find((item) => item.VersionLabel === fact.versionLabel)?.VersionNumber ?? 'missing';
  },
  deployment: (connection, { application, fact, options: { signal } }) => {
    const command = new GetDeploymentCommand({
      ApplicationId: application.id,
      EnvironmentId: fact.environmentId,
      DeploymentNumber: fact.deploymentNumber,
    });
    return unlessMissing(async () => deploymentFact(await connection.repeatable(command, application.name, signal)));
  },
  profile: (connection, { application, fact, options: { signal } }) => {
    const command = new GetConfigurationProfileCommand({
      ApplicationId: application.id,
      ConfigurationProfileId: fact.profileId,
    });
    return unlessMissing(async () => {
      const profile = await connection.repeatable(command, application.name, signal);
      const validatorsOf = (type: ValidatorType) =>
        (profile.Validators ?? []).flatMap(({ Type, Content }) => (Type === type ? [Content ?? ''] : []));
      return {
        kmsKeys: [profile.KmsKeyIdentifier, profile.KmsKeyArn].filter((key) => key !== undefined),
        schemas: validatorsOf('JSON_SCHEMA').map(schemaDigest),
        functions: validatorsOf('LAMBDA'),
      };
    });
  },
  earlier: async (connection, { application, fact, options: { signal } }) => {
    const mayCount = ({ profileId, number, versionLabel, type }: LiveDeployment) =>
      profileId === fact.profileId &&
      number < fact.deploymentNumber &&
      type !== 'MANAGED' &&
      (number <= fact.accepted || isAppcfgLabel(versionLabel));
    for await (const page of deploymentPages(connection, { application, environmentId: fact.environmentId, signal })) {
      const found = page.map((row) => liveDeployment(row, new Map())).filter(mayCount);
      if (found.length > 0) return found;
    }
    return [];
  },
  commit: (_connection, { fact, options }) => options.relationTo(fact.commit),
};

export function deploymentFact(response: GetDeploymentCommandOutput): Exclude<FactValues['deployment'], 'missing'> {
  const events = eventsOf(response);
  return {
    description: response.Description ?? '',
    rollbackReason: rollbackReason(events),
    startedBy: startOf(events)?.by,
  };
}

/** The tags of an application, or of one of its environments or profiles. @throws CallFailure */
export function readTags(
  connection: Connection,
  {
    application: { id, name },
    signal,
    ...part
  }: PartId & { readonly application: NamedApplication; readonly signal?: AbortSignal | undefined },
): Promise<Tags> {
  return readTagsAt(connection, resourcePath(id, part), { what: name, signal });
}

/** @param path the resource part of the ARN. @throws CallFailure */
export async function readTagsAt(
  connection: Connection,
  path: string,
  { what, signal }: { readonly what: string; readonly signal?: AbortSignal | undefined },
): Promise<Tags> {
  const response = await connection.repeatable(
    new ListTagsForResourceCommand({ ResourceArn: await arnOf(connection, path) }),
    what,
    signal,
  );
  return response.Tags ?? {};
}

/**
 * The content of a version. Bytes that are not UTF-8 become replacement characters, which no rendered text has.
 * @throws CallFailure
 */
export async function readVersion(
  connection: Connection,
  version: {
    readonly application: NamedApplication;
    readonly profileId: string;
    readonly versionNumber: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<FactValues['version']> {
  return unlessMissing(async () => {
    const response = await connection.repeatable(
      new GetHostedConfigurationVersionCommand({
        ApplicationId: version.application.id,
        ConfigurationProfileId: version.profileId,
        VersionNumber: version.versionNumber,
      }),
      version.application.name,
      version.signal,
    );
    const { Content: bytes } = response;
    const text = new TextDecoder().decode(bytes);
    return {
      text,
      ...(bytes !== undefined && text.includes('\ufffd') && !isText(bytes) ? { bytes } : {}),
      contentType: response.ContentType ?? '',
      versionLabel: response.VersionLabel,
    };
  });
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

export async function unlessMissing<T>(read: () => Promise<T>): Promise<T | 'missing'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CallFailure && error.kind === 'not-found') return 'missing';
    throw error;
  }
}
