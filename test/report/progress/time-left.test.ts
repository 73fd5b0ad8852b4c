import { expect, test } from 'vitest';
import type { Event } from '../../../src/core/events/event.ts';
import { TimeLeft } from '../../../src/report/progress/time-left.ts';
import { stepsOfJson } from '../../support/json-steps.ts';
import { createWorld } from '../../support/world.ts';

test('the time left falls as time passes, and grows when a deployment ends late', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: p\ndeploymentStrategy: AppConfig.AllAtOnce\n',
    'template/A.yml': 'a: 1\n',
    'template/B.yml': 'b: 1\n',
    'tenants/one/dev/.gitkeep': '',
  });
  const { stdout } = await world.appcfg('sync', '-o', 'jsonl');
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event)
    .map((event) =>
      event.type === 'plan-made' ? { ...event, plan: { ...event.plan, steps: stepsOfJson(event.plan.steps) } } : event,
    );
  let now = 0;
  const left = new TimeLeft(() => now);
  expect(left.ms).toBeUndefined();
  const until = (isLast: (event: Event) => boolean) => {
    for (let event = events.shift(); event !== undefined; event = events.shift()) {
      left.handle(event);
      if (isLast(event)) return;
    }
  };
  until((event) => event.type === 'phase-started' && event.phase === 'applying-plan');
  const minutes = () => Math.round((left.ms ?? 0) / 60_000);
  expect(minutes()).toBe(20);
  now = 4 * 60_000;
  expect(minutes()).toBe(16);
  // The first deployment ends three minutes late, and the second is expected to.
  now = 13 * 60_000;
  until((event) => event.type === 'step-finished' && event.step === 'StartDeployment one/dev/A');
  expect(minutes()).toBe(10);
  now = 30 * 60_000;
  expect(left.ms).toBe(0);
});
