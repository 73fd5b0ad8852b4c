// Problems, each once, with its addresses and the command to type.
import { html } from 'hono/html';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { concernedBy } from '../../core/problem/merge-problems.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { locationOf, messageOf } from '../view/problem-parts.ts';
import { addressHtml, folded, type Html, hintHtml } from './html-parts.ts';

/** Warnings that are shown open. */
const mostOpen = 3;

export function errorPanel(problems: readonly Problem[], spell: SpellCommand): Html | '' {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return '';
  return html`<section class="panel bad" id="problems"><h2>${count(errors.length, 'problem')}</h2>${problemList(errors, spell)}</section>
`;
}

export function warningPanel(problems: readonly Problem[], spell: SpellCommand): Html | '' {
  const warnings = problems.filter(({ severity }) => severity !== 'error');
  if (warnings.length === 0) return '';
  const title = html`<h2>${count(warnings.length, 'warning')}</h2>`;
  return html`<section class="panel" id="warnings">${folded(title, problemList(warnings, spell), { open: warnings.length <= mostOpen })}</section>
`;
}

function problemList(problems: readonly Problem[], spell: SpellCommand): Html {
  return html`<ul class="problems">${problems.map((problem) => problemHtml(problem, spell))}</ul>`;
}

function problemHtml(problem: Problem, spell: SpellCommand): Html {
  const { code, hint } = problem;
  const location = locationOf(problem);
  const addresses = concernedBy(problem);
  return html`<li><p><b>${messageOf(problem)}</b> <small class="code">${code}</small></p>
${location === undefined ? '' : html`<p class="source">${location}</p>`}
${addresses.length > 1 ? html`<p class="names">${addresses.map((address, index) => html`${index === 0 ? '' : ', '}${addressHtml(address)}`)}${problem.count !== undefined && problem.count > addresses.length ? `, and ${number(problem.count - addresses.length)} more` : ''}</p>` : ''}
${hintHtml(hint, spell)}</li>
`;
}
