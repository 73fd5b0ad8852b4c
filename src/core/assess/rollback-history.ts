import { equalByValue } from '../document/equality.ts';
import { type DeploymentDescription, describedBy } from '../live/deployment-description.ts';
import type { Facts, FactValues } from '../live/facts.ts';
import { liveValue } from '../live/live-content.ts';
import type { LiveDeployment, LiveProfile } from '../live/live-state.ts';
import type { VersionReference } from '../live/version-reference.ts';
import { isAppcfgLabel } from '../model/content.ts';
import { profileTypeOf } from '../model/resource.ts';
import {
  type EarlierVersion,
  isPending,
  type Pending,
  pending,
  type RollbackEnvironment,
  wantsOlder,
} from './rollback-verdict.ts';

type VersionFact = FactValues['version'];

/** The deployments of one profile in one environment. What is not known yet is pending, and asked for. */
export class RollbackHistory {
  /** Newest first, without those of experiment runs. */
  readonly deployments: readonly LiveDeployment[];
  readonly #environment: RollbackEnvironment;
  readonly #profile: LiveProfile;
  readonly #facts: Facts;

  constructor(environment: RollbackEnvironment, profile: LiveProfile, facts: Facts) {
    this.#environment = environment;
    this.#profile = profile;
    this.#facts = facts;
    this.deployments = environment.deployments.filter(
      ({ profileId, type }) => profileId === profile.id && type !== 'MANAGED',
    );
  }

  /** The newest deployment of which something is true; undefined where there is none. */
  newest(isWanted: (deployment: LiveDeployment) => boolean | Pending): LiveDeployment | undefined | Pending {
    for (const deployment of this.deployments) {
      const isFound = isWanted(deployment);
      if (isPending(isFound)) return isFound;
      if (isFound) return deployment;
    }
    return this.end();
  }

  after({ number }: LiveDeployment): readonly LiveDeployment[] {
    return this.deployments.filter((each) => each.number < number);
  }

  /** Pending where older deployments exist that were not read. */
  end(): undefined | Pending {
    return this.#environment.complete ? undefined : wantsOlder;
  }

  described({ number: deploymentNumber }: LiveDeployment): DeploymentDescription | Pending {
    const description = describedBy({ environmentId: this.#environment.id, deploymentNumber }, this.#facts);
    return description === 'pending' ? pending : description;
  }

  /** Versions that the deployment quarantines: only a rollback does. */
  quarantinesOf(deployment: LiveDeployment): readonly VersionReference[] | Pending {
    const description = this.described(deployment);
    return isPending(description) ? description : (description.quarantines ?? []);
  }

  versionNumberOf(version: VersionReference): number | 'missing' | Pending {
    if ('number' in version) return version.number;
    return this.#facts.get({ kind: 'label', profileId: this.#profile.id, versionLabel: version.label }) ?? pending;
  }

  content(versionNumber: number): VersionFact | Pending {
    // Only hosted profiles have versions to read.
    if (this.#profile.locationUri !== 'hosted') return 'missing';
    return this.#facts.get({ kind: 'version', profileId: this.#profile.id, versionNumber }) ?? pending;
  }

  versionOf({ versionNumber: number, versionLabel }: LiveDeployment): EarlierVersion | Pending {
    const version = this.content(number);
    if (isPending(version)) return version;
    const label = appcfgLabel(versionLabel);
    // AppConfig reuses the number of a deleted version.
    const isSame = version !== 'missing' && (label === undefined || version.versionLabel === label);
    return { number, label, stored: isSame ? version : undefined };
  }

  /** Scripts create a new version of the same content each time: rolling back to that would change nothing. */
  haveSameContent(a: LiveDeployment, b: LiveDeployment): boolean | Pending {
    if (a.versionNumber === b.versionNumber) return true;
    if (isAppcfgLabel(a.versionLabel) && isAppcfgLabel(b.versionLabel)) return a.versionLabel === b.versionLabel;
    const one = this.content(a.versionNumber);
    if (isPending(one)) return one;
    const other = this.content(b.versionNumber);
    if (isPending(other)) return other;
    if (one === 'missing' || other === 'missing') return false;
    const type = profileTypeOf(this.#profile.type);
    const [before, after] = [liveValue(one.text, type), liveValue(other.text, type)];
    return before === undefined || after === undefined ? one.text === other.text : equalByValue(before, after);
  }
}

export function appcfgLabel(label: string | undefined): string | undefined {
  return isAppcfgLabel(label) ? label : undefined;
}
