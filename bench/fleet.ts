// Writes trees of any number of tenants with the sample tree's template: two environments, three profiles.
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const environments = ['dev', 'qa'] as const;
export const profiles = ['AllowList', 'FeatureFlags', 'ThrottlingLimits'] as const;

export interface Fleet {
  readonly tenants: number;
  /**
   * `sample`: the tenants have, in turn, the overrides of the sample tree's two, each with its own values.
   * `distinct`: every configuration has its own file, and no two contents are equal.
   */
  readonly overrides: 'sample' | 'distinct';
  readonly deploymentStrategy?: string;
  /** Each content has the names of its tenant and its environment, from variables in the template. */
  readonly variables?: boolean;
}

/** A minute of growth, and a minute of baking. */
const twoMinutes = 'AppConfig.Linear50PercentEvery30Seconds';

/** Free-form, so that the three profiles of a fleet cost the same. */
const featureFlags = `features:
  new_search:
    enabled: true
    rollout_percentage: 76
    description: The search page on the new index
  ai_recommendations:
    enabled: true
  chat_support:
    enabled: false
    description: Chat with support from every page
`;

// biome-ignore lint/suspicious/noTemplateCurlyInString: these are variables of configurations.
const variables = 'used_by:\n  host: ${tenant}.${environment}.example.com\n';

/** @param directory gets `template/`, `tenants/` and `appcfg.yml`. @returns the configuration files' paths. */
export function writeFleet(directory: string, checkout: string, fleet: Fleet): string[] {
  cpSync(join(checkout, 'template'), join(directory, 'template'), { recursive: true });
  writeFileSync(join(directory, 'template/FeatureFlags.yml'), featureFlags);
  const files = profiles.map((profile) => join(directory, 'template', `${profile}.yml`));
  if (fleet.variables) for (const file of files) appendFileSync(file, variables);
  writeFileSync(join(directory, 'appcfg.yml'), settings(fleet));
  for (let index = 0; index < fleet.tenants; index += 1) {
    const tenant = join(directory, 'tenants', tenantName(index));
    for (const environment of environments) mkdirSync(join(tenant, environment), { recursive: true });
    const documents = fleet.overrides === 'distinct' ? distinctOverrides(index) : sampleOverrides(index);
    for (const [path, text] of Object.entries(documents)) {
      writeFileSync(join(tenant, path), text);
      files.push(join(tenant, path));
    }
  }
  return files;
}

/** Three environments, four profiles, each of them in the template; a tenant has two files of its own. */
export function writeLargeFleet(directory: string, tenants: number): void {
  const put = (path: string, text: string) => {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  put('appcfg.yml', 'project: acme/config\n');
  for (const profile of ['Limits', 'Features', 'Database', 'AllowList']) {
    put(`template/${profile}.yml`, limitsTemplate(100));
  }
  for (let index = 0; index < tenants; index += 1) {
    const tenant = `tenants/${tenantName(index)}`;
    for (const environment of ['dev', 'qa', 'prod']) put(`${tenant}/${environment}/.gitkeep`, '');
    put(`${tenant}/Database.yml`, `host: db-${index}.internal\n`);
    put(`${tenant}/qa/Features.yml`, 'retry: { attempts: 7 }\n');
    if (index < 15) put(`${tenant}/Limits.yml`, `limits: { rps: ${500 + index} }\n`);
  }
}

export function limitsTemplate(rps: number): string {
  return `limits:\n  rps: ${rps}\n  burst: 300\nretry:\n  attempts: 3\n  backoffMs: 250\n`;
}

export function tenantName(index: number): string {
  return `tenant${String(index).padStart(5, '0')}`;
}

function settings({ deploymentStrategy = twoMinutes, variables: hasVariables = false }: Fleet): string {
  return `project: acme/config
deploymentStrategy: ${deploymentStrategy}
deploymentStrategies:
  instant: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100 }
profiles:
  AllowList:
    variables: ${hasVariables}
    lists:
      /ip_allowlists/internal_networks: union
  FeatureFlags: { variables: ${hasVariables} }
  ThrottlingLimits: { variables: ${hasVariables} }
`;
}

function sampleOverrides(index: number): Record<string, string> {
  if (index % 2 === 0) {
    return {
      'AllowList.yml': allowList(index),
      'dev/FeatureFlags.yml': 'features:\n  chat_support:\n    enabled: true\n',
      'dev/ThrottlingLimits.yml': `${throttlingLimits(1000 + index)}service_specific:\n  user_service:\n    burst_limit: 40\n`,
    };
  }
  return {
    'FeatureFlags.yml': 'features:\n  ai_recommendations: null\n',
    'qa/ThrottlingLimits.yml': throttlingLimits(1000 + index),
  };
}

function distinctOverrides(index: number): Record<string, string> {
  const documents = environments.map((environment, at) => {
    const number = 2 * index + at;
    return {
      [`${environment}/AllowList.yml`]: allowList(number),
      [`${environment}/FeatureFlags.yml`]: `features:\n  new_search:\n    description: Search number ${number}\n`,
      [`${environment}/ThrottlingLimits.yml`]: throttlingLimits(1000 + number),
    };
  });
  return Object.assign({}, ...documents);
}

/** A different network for each number. */
function allowList(number: number): string {
  return `ip_allowlists:\n  internal_networks:\n    - 100.64.${number >> 8}.${number & 255}/32\n`;
}

function throttlingLimits(requests: number): string {
  return `api_limits:\n  global:\n    requests_per_second: ${requests}\n`;
}
