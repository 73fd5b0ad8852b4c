import type { AccountRegionId } from '../model/account-region.ts';
import { formatAddress, type Subject } from '../model/address.ts';
import { laneId } from '../model/lane.ts';
import { usesLane } from './operations.ts';
import type { Step, StepId, StepOperation } from './step.ts';

/** A step without what follows from it. */
export type NewStep = StepOperation & {
  readonly subject: Subject;
  readonly reason: string;
  /** Ids of steps; what needs no step is undefined. */
  readonly after?: readonly (StepId | undefined)[];
  readonly changeGroup?: string | undefined;
  /** What the id names beside the operation, where that is not the subject. */
  readonly target?: string;
};

/** The steps of a plan in one account and Region, in the order in which they were added; one for each id. */
export class StepList {
  readonly #steps = new Map<StepId, Step>();
  readonly #accountRegion: AccountRegionId;

  constructor(accountRegion: AccountRegionId) {
    this.#accountRegion = accountRegion;
  }

  get steps(): readonly Step[] {
    return [...this.#steps.values()];
  }

  /** A step with a known id is the same step: it is not added again. @returns its id */
  add(step: NewStep): StepId {
    const { target = formatAddress(step.subject), after = [], reason, subject, changeGroup, ...operation } = step;
    const id = `${step.operation} ${target}`;
    if (this.#steps.has(id)) return id;
    const accountRegion = this.#accountRegion;
    this.#steps.set(id, {
      id,
      after: after.filter((each) => each !== undefined),
      reason,
      subject,
      accountRegion,
      ...(usesLane(step) ? { lane: laneId({ ...step, accountRegion }) } : {}),
      ...operation,
      ...(changeGroup === undefined ? {} : { changeGroup }),
    });
    return id;
  }
}
