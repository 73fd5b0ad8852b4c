// States of deployments and of addresses: the word for each, and its tone.
import type { AddressStatus } from '../../core/assess/address-status.ts';
import type { DeploymentState } from '../../core/model/resource.ts';
import type { Tone } from './style.ts';

export const deploymentStates = {
  VALIDATING: { word: 'validating', tone: 'changed' },
  DEPLOYING: { word: 'deploying', tone: 'changed' },
  BAKING: { word: 'baking', tone: 'changed' },
  COMPLETE: { word: 'complete', tone: 'plain' },
  ROLLING_BACK: { word: 'rolling back', tone: 'removed' },
  ROLLED_BACK: { word: 'rolled back', tone: 'removed' },
  REVERTED: { word: 'reverted', tone: 'removed' },
} as const satisfies Record<DeploymentState, { readonly word: string; readonly tone: Tone }>;

export const addressStateTones = {
  synced: 'plain',
  'out-of-sync': 'changed',
  drifted: 'changed',
  deploying: 'changed',
  'rolled-back': 'removed',
  missing: 'removed',
  blocked: 'removed',
  unknown: 'removed',
} as const satisfies Record<AddressStatus['state'], Tone>;
