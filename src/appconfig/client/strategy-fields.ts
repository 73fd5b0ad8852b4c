// The numbers of a deployment strategy, from and to AppConfig's members. Strategies and deployments have the same members.
import type { StrategyNumbers } from '../../core/model/resource.ts';

interface WireNumbers {
  readonly DeploymentDurationInMinutes?: number | undefined;
  readonly FinalBakeTimeInMinutes?: number | undefined;
  readonly GrowthFactor?: number | undefined;
  readonly GrowthType?: string | undefined;
}

export function numbersFromWire(wire: WireNumbers): StrategyNumbers {
  return {
    durationMinutes: wire.DeploymentDurationInMinutes ?? 0,
    bakeMinutes: wire.FinalBakeTimeInMinutes ?? 0,
    growthFactor: wire.GrowthFactor ?? 100,
    growthType: wire.GrowthType === 'EXPONENTIAL' ? 'EXPONENTIAL' : 'LINEAR',
  };
}

export function numbersToWire(numbers: StrategyNumbers) {
  return {
    DeploymentDurationInMinutes: numbers.durationMinutes,
    FinalBakeTimeInMinutes: numbers.bakeMinutes,
    GrowthFactor: numbers.growthFactor,
    GrowthType: numbers.growthType,
  };
}
