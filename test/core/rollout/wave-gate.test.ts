// The gate beside a second statement of its rules: whatever fails, waits and ends, in whatever order.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { laneId } from '../../../src/core/model/lane.ts';
import type { PlannedWave } from '../../../src/core/plan/plan.ts';
import type { Step } from '../../../src/core/plan/step.ts';
import { type Verification, WaveGate } from '../../../src/core/rollout/wave-gate.ts';
import type { WaveNotice } from '../../../src/core/rollout/wave-messages.ts';
import type { Ending } from '../../../src/core/rollout/wave-state.ts';
import { plannedWave as wave } from '../../support/planned-wave.ts';
import { holds } from '../../support/properties.ts';

const minute = 60_000;
const start = Date.parse('2026-03-01T12:00:00Z');

const accountRegion = '111122223333/eu-west-1';

function step(address: string, more: object = {}): Step {
  const [application = '', environment = '', configurationProfile = ''] = address.split('/');
  return {
    id: `StartDeployment ${address}`,
    after: [],
    reason: 'content differs',
    subject: { tenant: application, environment, configurationProfile },
    accountRegion,
    lane: laneId({ accountRegion, application, environment }),
    operation: 'StartDeployment',
    application,
    environment,
    configurationProfile,
    version: { profileType: 'AWS.Freeform', versionLabel: 'v', versionNumber: undefined, digest: '' },
    strategy: { id: 's' },
    numbers: undefined,
    description: '',
    tags: {},
    ...more,
  } as Step;
}

const running = (address: string, more: object = {}) =>
  step(address, { id: `AwaitDeployment ${address}`, operation: 'AwaitDeployment', deploymentNumber: 1, ...more });

const allLive = { waves: new Map(), liveSince: undefined, mayPass: false };
const lost = (wave: string, counts: { readonly noLongerLive?: number; readonly notVerified?: number }) =>
  new Map([[wave, { noLongerLive: 0, notVerified: 0, ...counts }]]);
const during = (wave: string): Verification => ({ wave, earlier: [], isAfterSoak: false });
const after = (wave: string): Verification => ({ wave, earlier: [], isAfterSoak: true });

const live = (at: number): Ending => ({ how: 'live', at });
const problemsOf = (notices: readonly WaveNotice[]) =>
  notices.flatMap((each) => (each.kind === 'problem' ? [each.problem.message] : []));

test('a wave begins when the one before it has ended and soaked, counted from its last completion', () => {
  const [one, two] = [step('a/e/P', { wave: 'first' }), step('b/e/P', { wave: 'second' })];
  const gate = new WaveGate({ waves: [wave('first', { soakMinutes: 10 }), wave('second')], steps: [one, two] }, start);
  expect(gate.ask(one, start).may).toBe('start');
  expect(gate.ask(two, start).may).toBe('wait');
  expect(gate.wakeAt(start)).toBeUndefined();
  gate.started(one);
  gate.ended(one, live(start + 2 * minute));
  expect(gate.ask(two, start + 3 * minute).may).toBe('wait');
  expect(gate.takeNotices(start + 3 * minute)).toEqual([
    { kind: 'begun', wave: 'first' },
    { kind: 'soaking', wave: 'first', endsAt: start + 12 * minute },
  ]);
  // It is verified while it soaks, and when the soak is over.
  expect(gate.dueVerification(start + 3 * minute)).toBeUndefined();
  expect(gate.wakeAt(start + 3 * minute)).toBe(start + 4.5 * minute);
  expect(gate.dueVerification(start + 5 * minute)).toEqual(during('first'));
  gate.verified(during('first'), { ...allLive, at: start + 11 * minute });
  expect(gate.wakeAt(start + 11 * minute)).toBe(start + 12 * minute);
  expect(gate.ask(two, start + 12 * minute).may).toBe('wait');
  expect(gate.dueVerification(start + 13 * minute)).toEqual(after('first'));
  gate.verified(after('first'), { ...allLive, at: start + 12 * minute });
  expect(gate.ask(two, start + 12 * minute).may).toBe('start');
});

test('content that is rolled back while its wave soaks counts as failed', () => {
  const [one, two] = [step('a/e/P', { wave: 'first' }), step('b/e/P', { wave: 'second' })];
  const gate = new WaveGate({ waves: [wave('first', { soakMinutes: 10 }), wave('second')], steps: [one, two] }, start);
  gate.started(one);
  gate.ended(one, live(start));
  gate.verified(during('first'), { ...allLive, waves: lost('first', { noLongerLive: 1 }), at: start + 3 * minute });
  expect(gate.ask(two, start + 3 * minute)).toEqual({
    may: 'never',
    because: 'wave-blocked',
    blockedBy: 'wave first',
    note: 'wave "first" allows 0 failed or blocked addresses and has 1 no longer live',
  });
});

test('the reason for which a wave is blocked does not change with later failures', () => {
  const steps = ['a', 'b', 'c'].map((name) => step(`${name}/e/P`, { wave: name === 'c' ? 'second' : 'first' }));
  const [a, b, c] = steps as [Step, Step, Step];
  const gate = new WaveGate({ waves: [wave('first', { addresses: 2 }), wave('second')], steps }, start);
  for (const each of [a, b]) gate.started(each);
  gate.ended(a, { how: 'failed' });
  const decision = gate.ask(c, start);
  gate.ended(b, { how: 'failed' });
  expect(decision).toMatchObject({
    blockedBy: a.id,
    note: 'wave "first" allows 0 failed or blocked addresses and has 1 failed',
  });
  expect(gate.ask(c, start)).toEqual(decision);
});

test('an environment that cannot be read counts as failed, but an outage is waited for', () => {
  const [one, two] = [step('a/e/P', { wave: 'first' }), step('b/e/P', { wave: 'second' })];
  const ended = () => {
    const waves = [wave('first', { soakMinutes: 10 }), wave('second')];
    const gate = new WaveGate({ waves, steps: [one, two] }, start);
    gate.started(one);
    gate.ended(one, live(start));
    return gate;
  };
  const denied = ended();
  const waves = lost('first', { notVerified: 2 });
  expect(denied.verified(during('first'), { ...allLive, waves, at: start + 3 * minute })).toBe(true);
  expect(denied.ask(two, start + 3 * minute)).toMatchObject({
    may: 'never',
    note: 'wave "first" allows 0 failed or blocked addresses and has 2 not verified',
  });
  const outage = ended();
  let verifications = 0;
  for (let now = start + 2.5 * minute; ; verifications += 1) {
    const at = outage.wakeAt(now) ?? 0;
    const due = outage.dueVerification(at);
    if (due === undefined || outage.verified(due, { ...allLive, waves, mayPass: true, at })) break;
    now = at;
  }
  // Each minute as long as it soaks; then five times more.
  expect(verifications).toBeGreaterThan(10);
  expect(outage.ask(two, start + 20 * minute).may).toBe('never');
});

test('what is live already soaks from when it completed', () => {
  const two = step('b/e/P', { wave: 'second' });
  const liveSince = new Date(start).toISOString();
  const waves = [wave('first', { soakMinutes: 10, liveSince }), wave('second')];
  const gate = new WaveGate({ waves, steps: [two] }, start);
  expect(gate.ask(two, start + 9 * minute).may).toBe('wait');
  expect(gate.soakEndsAt(start + 9 * minute)).toBe(start + 10 * minute);
  expect(gate.dueVerification(start + 10 * minute)).toEqual(after('first'));
  const later = new WaveGate({ waves, steps: [two] }, start + 10 * minute);
  expect(later.ask(two, start + 10 * minute).may).toBe('start');
});

test('blocked addresses count as failed for what comes after, not for what is still to start in their wave', () => {
  const [one, two] = [step('a/e/P', { wave: 'first' }), step('b/e/P', { wave: 'second' })];
  const gate = new WaveGate({ waves: [wave('first', { blocked: 1 }), wave('second')], steps: [one, two] }, start);
  expect(gate.ask(one, start).may).toBe('start');
  expect(gate.ask(two, start)).toEqual({
    may: 'never',
    because: 'wave-blocked',
    blockedBy: 'wave first',
    note: 'wave "first" allows 0 failed or blocked addresses and has 1 blocked',
  });
  expect(problemsOf(gate.takeNotices(start))).toEqual([
    'wave "second" is blocked: wave "first" allows 0 failed or blocked addresses and has 1 blocked',
  ]);
  expect(gate.takeNotices(start)).toEqual([]);
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
  expect(problemsOf(gate.takeNotices(start))).toEqual([
    'no more deployments of wave "only" are started: wave "only" allows 1 failed or blocked address and has 2 failed',
  ]);
});

test('a change that AppConfig rolls back is started at no other address, with or without waves', () => {
  const same = { changeGroup: 'x' };
  const [a, b, c] = [running('a/e/P', same), step('b/e/P', same), step('c/e/P', { changeGroup: 'y' })];
  const gate = new WaveGate({ waves: [], steps: [a, b, c] }, start);
  gate.ended(a, { how: 'failed' });
  expect(gate.ask(b, start).may).toBe('start');
  const again = new WaveGate({ waves: [], steps: [a, b, c] }, start);
  again.ended(a, { how: 'rolled back' });
  expect(again.ask(b, start)).toMatchObject({ may: 'never', blockedBy: a.id });
  expect(again.ask(c, start).may).toBe('start');
  expect(problemsOf(again.takeNotices(start))).toEqual([
    'AppConfig rolled this change back, so it is not started at 1 more address',
  ]);
});

test('a wave that allows failures starts a change elsewhere until AppConfig has rolled it back more often', () => {
  const steps = ['a', 'b', 'c'].map((name) => step(`${name}/e/P`, { wave: 'only', changeGroup: 'x' }));
  const [a, b, c] = steps as [Step, Step, Step];
  const gate = new WaveGate({ waves: [wave('only', { maxFailures: 1, addresses: 3 })], steps }, start);
  for (const each of [a, b]) {
    expect(gate.ask(each, start).may).toBe('start');
    gate.started(each);
    gate.ended(each, { how: 'rolled back' });
  }
  expect(gate.ask(c, start)).toMatchObject({ may: 'never', because: 'change-rolled-back', blockedBy: b.id });
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

/** What happened so far, and the rules that follow from it. */
class Rules {
  readonly endings = new Map<string, Ending>();
  readonly started = new Set<string>();
  readonly rolledBack = new Set<string>();
  readonly noLongerLive = new Map<string, number>();
  /** Waves that were verified after their soak. */
  readonly verified = new Set<string>();
  readonly #situation: Situation;
  readonly #steps: readonly Step[];

  constructor(situation: Situation, steps: readonly Step[]) {
    this.#situation = situation;
    this.#steps = steps;
  }

  rollBack({ changeGroup, wave: name }: Step): void {
    const same = this.#of(name ?? '').filter((each) => each.changeGroup === changeGroup);
    const times = same.filter(({ id }) => this.endings.get(id)?.how === 'rolled back').length;
    const own = this.#situation.waves.find((each) => each.name === name);
    if (changeGroup !== undefined && times > (own?.maxFailures ?? 0)) this.rolledBack.add(changeGroup);
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
    const lost = this.#count(name, 'failed', 'rolled back', 'not started') + (this.noLongerLive.get(name) ?? 0);
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
    return this.mayEver(one) && before.every((each) => this.hasSoaked(each, now) && this.verified.has(each.name));
  }

  #of(waveName: string): readonly Step[] {
    return this.#steps.filter((each) => each.wave === waveName);
  }

  #count(waveName: string, ...hows: Ending['how'][]): number {
    return this.#of(waveName).filter(({ id }) => hows.includes(this.endings.get(id)?.how ?? 'live')).length;
  }
}

/** Simulates a run: environments take turns by `choices`; a step starts only where the gate allows it. */
function play(situation: Situation): void {
  const steps = stepsOf(situation);
  const gate = new WaveGate({ waves: situation.waves, steps }, start);
  const book = new Rules(situation, steps);
  for (const each of situation.waves) {
    if (!book.hasSoaked(each, start) || !book.keepsLimit(each)) break;
    book.verified.add(each.name);
  }
  const verify = () => {
    const due = gate.dueVerification(now);
    const verified = situation.waves.find((each) => each.name === due?.wave);
    if (due === undefined || verified === undefined) return;
    const waves = new Map(
      [...due.earlier, due.wave].map((name) => {
        const noLongerLive = choose(12) === 0 ? 1 + choose(2) : 0;
        book.noLongerLive.set(name, noLongerLive);
        return [name, { noLongerLive, notVerified: 0 }];
      }),
    );
    if (book.hasSoaked(verified, now)) book.verified.add(verified.name);
    gate.verified(due, { ...allLive, waves, at: now });
  };
  const lanes = new Map<string, Step[]>();
  for (const each of steps) lanes.set(each.lane ?? '', [...(lanes.get(each.lane ?? '') ?? []), each]);
  const inFlight = new Map<string, Step>();
  const begun = new Set<string>();
  let now = start;
  const take = () => {
    for (const notice of gate.takeNotices(now)) if (notice.kind === 'begun') begun.add(notice.wave);
  };
  let turn = 0;
  const choose = (below: number) => (situation.choices[turn++ % situation.choices.length] ?? 0) % below;
  const end = (one: Step, ending: Ending, cause?: string) => {
    expect(book.endings.has(one.id), `${one.id} ends once`).toBe(false);
    book.endings.set(one.id, ending);
    if (ending.how === 'rolled back') book.rollBack(one);
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
      const decision = gate.ask(one, now);
      if (one.operation === 'StartDeployment') {
        expect(decision.may === 'start', `${one.id} ${decision.may}`).toBe(book.mayNow(one, now));
        expect(decision.may === 'never', `${one.id} ${decision.may}`).toBe(!book.mayEver(one));
      } else expect(decision.may).toBe('start');
      if (decision.may === 'wait') continue;
      moved = true;
      queue.shift();
      if (decision.may === 'never') {
        expect(decision.blockedBy).toMatch(/^(StartDeployment|AwaitDeployment|CreateHosted|wave )/);
        end(one, { how: 'not started' }, decision.blockedBy);
        continue;
      }
      inFlight.set(lane, one);
      gate.started(one);
      if (one.operation === 'StartDeployment') {
        take();
        expect(begun).toContain(one.wave);
      }
      if (choose(3) === 0) break;
    }
    const flying = [...inFlight];
    if (flying.length > 0) {
      now += choose(4) * minute;
      const [lane, one] = flying[choose(flying.length)] ?? [];
      if (lane !== undefined && one !== undefined) finish(lane, one);
    } else if (!moved && gate.dueVerification(now) === undefined) {
      const next = gate.wakeAt(now);
      expect(next, 'where nothing runs, a step can only wait for time').toBeGreaterThan(now);
      now = next ?? now;
    }
    take();
    verify();
  }
}

test('no wave begins before those before it have ended, soaked and kept their limits, and every step ends once', async () => {
  await holds(fc.property(situations, play), 400);
});

test('what guards block is reported apart from other losses of a wave, and so is what is no longer live', () => {
  const steps = [step('a/e/P', { wave: 'first' }), step('b/e/P', { wave: 'second' })] as const;
  const waves = [wave('first', { addresses: 2, blocked: 1 }), wave('second')];
  const gate = new WaveGate({ waves, steps }, start);
  const first = () => gate.takeChanges(start + minute).find((change) => change.wave === 'first');
  expect(first()).toMatchObject({ state: { is: 'blocked', by: 'guards' }, noLongerLive: 0 });
  gate.started(steps[0]);
  gate.ended(steps[0], live(start + minute));
  expect(first()).toBeUndefined();
  gate.verified(during('first'), { ...allLive, waves: lost('first', { noLongerLive: 1 }), at: start + minute });
  expect(first()).toMatchObject({ state: { is: 'blocked', by: 'losses' }, noLongerLive: 1 });
  gate.verified(during('first'), { ...allLive, at: start + 2 * minute });
  expect(first()).toMatchObject({ noLongerLive: 0 });
});
