// The gate beside the rules, written down a second time: whatever fails, waits and ends in whatever order.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { laneId } from '../../../src/core/model/lane.ts';
import type { PlannedWave } from '../../../src/core/plan/plan.ts';
import type { Step } from '../../../src/core/plan/step.ts';
import { type Ending, type GateNews, type Look, WaveGate } from '../../../src/core/rollout/wave-gate.ts';
import { holds } from '../../support/properties.ts';

const minute = 60_000;
const start = Date.parse('2026-03-01T12:00:00Z');

const wave = (name: string, more: Partial<PlannedWave> = {}): PlannedWave => ({
  name,
  soakMinutes: 0,
  maxFailures: 0,
  addresses: 1,
  environments: 1,
  live: 0,
  blocked: 0,
  liveSince: undefined,
  ...more,
});

const accountRegion = '111122223333/eu-west-1';

function step(address: string, more: object = {}): Step {
  const [application = '', environment = '', configurationProfile = ''] = address.split('/');
  return {
    id: `StartDeployment ${address}`,
    after: [],
    reason: 'content differs',
    subject: { tenant: application, environment, configurationProfile },
    accountRegion,
    lane: laneId(accountRegion, application, environment),
    operation: 'StartDeployment',
    application,
    environment,
    configurationProfile,
    profileType: 'AWS.Freeform',
    versionLabel: 'v',
    strategy: { id: 's' },
    numbers: undefined,
    description: '',
    tags: {},
    ...more,
  } as Step;
}

const running = (address: string, more: object = {}) =>
  step(address, { id: `AwaitDeployment ${address}`, operation: 'AwaitDeployment', deploymentNumber: 1, ...more });

const none: ReadonlyMap<string, number> = new Map();
const nothing = { takenBack: none, unread: none, liveSince: undefined, mayPass: false };
const lookOf = (wave: string, isLast: boolean, before: readonly string[] = []): Look => ({
  wave,
  isLast,
  before,
  at: 0,
});

const live = (at: number): Ending => ({ how: 'live', at });
const problemsOf = (news: readonly GateNews[]) =>
  news.flatMap((each) => (each.kind === 'problem' ? [each.problem.message] : []));

test('a wave begins when the one before it has ended and soaked, counted from its last completion', () => {
  const [one, two] = [step('a/e/P', { wave: 'first' }), step('b/e/P', { wave: 'second' })];
  const gate = new WaveGate({ waves: [wave('first', { soakMinutes: 10 }), wave('second')], steps: [one, two] }, start);
  expect(gate.ask(one, start).may).toBe('start');
  expect(gate.ask(two, start).may).toBe('wait');
  expect(gate.nextLook(start)).toBeUndefined();
  gate.started(one);
  gate.ended(one, live(start + 2 * minute));
  expect(gate.ask(two, start + 3 * minute).may).toBe('wait');
  expect(gate.takeNews(start + 3 * minute)).toEqual([
    { kind: 'begun', wave: 'first' },
    { kind: 'soaking', wave: 'first', endsAt: start + 12 * minute },
  ]);
  // Somebody has to look whether what was live still is: now and then, and when the soak is over.
  const first = { wave: 'first', before: [], isLast: false };
  expect(gate.nextLook(start + 3 * minute)).toEqual({ ...first, at: start + 4.5 * minute });
  gate.lookedAt(lookOf('first', false), { ...nothing, at: start + 11 * minute });
  expect(gate.nextLook(start + 11 * minute)).toEqual({ ...first, at: start + 12 * minute });
  expect(gate.ask(two, start + 12 * minute).may).toBe('wait');
  expect(gate.nextLook(start + 13 * minute)).toEqual({ ...first, at: start + 12 * minute, isLast: true });
  gate.lookedAt(lookOf('first', true), { ...nothing, at: start + 12 * minute });
  expect(gate.ask(two, start + 12 * minute).may).toBe('start');
});

test('what was taken back while its wave was watched counts as failed', () => {
  const [one, two] = [step('a/e/P', { wave: 'first' }), step('b/e/P', { wave: 'second' })];
  const gate = new WaveGate({ waves: [wave('first', { soakMinutes: 10 }), wave('second')], steps: [one, two] }, start);
  gate.started(one);
  gate.ended(one, live(start));
  gate.lookedAt(lookOf('first', false), { ...nothing, takenBack: new Map([['first', 1]]), at: start + 3 * minute });
  expect(gate.ask(two, start + 3 * minute)).toEqual({
    may: 'never',
    blockedBy: 'wave first',
    note: 'wave "first" allows no failure, and has 1 no longer live',
  });
});

test('what cannot be looked at counts as failed, but an outage is waited for', () => {
  const [one, two] = [step('a/e/P', { wave: 'first' }), step('b/e/P', { wave: 'second' })];
  const ended = () => {
    const waves = [wave('first', { soakMinutes: 10 }), wave('second')];
    const gate = new WaveGate({ waves, steps: [one, two] }, start);
    gate.started(one);
    gate.ended(one, live(start));
    return gate;
  };
  const denied = ended();
  const unread = new Map([['first', 2]]);
  expect(denied.lookedAt(lookOf('first', false), { ...nothing, unread, at: start + 3 * minute })).toBe(true);
  expect(denied.ask(two, start + 3 * minute)).toMatchObject({
    may: 'never',
    note: 'wave "first" allows no failure, and has 2 that could not be looked at',
  });
  const outage = ended();
  let looks = 0;
  for (let now = start + 2.5 * minute; ; looks += 1) {
    const { at = 0 } = outage.nextLook(now) ?? {};
    const look = outage.nextLook(at);
    if (look === undefined || outage.lookedAt(look, { ...nothing, unread, mayPass: true, at })) break;
    now = at;
  }
  // As long as it soaks, each minute; then five times more.
  expect(looks).toBeGreaterThan(10);
  expect(outage.ask(two, start + 20 * minute).may).toBe('never');
});

test('what is live already soaks from when it completed', () => {
  const two = step('b/e/P', { wave: 'second' });
  const liveSince = new Date(start).toISOString();
  const waves = [wave('first', { soakMinutes: 10, liveSince }), wave('second')];
  const gate = new WaveGate({ waves, steps: [two] }, start);
  expect(gate.ask(two, start + 9 * minute).may).toBe('wait');
  expect(gate.soakEndsAt(start + 9 * minute)).toBe(start + 10 * minute);
  expect(gate.nextLook(start + 10 * minute)).toMatchObject({ wave: 'first', isLast: true });
  const later = new WaveGate({ waves, steps: [two] }, start + 10 * minute);
  expect(later.ask(two, start + 10 * minute).may).toBe('start');
});

test('blocked addresses count as failed for what comes after, not for what is still to start in their wave', () => {
  const [one, two] = [step('a/e/P', { wave: 'first' }), step('b/e/P', { wave: 'second' })];
  const gate = new WaveGate({ waves: [wave('first', { blocked: 1 }), wave('second')], steps: [one, two] }, start);
  expect(gate.ask(one, start).may).toBe('start');
  expect(gate.ask(two, start)).toEqual({
    may: 'never',
    blockedBy: 'wave first',
    note: 'wave "first" allows no failure, and has 1 blocked',
  });
  expect(problemsOf(gate.takeNews(start))).toEqual([
    'wave "second" is held back: wave "first" allows no failure, and has 1 blocked',
  ]);
  expect(gate.takeNews(start)).toEqual([]);
});

test('once more of a wave have failed than it allows, nothing more of it is started', () => {
  const steps = ['a', 'b', 'c'].map((name) => step(`${name}/e/P`, { wave: 'only' }));
  const [a, b, c] = steps as [Step, Step, Step];
  const gate = new WaveGate({ waves: [wave('only', { maxFailures: 1, addresses: 3 })], steps }, start);
  gate.started(a);
  gate.ended(a, { how: 'failed' });
  expect(gate.ask(b, start).may).toBe('start');
  gate.started(b);
  gate.ended(b, { how: 'failed' });
  expect(gate.ask(c, start)).toMatchObject({ may: 'never', blockedBy: a.id });
  expect(problemsOf(gate.takeNews(start))).toEqual([
    'nothing more of wave "only" is started: wave "only" allows 1 failure, and has 2 failed',
  ]);
});

test('what AppConfig rolls back is started nowhere else, also without waves; what was running goes on', () => {
  const alike = { changeGroup: 'x' };
  const [a, b, c] = [running('a/e/P', alike), step('b/e/P', alike), step('c/e/P', { changeGroup: 'y' })];
  const gate = new WaveGate({ waves: [], steps: [a, b, c] }, start);
  gate.ended(a, { how: 'failed' });
  expect(gate.ask(b, start).may).toBe('start');
  const again = new WaveGate({ waves: [], steps: [a, b, c] }, start);
  again.ended(a, { how: 'rolled back' });
  expect(again.ask(b, start)).toMatchObject({ may: 'never', blockedBy: a.id });
  expect(again.ask(c, start).may).toBe('start');
  expect(problemsOf(again.takeNews(start))).toEqual([
    'AppConfig rolled this change back, so it is not started at 1 more address',
  ]);
});

interface Situation {
  readonly waves: readonly (PlannedWave & { readonly queues: readonly (readonly Shape[])[] })[];
  readonly choices: readonly number[];
}

interface Shape {
  readonly awaits: boolean;
  readonly changeGroup: string;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  awaits: fc.boolean(),
  changeGroup: fc.constantFrom('p', 'q', 'r', 's', 't'),
});

const situations: fc.Arbitrary<Situation> = fc.record({
  waves: fc
    .array(
      fc.record({
        soakMinutes: fc.constantFrom(0, 0, 5, 30),
        maxFailures: fc.constantFrom(0, 0, 1, 2, 5),
        blocked: fc.constantFrom(0, 0, 0, 1, 3),
        liveSince: fc.option(
          fc.integer({ min: -60, max: 0 }).map((ago) => new Date(start + ago * minute).toISOString()),
          { nil: undefined },
        ),
        queues: fc.array(fc.array(shapes, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
      }),
      { maxLength: 4 },
    )
    .map((waves) => waves.map((each, index) => ({ ...wave(`w${index}`), ...each }))),
  choices: fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 }),
});

function stepsOf({ waves }: Situation): readonly Step[] {
  const named = waves.length === 0 ? [] : waves;
  return named.flatMap(({ name, queues }) =>
    queues.flatMap((lane, index) =>
      lane.map(({ awaits, changeGroup }, nth) =>
        // Only the first of a lane can be running.
        (awaits && nth === 0 ? running : step)(`${name}-${index}/e/P${nth}`, { wave: name, changeGroup }),
      ),
    ),
  );
}

/** What happened so far, and the rules over it. */
class Book {
  readonly endings = new Map<string, Ending>();
  readonly started = new Set<string>();
  readonly rolledBack = new Set<string>();
  readonly takenBack = new Map<string, number>();
  /** Waves that were found live when they had soaked. */
  readonly settled = new Set<string>();
  readonly #situation: Situation;
  readonly #steps: readonly Step[];

  constructor(situation: Situation, steps: readonly Step[]) {
    this.#situation = situation;
    this.#steps = steps;
  }

  mayEver(one: Step): boolean {
    if (this.rolledBack.has(one.changeGroup ?? '')) return false;
    const waves = this.#situation.waves;
    const index = waves.findIndex(({ name }) => name === one.wave);
    const own = waves[index];
    if (own === undefined) throw new Error('no wave');
    if (this.#count(own.name, 'failed', 'rolled back') > own.maxFailures) return false;
    return waves.slice(0, index).every((each) => this.keepsLimit(each));
  }

  keepsLimit({ name, blocked, maxFailures }: PlannedWave): boolean {
    const lost = this.#count(name, 'failed', 'rolled back', 'held back') + (this.takenBack.get(name) ?? 0);
    return blocked + lost <= maxFailures;
  }

  hasSoaked({ name, soakMinutes, liveSince }: PlannedWave, now: number): boolean {
    const ends = this.#of(name).map(({ id }) => this.endings.get(id));
    const completions = ends.flatMap((ending) => (ending?.how === 'live' ? [ending.at] : []));
    if (liveSince !== undefined) completions.push(Date.parse(liveSince));
    return ends.every((ending) => ending !== undefined) && completions.every((at) => now >= at + soakMinutes * minute);
  }

  mayNow(one: Step, now: number): boolean {
    const waves = this.#situation.waves;
    const before = waves.slice(
      0,
      waves.findIndex(({ name }) => name === one.wave),
    );
    return this.mayEver(one) && before.every((each) => this.hasSoaked(each, now) && this.settled.has(each.name));
  }

  #of(waveName: string): readonly Step[] {
    return this.#steps.filter((each) => each.wave === waveName);
  }

  #count(waveName: string, ...hows: Ending['how'][]): number {
    return this.#of(waveName).filter(({ id }) => hows.includes(this.endings.get(id)?.how ?? 'live')).length;
  }
}

/** Plays a run: lanes take turns as `choices` say; what starts, starts because the gate lets it. */
function play(situation: Situation): void {
  const steps = stepsOf(situation);
  const gate = new WaveGate({ waves: situation.waves, steps }, start);
  const book = new Book(situation, steps);
  for (const each of situation.waves) {
    if (!book.hasSoaked(each, start) || !book.keepsLimit(each)) break;
    book.settled.add(each.name);
  }
  const dueLook = () => {
    const next = gate.nextLook(now);
    return next === undefined || next.at > now ? undefined : next;
  };
  const look = () => {
    const due = dueLook();
    const looked = situation.waves.find((each) => each.name === due?.wave);
    if (due === undefined || looked === undefined) return;
    const takenBack = new Map([...due.before, due.wave].map((name) => [name, choose(12) === 0 ? 1 + choose(2) : 0]));
    for (const [name, lost] of takenBack) book.takenBack.set(name, lost);
    if (book.hasSoaked(looked, now)) book.settled.add(looked.name);
    gate.lookedAt(due, { ...nothing, takenBack, at: now });
  };
  const lanes = new Map<string, Step[]>();
  for (const each of steps) lanes.set(each.lane ?? '', [...(lanes.get(each.lane ?? '') ?? []), each]);
  const inFlight = new Map<string, Step>();
  const begun = new Set<string>();
  let now = start;
  let turn = 0;
  const choose = (below: number) => (situation.choices[turn++ % situation.choices.length] ?? 0) % below;
  const end = (one: Step, ending: Ending, cause?: string) => {
    expect(book.endings.has(one.id), `${one.id} ends once`).toBe(false);
    book.endings.set(one.id, ending);
    if (ending.how === 'rolled back') book.rolledBack.add(one.changeGroup ?? '');
    gate.ended(one, ending, cause);
  };
  const finish = (lane: string, one: Step) => {
    inFlight.delete(lane);
    const hows = ['live', 'live', 'live', 'rolled back', 'failed'] as const;
    const how = hows[choose(hows.length)] ?? 'live';
    end(one, how === 'live' ? live(now - choose(2) * 1000) : { how });
  };
  for (let rounds = 0; book.endings.size < steps.length; rounds += 1) {
    expect(rounds, 'it comes to an end').toBeLessThan(2000);
    let moved = false;
    for (const [lane, queue] of lanes) {
      const [one] = queue;
      if (one === undefined || inFlight.has(lane)) continue;
      // Some could not be prepared.
      if (choose(12) === 0 && one.operation === 'StartDeployment') {
        queue.shift();
        end(one, { how: 'failed' }, 'CreateHostedConfigurationVersion x');
        moved = true;
        continue;
      }
      const answer = gate.ask(one, now);
      if (one.operation === 'StartDeployment') {
        expect(answer.may === 'start', `${one.id} ${answer.may}`).toBe(book.mayNow(one, now));
        expect(answer.may === 'never', `${one.id} ${answer.may}`).toBe(!book.mayEver(one));
      } else expect(answer.may).toBe('start');
      if (answer.may === 'wait') continue;
      moved = true;
      queue.shift();
      if (answer.may === 'never') {
        expect(answer.blockedBy).toMatch(/^(StartDeployment|AwaitDeployment|CreateHosted|wave )/);
        end(one, { how: 'held back' }, answer.blockedBy);
        continue;
      }
      inFlight.set(lane, one);
      gate.started(one);
      if (one.operation === 'StartDeployment') {
        expect(begun.has(one.wave ?? '') || gate.takeNews(now).some((n) => n.kind === 'begun')).toBe(true);
        begun.add(one.wave ?? '');
      }
      if (choose(3) === 0) break;
    }
    const flying = [...inFlight];
    if (flying.length > 0) {
      now += choose(4) * minute;
      const [lane, one] = flying[choose(flying.length)] ?? [];
      if (lane !== undefined && one !== undefined) finish(lane, one);
    } else if (!moved && dueLook() === undefined) {
      const next = gate.nextLook(now)?.at;
      expect(next, 'where nothing runs, only time can keep a step back').toBeGreaterThan(now);
      now = next ?? now;
    }
    gate.takeNews(now);
    look();
  }
}

test('no wave begins before those before it have ended, soaked and kept their limits, and every step ends once', async () => {
  await holds(fc.property(situations, play), 400);
});
