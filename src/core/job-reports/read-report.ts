// The JSON document of a `sync` that a job has written, read back. Whoever can write the file chose what is in it: every member that a
// report uses is checked, and a document with any other shape is refused as a whole.
import { z } from 'zod';
import { readOutput } from '../approval/read-output.ts';
import { shownNumbers } from '../approval/shown-numbers.ts';
import { redactionMark } from '../document/redact.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import { formatAddress, parseAddress, type Subject } from '../model/address.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { operations } from '../plan/operations.ts';
import type { Operation } from '../plan/step.ts';
import type { Hint } from '../problem/hint.ts';
import { type AppcfgError, failure, type Problem } from '../problem/problem.ts';
import { type ProblemCode, problemCodes } from '../problem/problem-codes.ts';
import { exactText, parseExactly } from './exact-json.ts';

/** Of one document. A sync of 10,000 environments with 10 profiles has fewer. */
const mostItems = 500_000;

function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).max(mostItems);
}

/** Names of the tables of this version. */
function nameIn<Name extends string>(table: Readonly<Record<Name, unknown>>) {
  return z.string().refine((name): name is Name => Object.hasOwn(table, name));
}

const text = z.string();
const absent = <Value extends z.ZodType>(value: Value) => value.nullish().transform((each) => each ?? undefined);
const count = z.number().int().nonnegative();
const accountRegion = z.custom<AccountRegionId>((value) => typeof value === 'string' && value.includes('/'));

const problem = z
  .object({
    code: nameIn<ProblemCode>(problemCodes),
    severity: z.enum(['error', 'warning']),
    message: text,
    common: text.optional(),
    hint: absent(z.object({ text, command: absent(z.array(text)) })),
    source: absent(text),
    accountRegion: absent(accountRegion),
    addresses: z.array(text).max(100).default([]),
    count: count.optional(),
  })
  .transform(problemOf);

const version = z.object({
  profileType: z.enum(['AWS.Freeform', 'AWS.AppConfig.FeatureFlags']).default('AWS.Freeform'),
  versionLabel: absent(text),
  versionNumber: absent(z.number()),
  digest: absent(text),
});

/** What no report shows of a step is left out. */
const step = z.object({
  id: text,
  operation: nameIn<Operation>(operations),
  after: listOf(text),
  reason: text,
  address: text,
  accountRegion,
  queue: absent(text),
  wave: absent(text),
  changeGroup: absent(text),
  application: absent(text),
  environment: absent(text),
  configurationProfile: absent(text),
  deploymentStrategy: absent(text),
  deploymentNumber: absent(z.number()),
  versionNumber: absent(z.number()),
  versionLabel: absent(text),
  numbers: absent(shownNumbers),
  version: version.optional(),
  strategy: z.union([z.object({ managed: text }), z.object({ id: text })]).optional(),
});

const address = z.object({
  address: text,
  application: text.default(''),
  accountRegion,
  action: z.enum(['create', 'update', 'adopt', 'await', 'unchanged', 'drifted', 'blocked', 'orphaned', 'delete']),
  wave: absent(text),
  changeGroup: absent(text),
  live: absent(z.object({ versionNumber: z.number(), versionLabel: absent(text), since: absent(text) })),
  desired: absent(z.object({ versionLabel: absent(text), bytes: absent(z.number()) })),
  deploymentStrategy: absent(text),
  reason: text,
  drift: absent(
    z.object({
      deploymentNumber: z.number(),
      startedAt: absent(text),
      startedBy: absent(text),
      description: absent(text),
    }),
  ),
  blockedBy: absent(nameIn<ProblemCode>(problemCodes)),
});

/** A value of a document is shown as JSON on one line. */
const shownValue = z.unknown().transform((value, { addIssue }) => {
  if (value === null || value === undefined) return undefined;
  try {
    return value === redactionMark ? redactionMark : exactText(value);
  } catch {
    // Only of what is nested too deep.
    addIssue('nested too deep');
    return z.NEVER;
  }
});

const change = z.object({
  op: z.enum(['add', 'replace', 'remove']),
  path: text,
  before: shownValue,
  after: shownValue,
  flag: text.optional(),
  source: absent(text).transform((written) => (written === undefined ? undefined : sourceOf(written))),
  sourceFiles: count.optional(),
});

const wave = z.object({ name: text, soakMinutes: z.number(), maxFailures: z.number() });

const plan = z.object({
  project: text,
  accountRegions: z
    .array(z.object({ id: accountRegion, account: absent(text), region: text, roleArn: absent(text) }))
    .max(1000),
  addresses: listOf(address),
  changeGroups: listOf(z.object({ id: text, addresses: listOf(text), changes: listOf(change) })),
  waves: z.array(wave).max(1000),
  steps: listOf(step),
});

const result = z
  .object({
    step: text,
    status: z.enum(['succeeded', 'failed', 'skipped']),
    problem: absent(problem),
    blockedBy: absent(text),
    note: text.optional(),
    running: count.optional(),
  })
  .refine(({ status, problem: failure }) => status !== 'failed' || failure !== undefined);

const report = z.object({
  results: listOf(result),
  problems: listOf(problem),
  interruptedBy: absent(z.enum(['SIGINT', 'SIGTERM'])),
});

export type ReportedPlan = z.output<typeof plan>;

/** What a job has reported. */
export interface JobReport extends z.output<typeof report> {
  /** As the user named it. */
  readonly file: string;
  /** Undefined of a run that ended before it had one. */
  readonly plan: ReportedPlan | undefined;
}

/** @throws AppcfgError for any other text */
export function parseReport(written: string, file: string): JobReport {
  const document = readOutput(written, parseExactly, (reason) => unusable(file, reason));
  refuseOthers(document, file);
  const { plan: made } = z.object({ plan: z.looseObject({}).catch({}) }).parse(document);
  const hasPlan = Object.hasOwn(made, 'project');
  return { file, ...checked(report, document, file), plan: hasPlan ? checked(plan, made, file) : undefined };
}

/** @throws AppcfgError for what is no report of a sync that was carried out, or was to be */
function refuseOthers(document: object, file: string): void {
  if (!('command' in document)) {
    throw unusable(file, 'it does not name the command that wrote it: was another version of appcfg used?');
  }
  if (document.command !== 'sync') {
    const name = String(JSON.stringify(document.command)).slice(0, 20);
    throw unusable(file, `it is of the command ${name}, and only sync writes the report of a job`);
  }
  if ('dryRun' in document && document.dryRun === true) {
    throw unusable(file, 'it is the report of a dry run, which deploys nothing');
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, file: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = (issue?.path ?? []).join('.').slice(0, 80);
  throw unusable(file, `"${where}" is not what this version of appcfg writes; use one version in all jobs`);
}

/** The file is no report of a job. */
export function unusable(file: string, reason: string): AppcfgError {
  return failure('usage-invalid', `"${file}" cannot be summed up: ${reason}`, {
    hint: { text: 'name the files that the jobs have written with: sync -o json=FILE' },
  });
}

/** An address, or the parts that are written of one. */
export function subjectOf(written: string): Subject {
  const [tenant = '', environment] = written.split('/');
  return parseAddress(written) ?? { tenant, ...(environment === undefined ? {} : { environment }) };
}

/** What has been spelled is not spelled again. */
function problemOf({ hint, source, addresses, ...rest }: ShownProblem): Problem {
  const position = source === undefined ? undefined : sourceOf(source);
  const [first, ...others] = addresses;
  const { accountRegion, count: number, common, ...shown } = rest;
  const isFirst = first !== undefined && others.length === 0 && number === undefined;
  return {
    ...shown,
    ...(common === undefined ? {} : { common }),
    hint: hintOf(hint),
    ...(position === undefined || source === first ? {} : { source: position }),
    ...(first === undefined ? {} : { subject: isFirst ? subjectOf(first) : {} }),
    ...(first === undefined || isFirst
      ? {}
      : { addresses: addresses.map(subjectOf), count: number ?? addresses.length }),
    ...(first === undefined && number !== undefined ? { count: number } : {}),
    ...(accountRegion === undefined ? {} : { accountRegion }),
  };
}

interface ShownProblem extends Pick<Problem, 'code' | 'severity' | 'message'> {
  readonly common?: string | undefined;
  readonly hint: { readonly text: string; readonly command: readonly string[] | undefined } | undefined;
  readonly source: string | undefined;
  readonly accountRegion: Problem['accountRegion'];
  readonly addresses: readonly string[];
  readonly count?: number | undefined;
}

function hintOf(hint: ShownProblem['hint']): Hint {
  if (hint === undefined) return { text: 'see the log of the job' };
  const { text: written, command } = hint;
  return command === undefined
    ? { text: written }
    : { text: written, command: { program: command, paths: [], from: 'user' } };
}

/** `file:line:column`, `file:line@base`. An address has no extension, and is no file. */
function sourceOf(written: string): SourcePosition | undefined {
  const [, file, line, column, base] = /^(.+?\.(?:ya?ml|json))(?::(\d+))?(?::(\d+))?(@base)?$/s.exec(written) ?? [];
  if (file === undefined) return undefined;
  return {
    file,
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) }),
    ...(base === undefined ? {} : { revision: 'base' }),
  };
}

/** The address of a subject that was read, to compare. */
export function keyOf(subject: Subject, accountRegion: string): string {
  return `${accountRegion} ${formatAddress(subject)}`;
}
