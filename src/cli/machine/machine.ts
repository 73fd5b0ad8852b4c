// What a run knows of the machine.
import { type Context, type MachineOverrides, type Process, systemClock } from '../../engine/context.ts';
import { budgetsOf } from '../../engine/work-budget.ts';
import { confirm, hasTerminal } from './confirm.ts';

/** @param overrides what a test replaces */
export function machineOf(
  process: Process,
  overrides: MachineOverrides,
  { job, signal }: Pick<Context, 'job' | 'signal'>,
) {
  const clock = overrides.clock ?? systemClock;
  return {
    clock,
    startedAt: clock.now(),
    requestHandler: overrides.requestHandler,
    openLocal: async (settings, self) => (await import('../../local/open-local.ts')).openLocal(settings, self),
    startBudget: overrides.startBudget ?? budgetsOf(() => processorTime(process)),
    environment: process.env,
    nodeVersion: process.version ?? '',
    job,
    isInteractive: hasTerminal(process) && !job.isCi,
    killGroup: (leader) => killGroup(leader, process),
    cwd: process.cwd(),
    confirm: (question) => confirm(question, process, signal),
  } satisfies Partial<Context>;
}

function killGroup(leader: number, process: Process): void {
  try {
    process.kill?.(-leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Milliseconds. */
function processorTime(process: Process): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
