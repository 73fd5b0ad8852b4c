// The checks that other tests rely on find broken rules.
import { expect, test } from 'vitest';
import { createEmulator } from '../../../src/emulator/host/emulator.ts';
import { restore } from '../../../src/emulator/state/restore.ts';
import type { Snapshot } from '../../../src/emulator/state/snapshot.ts';
import { creator, start } from '../conformance/support.ts';

/** A state with two deployments of two labelled versions. */
async function state(): Promise<Snapshot> {
  const emulator = createEmulator({ now: () => start });
  const make = creator(emulator);
  const { Id: app } = await make('/applications', { Name: 'shop' });
  const { Id: env } = await make(`/applications/${app}/environments`, { Name: 'prod' });
  const profiles = `/applications/${app}/configurationprofiles`;
  const { Id: ConfigurationProfileId } = await make(profiles, { Name: 'web', LocationUri: 'hosted' });
  for (const number of ['1', '2']) {
    const headers = { 'content-type': 'text/plain', versionlabel: `v-${number}` };
    await make(`${profiles}/${ConfigurationProfileId}/hostedconfigurationversions`, number, headers);
    const wanted = {
      ConfigurationProfileId,
      ConfigurationVersion: number,
      DeploymentStrategyId: 'AppConfig.AllAtOnce',
    };
    await make(`/applications/${app}/environments/${env}/deployments`, wanted);
    emulator.advance(3_600_000);
  }
  expect(emulator.violations()).toEqual([]);
  return JSON.parse(JSON.stringify(emulator.snapshot()));
}

test.each<[string, (parts: ReturnType<typeof partsOf>) => void]>([
  [
    'deployments 1 and 2 of environment',
    ({ second }) => {
      second.startedAt -= 3_000_000;
    },
  ],
  [
    'were started in the wrong order',
    ({ second }) => {
      second.startedAt -= 4_000_000;
    },
  ],
  [
    'counts 3 deployments but its newest is number 2',
    ({ environment }) => {
      environment.lastDeployment = 3;
    },
  ],
  [
    'has two versions labelled "v-1"',
    ({ profile }) => {
      profile.versions[1] = { ...(profile.versions[1] ?? never()), label: 'v-1' };
    },
  ],
  [
    'counts 1 versions but has a higher version number',
    ({ profile }) => {
      profile.lastVersion = 1;
    },
  ],
  [
    'has two profiles named',
    ({ application, profile }) => {
      application.profiles.push({ ...profile, id: 'another' });
    },
  ],
])('%s', async (message, breakRule) => {
  const broken = await state();
  breakRule(partsOf(broken));
  const found = createEmulator({ now: () => start, state: restore(broken) }).violations();
  expect(found.join('\n')).toContain(message);
});

function partsOf({ accountRegions }: Snapshot) {
  const application = accountRegions.flatMap((each) => each.applications)[0] ?? never();
  const environment = application.environments[0] ?? never();
  const profile = application.profiles[0] ?? never();
  return { application, environment, profile, second: environment.deployments[1] ?? never() };
}

function never(): never {
  throw new Error('the state lacks something that was created');
}
