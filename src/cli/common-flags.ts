// The flags that every command takes, and the options that they come to.
import type { Option } from 'commander';
import { confirmation } from '../core/guards/confirmation.ts';
import { accountRegionFlag } from '../core/model/account-region.ts';
import { selectionFlags } from '../core/model/selection.ts';
import { flagWith } from '../core/problem/hint.ts';
import { checkGlobs } from '../core/settings-file/check-globs.ts';
import {
  parseDuration,
  parseInteger,
  parseLabelSelector,
  parseRegion,
  parseUrl,
} from '../core/settings-file/parse-values.ts';
import type { CommonOptions } from '../engine/options.ts';
import { displayFlags } from './display-flags.ts';
import { type Flag, type FlagSource, type FlagValues, listFlag, switchFlag, valueFlag } from './flag.ts';

const treeFlags = {
  chdir: valueFlag({ name: '-C, --chdir <dir>', help: 'the folder that contains template/ and tenants/' }),
  settingsBase: valueFlag({
    name: '--settings-base <revision>',
    help: 'also redact the values that appcfg.yml redacts at this Git revision (default: origin/HEAD; in a merge-request pipeline the target branch is always used)',
  }),
  tenants: listFlag({ name: '-t, --tenant <glob>', help: 'only these tenants; repeatable, ! excludes' }),
  labels: listFlag({
    name: '-l, --selector <label>',
    help: 'only tenants with this label: key=value, key!=value; repeatable',
    parse: (texts, name) => texts.map((text) => parseLabelSelector(text, name)),
  }),
  environments: listFlag({ name: '-e, --env <glob>', help: 'only these environments; repeatable, ! excludes' }),
  configurationProfiles: listFlag({
    name: '-p, --config-profile <glob>',
    help: 'only these configuration profiles; repeatable, ! excludes',
  }),
};

const connectionFlags = {
  accountRegions: listFlag({
    name: '--account-region <id>',
    help: 'only these accounts and Regions, such as 444455556666/eu-west-1; repeatable, globs, ! excludes',
  }),
  region: valueFlag({ name: '--region <region>', help: 'the AWS Region', parse: parseRegion }),
  awsProfile: valueFlag({ name: '--aws-profile <name>', help: 'a named profile of the AWS CLI configuration' }),
  endpointUrl: valueFlag({
    name: '--endpoint-url <url>',
    help: 'an AppConfig endpoint other than that of AWS',
    parse: parseUrl,
  }),
  local: switchFlag({
    name: '--local',
    help: 'use a local AppConfig in this process; state in .appcfg/local.json; no credentials needed',
  }),
  insecure: switchFlag({ name: '--insecure', help: 'allow plain HTTP to another machine', env: false }),
  concurrency: valueFlag({
    name: '--concurrency <n>',
    help: 'maximum number of concurrent requests (default: 64)',
    parse: (text, name) => parseInteger(text, name, { min: 1, max: 1000, example: 16 }),
  }),
  timeoutMs: valueFlag({
    name: '--timeout <duration>',
    help: 'time limit of the whole run, for example 3h',
    parse: parseDuration,
  }),
  yes: switchFlag({
    name: `-y, ${confirmation.override}`,
    help: 'do not ask for confirmation',
    env: false,
  }),
};

/** By the headings of `appcfg --help`. */
export const commonFlagGroups = {
  'The tree:': treeFlags,
  'AppConfig:': connectionFlags,
  'Output:': displayFlags,
};

export const commonFlags = { ...treeFlags, ...connectionFlags, ...displayFlags };

/** Of a command for which these mean nothing. */
export function commonFlagsWithout(...names: readonly (keyof typeof commonFlags)[]): readonly Option[] {
  const left: readonly Option[] = names.map((name) => commonFlags[name]);
  return Object.values(commonFlags).filter((flag) => !left.includes(flag));
}

/** @throws AppcfgError */
export function commonOptions(
  values: Omit<FlagValues<typeof treeFlags & typeof connectionFlags>, 'chdir' | 'settingsBase' | 'yes'>,
): CommonOptions {
  const { tenants, labels, environments, configurationProfiles } = values;
  const { accountRegions, region, awsProfile, endpointUrl, local, insecure, concurrency, timeoutMs } = values;
  const selection = { tenants, labels, environments, configurationProfiles };
  for (const { name, member } of selectionFlags) {
    checkGlobs(
      name,
      selection[member].map((each) => (typeof each === 'string' ? each : each.value)),
    );
  }
  checkGlobs(accountRegionFlag, accountRegions);
  return { selection, accountRegions, region, awsProfile, endpointUrl, local, insecure, concurrency, timeoutMs };
}

/**
 * The flags as typed that name the tree and the AppConfig of a run: `['-C', 'config', '--local']`.
 * @param isTaken whether the command takes a flag from the run
 */
export function typedConnection(source: FlagSource, isTaken: (flag: Flag<unknown>) => boolean): readonly string[] {
  const { chdir, settingsBase, region, awsProfile, endpointUrl, local, insecure } = commonFlags;
  return [chdir, settingsBase, region, awsProfile, endpointUrl, local, insecure].flatMap((flag) => {
    if (!isTaken(flag)) return [];
    return spelledFlag(flag, source.typed(flag));
  });
}

/** A flag as it is typed. @param value as commander has it: one text, several, or true */
export function spelledFlag({ short, long = '' }: Option, value: unknown): readonly string[] {
  if (value === true) return [short ?? long];
  const texts: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  // A short flag would take the equals sign as a part of its value.
  return texts.map(String).flatMap((text) => (text.startsWith('-') ? flagWith(long, text) : [short ?? long, text]));
}

/** `--dry-run` of a command that writes. */
export const dryRunFlag = (help: string) => switchFlag({ name: '--dry-run', help });

export const waveFlag = (help: string) => valueFlag({ name: '--wave <name>', help });

export const fullFlag = switchFlag({
  name: '--full',
  help: 'print all of the plan and its review, not only what fits on a screen',
});

export const verifyFlag = switchFlag({
  name: '--verify',
  help: 'read the content of every live version: a label alone proves nothing',
});

export const busyTimeoutFlag = valueFlag({
  name: '--busy-timeout <duration>',
  help: 'how long to wait for a deployment that another run or user started',
  parse: parseDuration,
  default: '30m',
});
