// The files of a new repository, as texts.
import { stringify } from 'yaml';
import pipeline from '../../../templates/appcfg.yml?raw';
import settings from './files/appcfg.yml?raw';
import codeowners from './files/CODEOWNERS?raw';
import gitignore from './files/gitignore?raw';
import gitlabCi from './files/gitlab-ci.yml?raw';
import templateLimits from './files/Limits.template.yml?raw';
import tenantLimits from './files/Limits.tenant.yml?raw';
import terraform from './files/roles.tf?raw';
import { audience, type Policy, readPolicy, readTrust, writePolicy, writeTrust } from './iam-policies.ts';

export interface NewRepository {
  /** Name of the project in tags, and the path of the GitLab project. */
  readonly project: string;
  readonly tenant: string;
  /** Of AWS, 12 digits. Undefined: the account of AWS's examples, and a setting that does not restrict accounts. */
  readonly account: string | undefined;
  /** `https://gitlab.example.com`. */
  readonly gitlab: string;
  /** The default branch. */
  readonly branch: string;
}

export interface NewFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** AWS's documentation uses this account in examples. */
const exampleAccount = '111122223333';

/** The settings and a tree with one tenant, one profile and two environments. */
export function treeFiles(repository: NewRepository): readonly NewFile[] {
  const { tenant } = repository;
  const filled = fillFor(repository);
  return [
    { path: 'appcfg.yml', text: withAccounts(filled(settings), repository.account) },
    { path: 'template/Limits.yml', text: templateLimits },
    { path: `tenants/${tenant}/dev/Limits.yml`, text: filled(tenantLimits) },
    // Git keeps no empty folder.
    { path: `tenants/${tenant}/prod/.gitkeep`, text: '' },
  ];
}

/** What brings the tree to AWS: the pipeline, who approves its changes, and its two roles. */
export function pipelineFiles(repository: NewRepository): readonly NewFile[] {
  const { account = exampleAccount, gitlab, branch, project } = repository;
  const trusted = { account, gitlab, projectPath: project };
  const roles = [
    { name: 'read', policy: readPolicy(project), trust: readTrust(trusted) },
    { name: 'write', policy: writePolicy(project), trust: writeTrust(trusted, branch) },
  ];
  return [
    { path: '.gitignore', text: gitignore },
    { path: '.gitlab-ci.yml', text: gitlabCi },
    { path: '.gitlab/appcfg.yml', text: pipeline },
    { path: 'CODEOWNERS', text: codeowners },
    ...roles.flatMap(({ name, policy, trust }) => [
      { path: `iam/${name}-policy.json`, text: jsonOf(policy) },
      { path: `iam/${name}-trust.json`, text: jsonOf(trust) },
    ]),
    { path: 'iam/roles.tf', text: fillFor(repository)(terraform) },
    { path: 'iam/cloudformation.yml', text: cloudFormation(gitlab, roles) },
  ];
}

/** Replaces `{{name}}`. Braces of appcfg's own placeholders are single. */
function fillFor({ project, tenant, account = exampleAccount, gitlab }: NewRepository): (text: string) => string {
  const values: Readonly<Record<string, string>> = {
    project: scalar(project),
    tenant: scalar(tenant),
    account,
    gitlab,
  };
  return (text) => text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Without an account, the list of allowed accounts is a comment. */
function withAccounts(text: string, account: string | undefined): string {
  if (account !== undefined) return text;
  return text.replace(/^aws:\n(?: {2}.*\n)+/m, (block) => block.replaceAll(/^(?=.)/gm, '# '));
}

/** As YAML writes a text: quoted where it would be something else. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trimEnd();
}

function jsonOf(value: Policy): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

interface Role {
  readonly name: string;
  readonly policy: Policy;
  readonly trust: Policy;
}

/** The same identity provider and roles for CloudFormation. */
function cloudFormation(gitlab: string, roles: readonly Role[]): string {
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The identity provider and the two roles of a pipeline with appcfg',
    Resources: {
      GitLab: { Type: 'AWS::IAM::OIDCProvider', Properties: { Url: gitlab, ClientIdList: [audience] } },
      ...Object.fromEntries(
        roles.map(({ name, policy, trust }) => [
          logicalId(name),
          {
            Type: 'AWS::IAM::Role',
            DependsOn: 'GitLab',
            Properties: {
              RoleName: `appcfg-${name}`,
              AssumeRolePolicyDocument: trust,
              Policies: [{ PolicyName: `appcfg-${name}`, PolicyDocument: policy }],
            },
          },
        ]),
      ),
    },
    Outputs: Object.fromEntries(
      roles.map(({ name }) => [logicalId(name), { Value: { 'Fn::GetAtt': [logicalId(name), 'Arn'] } }]),
    ),
  };
  return `# The same as roles.tf, for CloudFormation (--capabilities CAPABILITY_NAMED_IAM).\n${stringify(template, { lineWidth: 0, schema: 'yaml-1.1', aliasDuplicateObjects: false })}`;
}

function logicalId(role: string): string {
  return `${role.charAt(0).toUpperCase()}${role.slice(1)}Role`;
}
