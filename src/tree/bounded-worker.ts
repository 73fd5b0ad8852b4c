// A thread whose work has bounds. A pattern or a schema in the tree can take any time and memory, and nothing can interrupt
// it inside this thread: there the run would not even notice Ctrl-C.
import { Worker } from 'node:worker_threads';
import type { Answer, Task } from './worker.ts';

/** Calls `onExceeded` once this process has worked for longer than `ms` since now. @returns ends that */
export type StartBudget = (ms: number, onExceeded: () => void) => () => void;

/** What one piece of work may take. */
export interface WorkLimits {
  readonly processorMs: number;
  readonly megabytes: number;
}

/** Compiling a schema, or a check with it. */
export const checkLimits: WorkLimits = { processorMs: 2000, megabytes: 256 };

/** Parsing a file: enough for the largest one. */
export const parseLimits: WorkLimits = { processorMs: 20_000, megabytes: 1024 };

/** A run tries no more work after so many pieces of it took more than they may. */
const mostExceeded = 5;
const tooManyExceeded = `more time than this run has left: ${mostExceeded} others exceeded their limits`;

/** Work took more than it may. The worker is ended, and with it what it knew. */
export class WorkLimitExceeded extends Error {}

interface Request {
  /** @param known what this worker was sent before, to be added to */
  readonly taskFor: (known: Set<string>) => Task;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

interface Running {
  readonly worker: Worker;
  readonly known: Set<string>;
  /** In the order in which they were sent: the first one is being worked on. */
  readonly requests: Request[];
  endBudget: () => void;
}

export class BoundedWorker {
  readonly #startBudget: StartBudget;
  readonly #signal: AbortSignal;
  readonly #limits: WorkLimits;
  #exceeded = 0;
  /** Started with the first task: most trees have none. */
  #running: Running | undefined;

  /** @param options.signal ends the worker, and rejects what it was asked */
  constructor(options: {
    readonly startBudget: StartBudget;
    readonly signal: AbortSignal;
    readonly limits: WorkLimits;
  }) {
    this.#limits = options.limits;
    this.#startBudget = options.startBudget;
    this.#signal = options.signal;
    this.#signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** @throws WorkLimitExceeded; the reason of the signal */
  run(taskFor: Request['taskFor']): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#signal.aborted) reject(this.#signal.reason);
      else if (this.#exceeded >= mostExceeded) reject(new WorkLimitExceeded(tooManyExceeded));
      else this.#send({ taskFor, resolve, reject });
    });
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#end();
  }

  readonly #onAbort = (): void => {
    for (const { reject } of this.#end()) reject(this.#signal.reason);
  };

  #send(request: Request): void {
    this.#running ??= this.#start();
    const { worker, known, requests } = this.#running;
    requests.push(request);
    if (requests.length === 1) this.#watch(this.#running);
    worker.postMessage(request.taskFor(known));
  }

  #start(): Running {
    const worker = new Worker(workerFile, {
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.megabytes },
      // It needs nothing of the environment, which has credentials.
      env: {},
      execArgv: [],
    });
    const running: Running = { worker, known: new Set(), requests: [], endBudget: () => {} };
    worker.on('message', (answer: Answer) => {
      running.endBudget();
      const request = running.requests.shift();
      if (running.requests.length > 0) this.#watch(running);
      request?.resolve(answer);
    });
    worker.on('error', (error) => {
      const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#fail(running, isMemory ? exceeded(`${this.#limits.megabytes} MB of memory`) : error);
    });
    return running;
  }

  #watch(running: Running): void {
    running.endBudget = this.#startBudget(this.#limits.processorMs, () =>
      this.#fail(running, exceeded(`${this.#limits.processorMs / 1000} s of CPU time`)),
    );
  }

  /** The first request is to blame. The others are sent to a new worker. */
  #fail(running: Running, error: unknown): void {
    if (running !== this.#running) return;
    const [first, ...others] = this.#end();
    first?.reject(error);
    this.#exceeded += 1;
    for (const request of others) {
      if (this.#exceeded >= mostExceeded) request.reject(new WorkLimitExceeded(tooManyExceeded));
      else this.#send(request);
    }
  }

  #end(): readonly Request[] {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return [];
    running.endBudget();
    void running.worker.terminate();
    return running.requests;
  }
}

function exceeded(limit: string): WorkLimitExceeded {
  return new WorkLimitExceeded(`more than ${limit}`);
}

/** The build writes it beside the program. From src/, where tests run, the built one is taken: Node runs no TypeScript. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? '../../dist/worker.js' : './worker.js', import.meta.url);
