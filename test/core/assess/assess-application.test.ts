import { expect, test } from 'vitest';
import { assessApplication } from '../../../src/core/assess/assess-application.ts';
import type { Fact } from '../../../src/core/live/facts.ts';
import type { LiveApplication, LiveDeployment, LiveEnvironment } from '../../../src/core/live/live-state.ts';
import { describeOwned, tagsOfAdopted, tagsOfCreated } from '../../../src/core/live/ownership.ts';
import type { DesiredApplication } from '../../../src/core/model/desired-state.ts';
import type { Tags } from '../../../src/core/model/resource.ts';
import type { Policy } from '../../../src/core/settings/policy.ts';
import {
  address,
  contentOfYaml,
  deployment,
  described,
  newContent,
  policy,
  profile,
  settingsOfDev,
} from '../../support/guard-inputs.ts';

const wanted = contentOfYaml('rate: 100');
const other = contentOfYaml('rate: 200');
const live = deployment(1, 'COMPLETE', wanted);
const outdated = deployment(1, 'COMPLETE', other);

const managed = tagsOfCreated(policy.project, {});
const adopted = tagsOfAdopted(policy.project, {});
const otherProject = tagsOfCreated('acme/other', {});

interface Situation {
  /** What is deployed in `one/dev`, newest first; the tree has the content `rate: 100` there. */
  readonly deployed: LiveDeployment;
  /** Of the application. Absent: not read. */
  readonly tags?: Tags;
  readonly policy?: Partial<Policy>;
  readonly application?: Partial<LiveApplication>;
  /** The content of version 1. */
  readonly serves?: string;
}

function assess({ deployed, tags, policy: how = {}, application = {}, serves = other.text }: Situation) {
  const known = newContent(wanted, [deployed], {
    facts: [described(1, 'appcfg project=acme/config'), version(serves)],
  });
  if (tags !== undefined) known.facts.learn({ kind: 'tags' }, tags);
  const found: LiveApplication = {
    id: 'a',
    name: 'one',
    description: describeOwned(policy.project),
    environments: new Map([['dev', known.environment]]),
    configurationProfiles: new Map([[profile.name, profile]]),
    ...application,
  };
  const assessment = assessApplication(desired, { application: found, facts: known.facts }, { ...policy, ...how });
  return { ...assessment, wanted: known.facts.takeWanted() };
}

const desired: DesiredApplication = {
  tenant: 'one',
  name: 'one',
  environments: [{ name: 'dev', configurations: [newContent(wanted, [live]).desired] }],
};

function version(text: string): [Extract<Fact, { kind: 'version' }>, { text: string; contentType: string }] {
  return [
    { kind: 'version', profileId: profile.id, versionNumber: 1 },
    { text, contentType: 'application/json' },
  ];
}

const tagsOfParts = [
  { kind: 'tags', environmentId: 'e' },
  { kind: 'tags', profileId: profile.id },
];

test('an application that AppConfig does not have is new, and all its addresses are created', () => {
  expect(assessApplication(desired, undefined, policy)).toMatchObject({
    ownership: 'new',
    verdicts: [{ action: 'create', desired: { address } }],
  });
});

test('where nothing changes, no tags are read', () => {
  expect(assess({ deployed: live })).toMatchObject({
    ownership: 'not needed',
    verdicts: [{ action: 'unchanged' }],
    wanted: [],
  });
});

test('where nothing changes, an application that is described as of another project is looked at all the same', () => {
  const application = { description: describeOwned('acme/other') };
  expect(assess({ deployed: live, application }).wanted).toEqual([{ kind: 'tags' }]);
  expect(assess({ deployed: live, application, tags: otherProject })).toMatchObject({ ownership: 'blocked' });
});

test('a change asks for the tags of the application, and until they are known nothing is decided by them', () => {
  expect(assess({ deployed: outdated })).toMatchObject({
    ownership: 'not needed',
    verdicts: [{ action: 'update' }],
    wanted: [{ kind: 'tags' }],
  });
});

test('a managed application is changed; of one that was created, the tags of its parts are not read', () => {
  expect(assess({ deployed: outdated, tags: managed })).toMatchObject({
    ownership: 'managed',
    adoptsParts: false,
    verdicts: [{ action: 'update' }],
    wanted: [],
  });
});

test('of an application that was adopted, the parts that change may still have to be adopted', () => {
  expect(assess({ deployed: outdated, tags: adopted })).toMatchObject({
    ownership: 'managed',
    adoptsParts: true,
    wanted: tagsOfParts,
  });
});

test('an application of another project is blocked with everything in it', () => {
  expect(assess({ deployed: outdated, tags: otherProject })).toMatchObject({
    ownership: 'blocked',
    environments: [{ name: 'dev', blocked: true }],
    verdicts: [{ action: 'blocked', blockedBy: { code: 'guard-owner', subject: { tenant: 'one' } } }],
  });
});

test('an unmanaged application that changes is adopted if the user or the settings allow it, and blocked otherwise', () => {
  const unmanaged = { deployed: outdated, tags: {} };
  expect(assess(unmanaged)).toMatchObject({ ownership: 'blocked' });
  for (const how of [{ adopt: true }, { settings: { ...policy.settings, adopt: ['o*'] } }]) {
    expect(assess({ ...unmanaged, policy: how })).toMatchObject({
      ownership: 'adopt',
      adoptsParts: true,
      verdicts: [{ action: 'update' }],
      wanted: tagsOfParts,
    });
  }
  expect(assess({ ...unmanaged, policy: { adopt: true, only: 'deploy' } })).toMatchObject({
    ownership: 'blocked',
    verdicts: [{ blockedBy: { hint: { text: 'this stage only deploys; adopt it first' } } }],
  });
});

test('content that another tool deployed is adopted as it is', () => {
  const unlabelled = deployment(1, 'COMPLETE');
  const application = { description: undefined };
  const known = { deployed: unlabelled, application, serves: wanted.text };
  expect(assess(known)).toMatchObject({ verdicts: [{ action: 'unchanged' }], wanted: [{ kind: 'tags' }] });
  expect(assess({ ...known, tags: {}, policy: { adopt: true } })).toMatchObject({
    ownership: 'adopt',
    verdicts: [{ action: 'adopt', isLive: true }],
  });
});

test('an environment of another account blocks its addresses, and changes nothing else', () => {
  const elsewhere = { ...policy.accountRegion, account: '999988887777' };
  const settings = settingsOfDev({ account: policy.accountRegion.account });
  expect(assess({ deployed: outdated, policy: { settings, accountRegion: elsewhere } })).toMatchObject({
    ownership: 'not needed',
    verdicts: [{ action: 'blocked', blockedBy: { code: 'guard-account' } }],
    wanted: [],
  });
});

test('environments and profiles that only AppConfig has are orphaned if appcfg made them, and unseen in a selective run', () => {
  const { environment } = newContent(wanted, [live]);
  const made = { ...environment, id: 'q', name: 'qa', description: describeOwned(policy.project) };
  const application = {
    environments: new Map<string, LiveEnvironment>([
      ['dev', { ...environment, deployedByAppcfg: new Set(['old']) }],
      ['qa', made],
      ['scratch', { ...made, name: 'scratch', description: 'by hand' }],
    ]),
    configurationProfiles: new Map([
      [profile.name, profile],
      ['Old', { ...profile, id: 'old', name: 'Old' }],
      ['Scratch', { ...profile, id: 'scratch', name: 'Scratch' }],
    ]),
  };
  expect(assess({ deployed: live, application })).toMatchObject({
    orphanedEnvironments: ['qa'],
    orphanedProfiles: ['Old'],
  });
  expect(assess({ deployed: live, application, policy: { selective: true } })).toMatchObject({
    orphanedEnvironments: [],
    orphanedProfiles: [],
  });
});
