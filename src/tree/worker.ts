// The thread for work that hostile files can make endless: a program of its own, which bounded-worker.ts starts and ends.
// It is sent tasks, and answers each in their order.
import { type MessagePort, parentPort } from 'node:worker_threads';
import type { DocumentNotes } from '../core/document/document-notes.ts';
import { parseDocument } from '../core/document/parse-yaml.ts';
import { createRedactor, type Redaction } from '../core/document/redact.ts';
import { expressionOf, type PatternCheck } from '../core/flags/check-flags.ts';
import type { ContentFormat } from '../core/model/content.ts';
import type { Problem } from '../core/problem/problem.ts';
import type { SchemaMismatch } from '../core/render/check-content.ts';
import { packed } from './parse-in-worker.ts';
import { compileSchema } from './schema/compile-schema.ts';
import { draft04Mismatch } from './schema/draft-04.ts';

/** JSON texts of schemas by their path in the tree. */
export type SchemaFiles = Readonly<Record<string, string>>;

export type Task =
  | {
      readonly type: 'parse';
      readonly text: string;
      readonly path: string;
      readonly format: 'yaml' | 'json';
      readonly deployedAs: ContentFormat;
      /** What messages must not quote. */
      readonly redaction: Redaction | undefined;
    }
  | { readonly type: 'match'; readonly checks: readonly PatternCheck[] }
  /** @property asValidator whether it must mean the same under draft-04 */
  | { readonly type: 'compile'; readonly schema: string; readonly files: SchemaFiles; readonly asValidator: boolean }
  /** @property files where the worker was not sent this schema before */
  | { readonly type: 'check'; readonly schema: string; readonly json: string; readonly files?: SchemaFiles };

export type Answer =
  | {
      readonly type: 'parsed';
      readonly value: unknown;
      readonly problems: readonly Problem[];
      /** Of the same maps as in the value. */
      readonly notes: DocumentNotes | undefined;
    }
  /** @property mismatches indexes of checks whose text does not match */
  | { readonly type: 'matched'; readonly mismatches: readonly number[] }
  /** @property mismatch what draft-04 reads otherwise */
  | { readonly type: 'compiled'; readonly mismatch: string | undefined }
  /** A schema refers to a file that was not sent. */
  | { readonly type: 'file-wanted'; readonly path: string }
  | { readonly type: 'checked'; readonly mismatches: readonly SchemaMismatch[] }
  | { readonly type: 'failed'; readonly message: string };

class FileWanted extends Error {
  readonly path: string;

  constructor(path: string) {
    super(path);
    this.path = path;
  }
}

function parse({ text, path, format, deployedAs, redaction }: Extract<Task, { type: 'parse' }>): Answer {
  const { value, problems, notes } = parseDocument(text, {
    path,
    format,
    deployedAs,
    ...(redaction && { redact: createRedactor(redaction) }),
  });
  return { type: 'parsed', value: packed(value), problems, notes };
}

function match(checks: readonly PatternCheck[]): Answer {
  const mismatches = checks.flatMap(({ pattern, text }, index) =>
    expressionOf(pattern)?.test(text) === false ? [index] : [],
  );
  return { type: 'matched', mismatches };
}

function compile(schema: string, files: SchemaFiles) {
  return compileSchema(schema, (path) => {
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    if (text === undefined) throw new FileWanted(path);
    return JSON.parse(text);
  });
}

/** Answers the tasks of a port in their order: compiling one schema may take several turns of the event loop. */
function serve(port: MessagePort): void {
  const checks = new Map<string, Awaited<ReturnType<typeof compileSchema>>>();
  const work = async (task: Task): Promise<Answer> => {
    if (task.type === 'parse') return parse(task);
    if (task.type === 'match') return match(task.checks);
    if (task.files !== undefined) checks.set(task.schema, await compile(task.schema, task.files));
    if (task.type === 'compile') {
      const text = task.asValidator ? task.files[task.schema] : undefined;
      return { type: 'compiled', mismatch: text === undefined ? undefined : draft04Mismatch(JSON.parse(text)) };
    }
    const check = checks.get(task.schema);
    if (check === undefined) throw new Error(`${task.schema} is not compiled`);
    return { type: 'checked', mismatches: check(JSON.parse(task.json)) };
  };
  let done = Promise.resolve();
  port.on('message', (task: Task) => {
    done = done.then(async () => port.postMessage(await work(task).catch(answerForError)));
  });
}

function answerForError(error: unknown): Answer {
  if (error instanceof FileWanted) return { type: 'file-wanted', path: error.path };
  // What has no end also overflows the stack.
  if (error instanceof RangeError)
    return { type: 'failed', message: 'a reference in it leads back to itself without end' };
  return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
}

if (parentPort !== null) serve(parentPort);
