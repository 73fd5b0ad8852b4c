// The child pipeline as GitLab and a shell read it.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { childPipeline, type PipelineOptions } from '../../../src/core/fleet/child-pipeline.ts';
import type { FleetJob } from '../../../src/core/fleet/fleet-jobs.ts';
import { holds } from '../../support/properties.ts';

const options: PipelineOptions = {
  image: 'node:22',
  install: 'npm ci',
  cli: 'appcfg',
  audience: 'appcfg',
  environment: 'production',
  writeRole: undefined,
  longestMinutes: 360,
  maxJobs: 100,
  flags: [],
  approval: undefined,
};

const job: FleetJob = {
  wave: 'canary',
  stage: 1,
  accountRegion: '444455556666/eu-west-1',
  addresses: 3,
  minutes: 10,
  mayFail: false,
};

// biome-ignore lint/suspicious/noExplicitAny: tests look into a document whose shape they assert.
type Pipeline = Record<string, any>;

function pipelineOf(jobs: readonly FleetJob[], more: Partial<PipelineOptions> = {}): Pipeline {
  const { text } = childPipeline(jobs, { ...options, ...more });
  expect(load(text)).toEqual(JSON.parse(text));
  return JSON.parse(text);
}

function jobsOf(pipeline: Pipeline): Pipeline {
  return Object.fromEntries(Object.entries(pipeline).filter(([name]) => !name.startsWith('.') && name !== 'stages'));
}

/** With what it extends. */
function whole(pipeline: Pipeline, name: string): Pipeline {
  const { extends: base, ...own } = pipeline[name];
  return base === undefined ? own : { ...whole(pipeline, base), ...own };
}

/** The words of a line of a script, as a shell passes them on. */
function wordsOf(line: string): readonly string[] {
  const printed = execFileSync('sh', ['-c', `set -- ${line}\nprintf '%s\\0' "$@"`], { encoding: 'utf8' });
  return printed.split('\0').slice(0, -1);
}

test('each job that writes has an ID token, a timeout, a rule for the default branch, and cannot be cancelled', () => {
  const pipeline = pipelineOf([job, { ...job, stage: 2, wave: 'rest' }]);
  const syncs = Object.keys(jobsOf(pipeline)).filter((name) => name.startsWith('wave'));
  expect(syncs).toEqual(['wave 1 canary: [444455556666/eu-west-1]', 'wave 2 rest: [444455556666/eu-west-1]']);
  for (const name of syncs) {
    expect(whole(pipeline, name), name).toMatchObject({
      id_tokens: { APPCFG_ID_TOKEN: { aud: 'appcfg' } },
      timeout: expect.stringMatching(/^\d+ minutes$/),
      interruptible: false,
      resource_group: 'appcfg-production/444455556666/eu-west-1',
      environment: { name: 'production', action: 'access' },
      rules: [{ if: expect.stringContaining('$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH') }],
      retry: { exit_codes: [75] },
      artifacts: { when: 'always', access: 'developer' },
      dependencies: ['appcfg prepare'],
    });
  }
});

test('jobs of one account and Region share a resource group, which is never that of the trigger job', () => {
  const parts = ['111122223333/us-east-1', '444455556666/us-east-1', 'unknown/eu-west-1', undefined] as const;
  const groups = (environment: string) =>
    parts.map((accountRegion) => {
      const jobs = [job, { ...job, stage: 2, wave: 'rest' }].map((each) => ({ ...each, accountRegion }));
      const pipeline = pipelineOf(jobs, { environment });
      const own = Object.values(jobsOf(pipeline)).flatMap((each) => each.resource_group ?? []);
      expect(own).toHaveLength(2);
      // What GitLab allows in it.
      expect(own[0]).toMatch(/^[\w./${} -]+[^/]$/);
      return new Set(own).size === 1 ? own[0] : undefined;
    });
  expect(groups('production')).toEqual([
    'appcfg-production/111122223333/us-east-1',
    'appcfg-production/444455556666/us-east-1',
    'appcfg-production/unknown/eu-west-1',
    'appcfg-production/sync',
  ]);
  expect(groups('eu/production')[3]).toBe('appcfg-eu/production/sync');
});

test('the jobs without a role have no ID token, and every job runs in a child pipeline', () => {
  const pipeline = pipelineOf([job]);
  for (const name of ['appcfg prepare', 'appcfg summary']) expect(whole(pipeline, name).id_tokens).toBeUndefined();
  for (const name of Object.keys(jobsOf(pipeline))) {
    expect(whole(pipeline, name).rules[0].if, name).toContain('$CI_PIPELINE_SOURCE == "parent_pipeline"');
  }
});

test('a wave begins when all jobs of the one before have succeeded: stages order them, and the summary always runs', () => {
  const pipeline = pipelineOf([
    job,
    { ...job, accountRegion: '111122223333/us-east-1' },
    { ...job, stage: 2, wave: 'rest' },
  ]);
  expect(pipeline.stages).toEqual(['prepare', 'wave 1 canary', 'wave 2 rest', 'summary']);
  expect(Object.values(jobsOf(pipeline)).some((each) => 'needs' in each)).toBe(false);
  expect(whole(pipeline, 'appcfg summary').rules).toMatchObject([{ when: 'always' }]);
  expect(pipeline['appcfg summary'].script[0].match(/appcfg-sync-\S+\.json/g)).toHaveLength(3);
});

test('a wave whose failures are allowed does not stop the pipeline: the next one judges it', () => {
  const pipeline = pipelineOf([
    { ...job, mayFail: true },
    { ...job, stage: 2, wave: 'rest' },
  ]);
  expect(pipeline['wave 1 canary: [444455556666/eu-west-1]'].allow_failure).toEqual({ exit_codes: [4, 5] });
  expect(pipeline['wave 2 rest: [444455556666/eu-west-1]'].allow_failure).toBeUndefined();
});

test.each([
  [0, 60],
  [10, 60],
  [60, 120],
  [120, 210],
  [100_000, 360],
])('a rollout of %d minutes has a timeout of %d minutes, and the run ends before it', (minutes, timeout) => {
  const pipeline = pipelineOf([{ ...job, minutes }]);
  const made = pipeline['wave 1 canary: [444455556666/eu-west-1]'];
  expect(made.timeout).toBe(`${timeout} minutes`);
  expect(made.script[0]).toContain(` --timeout=${timeout - 5}m `);
});

test('without jobs the pipeline has one that does nothing: GitLab fails a trigger with none', () => {
  const pipeline = pipelineOf([]);
  expect(Object.keys(jobsOf(pipeline))).toEqual(['nothing to deploy']);
  expect(pipeline['nothing to deploy']).toMatchObject({
    variables: { GIT_STRATEGY: 'none' },
    rules: expect.any(Array),
  });
});

test('more jobs than --max-jobs are refused, and a file that GitLab would refuse', () => {
  const many = Array.from({ length: 101 }, (_, index) => ({ ...job, stage: index + 1 }));
  expect(() => childPipeline(many, options)).toThrow('101 jobs, more than --max-jobs 100');
  expect(childPipeline(many, { ...options, maxJobs: 101 }).jobs).toHaveLength(101);
  const flags = Array.from({ length: 1000 }, (_, index) => `--tenant=${index}${'x'.repeat(60)}`);
  expect(() => childPipeline(many, { ...options, flags, maxJobs: 101 })).toThrow(/GitLab accepts 5,242,880/);
});

test('without waves, accounts and an installation there is one job', () => {
  const single = { ...job, wave: undefined, accountRegion: undefined };
  const pipeline = pipelineOf([single], { install: undefined, image: undefined });
  expect(pipeline.stages).toEqual(['sync', 'summary']);
  expect(pipeline['appcfg sync'].script).toEqual([
    'appcfg sync --timeout=55m -o text -o json=appcfg-sync.json -o junit=appcfg-sync.xml',
  ]);
});

test('an approval is written by a job without an ID token, and each sync expects it', () => {
  const expectations = ['0123456789abcdef'];
  const approval = { expect: new Set(expectations), namesAccounts: true };
  const pipeline = pipelineOf([job], { approval, install: undefined });
  const [, , written] = wordsOf(pipeline['appcfg prepare'].script[0].replace(/ > .*/, ''));
  expect(JSON.parse(written ?? '')).toMatchObject({ formatVersion: 1, expect: expectations });
  expect(pipeline['appcfg prepare'].artifacts.paths).toEqual(['appcfg-approved.json']);
  expect(pipeline['wave 1 canary: [444455556666/eu-west-1]'].script[0]).toContain(' --expect=appcfg-approved.json ');
});

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          "'",
          '"',
          '`',
          '$',
          '$(',
          '${',
          '}',
          ')',
          '$[[ inputs.x ]]',
          '$CI_JOB_TOKEN',
          '%VAR%',
          '\\',
          ';',
          '&&',
          '|',
        ],
        ...[
          '\n',
          '#',
          ': ',
          '- ',
          '!reference [.a, b]',
          '*a',
          '&a',
          '<<',
          '{{',
          '*',
          '?',
          '[0/1]',
          ' ',
          '.hidden',
          'script',
        ],
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('image', 'stages', 'variables', 'default', 'include', 'workflow', '__proto__', 'pages', 'true', '-'),
);

test('names add no key, no variable of GitLab and no word of a shell', async () => {
  const plain = pipelineOf([job, { ...job, stage: 2 }], { flags: ['--tenant=x', '--chdir=y'] });
  await holds(
    fc.property(hostile, hostile, hostile, (wave, tenant, folder) => {
      const flags = [`--tenant=${tenant}`, `--chdir=${folder}`];
      const pipeline = pipelineOf(
        [
          { ...job, wave },
          { ...job, wave, stage: 2 },
        ],
        { flags },
      );
      expect(Object.keys(pipeline).length).toBe(Object.keys(plain).length);
      for (const [name, made] of Object.entries(jobsOf(pipeline))) {
        expect(name).toMatch(/^(?:appcfg (?:prepare|summary)|wave \d [\w-]+: \[444455556666\/eu-west-1\])$/);
        const { script, ...rest } = made;
        // Outside of scripts GitLab expands variables.
        expect(JSON.stringify({ ...rest, rules: undefined })).not.toMatch(/[$%]/);
        expect(JSON.stringify(script)).not.toContain('$[[');
      }
      const [sync] = Object.keys(jobsOf(pipeline)).filter((name) => name.startsWith('wave 1'));
      expect(wordsOf(pipeline[sync ?? ''].script[0]).slice(0, 5)).toEqual([
        'appcfg',
        'sync',
        ...flags,
        `--wave=${wave}`,
      ]);
    }),
    50,
  );
});
