// Addresses as arguments of a command.
import { type AddressGlob, parseAddressGlob } from '../core/model/address.ts';
import { selectsAll } from '../core/model/selection.ts';
import { exampleAddress } from '../core/problem/example-address.ts';
import type { CommandName } from '../core/problem/hint.ts';
import { failure } from '../core/problem/problem.ts';
import { checkGlobs } from '../core/settings-file/check-globs.ts';
import { parseAddressArgument } from '../core/settings-file/parse-values.ts';
import type { CommonOptions } from '../engine/options.ts';

/** Of a command that needs at least one address, or a selection. @throws AppcfgError */
export function addressesOf(
  command: Extract<CommandName, 'history' | 'rollback'>,
  args: readonly string[],
  { selection }: CommonOptions,
): readonly AddressGlob[] {
  if (args.length > 0 || !selectsAll(selection)) return parseAddresses(args);
  const ways =
    command === 'rollback' ? '--tenant, --env, --config-profile or --commit' : '--tenant, --env or --config-profile';
  throw failure('usage-invalid', `${command} needs an address or a selection`, {
    hint: {
      text: `select with ${ways}, or name an address`,
      command: { run: command, args: [], selects: exampleAddress() },
    },
  });
}

/** `tenant/environment/Profile`, globs allowed. @throws AppcfgError */
export function parseAddresses(args: readonly string[]): readonly AddressGlob[] {
  checkGlobs('address', args);
  return args.map((text) => parseAddressArgument(text, parseAddressGlob));
}
