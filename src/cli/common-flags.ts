// Flags as the user gave them, or their environment forms, to what the commands take.

import type { Command, Option } from 'commander';
import { everything, type Selection, selectsAll } from '../core/model/selection.ts';
import { type AppcfgError, failure } from '../core/problem/problem.ts';
import {
  parseChoice,
  parseDuration,
  parseInteger,
  parseLabelSelector,
  parseLimit,
  parseOutputs,
  parseQuotas,
  parseSpeed,
  parseUrl,
} from '../core/settings/parse-values.ts';
import { awsQuotas } from '../emulator/quotas.ts';
import type { Environment } from '../engine/context.ts';
import {
  type CleanupOptions,
  type CommonOptions,
  type DisplayOptions,
  type EmulatorOptions,
  type HistoryOptions,
  type OutputFormat,
  outputFormats,
  type RenderOptions,
  type RollbackOptions,
  type StatusOptions,
  type SyncOptions,
} from '../engine/options.ts';
import { guardOptions } from './guard-flags.ts';

/** By attribute name, as commander has them. */
export type Flags = Readonly<Record<string, unknown>>;

/** Flags that consent or override a guard are given on the command line, never by the environment. */
const withoutEnvironmentForm = new Set([
  'yes',
  'insecure',
  'adopt',
  'retryRolledBack',
  'allowOlder',
  'allowShrink',
  'supersede',
  'commit',
  'to',
  'includeAdopted',
  'bypassDeletionProtection',
  'maxDeletes',
  'all',
  'orphans',
  'unredacted',
  'version',
  'help',
]);

/** Flags as given, else from `APPCFG_…` (lists with commas), else the defaults. @throws AppcfgError */
export function withEnvironment(command: Command, environment: Environment): Flags {
  const flags: Record<string, unknown> = { ...command.optsWithGlobals() };
  for (const option of [...command.options, ...(command.parent?.options ?? [])]) {
    const name = option.attributeName();
    const source = command.getOptionValueSourceWithGlobals(name);
    if (source !== undefined && source !== 'default') {
      refuseEmpty(flags[name], option.long ?? name);
      continue;
    }
    if (withoutEnvironmentForm.has(name) || takesTargetFromCommandLine(command, name)) continue;
    const variable = environmentForm(option);
    const value = environment[variable];
    if (value === undefined || value === '') continue;
    if (isRepeatable(option)) flags[name] = value.split(',').map((part) => part.trim());
    else if (option.isBoolean()) flags[name] = parseSwitch(value, variable);
    else if (option.negate) flags[name] = !parseSwitch(value, variable);
    else flags[name] = value;
    refuseEmpty(flags[name], variable);
  }
  return flags;
}

/** Flags of the program that a command has no use for, where they were typed. @throws AppcfgError */
export function refuseFlagsWithoutEffect(command: Command, isUsed: (option: Option) => boolean): void {
  for (const option of command.parent?.options ?? []) {
    if (isUsed(option) || command.getOptionValueSourceWithGlobals(option.attributeName()) !== 'cli') continue;
    throw failure('usage-invalid', `${option.long} means nothing to appcfg ${command.name()}`, {
      hint: { text: 'leave it out' },
    });
  }
}

/** What a variable narrows a diff to must not become what a cleanup deletes, or a rollback takes back. */
function takesTargetFromCommandLine(command: Command, name: string): boolean {
  switch (command.name()) {
    case 'cleanup':
      return name === 'tenant' || name === 'selector';
    case 'rollback':
      return name === 'tenant' || name === 'selector' || name === 'env' || name === 'configProfile';
    default:
      return false;
  }
}

/** A shell variable that was never set must not select everything. */
function refuseEmpty(value: unknown, name: string): void {
  if (value !== '' && !(Array.isArray(value) && value.includes(''))) return;
  throw failure('usage-invalid', `${name} is empty`, { hint: { text: 'give it a value, or leave it out' } });
}

/** `--endpoint-url` is `APPCFG_ENDPOINT_URL`. */
function environmentForm(option: Option): string {
  return `APPCFG_${(option.long ?? '').replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`;
}

function isRepeatable(option: Option): boolean {
  return option.parseArg === collect;
}

/** Gathers the values of a flag that may be given several times. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

function parseSwitch(value: string, variable: string): boolean {
  return ['1', 'true'].includes(parseChoice(value, variable, ['1', '0', 'true', 'false'] as const));
}

/** How the run talks when its flags are wrong. */
export const plainDisplay: DisplayOptions = {
  outputs: [{ format: 'text' }],
  color: 'auto',
  quiet: false,
  verbose: false,
  detailedExitcode: false,
};

export function displayOptions(flags: Flags, command: string): DisplayOptions {
  const outputs = parseOutputs(list(flags.output), formatsOf(command));
  return {
    outputs: outputs.length === 0 ? plainDisplay.outputs : outputs,
    color: parseChoice(text(flags.color) ?? 'auto', '--color', ['auto', 'always', 'never'] as const),
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
    detailedExitcode: flags.detailedExitcode === true,
  };
}

/** What a command can say in which form. */
function formatsOf(command: string): readonly OutputFormat[] {
  switch (command) {
    case 'diff':
    case 'sync':
    case 'cleanup':
    case 'rollback':
      return outputFormats;
    case 'history':
      return ['text', 'json', 'jsonl', 'markdown'];
    case 'validate':
      return ['text', 'json', 'jsonl', 'junit'];
    case 'emulator':
      return ['text', 'jsonl'];
    default:
      return ['text', 'json', 'jsonl'];
  }
}

export function selectionOf(flags: Flags) {
  return {
    tenants: list(flags.tenant),
    labels: list(flags.selector).map(parseLabelSelector),
    environments: list(flags.env),
    configurationProfiles: list(flags.configProfile),
  };
}

export function commonOptions(flags: Flags): CommonOptions {
  const endpointUrl = text(flags.endpointUrl);
  if (endpointUrl !== undefined && flags.local === true) {
    throw failureOfUsage('--local and --endpoint-url name two places', 'leave one of them out');
  }
  const concurrency = text(flags.concurrency);
  return {
    selection: selectionOf(flags),
    region: text(flags.region),
    awsProfile: text(flags.awsProfile),
    endpointUrl: endpointUrl === undefined ? undefined : parseUrl(endpointUrl, '--endpoint-url'),
    local: flags.local === true,
    insecure: flags.insecure === true,
    concurrency:
      concurrency === undefined
        ? undefined
        : parseInteger(concurrency, '--concurrency', { min: 1, max: 1000, example: 16 }),
    timeoutMs: timeoutOf(flags),
  };
}

function timeoutOf(flags: Flags): number | undefined {
  const timeout = text(flags.timeout);
  return timeout === undefined ? undefined : parseDuration(timeout, '--timeout');
}

export function syncOptions(flags: Flags): SyncOptions {
  const only = text(flags.only);
  return {
    ...commonOptions(flags),
    ...guardOptions(flags),
    wave: text(flags.wave),
    dryRun: flags.dryRun === true,
    only: only === undefined ? undefined : parseChoice(only, '--only', ['update', 'deploy'] as const),
    wait: flags.wait !== false,
    failFast: flags.failFast === true,
    busyTimeoutMs: parseDuration(text(flags.busyTimeout) ?? '30m', '--busy-timeout'),
  };
}

export function statusOptions(flags: Flags): StatusOptions {
  return { ...commonOptions(flags), wave: text(flags.wave), watch: flags.watch === true };
}

export function historyOptions(flags: Flags, addresses: readonly string[]): HistoryOptions {
  const common = commonOptions(flags);
  refuseWithoutTarget('history', addresses, common.selection);
  return {
    ...common,
    addresses: addressesOf(addresses),
    limit: parseInteger(text(flags.limit) ?? '10', '--limit', { min: 1, max: 1000, example: 20 }),
  };
}

export function rollbackOptions(flags: Flags, addresses: readonly string[]): RollbackOptions {
  const common = commonOptions(flags);
  const commit = text(flags.commit);
  const to = text(flags.to);
  if (commit === undefined) refuseWithoutTarget('rollback', addresses, common.selection);
  else if (!/^[0-9a-f]{7,64}$/i.test(commit)) {
    throw failureOfUsage(
      `--commit is "${commit}", not a commit`,
      'give at least its first seven digits: appcfg rollback --commit 1a2b3c4',
    );
  }
  if (commit !== undefined && to !== undefined) {
    throw failureOfUsage(
      '--commit goes back to what was live before, and --to names a version',
      'leave one of them out',
    );
  }
  return {
    ...common,
    addresses: addressesOf(addresses),
    commit,
    to,
    deploymentStrategy: text(flags.deploymentStrategy),
    supersede: flags.supersede === true,
    dryRun: flags.dryRun === true,
    busyTimeoutMs: parseDuration(text(flags.busyTimeout) ?? '30m', '--busy-timeout'),
  };
}

function refuseWithoutTarget(command: string, addresses: readonly string[], selection: Selection): void {
  if (addresses.length > 0 || !selectsAll(selection)) return;
  const ways =
    command === 'rollback' ? '--tenant, --env, --config-profile or --commit' : '--tenant, --env or --config-profile';
  throw failureOfUsage(
    `${command} needs an address, or a selection`,
    `for example: appcfg ${command} tenant1/dev/FeatureFlags; or select with ${ways}`,
  );
}

function addressesOf(texts: readonly string[]): readonly string[] {
  const wrong = texts.find((address) => !address.includes('**') && !/^[^/]+\/[^/]+\/./.test(address));
  if (wrong === undefined) return texts;
  throw failureOfUsage(
    `"${wrong}" is not an address`,
    "an address is tenant/environment/Profile, globs allowed: 'tenant1/*/FeatureFlags'",
  );
}

export function cleanupOptions(flags: Flags): CleanupOptions {
  const common = commonOptions(flags);
  const { tenants, labels, environments, configurationProfiles } = common.selection;
  const all = flags.all === true;
  const orphans = flags.orphans === true;
  const kinds = [all, orphans, tenants.length + labels.length > 0].filter(Boolean).length;
  if (kinds !== 1) {
    throw failureOfUsage(
      `cleanup needs ${kinds === 0 ? 'one' : 'only one'} of --tenant (or --selector), --all and --orphans`,
      'see what would go: appcfg cleanup --tenant <name> --dry-run',
    );
  }
  if (environments.length + configurationProfiles.length > 0) {
    throw failureOfUsage(
      'cleanup takes whole tenants: --env and --config-profile select nothing here',
      'to delete environments, delete their folders from the tree, then: appcfg cleanup --orphans',
    );
  }
  const maxDeletes = text(flags.maxDeletes);
  return {
    ...common,
    selection: everything,
    tenants,
    labels,
    all,
    orphans,
    includeAdopted: flags.includeAdopted === true,
    bypassDeletionProtection: flags.bypassDeletionProtection === true,
    maxDeletes: maxDeletes === undefined ? undefined : parseLimit(maxDeletes, '--max-deletes'),
    dryRun: flags.dryRun === true,
    yes: flags.yes === true,
  };
}

export function renderOptions(flags: Flags, addresses: readonly string[]): RenderOptions {
  return {
    selection: selectionOf(flags),
    addresses,
    out: text(flags.out),
    layout: parseChoice(text(flags.layout) ?? 'tree', '--layout', ['tree', 'agent'] as const),
    unredacted: flags.unredacted === true,
  };
}

/** Quotas that the emulator can be given. */
export const quotaNames: readonly string[] = Object.keys(awsQuotas);

export function emulatorOptions(flags: Flags): EmulatorOptions {
  return {
    host: text(flags.host),
    port: parseInteger(text(flags.port) ?? '2773', '--port', { min: 0, max: 65535, example: 2773 }),
    agentPort: portOf(flags.agentPort, '--agent-port', 2772),
    account: accountOf(text(flags.account)),
    region: regionOf(text(flags.region)),
    data: text(flags.data),
    seedFrom: text(flags.seedFrom),
    speed: parseSpeed(text(flags.speed) ?? '1', '--speed'),
    latencyMs: parseInteger(text(flags.latency) ?? '0', '--latency', { min: 0, max: 60_000, example: 50 }),
    rates: flags.rates === true,
    quotas: parseQuotas(list(flags.quota), quotaNames),
  };
}

function portOf(flag: unknown, name: string, example: number): number | undefined {
  const given = text(flag);
  return given === undefined ? undefined : parseInteger(given, name, { min: 0, max: 65535, example });
}

function accountOf(flag: string | undefined): string | undefined {
  if (flag === undefined || /^\d{12}$/.test(flag)) return flag;
  throw failureOfUsage(`--account takes twelve digits, not "${flag}"`, 'for example: --account 123456789012');
}

function regionOf(flag: string | undefined): string | undefined {
  if (flag === undefined || /^[a-z0-9-]+$/i.test(flag)) return flag;
  throw failureOfUsage(`"${flag}" is not a Region of AWS`, 'for example: --region eu-west-1');
}

function failureOfUsage(message: string, hint: string): AppcfgError {
  return failure('usage-invalid', message, { hint: { text: hint } });
}

export function text(flag: unknown): string | undefined {
  return typeof flag === 'string' ? flag : undefined;
}

function list(flag: unknown): readonly string[] {
  return Array.isArray(flag) ? flag.map(String) : [];
}
