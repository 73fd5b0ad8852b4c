// Parses a large text in a worker. Values are copied between threads, and a copy has no classes.
import type { ParseOptions } from '../core/document/document-problems.ts';
import type { ParsedDocument } from '../core/document/parse-yaml.ts';
import { ExactNumber, type Value } from '../core/model/value.ts';
import { type BoundedWorker, WorkLimitExceeded } from './bounded-worker.ts';

/** The worker's memory or time does not suffice for a file with as many values as its size allows. */
export async function parseInWorker(
  worker: BoundedWorker,
  text: string,
  { path, format = 'yaml', deployedAs = 'json', redact }: ParseOptions,
): Promise<ParsedDocument> {
  try {
    const redaction = redact?.redaction;
    const answer = await worker.run(() => ({ type: 'parse', text, path, format, deployedAs, redaction }));
    if (answer.type !== 'parsed') throw new Error(answer.type === 'failed' ? answer.message : answer.type);
    const { value, problems, notes } = answer;
    return { value: value === undefined ? undefined : (unpacked(value) as Value), problems, notes };
  } catch (error) {
    if (!(error instanceof WorkLimitExceeded)) throw error;
    return {
      value: undefined,
      problems: [
        {
          code: 'expansion-too-large',
          severity: 'error',
          message: `reading the file takes ${error.message}`,
          hint: { text: 'split the configuration' },
          source: { file: path },
        },
      ],
    };
  }
}

/** A value for another thread. It is changed, and must not be used here. */
export function packed(value: unknown): unknown {
  return replaced(value, (each) => (each instanceof ExactNumber ? Object(each.text) : each));
}

function unpacked(value: unknown): unknown {
  return replaced(value, (each) => (each instanceof String ? new ExactNumber(String(each)) : each));
}

/** Replaces values in maps and lists, each of which is visited once: what was shared stays shared. */
function replaced(value: unknown, replace: (value: unknown) => unknown): unknown {
  const root: { value: unknown } = { value };
  const containers = new Set<object>([root]);
  for (const container of containers) {
    for (const [key, member] of Object.entries(container)) {
      const next = replace(member);
      if (next !== member) Reflect.set(container, key, next);
      else if (typeof member === 'object' && member !== null) containers.add(member);
    }
  }
  return root.value;
}
