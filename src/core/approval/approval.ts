// What an approval is for: the changes of an earlier plan, from the JSON of the `diff` that showed it.
import { z } from 'zod';
import type { StrategyNumbers } from '../model/resource.ts';
import type { Hint } from '../problem/hint.ts';
import { type AppcfgError, failure } from '../problem/problem.ts';
import { formatVersion, readOutput } from './read-output.ts';
import { shownNumbers } from './shown-numbers.ts';

export interface Approval {
  /** As the user named it. */
  readonly file: string;
  /** Digests of the approved changes. */
  readonly expect: ReadonlySet<string>;
  /** Deployments by address, as the file describes them: this explains a refusal, and approves nothing. */
  readonly deployments: ReadonlyMap<string, ApprovedDeployment>;
  /** Whether the accounts were known: the digests have them. */
  readonly namesAccounts: boolean;
}

export interface ApprovedDeployment {
  readonly accountRegion: string;
  readonly from: number | null;
  readonly numbers: StrategyNumbers | undefined;
  readonly wave: string | null;
}

const digests = z.array(z.string().regex(/^[0-9a-f]{16}$/)).nullable();

/** What a list has beside items of the form is ignored. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item.nullable().catch(null))
    .catch([])
    .transform((items) => items.filter((each) => each !== null));
}

const planned = z.object({
  accountRegions: listOf(z.object({ account: z.string().nullable() })),
  addresses: listOf(
    z.object({
      address: z.string(),
      accountRegion: z.string(),
      wave: z.string().nullable(),
      live: z.object({ versionNumber: z.number() }).nullable(),
    }),
  ),
  steps: listOf(
    z.object({
      operation: z.literal('StartDeployment'),
      address: z.string(),
      numbers: shownNumbers.optional(),
    }),
  ),
});

/**
 * Reads the JSON of `diff`, or of `sync --dry-run`.
 * @param file as the user named it
 * @throws AppcfgError for any other text
 */
export function parseApproval(text: string, file: string): Approval {
  const document = readOutput(text, JSON.parse, (reason) => unusable(file, reason));
  if (!('expect' in document)) throw unusable(file, 'it has no "expect", so it is not of diff or sync --dry-run');
  const { data: expect } = digests.safeParse(document.expect);
  if (expect === undefined) throw unusable(file, 'its "expect" is not a list of digests');
  if (expect === null)
    throw unusable(file, 'it has no plan against what is live: it is of diff --base, or of a run that failed');
  const { accountRegions, addresses, steps } = planned.parse('plan' in document ? document.plan : document);
  const numbers = new Map(steps.map((step) => [step.address, step.numbers]));
  return {
    file,
    expect: new Set(expect),
    namesAccounts: accountRegions.some(({ account }) => account !== null),
    deployments: new Map(
      addresses
        .filter(({ address }) => numbers.has(address))
        .map(({ address, accountRegion, wave, live }) => [
          address,
          { accountRegion, from: live?.versionNumber ?? null, numbers: numbers.get(address), wave },
        ]),
    ),
  };
}

/** The least that approves the same, for `parseApproval`. */
export function approvalText({ expect, namesAccounts }: Pick<Approval, 'expect' | 'namesAccounts'>): string {
  return JSON.stringify({ formatVersion, accountRegions: namesAccounts ? [{ account: '' }] : [], expect: [...expect] });
}

/** The file cannot be an approval. @param reason what is wrong with it */
export function unusable(file: string, reason: string, hint: Hint = newApproval('diff.json')): AppcfgError {
  return failure('usage-invalid', `--expect "${file}" cannot be used: ${reason}`, { hint });
}

/** @param file where the new plan is written */
export function newApproval(file: string, text = 'make it with diff, without --base'): Hint {
  return { text, command: { run: 'diff', args: ['-o', 'text', '-o', `json=${file}`] } };
}
