// What can be wrong with the sources of credentials, one row each. The SDK skips most of it, and reports that it found nothing.
import { noSuchProfile, unreadableConfiguration } from './configuration-faults.ts';
import { type CredentialSources, profileChain, usesKeysOfEnvironment } from './credential-sources.ts';
import {
  badRoleOfEnvironment,
  containerToken,
  containerUri,
  failedContainer,
  halfIdentity,
  halfKeysOfEnvironment,
  tokenFileOfEnvironment,
} from './environment-faults.ts';
import type { Fault, Row } from './fault.ts';
import { device, failedCredentialSource, failedProgram, profileFaults, roleFaults } from './profile-faults.ts';

/** What is wrong with the sources that the SDK asks. Undefined: nothing that shows without asking them. */
export function sourceFault(sources: CredentialSources): Fault | undefined {
  const rows = sources.profile.namedBy === undefined ? rowsWithoutProfile : rowsOfProfile;
  return firstFault(rows, sources);
}

/** The same, of what STS is given: for an error of STS, which names neither variable nor file. */
export function faultForSts(sources: CredentialSources): Fault | undefined {
  return firstFault(sources.profile.namedBy === undefined ? stsRows : roleFaults, sources);
}

/** The source that gave no credentials, where nothing else is known of it. */
export function silentSource(sources: CredentialSources): Fault | undefined {
  return firstFault([failedProgram, failedCredentialSource, failedContainer], sources);
}

/** A profile that needs a code from a device: the SDK has no way to ask for it, and does not survive the attempt. */
export function deviceFault(sources: CredentialSources): Fault | undefined {
  return usesKeysOfEnvironment(sources) ? undefined : device(sources);
}

function firstFault(rows: readonly Row[], sources: CredentialSources): Fault | undefined {
  for (const row of rows) {
    const fault = row(sources);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Of the role that STS is asked for. */
const stsRows: readonly Row[] = [...roleFaults, badRoleOfEnvironment, tokenFileOfEnvironment];

/** The first that applies is reported: in the order in which the SDK asks. */
const rowsOfProfile: readonly Row[] = [
  unreadableConfiguration,
  noSuchProfile,
  ...profileFaults,
  containerUri,
  containerToken,
];

/** The default profile need not exist. */
const rowsWithoutProfile: readonly Row[] = [
  halfKeysOfEnvironment,
  ...profileFaults,
  badRoleOfEnvironment,
  tokenFileOfEnvironment,
  halfIdentity,
  containerUri,
  containerToken,
  unreadableConfiguration,
];

/** For messages: what names the role that STS is asked for. */
export function roleName({ profile, sections, variables }: CredentialSources): string | undefined {
  const [name] = profileChain({ profile, sections }).filter((each) => sections[each]?.role_arn !== undefined);
  if (name !== undefined) return `the role "${sections[name]?.role_arn}" of the profile "${name}"`;
  const { AWS_ROLE_ARN: role } = variables;
  return role === undefined ? undefined : `the role "${role}" of AWS_ROLE_ARN`;
}
