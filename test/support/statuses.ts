// Statuses of addresses as plain values.
import type { AddressState, AddressStatus } from '../../src/core/assess/address-status.ts';
import type { Problem } from '../../src/core/problem/problem.ts';

/** @param address `tenant/environment/Profile` */
export function statusAt(address: string, state: AddressState, details: Partial<AddressStatus> = {}): AddressStatus {
  const [tenant = '', environment = '', configurationProfile = 'Limits'] = address.split('/');
  const isLive = state !== 'missing' && state !== 'unknown' && state !== 'blocked';
  return {
    address: { tenant, environment, configurationProfile },
    accountRegion: '111122223333/eu-west-1' as AddressStatus['accountRegion'],
    state,
    versionNumber: isLive ? 3 : undefined,
    versionLabel: undefined,
    deploymentNumber: isLive ? 7 : undefined,
    since: isLive ? '2026-03-01T12:04:00.000Z' : undefined,
    commit: isLive ? '1a2b3c4d5e6f' : undefined,
    dirty: false,
    drift: undefined,
    experiment: false,
    problem: undefined,
    ...details,
  };
}

/** An address whose content AppConfig rolled back. */
export function rolledBackAt(address: string, deploymentNumber = 9): AddressStatus {
  const status = statusAt(address, 'rolled-back');
  const problem: Problem = {
    code: 'guard-rolled-back',
    severity: 'error',
    message: `deployment ${deploymentNumber} of this content was rolled back`,
    hint: {
      text: 'change the content; to deploy it again',
      command: { run: 'sync', args: ['--retry-rolled-back'], selects: status.address },
    },
    subject: status.address,
  };
  return { ...status, problem };
}

/** As many addresses as tenants × environments. */
export function fleetOf(tenants: number, environments: readonly string[], state: AddressState = 'synced') {
  return Array.from({ length: tenants }, (_, index) => `tenant-${String(index + 1).padStart(4, '0')}`).flatMap(
    (tenant) => environments.map((environment) => statusAt(`${tenant}/${environment}/Limits`, state)),
  );
}
