// Where the SDK looks for credentials, as plain values: variables, profiles, and the files that these name.

/** The variables that the SDK takes credentials from, or that name where they are. */
const variableNames = [
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
] as const;

export type VariableName = (typeof variableNames)[number];

/** Those that are set, and not to nothing. */
export type Variables = Readonly<Partial<Record<VariableName, string>>>;

export type Profile = Readonly<Record<string, string | undefined>>;

export interface CredentialSources {
  readonly variables: Variables;
  /** The profile in use. */
  readonly profile: { readonly name: string; readonly namedBy: '--aws-profile' | 'AWS_PROFILE' | undefined };
  /** Profiles by name, and SSO sessions as `sso-session.NAME`, with their settings. The SDK drops those without any. */
  readonly sections: Readonly<Record<string, Profile>>;
  /** By path: the configuration files, and the token files that variables and profiles name. */
  readonly files: Readonly<Record<string, SourceFile>>;
  readonly configurationFiles: readonly ConfigurationFile[];
}

/** A configuration file of AWS. */
export interface ConfigurationFile {
  readonly path: string;
  /** What names it; undefined: it is where the AWS CLI keeps it. */
  readonly variable: VariableName | undefined;
}

/** What is in a file, or the system's error code. */
export type SourceFile = { readonly text: string } | { readonly code: string };

/** @param awsProfile the profile of the flag */
export async function readSources(awsProfile: string | undefined): Promise<CredentialSources> {
  const { getHomeDir } = await import('@smithy/core/config');
  const variables = await readVariables();
  const sections = await readSections();
  const named = awsProfile ?? variables.AWS_PROFILE;
  const files = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'] as const;
  const configurationFiles = files.map((variable): ConfigurationFile => {
    const set = variables[variable]?.replace(/^~(?=\/)/, getHomeDir());
    if (set !== undefined) return { path: set, variable };
    return {
      path: `${getHomeDir()}/.aws/${variable === 'AWS_CONFIG_FILE' ? 'config' : 'credentials'}`,
      variable: undefined,
    };
  });
  const paths = [
    ...configurationFiles.map(({ path }) => path),
    variables.AWS_WEB_IDENTITY_TOKEN_FILE,
    variables.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE,
    ...Object.values(sections).map((profile) => profile.web_identity_token_file),
  ].filter((path) => path !== undefined);
  return {
    variables,
    profile: {
      name: named ?? 'default',
      namedBy: awsProfile !== undefined ? '--aws-profile' : named !== undefined ? 'AWS_PROFILE' : undefined,
    },
    sections,
    files: Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path, await readSourceFile(path)] as const)),
    ),
    configurationFiles,
  };
}

/** A profile, and those whose credentials its role is assumed with. */
export function profileChain({
  profile,
  sections,
}: Pick<CredentialSources, 'profile' | 'sections'>): readonly string[] {
  const chain: string[] = [];
  for (let next: string | undefined = profile.name; next !== undefined && !chain.includes(next); ) {
    // Keys of a source profile are used before its role.
    const settings: Profile = sections[next] ?? {};
    const isEnd: boolean = chain.length > 0 && hasKeys(settings);
    chain.push(next);
    next = isEnd || settings.role_arn === undefined ? undefined : settings.source_profile;
  }
  return chain;
}

/** Whether a profile has keys of its own. */
export function hasKeys({ aws_access_key_id: id, aws_secret_access_key: secret }: Profile): boolean {
  return id !== undefined && secret !== undefined;
}

/** The variable that names a container's server of credentials. The first is used where both are set. */
export function containerVariable(variables: Variables): VariableName | undefined {
  const names = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'] as const;
  return names.find((name) => variables[name] !== undefined);
}

/** Whether the SDK takes the keys of the environment. */
export function usesKeysOfEnvironment({ variables, profile }: CredentialSources): boolean {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = variables;
  return profile.namedBy === undefined && AWS_ACCESS_KEY_ID !== undefined && AWS_SECRET_ACCESS_KEY !== undefined;
}

/** Of the environment, as the SDK reads it. */
async function readVariables(): Promise<Variables> {
  const { loadConfig } = await import('@smithy/core/config');
  const entries = variableNames.map(async (name) => {
    const read = loadConfig<string>({
      environmentVariableSelector: (environment) => environment[name] || undefined,
      configFileSelector: () => undefined,
      default: '',
    });
    return [name, await read()] as const;
  });
  return Object.fromEntries((await Promise.all(entries)).filter(([, value]) => value !== ''));
}

async function readSections(): Promise<CredentialSources['sections']> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const names = new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)]);
  return Object.fromEntries([...names].map((name) => [name, { ...configFile[name], ...credentialsFile[name] }]));
}

async function readSourceFile(path: string): Promise<SourceFile> {
  const { readFile } = await import('@smithy/core/config');
  try {
    // A token may have been written since the run began.
    return { text: await readFile(path, { ignoreCache: true }) };
  } catch (error) {
    return { code: error instanceof Error && 'code' in error ? String(error.code) : 'unreadable' };
  }
}
