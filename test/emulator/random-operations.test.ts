// Random sequences of operations against a small model of the rules, written independently of the emulator.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/emulator/host/emulator.ts';
import { holds, times } from '../support/properties.ts';

const minute = 60_000;
const start = Date.parse('2026-03-01T12:00:00Z');

const strategies = [
  { minutes: 0, bake: 0, factor: 100 },
  { minutes: 0, bake: 5, factor: 100 },
  { minutes: 10, bake: 0, factor: 50 },
  { minutes: 20, bake: 10, factor: 25 },
] as const;
const environments = ['dev', 'prod'] as const;
const profiles = ['web', 'jobs'] as const;

const target = { profile: fc.nat(1), environment: fc.nat(1) };
const operation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      profile: fc.nat(1),
      label: fc.option(fc.constantFrom('a', 'b', 'c', '12'), { nil: undefined }),
      latest: fc.option(fc.nat(4), { nil: undefined, freq: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), profile: fc.nat(1), number: fc.nat(5) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('deploy' as const),
      ...target,
      version: fc.constantFrom('1', '1', '2', '3', 'a', 'b', 'none'),
      strategy: fc.nat(strategies.length - 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stop' as const),
      environment: fc.nat(1),
      number: fc.integer({ min: 1, max: 3 }),
      revert: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('alarm' as const), environment: fc.nat(1), on: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 6, 20, 31, 4400) }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

interface Version {
  readonly number: number;
  readonly label: string | undefined;
  readonly content: string;
}

interface Deployment {
  readonly profile: number;
  readonly content: string;
  readonly startedAt: number;
  readonly grownAt: number;
  readonly completeAt: number;
  ended?: 'ROLLED_BACK' | 'REVERTED';
  /** Ended by an alarm: it rolls back for two seconds. */
  endsAt?: number;
}

class Model {
  now = start;
  readonly versions: Version[][] = [[], []];
  readonly created = [0, 0];
  readonly deployments: Deployment[][] = [[], []];
  readonly alarms = [false, false];

  state(deployment: Deployment): string {
    if (deployment.ended !== undefined && this.now >= (deployment.endsAt ?? 0)) return deployment.ended;
    if (deployment.endsAt !== undefined && this.now >= deployment.endsAt - 2000) return 'ROLLING_BACK';
    if (this.now >= deployment.completeAt) return 'COMPLETE';
    return this.now >= deployment.grownAt ? 'BAKING' : 'DEPLOYING';
  }

  busy(environment: number): boolean {
    const newest = this.deployments[environment]?.at(-1);
    return newest !== undefined && ['DEPLOYING', 'BAKING', 'ROLLING_BACK'].includes(this.state(newest));
  }

  /** What clients may receive: two contents while a deployment grows; `undefined` for nothing. */
  live(environment: number, profile: number): (string | undefined)[] {
    const found: (string | undefined)[] = [];
    for (const deployment of [...(this.deployments[environment] ?? [])].reverse()) {
      if (deployment.profile !== profile) continue;
      const state = this.state(deployment);
      if (state === 'DEPLOYING') found.push(deployment.content);
      if (state === 'BAKING' || state === 'COMPLETE') return [...found, deployment.content];
    }
    return [...found, undefined];
  }
}

/** Sends requests to the emulator as they are on the wire. */
class Client {
  readonly #emulator: Emulator;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  async send(method: string, path: string, body: unknown = '', headers: Record<string, string> = {}) {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const query = new URLSearchParams();
    const response = await this.#emulator.handle({ method, path, query, headers, body: bytes });
    const text = response.body.toString();
    const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, never>;
    return { status: response.status, headers: response.headers, text, json };
  }

  async make(path: string, body: unknown): Promise<string> {
    return (await this.send('POST', path, body)).json.Id ?? '';
  }
}

async function createSite(): Promise<Site> {
  const model = new Model();
  const emulator = createEmulator({ now: () => model.now });
  const client = new Client(emulator);
  const application = `/applications/${await client.make('/applications', { Name: 'shop' })}`;
  const ids = { environments: [] as string[], profiles: [] as string[], strategies: [] as string[] };
  for (const Name of environments) ids.environments.push(await client.make(`${application}/environments`, { Name }));
  for (const Name of profiles) {
    const body = { Name, LocationUri: 'hosted' };
    ids.profiles.push(await client.make(`${application}/configurationprofiles`, body));
  }
  for (const { minutes, bake, factor } of strategies) {
    const numbers = { DeploymentDurationInMinutes: minutes, FinalBakeTimeInMinutes: bake, GrowthFactor: factor };
    ids.strategies.push(await client.make('/deploymentstrategies', { Name: 's', ...numbers }));
  }
  const versionsOf = (profile: number) =>
    `${application}/configurationprofiles/${ids.profiles[profile]}/hostedconfigurationversions`;
  const deploymentsOf = (environment: number) =>
    `${application}/environments/${ids.environments[environment]}/deployments`;
  const site = { model, emulator, client, ids, versionsOf, deploymentsOf };
  // Versions that exist from the start, so that short sequences reach deployments.
  for (const profile of [0, 1]) await create(site, { kind: 'create', profile, label: undefined, latest: undefined });
  return site;
}

interface Site {
  readonly model: Model;
  readonly emulator: Emulator;
  readonly client: Client;
  readonly ids: { readonly profiles: readonly string[]; readonly strategies: readonly string[] };
  readonly versionsOf: (profile: number) => string;
  readonly deploymentsOf: (environment: number) => string;
}

async function carryOut(site: Site, operation: Operation): Promise<void> {
  switch (operation.kind) {
    case 'create':
      return await create(site, operation);
    case 'delete':
      return await remove(site, operation);
    case 'deploy':
      return await deploy(site, operation);
    case 'stop':
      return await stop(site, operation);
    case 'alarm': {
      const { environment, on } = operation;
      const name = environments[environment] ?? '';
      site.emulator.setAlarm({ application: 'shop', environment: name, state: on ? 'ALARM' : 'OK' });
      site.model.alarms[environment] = on;
      const newest = site.model.deployments[environment]?.at(-1);
      if (on && newest !== undefined && ['DEPLOYING', 'BAKING'].includes(site.model.state(newest))) {
        newest.ended = 'ROLLED_BACK';
        newest.endsAt = site.model.now + 2000;
      }
      return;
    }
    case 'wait':
      site.model.now += operation.minutes * minute;
      return;
    default:
      operation satisfies never;
  }
}

async function create(site: Site, asked: Extract<Operation, { kind: 'create' }>): Promise<void> {
  const { model, client, versionsOf } = site;
  const { profile, label, latest } = asked;
  const kept = model.versions[profile] ?? [];
  const number = (model.created[profile] ?? 0) + 1;
  const content = `content ${number} of ${profile}`;
  const headers: Record<string, string> = { 'content-type': 'text/plain' };
  if (label !== undefined) headers.versionlabel = label;
  if (latest !== undefined) headers['latest-version-number'] = String(latest);
  const response = await client.send('POST', versionsOf(profile), content, headers);
  if (label === '12' || kept.some((version) => label !== undefined && version.label === label)) {
    expect(response.status).toBe(400);
  } else if (latest !== undefined && latest !== (kept.at(-1)?.number ?? 0)) {
    expect(response.status).toBe(409);
  } else {
    expect([response.status, response.headers['version-number']]).toEqual([201, String(number)]);
    model.created[profile] = number;
    kept.push({ number, label, content });
  }
}

async function remove(site: Site, asked: Extract<Operation, { kind: 'delete' }>): Promise<void> {
  const { model, client, versionsOf } = site;
  const kept = model.versions[asked.profile] ?? [];
  const index = kept.findIndex(({ number }) => number === asked.number);
  const response = await client.send('DELETE', `${versionsOf(asked.profile)}/${asked.number}`);
  expect(response.status).toBe(index < 0 ? 404 : 204);
  if (index >= 0) kept.splice(index, 1);
}

async function deploy(site: Site, asked: Extract<Operation, { kind: 'deploy' }>): Promise<void> {
  const { model, client, ids, deploymentsOf } = site;
  const { profile, environment } = asked;
  const version = (model.versions[profile] ?? []).find(
    ({ number, label }) => String(number) === asked.version || label === asked.version,
  );
  const lane = model.deployments[environment] ?? [];
  const response = await client.send('POST', deploymentsOf(environment), {
    ConfigurationProfileId: ids.profiles[profile],
    ConfigurationVersion: asked.version,
    DeploymentStrategyId: ids.strategies[asked.strategy],
  });
  if (version === undefined) {
    expect(response.status).toBe(404);
    return;
  }
  if (model.busy(environment)) {
    expect(response.status).toBe(409);
    return;
  }
  const strategy = strategies[asked.strategy] ?? strategies[0];
  const alarmed = model.alarms[environment] ?? false;
  const instant = strategy.minutes + strategy.bake === 0 && !alarmed;
  // A strategy without duration takes its single step after five seconds.
  const grownAt = model.now + (instant ? 0 : strategy.minutes * minute || 5000);
  const deployment: Deployment = {
    profile,
    content: version.content,
    startedAt: model.now,
    grownAt,
    completeAt: grownAt + strategy.bake * minute,
    ...(alarmed ? { ended: 'ROLLED_BACK' as const, endsAt: model.now + 3000 } : {}),
  };
  lane.push(deployment);
  expect(response.status).toBe(201);
  expect(response.json).toMatchObject({ DeploymentNumber: lane.length, State: instant ? 'COMPLETE' : 'DEPLOYING' });
}

async function stop(site: Site, asked: Extract<Operation, { kind: 'stop' }>): Promise<void> {
  const { model, client, deploymentsOf } = site;
  const lane = model.deployments[asked.environment] ?? [];
  const deployment = lane[asked.number - 1];
  const headers: Record<string, string> = asked.revert ? { 'allow-revert': 'true' } : {};
  const response = await client.send('DELETE', `${deploymentsOf(asked.environment)}/${asked.number}`, '', headers);
  if (deployment === undefined) {
    expect(response.status).toBe(404);
    return;
  }
  const state = model.state(deployment);
  const later = lane
    .slice(asked.number)
    .some((each) => each.profile === deployment.profile && !['ROLLED_BACK', 'REVERTED'].includes(model.state(each)));
  const young = model.now - deployment.completeAt <= 72 * 60 * minute;
  if (state === 'DEPLOYING' || state === 'BAKING') deployment.ended = 'ROLLED_BACK';
  else if (state === 'COMPLETE' && asked.revert && young && !later) deployment.ended = 'REVERTED';
  else {
    expect(response.status, state).toBe(400);
    return;
  }
  delete deployment.endsAt;
  expect(response.status).toBe(202);
  expect(response.json).toMatchObject({ State: deployment.ended });
}

/** Checks the state at the end of a sequence against all rules. Every prefix is a sequence too. */
async function check(site: Site): Promise<void> {
  const { model, client, emulator, versionsOf, deploymentsOf } = site;
  for (const [profile, kept] of model.versions.entries()) {
    for (const { number, content, label } of kept) {
      const response = await client.send('GET', `${versionsOf(profile)}/${number}`);
      expect([response.text, response.headers.versionlabel], 'versions never change').toEqual([content, label]);
    }
  }
  for (const [environment, lane] of model.deployments.entries()) {
    const { Items } = (await client.send('GET', deploymentsOf(environment))).json as { Items?: { State: string }[] };
    const expected = lane.map((deployment) => model.state(deployment)).reverse();
    expect(Items?.map(({ State }) => State)).toEqual(expected);
    expect(expected.filter((state) => ['DEPLOYING', 'BAKING'].includes(state)).length).toBeLessThan(2);
    for (const [profile, name] of profiles.entries()) {
      const address = { application: 'shop', environment: environments[environment] ?? '', profile: name };
      expect(model.live(environment, profile)).toContain(received(emulator, address));
    }
  }
  expect(emulator.violations()).toEqual([]);
}

function received(emulator: Emulator, address: Parameters<Emulator['configuration']>[0]): string | undefined {
  try {
    return emulator.configuration(address, 'client').content.toString();
  } catch {
    return undefined;
  }
}

test(
  'any sequence of operations keeps to the rules',
  async () => {
    await holds(
      fc.asyncProperty(fc.array(operation, { maxLength: 14, size: 'max' }), async (operations) => {
        const site = await createSite();
        for (const operation of operations) await carryOut(site, operation);
        await check(site);
      }),
      400,
    );
  },
  60_000 * times,
);
