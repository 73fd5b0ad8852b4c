// Names of AWS Regions. AWS adds Regions, so that no list of them is complete: only what looks like a typo is refused.
import { nearest } from './suggest.ts';

/** The form of the names in all partitions: `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`. */
export const regionPattern = /^[a-z]{2,}(-[a-z]+)+-[0-9]+$/;

const areas: readonly string[] = 'af ap ca cn eu eu-isoe eusc-de il me mx sa us us-gov us-iso us-isob us-isof'.split(
  ' ',
);

const directions: readonly string[] = 'north northeast east southeast south southwest west northwest central'.split(
  ' ',
);

/** The Region that is probably meant by a name; undefined where the name is one of a Region, or of nothing similar. */
export function regionMeant(name: string): string | undefined {
  const lower = name.toLowerCase();
  const [, area = '', direction = '', number = ''] = /^([a-z]+(?:-[a-z]+)*)-([a-z]+)-([0-9]+)$/.exec(lower) ?? [];
  if (number === '') return undefined;
  const rightArea = areas.includes(area) ? area : (areas.find((each) => haveSameLetters(each, area)) ?? area);
  const rightDirection = directions.includes(direction) ? direction : (nearest(direction, directions) ?? direction);
  const meant = `${rightArea}-${rightDirection}-${number}`;
  return meant === name ? undefined : meant;
}

function haveSameLetters(one: string, other: string): boolean {
  return [...one].sort().join('') === [...other].sort().join('');
}
