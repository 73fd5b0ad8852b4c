/** Exit codes by seriousness, the most serious first. */
export const exitsBySeriousness = [6, 3, 1, 4, 5, 75] as const;

export type ExitCode = (typeof exitsBySeriousness)[number] | 0 | 2 | 130 | 143;

/** Every code a problem can have: its exit when it is an error, and what it means. Codes of warnings have exit 0. */
export const problemCodes = {
  // The tree
  'tree-not-found': { exit: 3, meaning: 'there is no tree where appcfg looks for one' },
  'file-unreadable': { exit: 3, meaning: 'a file or folder cannot be read' },
  'file-ignored': { exit: 0, meaning: 'a file in the tree is not part of it' },
  'file-duplicate': { exit: 3, meaning: 'two files of one layer name one profile' },
  'symlink-outside-tree': { exit: 3, meaning: 'a link leaves the tree' },
  'name-invalid': {
    exit: 3,
    meaning: "a tenant, environment or profile has a name that AppConfig's limits do not allow",
  },
  'name-collision': { exit: 3, meaning: 'two tenants give one application name' },
  'tenant-empty': { exit: 3, meaning: 'a tenant has no environment' },
  'environment-unknown': { exit: 3, meaning: 'a folder is not in the closed list of environments' },
  'environment-unused': { exit: 0, meaning: 'an environment folder of the template that no tenant has' },
  'selection-empty': { exit: 3, meaning: 'a selection matches nothing' },
  'wave-empty': { exit: 3, meaning: 'a wave that nothing is in, and that others come after' },
  'wave-missing': { exit: 3, meaning: 'an environment of a tenant is in no wave' },
  // Reading a file
  'text-invalid': { exit: 3, meaning: 'a file is not UTF-8' },
  'syntax-invalid': { exit: 3, meaning: 'a file is not YAML (or JSON)' },
  'key-duplicate': { exit: 3, meaning: 'a key stands twice in one map' },
  'document-multiple': { exit: 3, meaning: 'a file holds more than one document' },
  'value-unsupported': { exit: 3, meaning: 'a value that JSON cannot hold' },
  'number-inexact': { exit: 3, meaning: 'a number that cannot be kept digit for digit' },
  'alias-cycle': { exit: 3, meaning: 'an alias contains itself' },
  'nesting-too-deep': { exit: 3, meaning: 'nesting beyond 100 levels' },
  'expansion-too-large': { exit: 3, meaning: 'aliases expand beyond the bound' },
  'null-document': { exit: 3, meaning: 'the top level of a file is an explicit null' },
  'scalar-ambiguous': { exit: 0, meaning: 'a plain scalar that readers of YAML 1.1 take for something else' },
  // Rendering
  'override-redundant': { exit: 0, meaning: 'an override that changes nothing' },
  'list-strategy-mismatch': {
    exit: 3,
    meaning: 'a list strategy meets something that is not a list, or items without the key',
  },
  'content-too-large': { exit: 3, meaning: 'a content is larger than AppConfig takes' },
  'content-invalid': { exit: 3, meaning: 'a content does not fulfil its schema, or is no feature-flag document' },
  'schema-invalid': { exit: 3, meaning: 'a JSON Schema cannot be used' },
  // Settings and flags
  'settings-invalid': { exit: 3, meaning: 'the settings are wrong' },
  'settings-suspicious': { exit: 0, meaning: 'settings that work, and may not be meant' },
  'usage-invalid': { exit: 3, meaning: 'the command line is wrong' },
  'endpoint-insecure': { exit: 3, meaning: 'plain HTTP to another machine without --insecure' },
  'region-missing': { exit: 3, meaning: 'no Region is set' },
  'project-guessed': { exit: 0, meaning: "the project's name was taken from the folder" },
  'local-state-damaged': { exit: 3, meaning: "the embedded AppConfig's state file cannot be used" },
  'local-state-locked': { exit: 75, meaning: "the embedded AppConfig's state file is in use by another run" },
  'output-unwritable': { exit: 3, meaning: 'an output file cannot be written' },
  // Carrying out
  'deployment-rolled-back': { exit: 4, meaning: 'AppConfig rolled a deployment back' },
  'deployment-stopped': { exit: 4, meaning: 'somebody stopped or reverted a deployment' },
  'deployment-superseded': { exit: 4, meaning: 'another run stopped a deployment in favour of its own' },
  'deployment-timed-out': { exit: 4, meaning: 'a deployment did not end within its patience' },
  'run-timed-out': { exit: 4, meaning: 'the run did not end within --timeout' },
  'request-rejected': { exit: 4, meaning: 'AppConfig refused a request' },
  'quota-exceeded': { exit: 4, meaning: 'a quota of the account is used up' },
  'resource-missing': { exit: 4, meaning: 'something that a step needs is not in AppConfig' },
  'version-missing': { exit: 4, meaning: 'a version to deploy does not exist' },
  'rollback-target-missing': { exit: 4, meaning: 'there is nothing that a rollback could go back to' },
  'version-label-conflict': { exit: 4, meaning: 'a version carries our label and holds another content' },
  'deletion-refused': { exit: 4, meaning: 'AppConfig refused a deletion' },
  'commit-order-unknown': { exit: 0, meaning: 'neither Git history nor pipeline numbers tell which commit is newer' },
  'environment-orphaned': {
    exit: 0,
    meaning: 'an environment, configuration profile or application of ours that the tree no longer has',
  },
  'deletion-skipped': { exit: 0, meaning: 'something that cleanup keeps, and why' },
  'rollback-check-partial': {
    exit: 0,
    meaning: 'a run of part of the tree looks for rollbacks of the same change only there',
  },
  'deployment-in-progress': { exit: 0, meaning: 'a deployment of someone else is in the way' },
  'rollback-alarm-active': {
    exit: 0,
    meaning: 'a rollback by a new deployment, which an alarm that is still on rolls back',
  },
  'seed-ignored': { exit: 0, meaning: 'a state of the embedded AppConfig is there already, and no tree comes in' },
  'emulator-exposed': { exit: 0, meaning: 'the embedded AppConfig listens to other machines' },
  'wave-blocked': { exit: 0, meaning: 'deployments of a wave that are not started, because too many have failed' },
  'change-blocked': { exit: 0, meaning: 'a change that is started nowhere else, because AppConfig rolled it back' },
  'deadline-at-risk': { exit: 0, meaning: 'a plan that outlasts its credentials or job' },
  'quota-at-risk': { exit: 0, meaning: 'a plan that needs more than AWS allows unless a quota was raised' },
  throttled: { exit: 75, meaning: 'AppConfig throttled to the end of patience' },
  'wave-soaking': { exit: 75, meaning: 'a wave still soaks, and --no-wait does not wait' },
  'environment-busy': { exit: 75, meaning: 'an environment stays busy with another deployment' },
  'endpoint-unreachable': { exit: 75, meaning: 'the endpoint cannot be reached' },
  // Guards
  'guard-empty': { exit: 5, meaning: 'a tree without tenants, where AppConfig has owned applications' },
  'guard-owner': { exit: 5, meaning: 'an application of somebody else' },
  'guard-account': { exit: 5, meaning: 'an environment of another account' },
  'guard-rolled-back': { exit: 5, meaning: 'content whose newest deployment was rolled back' },
  'guard-newer': { exit: 5, meaning: 'a newer commit is deployed' },
  'guard-shrink': { exit: 5, meaning: 'content that shrinks too much' },
  'guard-wave': { exit: 5, meaning: 'a wave that comes after one that is not done' },
  'guard-quota': { exit: 5, meaning: 'a plan that needs more than a quota of the account allows' },
  'guard-deletes': { exit: 5, meaning: 'too many deletions' },
  'guard-cleanup-scope': { exit: 5, meaning: 'a cleanup that is not safe here' },
  'guard-confirmation': { exit: 5, meaning: 'there is nobody to agree to a deletion' },
  declined: { exit: 5, meaning: 'a question was answered with no' },
  // Access
  'credentials-missing': { exit: 6, meaning: 'no credentials' },
  'credentials-expired': { exit: 6, meaning: 'the credentials ran out' },
  'credentials-refused': { exit: 6, meaning: 'AWS does not accept the credentials' },
  'role-refused': { exit: 6, meaning: 'a role cannot be assumed' },
  'permission-denied': { exit: 6, meaning: 'the credentials may not do that' },
  'account-not-allowed': { exit: 6, meaning: 'the account is not one of allowedAccounts' },
  // Defects
  'response-unexpected': { exit: 1, meaning: 'an answer there is no name for' },
  'internal-error': { exit: 1, meaning: 'internal error in appcfg' },
} as const satisfies Record<string, { exit: ExitCode; meaning: string }>;

export type ProblemCode = keyof typeof problemCodes;
