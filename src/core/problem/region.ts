// Names of AWS Regions. AWS adds Regions, so that no list of them is complete: what looks like a typo is refused, and what is
// only not in the list is used, with a warning.
import { nearest } from './suggest.ts';

/** The form of the names in all partitions: `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`. */
export const regionPattern = /^[a-z]{2,}(-[a-z]+)+-[0-9]+$/;

const areas: readonly string[] = 'af ap ca cn eu eu-isoe eusc-de il me mx sa us us-gov us-iso us-isob us-isof'.split(
  ' ',
);

const directions: readonly string[] = 'north northeast east southeast south southwest west northwest central'.split(
  ' ',
);

/** By area and direction, the numbers of the Regions that are known. Source: the partitions of the AWS SDK. */
const known: ReadonlyMap<string, readonly number[]> = new Map(
  `af-south 1, ap-east 1 2, ap-northeast 1 2 3, ap-south 1 2, ap-southeast 1 2 3 4 5 6 7, ca-central 1, ca-west 1, cn-north 1,
  cn-northwest 1, eu-central 1 2, eu-isoe-west 1, eu-north 1, eu-south 1 2, eu-west 1 2 3, eusc-de-east 1, il-central 1,
  me-central 1, me-south 1, me-west 1, mx-central 1, sa-east 1, sa-west 1, us-east 1 2, us-gov-east 1, us-gov-west 1,
  us-iso-east 1, us-iso-west 1, us-isob-east 1, us-isob-west 1, us-isof-east 1, us-isof-south 1, us-west 1 2`
    .split(/,\s+/)
    .map((row) => row.split(' '))
    .map(([start = '', ...numbers]) => [start, numbers.map(Number)]),
);

/** All Regions that are known. */
export const knownRegions: ReadonlySet<string> = new Set(
  [...known].flatMap(([start, numbers]) => numbers.map((number) => `${start}-${number}`)),
);

/** What to do about a Region that is not known, and that may be newer than the list. */
export function unknownRegionHint(name: string): string {
  const startingWith = (part: string) => [...knownRegions].filter((region) => region.startsWith(part));
  const sameDirection = startingWith(name.replace(/[0-9]+$/, ''));
  const sameArea = startingWith(name.replace(/[a-z]+-[0-9]+$/, ''));
  const near = nearest(name, sameArea.length > 0 ? sameArea : [...knownRegions]);
  const meant = sameDirection.length > 0 || near === undefined ? sameDirection : [near];
  const list = meant.map((region) => `"${region}"`).join(' or ');
  return list === '' ? 'check its name in the AWS console' : `did you mean ${list}?`;
}

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
