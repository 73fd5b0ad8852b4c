// The change groups, the largest first: what changes, for whom, and the content of one address before and after.

import { html } from 'hono/html';
import { formatAddress } from '../../core/model/address.ts';
import { groupMap } from '../../core/model/groups-by.ts';
import { largestFirst } from '../../core/plan/change-groups.ts';
import type { ChangeGroup, Plan } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { ExplainedValue } from '../../core/render/explain.ts';
import type { Review } from '../../core/review/review.ts';
import { differingAddresses } from '../view/review-view.ts';
import { contentsHtml } from './contents.ts';
import { addressHtml, changeRow, folded, groupFragment, type Html } from './html-parts.ts';
import type { GroupMark } from './marks.ts';

/** Groups with a card each; the others are a line each, in a table. */
const mostCards = 60;
/** Lines of that table: the page stays below 2 MB. */
const mostLines = 1_200;
/** Changes of a card; the others are counted. */
const mostChanges = 40;
/** Tenants named in a card. The table of the fleet has them all. */
const mostNamed = 12;

export interface CardInput {
  readonly plan: Plan;
  readonly review: Review | undefined;
  /** Without those of tenants and environments that come and go. */
  readonly groups: readonly ChangeGroup[];
  /** In the order of reports. */
  readonly environments: readonly string[];
  readonly marks: ReadonlyMap<string, GroupMark>;
  /** Of the first address of a group, by its name. */
  readonly contents: ReadonlyMap<string, readonly ExplainedValue[]>;
}

export function changeCards(input: CardInput): Html | '' {
  const groups = largestFirst(input.groups);
  if (groups.length === 0) return '';
  const outliers = new Set((input.review === undefined ? [] : differingAddresses(input.review)).map(formatAddress));
  const others = groups.slice(mostCards);
  return html`<section id="changes"><h2>${count(groups.length, 'group of changes', 'groups of changes')}</h2>
<p class="note">Addresses with the same change are one group. Its letter marks them in the fleet below.</p>
<div class="cards">${groups.slice(0, mostCards).map((group) => card(group, { ...input, outliers }))}</div>
${others.length === 0 ? '' : moreGroups(others, input)}
</section>`;
}

function card(group: ChangeGroup, input: CardInput & { readonly outliers: ReadonlySet<string> }): Html {
  const { addresses, changes, id } = group;
  const [first] = addresses;
  const values = first === undefined ? undefined : input.contents.get(formatAddress(first));
  const isOutlier = addresses.some((address) => input.outliers.has(formatAddress(address)));
  const title =
    first === undefined
      ? ''
      : html`${number(addresses.length)} ${addresses.length === 1 ? 'address' : 'addresses'} of <b>${first.configurationProfile}</b>`;
  return html`<article class="card" id="${groupFragment(id)}">
<header>${groupMark(input.marks.get(id))}<h3>${title}</h3>${isOutlier ? html`<span class="tag warn">ends up different</span>` : ''}<span class="where">${whereText(group, input.environments)}</span></header>
<div class="wide">${changeTable(group, input.plan)}</div>
<p class="names">${tenantNames(group)}</p>
${values === undefined || first === undefined || values.length === 0 ? '' : folded(html`Content of ${formatAddress(first)}, before and after`, contentsHtml(values, changes), { open: isOutlier })}
</article>
`;
}

function tenantNames({ addresses }: ChangeGroup): Html {
  const [first] = addresses;
  if (addresses.length === 1 && first !== undefined) return html`${addressHtml(first)}`;
  const tenants = [...new Set(addresses.map(({ tenant }) => tenant))];
  const more = tenants.length - mostNamed;
  const names = tenants
    .slice(0, mostNamed)
    .map((tenant, index) => html`${index === 0 ? '' : ', '}${addressHtml({ tenant })}`);
  return html`${count(tenants.length, 'tenant')}: ${names}${more > 0 ? `, and ${number(more)} more` : ''}`;
}

function groupMark(mark: GroupMark | undefined): Html | '' {
  return mark === undefined ? '' : html`<b class="m ${mark.tone}">${mark.sign}</b>`;
}

function changeTable({ changes, addresses: [first] }: ChangeGroup, plan: Plan): Html {
  if (changes.length === 0)
    return html`<p>The content differs. The live version cannot be compared value by value.</p>`;
  const isNew = plan.kind !== 'rollback' && changes.every(({ op, path }) => op === 'add' && path === '');
  const more = changes.length - mostChanges;
  return html`<table class="changes"><caption class="hidden">Changes of ${first === undefined ? '' : formatAddress(first)}</caption><tbody>${changes.slice(0, mostChanges).map((change) => changeRow(change))}</tbody></table>${isNew ? html`<p class="note">New: there was no content.</p>` : ''}${more > 0 ? html`<p class="note">${count(more, 'more change')}</p>` : ''}`;
}

/** `dev 487 · qa 486`. */
function whereText({ addresses }: ChangeGroup, environments: readonly string[]): string {
  const own = groupMap(addresses, ({ environment }) => environment);
  return environments
    .flatMap((name) => {
      const some = own.get(name)?.length;
      return some === undefined ? [] : `${name} ${number(some)}`;
    })
    .join(' · ');
}

/** A line for each. */
function moreGroups(groups: readonly ChangeGroup[], { marks }: CardInput): Html {
  const rows = groups.slice(0, mostLines).map((group) => {
    const { id, addresses, changes } = group;
    const [change] = changes;
    const [first] = addresses;
    const more =
      changes.length > 1
        ? html`<tr><td><td colspan="3" class="note">${count(changes.length - 1, 'more change')}</tr>`
        : '';
    return html`<tbody id="${groupFragment(id)}" class="line"><tr><th scope="rowgroup" colspan="4">${groupMark(marks.get(id))} ${first === undefined ? '' : addressHtml(first)}${addresses.length > 1 ? ` and ${number(addresses.length - 1)} more` : ''}</tr>${change === undefined ? '' : changeRow(change)}${more}</tbody>
`;
  });
  return folded(
    html`${count(groups.length, 'smaller group')}`,
    html`<div class="wide"><table class="changes more">${rows}</table></div>${groups.length > mostLines ? html`<p class="note">${count(groups.length - mostLines, 'more group')}: the JSON document has their changes.</p>` : ''}`,
  );
}
