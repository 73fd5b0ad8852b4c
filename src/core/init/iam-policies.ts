// The IAM policies of the two roles of a pipeline, and whom they trust.
import {
  actionsOf,
  type CheckedCommand,
  checkedCommands,
  type NeededAction,
  onlyReads,
} from '../doctor/needed-actions.ts';

/** A policy as IAM reads it. */
export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Principal?: object;
  readonly Resource?: string;
  readonly Condition?: object;
}

/** The audience of the ID tokens that the pipeline's jobs request. */
export const audience = 'appcfg';

/** For `*`: what lists across applications, and what is asked for before it exists. None returns a configuration. */
const toFind: readonly NeededAction[] = [
  'ListApplications',
  'ListDeploymentStrategies',
  'ListTagsForResource',
  'GetDeployment',
  'ListExperimentDefinitions',
  'ListExtensionAssociations',
];

/** The tag is part of the request. */
const toCreate: readonly NeededAction[] = ['CreateApplication', 'CreateDeploymentStrategy', 'TagResource'];

/** For strategies that the settings name by their ids, and for adoption. docs/iam.md has what these need. */
const notIncluded: readonly NeededAction[] = ['GetDeploymentStrategy', 'UpdateApplication'];

const reading = checkedCommands.filter(onlyReads);

/** For what has the tag of the project. */
function withTag(commands: readonly CheckedCommand[]): readonly NeededAction[] {
  const others = [...toFind, ...toCreate, ...notIncluded];
  return actionsOf(commands).filter((action) => !others.includes(action));
}

function only(actions: readonly NeededAction[], commands: readonly CheckedCommand[]): readonly NeededAction[] {
  return actionsOf(commands).filter((action) => actions.includes(action));
}

/** AWS's own strategies have no tags. */
const strategiesOfAws = 'arn:aws:appconfig:*:*:deploymentstrategy/AppConfig.*';

/** Of `diff`, `status`, `history` and `pull`: it reads what has the tag of the project. */
export function readPolicy(project: string): Policy {
  return policyOf([
    statement('Find', only(toFind, reading)),
    { ...statement('ReadOwn', withTag(reading)), Condition: hasTag('ResourceTag', project) },
  ]);
}

/** Of `sync`, `rollback` and `cleanup`: it changes what has the tag of the project, and creates nothing without it. */
export function writePolicy(project: string): Policy {
  return policyOf([
    statement('Find', toFind),
    { ...statement('UseOwn', withTag(checkedCommands)), Condition: hasTag('ResourceTag', project) },
    { ...statement('Create', toCreate), Condition: hasTag('RequestTag', project) },
    statement('UseStrategiesOfAws', ['StartDeployment'], strategiesOfAws),
    {
      Sid: 'NeverOthers',
      Effect: 'Deny',
      Action: ['appconfig:TagResource'],
      Resource: '*',
      Condition: {
        Null: { 'aws:ResourceTag/appcfg:project': 'false' },
        StringNotEquals: { 'aws:ResourceTag/appcfg:project': project },
      },
    },
  ]);
}

function policyOf(statements: readonly Statement[]): Policy {
  return { Version: '2012-10-17', Statement: statements };
}

function statement(Sid: string, actions: readonly string[], Resource = '*'): Statement {
  return { Sid, Effect: 'Allow', Action: actions.map((action) => `appconfig:${action}`), Resource };
}

function hasTag(key: 'ResourceTag' | 'RequestTag', project: string) {
  return { StringEquals: { [`aws:${key}/appcfg:project`]: project } };
}

export interface Trusted {
  /** Of AWS, 12 digits. */
  readonly account: string;
  /** `https://gitlab.example.com`. */
  readonly gitlab: string;
  /** `group/name`. */
  readonly projectPath: string;
}

/** Every branch of the project: a pipeline of a merge request presents its source branch. */
export function readTrust(trusted: Trusted): Policy {
  return trust(trusted, (key) => ({
    StringEquals: { [`${key}:aud`]: audience },
    StringLike: { [`${key}:sub`]: `project_path:${trusted.projectPath}:ref_type:branch:ref:*` },
  }));
}

/** One branch, which must be protected. */
export function writeTrust(trusted: Trusted, branch: string): Policy {
  return trust(trusted, (key) => ({
    StringEquals: {
      [`${key}:aud`]: audience,
      [`${key}:sub`]: `project_path:${trusted.projectPath}:ref_type:branch:ref:${branch}`,
    },
  }));
}

/** STS tests no other claim of GitLab's token than `aud` and `sub`. Source: AWS and GitLab documentation of OpenID Connect. */
function trust({ account, gitlab }: Trusted, condition: (key: string) => object): Policy {
  const provider = providerName(gitlab);
  return policyOf([
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${provider}` },
      Action: ['sts:AssumeRoleWithWebIdentity'],
      Condition: condition(provider),
    },
  ]);
}

/** An identity provider is named after its URL, without the scheme. */
function providerName(gitlab: string): string {
  return gitlab.replace(/^https:\/\//, '').replace(/\/+$/, '');
}
