// The expected minutes of a plan beside the real ones: at AWS's rates, with 100 ms for each response.
import { expect, test } from 'vitest';
import { createEmulator } from '../../src/emulator/host/emulator.ts';
import type { RequestHandler } from '../../src/engine/context.ts';
import { times } from '../support/properties.ts';
import { createWorld } from '../support/world.ts';

interface Fleet {
  readonly tenants: number;
  readonly environments: number;
  readonly profiles: number;
  readonly strategy: string;
  readonly waves?: string;
}

const linear = 'AppConfig.Linear50PercentEvery30Seconds';
const hour = 'AppConfig.Linear20PercentEvery6Minutes';
const fleets: readonly Fleet[] = [
  { tenants: 1, environments: 1, profiles: 1, strategy: linear },
  { tenants: 1, environments: 3, profiles: 3, strategy: linear },
  { tenants: 3, environments: 2, profiles: 2, strategy: hour },
  { tenants: 20, environments: 1, profiles: 1, strategy: 'instant' },
  { tenants: 30, environments: 2, profiles: 2, strategy: 'instant' },
  { tenants: 20, environments: 2, profiles: 3, strategy: linear },
  { tenants: 4, environments: 1, profiles: 6, strategy: 'AppConfig.Canary10Percent20Minutes' },
  { tenants: 30, environments: 3, profiles: 1, strategy: linear },
  { tenants: 5, environments: 4, profiles: 2, strategy: 'AppConfig.AllAtOnce' },
  { tenants: 6, environments: 2, profiles: 4, strategy: 'slow' },
  {
    tenants: 12,
    environments: 2,
    profiles: 2,
    strategy: linear,
    waves: '[{ name: one, tenants: [t1], soak: 5m }, { name: two, environments: [e0], soak: 1h }, { name: rest }]',
  },
];

function treeOf({ tenants, environments, profiles, strategy, waves }: Fleet): Record<string, string> {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  return {
    'appcfg.yml': `project: p
aws: { quotas: { applications: 1000 } }
deploymentStrategy: ${strategy}
deploymentStrategies:
  instant: { durationMinutes: 0, growthFactor: 100 }
  slow: { durationMinutes: 5, bakeMinutes: 3, growthFactor: 10 }
${waves === undefined ? '' : `waves: ${waves}\n`}`,
    ...Object.fromEntries(numbers(profiles).map((profile) => [`template/P${profile}.yml`, `a: ${profile}\n`])),
    ...Object.fromEntries(
      numbers(tenants).flatMap((tenant) =>
        numbers(environments).map((environment) => [`tenants/t${tenant}/e${environment}/P0.yml`, `b: ${tenant}\n`]),
      ),
    ),
  };
}

/** A third of them, and with PROPERTY_TIMES all. */
const tried = fleets.filter((_, index) => times > 1 || index % 3 === 1);

/** Of the estimate, in minutes. */
const rounding = 0.01;

test.each(tried)(
  'the estimate for $tenants tenants × $environments × $profiles, $strategy, is right within 10 %',
  async (fleet) => {
    const world = createWorld(treeOf(fleet));
    const appConfig = createEmulator({ now: world.clock.now, rates: true, quotas: { applications: 1000 } });
    const requestHandler = appConfig.requestHandler() as RequestHandler;
    const options = { env: { APPCFG_RATES: 'aws' }, requestHandler, latencyMs: 100 };
    const expected = async () => {
      const { json } = await world.appcfgWith(options, 'diff', '-o', 'json');
      return json.summary.expectedMinutes as number;
    };
    const minutesOfSync = async () => {
      const start = world.clock.now();
      const { exitCode, stderr } = await world.appcfgWith(options, 'sync', '-o', 'jsonl=events');
      expect(exitCode, stderr).toBe(0);
      return (world.clock.now() - start) / 60_000;
    };
    const first = await expected();
    expect(Math.abs((await minutesOfSync()) - first)).toBeLessThan(Math.max(first * 0.1, rounding));
  },
  30_000,
);
