// Commands that hints propose: pasted, they reach what the run reached, and no more.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diffCommand } from '../../src/cli/commands/diff.ts';
import { rollbackCommand } from '../../src/cli/commands/rollback.ts';
import { syncCommand } from '../../src/cli/commands/sync.ts';
import { commonFlags as flags } from '../../src/cli/common-flags.ts';
import { commands } from '../../src/cli/program.ts';
import { commandSpeller } from '../../src/cli/spell-command.ts';
import { type HintCommand, quoteForShell } from '../../src/core/problem/hint.ts';

interface Given {
  readonly argv?: string;
  readonly ran?: (typeof commands)[number];
  /** By attribute name, as commander stores it. */
  readonly typed?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
}

function spell(command: HintCommand, { argv = '', ran = syncCommand, typed = {}, environment = {} }: Given): string {
  const source = { environment, typed: (flag: { attributeName(): string }) => typed[flag.attributeName()] };
  const words = commandSpeller(
    { argv: argv.split(' ').filter(Boolean), source, definition: ran, commands },
    'tree',
  )(command);
  return words.map(quoteForShell).join(' ');
}

const address = { tenant: 'globex', environment: 'prod', configurationProfile: 'Limits' };
const sync = (...args: string[]) => ({ run: 'sync', args }) as const;

const cases: readonly (readonly [string, HintCommand, Given, string])[] = [
  [
    'a wave replaces the wave of the user, whatever its name begins with',
    sync('--wave=-x'),
    { typed: { wave: 'rest' } },
    'appcfg sync --wave=-x',
  ],
  [
    'and in the command of the user, in each form',
    { run: 'same', args: ['--wave=-x'] },
    { argv: 'sync --wave rest -t one --wave=other', typed: { wave: 'other', tenant: ['one'] } },
    'appcfg sync -t one --wave=-x',
  ],
  [
    'also a short one, with its value beside or in it',
    { run: 'same', args: ['--chdir', 'here'] },
    { argv: 'sync -C there -Cover -- -C', typed: { chdir: 'over' } },
    'appcfg sync --chdir here -- -C',
  ],
  [
    'flags that are repeated are kept beside those of the hint',
    { run: 'same', args: ['--tenant', '!two'] },
    { argv: 'sync --tenant one', typed: { tenant: ['one'] } },
    "appcfg sync --tenant one --tenant '!two'",
  ],
  [
    'a named account and Region replaces those of the user',
    sync('--account-region=-x'),
    { typed: { accountRegion: ['a/b'] } },
    'appcfg sync --account-region=-x',
  ],
  ['nothing was selected', sync('--allow-older'), {}, 'appcfg sync --allow-older'],
  [
    'the selection stays',
    sync('--allow-older'),
    { typed: { tenant: ['globex', '!acme'], env: ['prod'], configProfile: ['L*'], selector: ['tier=gold'] } },
    "appcfg sync --allow-older -t globex -t '!acme' -l tier=gold -e prod -p 'L*'",
  ],
  [
    'so does what names the tree and the AppConfig',
    sync('--allow-older'),
    {
      typed: {
        chdir: 'config',
        local: true,
        region: 'eu-west-1',
        awsProfile: 'ops',
        settingsBase: 'main',
        tenant: ['one'],
      },
    },
    'appcfg sync --allow-older -t one -C config --settings-base main --region eu-west-1 --aws-profile ops --local',
  ],
  [
    'the accounts and Regions stay',
    sync('--allow-older'),
    { typed: { accountRegion: ['444455556666/*', '!444455556666/eu-west-1'] } },
    "appcfg sync --allow-older --account-region '444455556666/*' --account-region '!444455556666/eu-west-1'",
  ],
  [
    'also where a command is narrowed to a tenant, which may be in several',
    { run: 'sync', args: ['--adopt'], selects: { tenant: 'globex' } },
    { typed: { accountRegion: ['444455556666/eu-west-1'] } },
    'appcfg sync --adopt --tenant globex --account-region 444455556666/eu-west-1',
  ],
  [
    'but not where it is narrowed to an address, which is in one',
    { run: 'rollback', args: [], selects: address },
    { typed: { accountRegion: ['444455556666/eu-west-1'] } },
    'appcfg rollback globex/prod/Limits',
  ],
  [
    'nor where all of the tree is meant',
    { run: 'diff', args: [], selects: 'all' },
    { typed: { accountRegion: ['444455556666/eu-west-1'] } },
    'appcfg diff',
  ],
  [
    'nor for a command that needs all of them',
    { run: 'validate', args: [] },
    { typed: { accountRegion: ['444455556666/eu-west-1'] } },
    'appcfg validate',
  ],
  [
    'a command that contacts no AppConfig is not told which one',
    { run: 'tidy', args: [] },
    { typed: { chdir: 'config', local: true, region: 'eu-west-1', insecure: true } },
    'appcfg tidy -C config',
  ],
  [
    'a value that begins with a dash',
    sync('--allow-older'),
    { typed: { tenant: ['-one'], region: '-x' } },
    'appcfg sync --allow-older --tenant=-one --region=-x',
  ],
  [
    'the wave and the stage stay',
    sync('--allow-older'),
    { typed: { wave: 'canary', only: 'deploy', dryRun: true } },
    'appcfg sync --allow-older --wave canary --only deploy',
  ],
  [
    'the wave of a diff stays',
    sync('--allow-older'),
    { ran: diffCommand, typed: { wave: 'canary' } },
    'appcfg sync --allow-older --wave canary',
  ],
  [
    'what the hint sets is set once',
    sync('--only', 'update'),
    { typed: { only: 'deploy' } },
    'appcfg sync --only update',
  ],
  [
    'what was approved and the guards that are overridden stay, also where the hint is narrowed',
    { ...sync('--retry-rolled-back'), selects: address },
    { typed: { expect: 'plan.json', adopt: true, retryRolledBack: true, wave: 'canary', wait: false } },
    'appcfg sync --retry-rolled-back --tenant globex --env prod --config-profile Limits --expect plan.json --adopt',
  ],
  [
    'a diff for a new approval has the guards that are overridden',
    { run: 'diff', args: ['-o', 'json=plan.json'] },
    { typed: { expect: 'plan.json', adopt: true, supersede: true, tenant: ['one'], only: 'deploy', wave: 'w' } },
    'appcfg diff -o json=plan.json -t one --wave w --adopt --supersede',
  ],
  [
    'a sync after a rollback has nothing of it',
    sync(),
    { ran: rollbackCommand, typed: { supersede: true, tenant: ['one'] } },
    'appcfg sync -t one',
  ],
  ['another command has no waves', { run: 'history', args: [] }, { typed: { wave: 'canary' } }, 'appcfg history'],
  [
    'what is narrowed to an address drops the selection, which a second flag would add to',
    { ...sync('--overwrite-drift'), selects: address },
    { typed: { tenant: ['g*'], env: ['*'], selector: ['tier=gold'], configProfile: ['*'], local: true } },
    'appcfg sync --overwrite-drift --tenant globex --env prod --config-profile Limits --local',
  ],
  [
    'what is narrowed to a tenant keeps the rest of the selection',
    { ...sync('--adopt'), selects: { tenant: 'globex' } },
    { typed: { tenant: ['g*'], env: ['prod'] } },
    'appcfg sync --adopt --tenant globex -e prod',
  ],
  [
    'an address as an argument',
    { run: 'history', args: [], selects: address },
    { typed: { tenant: ['g*'] } },
    'appcfg history globex/prod/Limits',
  ],
  [
    'an address that begins with a dash',
    { run: 'pull', args: [], selects: { ...address, tenant: '-g' } },
    { typed: { local: true } },
    'appcfg pull --local -- -g/prod/Limits',
  ],
  [
    'a part of an address as an argument',
    { run: 'pull', args: [], selects: { environment: 'prod' } },
    { typed: { tenant: ['globex'] } },
    "appcfg pull '*/prod/*' -t globex",
  ],
  [
    'the whole tree',
    { ...sync(), selects: 'all' },
    { typed: { tenant: ['globex'], wave: 'w', local: true } },
    'appcfg sync --local',
  ],
  ['names with characters of globs', { ...sync(), selects: { tenant: 'a*b' } }, {}, "appcfg sync --tenant 'a\\*b'"],
  [
    'a cleanup takes no environments',
    { run: 'cleanup', args: ['--dry-run'], selects: { tenant: 'T' } },
    { typed: { env: ['prod'] } },
    'appcfg cleanup --dry-run --tenant T',
  ],
  [
    'what a cleanup would not read from the environment is written out',
    { run: 'cleanup', args: ['--dry-run'] },
    { ran: diffCommand, environment: { APPCFG_TENANT: 'a, b', APPCFG_ENV: 'prod' } },
    'appcfg cleanup --dry-run -t a -t b',
  ],
  [
    'the environment applies to other commands where it is pasted',
    sync(),
    { environment: { APPCFG_TENANT: 'a' } },
    'appcfg sync',
  ],
  [
    'the same command keeps all of its arguments',
    { run: 'same', args: ['--allow-shrink'] },
    { argv: 'sync -t globex --no-wait', typed: { tenant: ['globex'] } },
    'appcfg sync -t globex --no-wait --allow-shrink',
  ],
  [
    'the same command gets its flags before `--`',
    { run: 'same', args: ['--supersede'] },
    { ran: rollbackCommand, argv: 'rollback -- one/dev/A' },
    'appcfg rollback --supersede -- one/dev/A',
  ],
  [
    'an added flag does not hide what the environment selects',
    { run: 'same', args: ['--env', '!prod'] },
    { argv: 'sync', environment: { APPCFG_ENV: 'prod,dev' } },
    "appcfg sync --env '!prod' -e prod -e dev",
  ],
];

/** Hints for more than what the user selected, and why that is no other selection. */
const widening: Readonly<Record<string, string>> = {
  'core/assess/orphans.ts': 'a cleanup of orphans takes no selection',
  'core/guards/empty.ts': 'the tree has no tenants to select',
  'core/planners/block-same-changes.ts':
    'the selection is what keeps the check from being complete; a diff writes nothing',
  'cli/commands/cleanup.ts': 'a cleanup of orphans takes no selection',
  'engine/change/cleanup.ts': 'a cleanup of orphans takes no selection',
  'engine/explain-address.ts': 'the address is an argument',
  'engine/offline/init.ts': 'a new repository has nothing else to select',
  'engine/tenants/rename-tenant.ts': 'the tenant is an argument',
  'engine/import/import.ts': 'the new tree has only what the user selected',
  'engine/inspect/doctor.ts': 'it reads the whole tree, and takes no selection',
};

test('no other hint drops the selection', () => {
  const sources = join(import.meta.dirname, '../../src');
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const found = files.filter((file) => /selects: 'all'/.test(readFileSync(join(sources, file), 'utf8')));
  expect(found.sort()).toEqual(Object.keys(widening).sort());
});

test('whatever command was run, and whatever a hint proposes, what names the tree, the AppConfig and the selection stays, where the command takes it', () => {
  const typed = {
    chdir: 'config',
    settingsBase: 'main',
    region: 'eu-west-1',
    awsProfile: 'ops',
    endpointUrl: 'http://localhost:1',
    insecure: true,
    tenant: ['one'],
    selector: ['tier=gold'],
    env: ['prod'],
    configProfile: ['L*'],
  };
  const connection = [
    [flags.chdir, '-C config'],
    [flags.settingsBase, '--settings-base main'],
    [flags.region, '--region eu-west-1'],
    [flags.awsProfile, '--aws-profile ops'],
    [flags.endpointUrl, '--endpoint-url http://localhost:1'],
    [flags.insecure, '--insecure'],
  ] as const;
  for (const ran of commands) {
    for (const { name, commonFlags } of commands) {
      const spelled = spell({ run: name, args: [] }, { ran, typed });
      for (const [flag, words] of connection) {
        // A command refuses a flag without effect.
        expect(spelled.includes(` ${words}`), `${name} ${words}`).toBe(commonFlags?.includes(flag) ?? true);
      }
      // A cleanup deletes whole tenants; some commands take addresses, or nothing.
      if (commonFlags !== undefined) continue;
      expect(spelled).toContain(name === 'cleanup' ? ' -t one -l tier=gold' : ' -t one -l tier=gold -e prod -p');
    }
  }
});

test.each(cases)('%s', (_name, command, given, spelled) => {
  expect(spell(command, given)).toBe(spelled);
});
