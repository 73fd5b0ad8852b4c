// A fleet in a Git repository, and a change of it that has something of everything: a template edit over all tenants, tenants that
// keep their own value or end up different, an edit that reaches no address, loosened settings, tenants that come, go and are renamed.
import { commit, createWorld, type World } from './world.ts';

/** `tenant-007`. */
export function tenantName(index: number): string {
  return `tenant-${String(index).padStart(3, '0')}`;
}

const settings = (redact: string, strategy: string) => `project: acme/config
redact: [${redact}]
environments:
  dev: { deploymentStrategy: instant }
  qa: { deploymentStrategy: instant }
  prod: { deploymentStrategy: ${strategy} }
deploymentStrategies:
  instant: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: LINEAR }
  careful: { durationMinutes: 30, bakeMinutes: 10, growthFactor: 20, growthType: LINEAR }
  quick: { durationMinutes: 10, bakeMinutes: 10, growthFactor: 50, growthType: LINEAR }
waves:
  - { name: canary, tenants: [${tenantName(1)}, ${tenantName(2)}], soak: 30m }
  - { name: everyone, maxFailures: 5% }
`;

const limits = (rps: number) => `limits:\n  rps: ${rps}\n  burst: 300\nretry:\n  attempts: 3\n`;

/**
 * The world of the fleet, with the state before the change committed and the change in the work tree.
 * @param tenants at least 20, of which the last five keep their own value, and numbers 11 to 13 end up different
 * @param distinct gives each tenant a change of its own besides
 */
export function createReviewedFleet(tenants: number, { distinct = false } = {}): World {
  const files: Record<string, string> = {
    'appcfg.yml': settings('/database/password, /database/user', 'careful'),
    'template/Limits.yml': limits(100),
    'template/Database.yml': 'database:\n  host: db.internal\n  user: app\n  password: changeme\n',
    'template/Search.yml': 'pageSize: 20\n',
    'template/qa/Search.yml': 'pageSize: 5\n',
  };
  for (let index = 1; index <= tenants; index += 1) {
    const folder = `tenants/${tenantName(index)}`;
    for (const environment of ['dev', 'qa', 'prod']) files[`${folder}/${environment}/.gitkeep`] = '';
    files[`${folder}/Database.yml`] = `database:\n  host: db-${index}.internal\n`;
    files[`${folder}/qa/Search.yml`] = 'pageSize: 7\n';
    if (index > tenants - 5) files[`${folder}/Limits.yml`] = 'limits:\n  rps: 50\n';
    if (index >= 11 && index <= 13) files[`${folder}/prod/Limits.yml`] = 'limits:\n  rps: 120\n';
  }
  const world = createWorld(files);
  commit(world, 'before');
  world.write('appcfg.yml', settings('/database/password', 'quick'));
  world.write('template/Limits.yml', limits(200));
  world.write('template/qa/Search.yml', 'pageSize: 6\n');
  for (const index of [11, 12, 13]) {
    world.write(`tenants/${tenantName(index)}/prod/Limits.yml`, `limits:\n  rps: ${index === 12 ? 155 : 150}\n`);
  }
  if (distinct) {
    for (let index = 14; index <= tenants - 5; index += 1) {
      world.write(`tenants/${tenantName(index)}/Database.yml`, `database:\n  host: db-${index}.example\n`);
    }
  }
  world.write(`tenants/${tenantName(8)}`, undefined);
  world.write(`tenants/${tenantName(9)}`, undefined);
  for (const environment of ['dev', 'qa', 'prod']) world.write(`tenants/renamed/${environment}/.gitkeep`, '');
  world.write('tenants/renamed/Database.yml', 'database:\n  host: db-9.internal\n');
  world.write('tenants/renamed/qa/Search.yml', 'pageSize: 7\n');
  world.write('tenants/brand-new/dev/.gitkeep', '');
  world.write('tenants/brand-new/Limits.yml', 'limits:\n  rps: 400\n');
  return world;
}
