import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historyOf } from '../../../src/appconfig/read/read-application.ts';
import { withDeployment } from '../../../src/core/live/apply-observation.ts';
import type { LiveDeployment, LiveEnvironment } from '../../../src/core/live/live-state.ts';
import type { DeploymentState } from '../../../src/core/model/resource.ts';
import { holds } from '../../support/properties.ts';

const ends = fc.constantFrom<DeploymentState>('COMPLETE', 'ROLLED_BACK', 'REVERTED');

test('deployments seen one after the other result in what a list of them does', async () => {
  const rows = fc.array(fc.record({ version: fc.integer({ min: 1, max: 3 }), state: ends }), { minLength: 1 });
  await holds(
    fc.asyncProperty(rows, fc.boolean(), async (seen, isRunning) => {
      let environment: LiveEnvironment = {
        id: 'e',
        name: 'dev',
        description: undefined,
        monitors: [],
        latestDeploymentNumber: undefined,
        inFlight: undefined,
        histories: new Map(),
        deployedByAppcfg: new Set(),
      };
      const list: LiveDeployment[] = [];
      for (const [index, { version, state }] of seen.entries()) {
        const deployment = (now: DeploymentState): LiveDeployment => ({
          number: index + 1,
          profileId: 'p',
          versionNumber: version,
          versionLabel: undefined,
          state: now,
          strategy: { durationMinutes: 1, bakeMinutes: 1, growthFactor: 50, growthType: 'LINEAR' },
          startedAt: undefined,
          completedAt: undefined,
        });
        const isLast = index === seen.length - 1;
        environment = withDeployment(environment, deployment('DEPLOYING'));
        expect(environment.inFlight?.number).toBe(index + 1);
        if (!(isLast && isRunning)) environment = withDeployment(environment, deployment(state));
        list.unshift(deployment(isLast && isRunning ? 'DEPLOYING' : state));
      }
      expect(environment.histories.get('p')).toEqual(historyOf(list));
      expect(environment.inFlight?.number).toBe(isRunning ? seen.length : undefined);
      expect(environment.latestDeploymentNumber).toBe(seen.length);
    }),
    100,
  );
});
