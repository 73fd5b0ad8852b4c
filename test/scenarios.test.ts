// Runs every folder of scenarios/: a tree, the steps of a story, and what `appcfg` prints at each of them.
// `UPDATE_SCENARIOS=1 npx vitest run test/scenarios.test.ts` rewrites the transcripts: read them before you commit them.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { faultKinds } from '../src/emulator/model/faults.ts';
import { OtherClient } from './support/other-client.ts';
import { createWorld, type World } from './support/world.ts';

const rewrites = process.env.UPDATE_SCENARIOS === '1';
const folder = join(import.meta.dirname, 'scenarios');
const stories = readdirSync(folder).sort();

/** What happens in a step, in this order. */
const step = z.strictObject({
  /** Files of the tree by path. */
  write: z.record(z.string(), z.string()).default({}),
  delete: z.array(z.string()).default([]),
  /** A shell script deploys, without appcfg; `address` begins with the application's name. */
  scripts: z
    .array(z.strictObject({ address: z.string(), content: z.string(), type: z.string().optional() }))
    .default([]),
  /** A user in the console stops the newest deployment of `application/environment`, or reverts it where it is complete. */
  stop: z.string().optional(),
  alarm: z.strictObject({ environment: z.string(), state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']) }).optional(),
  minutes: z.number().default(0),
  /** How the next calls of an operation fail. */
  fault: z
    .strictObject({ operation: z.string(), kind: z.enum(faultKinds), about: z.string().optional(), times: z.number() })
    .optional(),
  /** Arguments of `appcfg`; what it prints is in `<number of the run>-<command>.txt`. */
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  exit: z.number().default(0),
  /** Why the transcript of this run is not kept: what is wrong in it. */
  unkept: z.string().optional(),
  /** Texts that must not be printed. */
  lacks: z.array(z.string()).default([]),
  /** Contents that clients receive at the end of the step, to the byte; null: nothing. Elsewhere: `address in account/region`. */
  serves: z.record(z.string(), z.string().nullable()).default({}),
});

test.each(stories)('%s', async (story) => {
  const directory = join(folder, story);
  const steps = z.array(step).parse(load(readFileSync(join(directory, 'scenario.yml'), 'utf8')));
  const world = createWorld({});
  for (const part of ['template', 'tenants', 'schemas', 'appcfg.yml']) {
    if (existsSync(join(directory, part)))
      cpSync(join(directory, part), join(world.directory, part), { recursive: true });
  }
  const others = new OtherClient(world.emulator);
  const transcripts = new Map<string, string>();
  let runs = 0;
  for (const each of steps) {
    for (const [path, text] of Object.entries(each.write)) world.write(path, text);
    for (const path of each.delete) world.write(path, undefined);
    for (const { address, content, type } of each.scripts) {
      const [application = '', environment = '', configurationProfile = ''] = address.split('/');
      await others.deploy({ application, environment, configurationProfile, content, type });
    }
    if (each.stop !== undefined) await others.stop(...partsOf(each.stop));
    if (each.alarm !== undefined) {
      const [application, environment] = partsOf(each.alarm.environment);
      world.emulator.setAlarm({ application, environment, state: each.alarm.state });
    }
    world.clock.advance(each.minutes * 60_000);
    world.emulator.clearFaults();
    if (each.fault !== undefined) world.emulator.injectFault(each.fault);
    if (each.run !== undefined) {
      const args = each.run.split(' ');
      const { transcript, exitCode } = await transcriptOf(world, args, each.env);
      runs += 1;
      if (each.unkept === undefined) transcripts.set(`${runs}-${args[0]}.txt`, transcript);
      expect(exitCode, transcript).toBe(each.exit);
      for (const text of each.lacks) expect(transcript).not.toContain(text);
    }
    for (const [where, text] of Object.entries(each.serves)) {
      const [address = '', accountRegion] = where.split(' in ');
      const served = await new OtherClient(world.emulator, accountRegion).served();
      expect(served.get(address)?.text ?? null, where).toBe(text);
    }
  }
  expect(world.emulator.violations()).toEqual([]);
  compare(directory, transcripts);
});

/** What a user sees, and which writes the run made. */
async function transcriptOf(world: World, args: readonly string[], env: Record<string, string>) {
  world.takeCalls();
  const { stdout, stderr, exitCode } = await world.appcfgWith({ env }, ...args);
  const writes = Object.entries(world.takeCalls()).filter(([operation]) => !/^(List|Get|Assume)/.test(operation));
  const parts = [
    `$ appcfg ${args.join(' ')}\n`,
    stdout,
    stderr === '' ? '' : `--- stderr\n${markersIn(stderr)}`,
    writes.length === 0 ? '' : `--- writes\n${writes.map(([operation, calls]) => `${operation} ${calls}\n`).join('')}`,
    exitCode === 0 ? '' : `--- exit ${exitCode}\n`,
  ];
  return { transcript: parts.join(''), exitCode };
}

/** The markers of a job log's sections, as GitLab's documentation writes them. */
function markersIn(text: string): string {
  return text.replaceAll('\u001b', '\\e').replaceAll('\r', '\\r');
}

function compare(directory: string, transcripts: ReadonlyMap<string, string>): void {
  const kept = readdirSync(directory).filter((file) => file.endsWith('.txt'));
  if (rewrites) {
    for (const file of kept) rmSync(join(directory, file));
    for (const [file, transcript] of transcripts) writeFileSync(join(directory, file), transcript);
    return;
  }
  for (const [file, transcript] of transcripts) {
    const path = join(directory, file);
    expect(transcript, `${file}: if this is right, rewrite it with UPDATE_SCENARIOS=1`).toBe(
      existsSync(path) ? readFileSync(path, 'utf8') : undefined,
    );
  }
  expect(kept.sort(), 'transcripts that no step writes').toEqual([...transcripts.keys()].sort());
}

function partsOf(address: string): [string, string] {
  const [application = '', environment = ''] = address.split('/');
  return [application, environment];
}
