// Faults of the environment variables that hold or name credentials.
import { containerVariable } from './credential-sources.ts';
import { type Fault, isRole, type Row, tokenFault } from './fault.ts';
import { characterProblem } from './key-characters.ts';

export const halfKeysOfEnvironment: Row = ({ variables }) => {
  const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  const unset = keys.filter((name) => variables[name] === undefined);
  const set = ([...keys, 'AWS_SESSION_TOKEN'] as const).find((name) => variables[name] !== undefined);
  if (unset.length === 0 || set === undefined) return undefined;
  return {
    message: `${set} is set, but ${unset.join(' and ')} ${unset.length === 1 ? 'is' : 'are'} not`,
    hint: `set ${unset.join(' and ')}, too, or unset ${set}`,
  };
};

export const badRoleOfEnvironment: Row = ({ variables: { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: path } }) =>
  role === undefined || path === undefined || isRole(role)
    ? undefined
    : {
        message: `AWS_ROLE_ARN is "${role}", which is not the ARN of a role`,
        hint: 'set AWS_ROLE_ARN, for example to arn:aws:iam::111122223333:role/appcfg',
      };

export const tokenFileOfEnvironment: Row = ({ variables: { AWS_WEB_IDENTITY_TOKEN_FILE: path }, files }) =>
  path === undefined ? undefined : tokenFault('AWS_WEB_IDENTITY_TOKEN_FILE', path, files[path]);

export const halfIdentity: Row = ({ variables }) => {
  const names = ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN'] as const;
  const [unset, ...more] = names.filter((name) => variables[name] === undefined);
  const set = names.find((name) => name !== unset);
  if (unset === undefined || more.length > 0) return undefined;
  return { message: `${set} is set, but ${unset} is not`, hint: `set ${unset}, too, or unset ${set}` };
};

export const containerUri: Row = ({ variables }) => {
  const variable = containerVariable(variables);
  if (variable === undefined) return undefined;
  const uri = variables[variable] ?? '';
  const problem = variable.includes('RELATIVE') ? relativeProblem(uri) : uriProblem(uri);
  if (problem === undefined) return undefined;
  return {
    message: `${variable} is "${uri}", ${problem}`,
    hint: 'ECS and EKS set it in their containers: unset it elsewhere',
  };
};

function relativeProblem(uri: string): string | undefined {
  return uri.startsWith('/') ? undefined : 'which is not a path that begins with /';
}

/** The SDK sends its token over plain HTTP only to these hosts. Source: its checkUrl. */
function uriProblem(uri: string): string | undefined {
  if (!URL.canParse(uri)) return 'which is not a URL';
  const { protocol, hostname } = new URL(uri);
  if (
    protocol === 'https:' ||
    /^(?:localhost|127(?:\.\d+){3}|169\.254\.170\.23?|\[::1\]|\[fd00:ec2::23\])$/.test(hostname)
  ) {
    return undefined;
  }
  return 'which is neither HTTPS nor a server on this machine or of ECS or EKS';
}

export const containerToken: Row = ({ variables, files }) => {
  if (containerVariable(variables) === undefined) return undefined;
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path } = variables;
  if (path !== undefined) {
    const file = files[path];
    const fault = tokenFault('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', path, file);
    return (
      fault ?? (file !== undefined && 'text' in file ? unusableToken(`the token in ${path}`, file.text) : undefined)
    );
  }
  return token === undefined ? undefined : unusableToken('AWS_CONTAINER_AUTHORIZATION_TOKEN', token);
};

function unusableToken(what: string, token: string): Fault | undefined {
  // It may be of two words: `Basic abc`.
  const problem = characterProblem(token.replaceAll(' ', ''));
  return problem === undefined ? undefined : { message: `${what} ${problem}`, hint: 'set it to the token alone' };
}

export const failedContainer: Row = ({ variables }) => {
  const variable = containerVariable(variables);
  if (variable === undefined) return undefined;
  return {
    message: `the server that ${variable} names gives no credentials`,
    hint: `unset ${variable} outside of the container, or check the server and AWS_CONTAINER_AUTHORIZATION_TOKEN`,
  };
};
