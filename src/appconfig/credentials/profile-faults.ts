// Faults of a profile, or of one whose credentials its role is assumed with.
import { headingsOf, withoutSettings } from './configuration-faults.ts';
import {
  type CredentialSources,
  containerVariable,
  hasKeys,
  type Profile,
  profileChain,
} from './credential-sources.ts';
import { type Fault, isRole, type Row, tokenFault } from './fault.ts';

type ProfileRow = (name: string, profile: Profile, sources: CredentialSources) => Fault | undefined;

/** What is wrong with a profile, or with one whose credentials its role is assumed with. */
function inChain(row: ProfileRow): Row {
  return (sources) => {
    for (const name of profileChain(sources)) {
      const fault = row(name, sources.sections[name] ?? {}, sources);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

const noSuchSession: ProfileRow = (name, { sso_session: session }, { sections }) => {
  if (session === undefined || `sso-session.${session}` in sections) return undefined;
  return {
    message: `the profile "${name}" names the sso_session "${session}", which the AWS configuration files do not have`,
    hint: `add a section [sso-session ${session}], or correct the name: aws configure sso --profile ${name}`,
  };
};

const noSuchSource: ProfileRow = (
  name,
  { role_arn: role, source_profile: next },
  { sections, configurationFiles, files },
) => {
  if (role === undefined || next === undefined || sections[next] !== undefined) return undefined;
  if (configurationFiles.some(({ path }) => headingsOf(files[path]).includes(next))) return withoutSettings(next);
  return {
    message: `the profile "${name}" names the source_profile "${next}", which the AWS configuration files do not have`,
    hint: `add the profile "${next}", or correct the name`,
  };
};

/** A profile may name itself, for keys of its own. */
const loop: Row = (sources) => {
  const chain = profileChain(sources);
  const last = sources.sections[chain.at(-1) ?? ''] ?? {};
  const { role_arn: role, source_profile: next } = last;
  if (role === undefined || next === undefined || !chain.includes(next)) return undefined;
  if ((chain.length > 1 && hasKeys(last)) || hasKeys(sources.sections[next] ?? {})) return undefined;
  return {
    message: `the source_profile settings of these profiles form a loop: ${[...chain, next].join(' → ')}`,
    hint: 'replace the source_profile of one of them with keys',
  };
};

const twoSources: ProfileRow = (name, { role_arn: role, source_profile: profile, credential_source: source }) => {
  if (role === undefined || profile === undefined || source === undefined) return undefined;
  return {
    message: `the profile "${name}" has both source_profile and credential_source`,
    hint: 'delete one of them',
  };
};

const roleWithoutSource: ProfileRow = (name, profile) => {
  const sources = ['source_profile', 'credential_source', 'web_identity_token_file'];
  if (profile.role_arn === undefined || sources.some((setting) => profile[setting] !== undefined)) return undefined;
  // The SDK ignores the role where the profile has other credentials.
  if (hasOwnCredentials(profile)) return undefined;
  return {
    message: `the profile "${name}" has a role_arn, but nothing to assume the role with`,
    hint: `give it a source_profile, a credential_source or a web_identity_token_file`,
  };
};

/** The SDK takes the credentials of another source only for a role. */
const sourceWithoutRole: ProfileRow = (name, profile, sources) => {
  if (profile.role_arn !== undefined || name !== sources.profile.name) return undefined;
  const source = ['source_profile', 'credential_source', 'web_identity_token_file'].find((each) => profile[each]);
  if (source === undefined || hasOwnCredentials(profile)) return undefined;
  return {
    message: `the profile "${name}" has a ${source}, but no role_arn`,
    hint: 'give it the role_arn of the role to assume, or use another profile',
  };
};

const needsDevice: ProfileRow = (name, { role_arn: role, mfa_serial: device, ...profile }, sources) => {
  const hasSource = profile.source_profile !== undefined || profile.credential_source !== undefined;
  if (role === undefined || device === undefined || !hasSource) return undefined;
  if (name !== sources.profile.name && hasKeys(profile)) return undefined;
  return {
    message: `the profile "${name}" has an mfa_serial: appcfg cannot ask for a code of a device`,
    hint: `get temporary credentials first: eval "$(aws configure export-credentials --profile ${name} --format env)"`,
  };
};

/** A code from a device: the SDK has no way to ask for it, and does not survive the attempt. */
export const device: Row = inChain(needsDevice);

const badRole: ProfileRow = (name, { role_arn: role }) =>
  role === undefined || isRole(role)
    ? undefined
    : {
        message: `the role_arn of the profile "${name}" is "${role}", which is not the ARN of a role`,
        hint: 'set it, for example to arn:aws:iam::111122223333:role/appcfg',
      };

const tokenFile: ProfileRow = (name, { web_identity_token_file: path }, { files }) =>
  path === undefined
    ? undefined
    : tokenFault(`the web_identity_token_file of the profile "${name}"`, path, files[path]);

const halfKeys: ProfileRow = (name, profile) => {
  const keys = ['aws_access_key_id', 'aws_secret_access_key'];
  const [unset, ...more] = keys.filter((setting) => profile[setting] === undefined);
  if (unset === undefined || more.length > 0) return undefined;
  return {
    message: `the profile "${name}" has an incomplete access key: ${unset} is missing`,
    hint: `set both with: aws configure --profile ${name}`,
  };
};

const credentialSource: ProfileRow = (name, { credential_source: source }, { variables }) => {
  if (source === undefined) return undefined;
  const fault = (message: string, hint: string): Fault => ({ message: `the profile "${name}" ${message}`, hint });
  if (source === 'Environment') {
    const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
    const unset = keys.filter((key) => variables[key] === undefined);
    const verb = unset.length === 1 ? 'is' : 'are';
    if (unset.length === 0) return undefined;
    return fault(
      `takes credentials from the environment, and ${unset.join(' and ')} ${verb} not set`,
      `set ${unset.join(' and ')}, or another credential_source`,
    );
  }
  if (source === 'EcsContainer') {
    if (containerVariable(variables) !== undefined) return undefined;
    return fault(
      'takes credentials from the container, and AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set: the run is in no container of ECS or EKS',
      'use another profile here',
    );
  }
  if (source === 'Ec2InstanceMetadata') return undefined;
  return fault(
    `has the credential_source "${source}"; available: Environment, EcsContainer, Ec2InstanceMetadata`,
    'set one of them',
  );
};

/** A program that is there, and gives no credentials. */
export const failedProgram: Row = inChain((name, { credential_process: program }) =>
  program === undefined
    ? undefined
    : {
        message: `the credential_process of the profile "${name}" failed, or did not print credentials that are valid now`,
        hint: 'run it by itself to see why',
      },
);

/** A credential_source that is there, and does not answer. */
export const failedCredentialSource: Row = inChain((name, { role_arn: role, credential_source: source }) =>
  source === undefined || role === undefined
    ? undefined
    : {
        message: `the credential_source "${source}" of the profile "${name}" gives no credentials`,
        hint: 'use another profile, or run it where that source exists',
      },
);

const withoutCredentials: Row = ({ profile: { name, namedBy }, sections }) => {
  const profile = sections[name];
  if (namedBy === undefined || profile === undefined || hasOwnCredentials(profile)) return undefined;
  if (profile.role_arn !== undefined) return undefined;
  return {
    message: `the profile "${name}" has no credentials, only: ${Object.keys(profile).join(', ')}`,
    hint: withoutSettings(name).hint,
  };
};

/** Whether a profile has credentials without a role. */
function hasOwnCredentials(profile: Profile): boolean {
  return Object.keys(profile).some((setting) =>
    /^(?:aws_access_key_id|aws_secret_access_key|credential_process|sso_\w+|login_session)$/.test(setting),
  );
}

/** In the order in which they are reported. */
export const profileFaults: readonly Row[] = [
  inChain(noSuchSession),
  inChain(noSuchSource),
  loop,
  inChain(twoSources),
  inChain(roleWithoutSource),
  inChain(sourceWithoutRole),
  device,
  inChain(badRole),
  inChain(tokenFile),
  inChain(halfKeys),
  inChain(credentialSource),
  withoutCredentials,
];

/** Of what STS is given for the role of a profile. */
export const roleFaults: readonly Row[] = [inChain(badRole), inChain(tokenFile)];
