// Faults of AWS's configuration files as a whole.
import type { SourceFile } from './credential-sources.ts';
import { codeText, type Fault, isAbsent, type Row } from './fault.ts';

export const unreadableConfiguration: Row = ({ configurationFiles, files }) => {
  for (const { path, variable } of configurationFiles) {
    const file = files[path];
    const problem = file === undefined || isAbsent(file) ? undefined : configurationProblem(file);
    if (problem === undefined) continue;
    return {
      message: `${variable === undefined ? `the file ${path}` : `${variable} names ${path}, which`} ${problem}`,
      hint: `write an AWS configuration file there${variable === undefined ? '' : `, or set ${variable} to the path of one`}`,
    };
  }
  return undefined;
};

function configurationProblem(file: SourceFile): string | undefined {
  if ('code' in file) return codeText(file.code);
  if (file.text.trim() === '' || /^[ \t]*\[[^\]\r\n]+\]/m.test(file.text)) return undefined;
  return 'has no section such as [default], so it is no AWS configuration file';
}

export const noSuchProfile: Row = ({ profile: { name, namedBy }, sections, configurationFiles, files }) => {
  if (sections[name] !== undefined) return undefined;
  const which = `the profile "${name}" of ${namedBy}`;
  const isThere = configurationFiles.some(({ path }) => headingsOf(files[path]).includes(name));
  if (isThere) return withoutSettings(name);
  const names = Object.keys(sections).filter((each) => !/^(?:sso-session|services)\./.test(each));
  const known = names.length === 0 ? 'there are none' : `available: ${names.sort().join(', ')}`;
  const [gone] = configurationFiles.filter(
    ({ path, variable }) => variable !== undefined && isAbsent(files[path] ?? { code: 'ENOENT' }),
  );
  if (names.length === 0 && gone !== undefined) {
    return {
      message: `${which} does not exist: ${gone.variable} names ${gone.path}, which does not exist`,
      hint: `set ${gone.variable} to the path of the file that has the profile`,
    };
  }
  return {
    message: `${which} does not exist in the AWS configuration files; ${known}`,
    hint: `set ${namedBy} to one that exists, or add the profile: aws configure --profile NAME`,
  };
};

/** The profiles that a file has, also those without settings. */
export function headingsOf(file: SourceFile | undefined): readonly string[] {
  if (file === undefined || 'code' in file) return [];
  return [...file.text.matchAll(/^[ \t]*\[[ \t]*(?:profile[ \t]+)?["']?([^\]\r\n"']+?)["']?[ \t]*\]/gm)].map(
    ([, name = '']) => name,
  );
}

export function withoutSettings(name: string): Fault {
  return {
    message: `the profile "${name}" has no settings`,
    hint: 'give it keys, a role_arn, an sso_session or a credential_process: aws configure --profile NAME',
  };
}
