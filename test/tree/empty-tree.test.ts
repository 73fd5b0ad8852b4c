// Trees and settings of which a part is missing or cannot be read: what is warned of, and what is not.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const tenant = { 'tenants/acme/prod/.gitkeep': '' };

async function warningsOf(files: Record<string, string>): Promise<string> {
  const { json } = await createWorld(files).appcfg('validate', '-o', 'json');
  const problems = json.problems as { code: string; source: string }[];
  return problems.map(({ code, source }) => `${code} ${source}`).join('\n');
}

test('a tree with tenants and without addresses is a warning', async () => {
  expect(await warningsOf({ 'appcfg.yml': 'deploymentStrategy: AppConfig.AllAtOnce', ...tenant })).toBe(
    'tree-empty template',
  );
});

test('a folder that is probably the template is named', async () => {
  const files = { 'appcfg.yml': 'deploymentStrategy: AppConfig.AllAtOnce', 'Template/A.yml': 'a: 1', ...tenant };
  expect(await warningsOf(files)).toBe('file-ignored Template');
});

test('settings that cannot be read are not warned of', async () => {
  expect(await warningsOf({ 'appcfg.yml': 'environments: [', 'template/A.yml': 'a: 1', ...tenant })).toMatch(
    /^syntax-invalid \S+$/,
  );
});
