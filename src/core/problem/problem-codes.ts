/** The exit codes of errors, the most serious first: it decides where a run has several. */
export const exitCodesByPriority = [6, 3, 1, 4, 5, 75] as const;

export type ExitCode = (typeof exitCodesByPriority)[number] | 0 | 2 | 130 | 143;

/** Every code of a problem, with its meaning and the exit code of an error. Codes of warnings have 0. */
export const problemCodes = {
  // The tree
  'tree-not-found': { exit: 3, meaning: 'the folder has no tree: no tenants/' },
  'tree-empty': { exit: 0, meaning: 'the tree has tenants, but no address' },
  'file-unreadable': { exit: 3, meaning: 'a file or folder cannot be read' },
  'file-ignored': { exit: 0, meaning: 'a file in the folders of the tree is not part of the tree' },
  'file-too-large': { exit: 3, meaning: 'a file has more than 8 MB' },
  'file-duplicate': { exit: 3, meaning: 'two files of one layer are for the same configuration profile' },
  'symlink-outside-tree': { exit: 3, meaning: 'a symbolic link leads out of the tree' },
  'name-invalid': {
    exit: 3,
    meaning: 'the name of a tenant, an environment or a configuration profile is too long, or has invisible characters',
  },
  'name-collision': {
    exit: 3,
    meaning:
      'the names of two tenants, or of two environments or profiles of one tenant, differ only in case or Unicode form, or look the same in two alphabets',
  },
  'tenant-empty': { exit: 3, meaning: 'a tenant has no environment' },
  'name-suspicious': {
    exit: 0,
    meaning:
      'a name mixes alphabets, or has characters with another meaning in globs; or a profile that no template has is similar to one that a template has',
  },
  'environment-folder-empty': {
    exit: 0,
    meaning: 'the folder of an environment has no file, and Git keeps no empty folder',
  },
  'ignored-by-git': {
    exit: 0,
    meaning: 'Git ignores a file, an environment or a tenant of the tree, so that no clone has it',
  },
  'environment-unknown': { exit: 3, meaning: 'an environment is not in the list of environments in appcfg.yml' },
  'environment-unused': { exit: 0, meaning: 'no tenant has an environment of the template' },
  'selection-empty': { exit: 3, meaning: 'a flag or an address selects nothing' },
  'wave-empty': { exit: 3, meaning: 'nothing is in a wave that is not the last one' },
  'wave-missing': { exit: 3, meaning: 'an environment of a tenant is in no wave' },
  // Reading a file
  'text-invalid': { exit: 3, meaning: 'a file is not UTF-8' },
  'lfs-pointer': { exit: 3, meaning: 'a file is a pointer of Git LFS, whose content was not fetched' },
  'syntax-invalid': { exit: 3, meaning: 'a file is not valid YAML or JSON' },
  'key-duplicate': { exit: 3, meaning: 'a key is in a map twice' },
  'document-multiple': { exit: 3, meaning: 'a file has more than one YAML document' },
  'value-unsupported': { exit: 3, meaning: 'JSON cannot represent a value' },
  'number-inexact': {
    exit: 3,
    meaning: 'a number is beyond the range of a 64-bit float: every client reads it as 0 or infinity',
  },
  'character-invisible': {
    exit: 3,
    meaning:
      'an invisible character in an unquoted key, or leading or trailing in an unquoted value; or a byte-order mark inside a file',
  },
  'alias-cycle': { exit: 3, meaning: 'a YAML alias contains itself' },
  'nesting-too-deep': { exit: 3, meaning: 'a file is nested more than 100 levels deep' },
  'expansion-too-large': { exit: 3, meaning: 'a file has more than 1,000,000 values, with its YAML aliases expanded' },
  'null-document': { exit: 3, meaning: 'the top level of a file is null' },
  'scalar-ambiguous': { exit: 0, meaning: 'YAML 1.1 reads an unquoted string as another type' },
  // Rendering
  'null-implicit': { exit: 3, meaning: 'a key without a value would delete what it inherits' },
  'kind-changed': {
    exit: 3,
    meaning:
      'a layer replaces a map, list or scalar by another kind; of a whole configuration an error, otherwise a warning',
  },
  'key-suspicious': { exit: 0, meaning: 'an override adds a key that is similar to an inherited one' },
  'override-redundant': { exit: 0, meaning: 'an override is equal to the value that it overrides' },
  'strategy-missing': {
    exit: 3,
    meaning: 'AppConfig has no deployment strategy with an id that the settings name',
  },
  'list-strategy-mismatch': {
    exit: 3,
    meaning: 'a list strategy applies to a value that is not a list, or to items without the key',
  },
  'variable-unknown': { exit: 3, meaning: 'a string has a variable that its address does not have' },
  'content-too-large': { exit: 3, meaning: 'content exceeds the size limit of AppConfig' },
  'content-invalid': {
    exit: 3,
    meaning: 'content does not match its JSON Schema, or AppConfig refuses it as a feature-flag document',
  },
  'secret-found': {
    exit: 3,
    meaning: 'a content has a secret: a key, a token, a private key or a password in a URL; a warning by default',
  },
  'flags-rewritten': { exit: 0, meaning: 'AppConfig drops or changes a part of a feature-flag document' },
  'schema-invalid': { exit: 3, meaning: 'a JSON Schema cannot be used' },
  'check-timeout': {
    exit: 3,
    meaning: 'a check with a JSON Schema or a pattern takes more than 2 seconds of CPU time or 256 MB of memory',
  },
  // Settings and flags
  'settings-invalid': { exit: 3, meaning: 'appcfg.yml is invalid' },
  'settings-suspicious': { exit: 0, meaning: 'a setting is valid, but probably a mistake' },
  'settings-base-unreadable': {
    exit: 0,
    meaning: 'the settings of the settings base cannot be read, so every value is redacted',
  },
  'values-hidden': {
    exit: 0,
    meaning: 'messages show no value, because the settings have errors and what they redact is unknown',
  },
  'usage-invalid': { exit: 3, meaning: 'the command line is invalid' },
  'environment-variable-unknown': { exit: 0, meaning: 'a variable APPCFG_… of the environment has no effect' },
  'endpoint-insecure': { exit: 3, meaning: 'the endpoint is another machine over plain HTTP, without --insecure' },
  'region-unknown': { exit: 3, meaning: 'the Region is unknown, and may not exist' },
  'region-missing': { exit: 3, meaning: 'no AWS Region is configured' },
  'project-guessed': { exit: 0, meaning: "the project's name is the name of the folder, because nothing else sets it" },
  'destination-exists': { exit: 3, meaning: 'a folder or file that a command would create is there already' },
  'local-state-damaged': { exit: 3, meaning: 'the state file of the local AppConfig cannot be used' },
  'local-state-unsafe': { exit: 3, meaning: '.appcfg is a symbolic link, holds one, or is tracked by Git' },
  'local-state-locked': { exit: 75, meaning: 'another run uses the state file of the local AppConfig' },
  'output-unwritable': { exit: 3, meaning: 'an output file cannot be written' },
  // Applying
  'deployment-rolled-back': { exit: 4, meaning: 'AppConfig rolled back a deployment' },
  'deployment-stopped': { exit: 4, meaning: 'a user, or another program, stopped or reverted a deployment' },
  'deployment-superseded': { exit: 4, meaning: 'another run stopped a deployment to start its own' },
  'deployment-timed-out': { exit: 4, meaning: 'a deployment did not end before its timeout' },
  'job-not-run': { exit: 4, meaning: 'a job of the rollout has written no report: it has not run, or was ended' },
  'run-timed-out': { exit: 4, meaning: 'the run did not end before --timeout' },
  'content-rejected': { exit: 4, meaning: 'a validator in AppConfig rejected content' },
  'request-rejected': { exit: 4, meaning: 'AppConfig rejected a request as invalid' },
  'quota-exceeded': { exit: 4, meaning: 'a quota of the account is used up' },
  'resource-missing': { exit: 4, meaning: 'AppConfig does not have a resource that a step needs' },
  'override-impossible': { exit: 4, meaning: 'no override in the tree renders to the live content' },
  'import-skipped': { exit: 0, meaning: 'import leaves out an application, a profile, a name or a content' },
  'format-changed': {
    exit: 0,
    meaning: 'after an import the next version of an address is JSON where YAML is live, or the other way round',
  },
  'version-missing': { exit: 4, meaning: 'AppConfig does not have a version that a step needs' },
  'commit-unknown': { exit: 3, meaning: 'neither Git nor AppConfig knows the commit of rollback --commit' },
  'rollback-target-missing': { exit: 4, meaning: 'there is no earlier version to roll back to' },
  'version-label-conflict': { exit: 4, meaning: 'a version has the label of the content, but other content' },
  'deletion-blocked': {
    exit: 4,
    meaning: 'cleanup keeps an application because AppConfig refuses to delete it or a part of it',
  },
  'deletion-refused': { exit: 4, meaning: 'AppConfig refused to delete a resource' },
  'commit-order-unknown': { exit: 0, meaning: 'neither Git history nor pipeline numbers show which commit is newer' },
  'environment-orphaned': { exit: 0, meaning: 'a managed resource is no longer in the tree' },
  'address-drifted': {
    exit: 0,
    meaning: 'the live content was deployed outside of appcfg; a sync does not overwrite it',
  },
  'environment-in-experiment': { exit: 0, meaning: 'an experiment uses an environment' },
  'deletion-skipped': { exit: 0, meaning: 'cleanup keeps a resource' },
  'versions-not-pruned': { exit: 0, meaning: 'a sync has succeeded, but could not delete old versions' },
  'note-failed': {
    exit: 0,
    meaning: 'GitLab did not take the note of a merge request, or the record of a deployment; the run is not affected',
  },
  'rollback-check-partial': {
    exit: 0,
    meaning: 'a run of a part of the tree checks only that part for rollbacks of the same change',
  },
  'deployment-in-progress': { exit: 0, meaning: 'another deployment keeps an environment busy' },
  'rollback-alarm-active': {
    exit: 0,
    meaning: 'an alarm that is still active can roll back the deployment of a rollback',
  },
  'seed-ignored': { exit: 0, meaning: 'the local AppConfig has a state already, so no tree is loaded' },
  'emulator-exposed': { exit: 0, meaning: 'the emulator listens to other machines' },
  'wave-blocked': {
    exit: 0,
    meaning: 'deployments of a wave are not started, because too many of an earlier wave failed or are blocked',
  },
  'change-blocked': {
    exit: 0,
    meaning: 'deployments of a change are not started, because AppConfig rolled the same change back',
  },
  'working-tree-dirty': { exit: 0, meaning: 'a sync deploys uncommitted changes of the tree' },
  'deadline-at-risk': { exit: 0, meaning: 'the plan needs more time than its credentials or its job have' },
  'quota-at-risk': { exit: 0, meaning: "the plan exceeds AWS's default quota, which may have been raised" },
  throttled: { exit: 75, meaning: 'AppConfig throttled requests for five minutes' },
  'wave-soaking': { exit: 75, meaning: 'a wave is still soaking, and the run does not wait (--no-wait)' },
  'environment-busy': {
    exit: 75,
    meaning: 'an environment is still busy with another deployment after --busy-timeout',
  },
  'endpoint-unreachable': { exit: 75, meaning: 'the endpoint cannot be reached' },
  // Guards
  'guard-settings': {
    exit: 5,
    meaning: 'in a merge-request pipeline, protected settings differ from those of the target branch',
  },
  'guard-empty': { exit: 5, meaning: 'the tree has no tenants, but the project has applications in AppConfig' },
  'guard-owner': {
    exit: 5,
    meaning: 'the application is unmanaged or managed by another project, or a profile has another type or location',
  },
  'guard-account': { exit: 5, meaning: 'the environment belongs to another account or Region' },
  'guard-drift': {
    exit: 5,
    meaning: 'the live content was deployed outside of appcfg, and the tree changed, too',
  },
  'guard-rolled-back': { exit: 5, meaning: 'the content is quarantined, or the same change was rolled back elsewhere' },
  'guard-newer': {
    exit: 5,
    meaning: 'a newer commit is deployed, or a deployment was started after the plan was made',
  },
  'guard-shrink': { exit: 5, meaning: 'the content shrinks by more than the limit' },
  'guard-expect': { exit: 5, meaning: 'the plan has a change that was not approved (sync --expect)' },
  'change-emptied': { exit: 5, meaning: 'a map or list that has entries becomes empty, or a null deletes it' },
  'change-kind': {
    exit: 5,
    meaning: 'a map, list, string, number, boolean or null becomes another kind of value',
  },
  'change-factor': {
    exit: 5,
    meaning: 'a number changes its sign, or grows or shrinks by a factor of `guards.changes.maxFactor` or more',
  },
  'change-reach': {
    exit: 5,
    meaning: "the first wave changes more of an environment's tenants than `guards.changes.maxReach`",
  },
  'change-dormant': {
    exit: 5,
    meaning: 'a changed file was untouched for more than `guards.changes.dormantDays`',
  },
  'guard-wave': { exit: 5, meaning: 'an earlier wave is not complete' },
  'guard-quota': { exit: 5, meaning: 'the plan exceeds a quota that appcfg.yml states' },
  'guard-deletes': { exit: 5, meaning: 'the plan deletes more than the limit' },
  'guard-cleanup-scope': {
    exit: 5,
    meaning: 'cleanup --all or --orphans without a project in appcfg.yml, or in CI outside the default branch',
  },
  'rename-unfinished': {
    exit: 5,
    meaning: 'tenant rename --finish removes nothing, because the new tenant does not serve all of the old one yet',
  },
  'guard-confirmation': { exit: 5, meaning: 'a deletion needs confirmation, and there is no terminal to ask on' },
  declined: { exit: 5, meaning: 'the user did not confirm' },
  // Access
  'credentials-missing': { exit: 6, meaning: 'no AWS credentials were found' },
  'credentials-invalid': {
    exit: 6,
    meaning:
      'a source of credentials is set up wrongly: a variable, a profile, a file or a program that one of them names',
  },
  'credentials-ambiguous': { exit: 6, meaning: 'there are keys or another role beside the ID token and its role' },
  'credentials-expired': { exit: 6, meaning: 'the credentials expired' },
  'credentials-refused': { exit: 6, meaning: 'AWS does not accept the credentials' },
  'role-refused': { exit: 6, meaning: 'AWS refused to let the credentials assume a role' },
  'permission-denied': { exit: 6, meaning: 'the credentials have no permission for an operation' },
  'account-not-allowed': { exit: 6, meaning: 'the account is not in aws.allowedAccounts' },
  // Internal errors
  'response-unexpected': { exit: 1, meaning: 'AWS sent an unexpected response' },
  'internal-error': { exit: 1, meaning: 'a bug in appcfg' },
} as const satisfies Record<string, { exit: ExitCode; meaning: string }>;

export type ProblemCode = keyof typeof problemCodes;

/** The checks on a change: `guards.changes` sets them, and `--acknowledge` takes their codes. */
export const changeCodes = [
  'change-emptied',
  'change-kind',
  'change-factor',
  'change-reach',
  'change-dormant',
] as const satisfies readonly ProblemCode[];

export type ChangeCode = (typeof changeCodes)[number];

/** Warnings of tree and settings whose severity the settings may change. Others protect, or are about a run. */
export const adjustableCodes = [
  'file-ignored',
  'tree-empty',
  'name-suspicious',
  'environment-folder-empty',
  'ignored-by-git',
  'environment-unused',
  'scalar-ambiguous',
  'override-redundant',
  'kind-changed',
  'key-suspicious',
  'flags-rewritten',
  'settings-suspicious',
  'project-guessed',
] as const satisfies readonly ProblemCode[];
