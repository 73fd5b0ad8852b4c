// The page reads without this script. It adds a filter, an explanation of each mark, and keys.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const main = document.querySelector('main');
  const fleet = document.querySelector('.fleet');
  // Of a page without a fleet the rows of tenants are filtered.
  const table = fleet ?? main;

  const make = (name, members, ...children) => {
    const element = Object.assign(document.createElement(name), members);
    element.append(...children);
    return element;
  };

  // Each tenant of the fleet: its row, or its name among those without a change.
  const rows = all(fleet === null ? '[data-t]' : 'tbody tr[id^="t="], .same span', table).map((element) => ({
    element,
    tenant: element.dataset.t ?? (element.querySelector('th') ?? element).textContent,
    groups: new Set(all('a.m', element).map((mark) => mark.hash)),
  }));
  if (rows.length === 0) return;
  const cards = all('.card, .line');
  const named = fleet === null ? [] : all('[data-t]');
  const tenants = new Set(rows.map(({ tenant }) => tenant)).size;
  const blank = { text: '', tenant: undefined, group: undefined };
  let filter = blank;

  const input = make('input', { type: 'search', placeholder: 'Filter tenants', ariaLabel: 'Filter tenants' });
  const reset = make('button', { type: 'button', textContent: 'Show all', hidden: true });
  const output = make('output', {});
  const kbd = (textContent) => make('kbd', { textContent });
  const keys = make('span', { className: 'keys' }, kbd('/'), ' filter  ');
  if (cards.length > 0) keys.append(kbd('j'), ' ', kbd('k'), ' next, previous change  ');
  keys.append(kbd('Esc'), ' show all');
  const tools = make('div', { className: 'tools', role: 'search' }, input, reset, output, keys);
  main.querySelector('.numbers')?.after(tools);

  // Long runs of rows that look the same are folded: the odd ones are what a reader looks for.
  const mostShown = 12;
  const folded = new Set();
  for (const body of all('.fleet tbody')) {
    const byLook = new Map();
    for (const row of all('tr[id]', body)) {
      const look = all('td', row)
        .map((cell) => cell.textContent)
        .join('|');
      byLook.set(look, [...(byLook.get(look) ?? []), row]);
    }
    for (const same of byLook.values()) {
      if (same.length <= mostShown + 3) continue;
      const hidden = same.slice(mostShown);
      for (const row of hidden) folded.add(row);
      const button = make('button', {
        type: 'button',
        className: 'more-rows',
        textContent: `Show ${hidden.length.toLocaleString('en')} more like ${same[0].querySelector('th').textContent}`,
      });
      const cell = make('td', { colSpan: 99 }, button);
      const line = make('tr', { className: 'fold' }, cell);
      same[mostShown - 1].after(line);
      button.addEventListener('click', () => {
        for (const row of hidden) folded.delete(row);
        line.remove();
        show();
        hidden[0].querySelector('a.m')?.focus();
      });
    }
  }

  const shown = ({ tenant, groups }) => {
    if (filter.tenant !== undefined) return tenant === filter.tenant;
    if (filter.group !== undefined && !groups.has(filter.group)) return false;
    return tenant.toLowerCase().includes(filter.text.toLowerCase());
  };

  function show() {
    const isFiltered = filter.text !== '' || filter.tenant !== undefined || filter.group !== undefined;
    const found = rows.filter(shown);
    const names = new Set(found.map(({ tenant }) => tenant));
    showRows(new Set(found), isFiltered);
    showCards(new Set(found.flatMap((row) => [...row.groups])), isFiltered);
    showPanels(names, isFiltered);
    reset.hidden = !isFiltered;
    output.textContent = isFiltered
      ? `${names.size.toLocaleString('en')} of ${tenants.toLocaleString('en')} tenants`
      : '';
    rove();
  }

  function showRows(found, isFiltered) {
    for (const row of rows) {
      const isOff = !found.has(row) || (!isFiltered && folded.has(row.element));
      row.element.classList.toggle('off-filter', isOff);
    }
    for (const line of all('.fold', table)) line.classList.toggle('off-filter', isFiltered);
    for (const body of all('.fleet tbody')) {
      const isEmpty = rows.every(({ element }) => !body.contains(element) || element.matches('.off-filter'));
      body.classList.toggle('off-filter', isEmpty);
    }
    for (const same of all('.same', table)) {
      const some = rows.filter(({ element }) => same.contains(element) && !element.matches('.off-filter'));
      same.classList.toggle('off-filter', some.length === 0);
      if (isFiltered && some.length > 0) same.querySelector('details').open = true;
    }
    for (const mark of all('a.m', table))
      mark.classList.toggle('dim', filter.group !== undefined && mark.hash !== filter.group);
  }

  function showCards(groups, isFiltered) {
    for (const card of cards) {
      const hash = `#${card.id}`;
      card.classList.toggle(
        'off-filter',
        filter.group !== undefined ? filter.group !== hash : isFiltered && !groups.has(hash),
      );
    }
  }

  /** Panels whose tenants are all hidden are, too. */
  function showPanels(names, isFiltered) {
    for (const element of named) {
      element.classList.toggle('off-filter', isFiltered && !names.has(element.dataset.t));
    }
    for (const panel of all('.panel')) {
      const own = all('[data-t]', panel);
      if (own.length === 0) continue;
      panel.classList.toggle(
        'off-filter',
        own.every((element) => element.matches('.off-filter')),
      );
      if (isFiltered) for (const details of all('details', panel)) details.open = true;
    }
  }

  /** The page says in its address what it shows. */
  function apply(next, { keepsHash = false } = {}) {
    filter = { ...blank, ...next };
    if (document.activeElement !== input) input.value = filter.tenant ?? filter.text;
    const hash = filter.group ?? (filter.tenant === undefined ? '' : `#t=${encodeURIComponent(filter.tenant)}`);
    if (!keepsHash) history.replaceState(null, '', hash === '' ? location.pathname + location.search : hash);
    show();
  }

  function fromHash() {
    const hash = location.hash;
    if (hash.startsWith('#t=')) {
      apply({ tenant: tenantIn(hash) }, { keepsHash: true });
      tools.scrollIntoView();
    } else if (hash.startsWith('#g=')) {
      apply({ group: hash }, { keepsHash: true });
      document.getElementById(hash.slice(1))?.scrollIntoView({ block: 'start' });
    } else apply(blank, { keepsHash: true });
  }

  /** What is not encoded is the name itself. */
  function tenantIn(hash) {
    try {
      return decodeURIComponent(hash.slice(3));
    } catch {
      return hash.slice(3);
    }
  }

  input.addEventListener('input', () => apply({ text: input.value.trim() }));
  reset.addEventListener('click', () => {
    input.value = '';
    apply(blank);
    input.focus();
  });
  addEventListener('hashchange', fromHash);

  // A mark is explained where the pointer or the focus is, and filters by its group.
  const tip = make('div', { className: 'tip', role: 'tooltip', id: 'tip', hidden: true });
  document.body.append(tip);
  const explain = (mark) => {
    const card = mark.hash === undefined || mark.hash === '' ? null : document.getElementById(mark.hash.slice(1));
    const row = mark.closest('tr');
    const cell = mark.closest('td');
    const environment = cell === null ? '' : table.tHead.rows[0].cells[cell.cellIndex].textContent;
    const words = document.querySelector(`.legend [data-kind="${mark.dataset.kind}"]`)?.parentElement;
    tip.replaceChildren(
      make('b', {
        textContent: `${row?.querySelector('th')?.textContent}/${environment}/${mark.dataset.profile ?? ''}`,
      }),
      ...(words ? [make('div', { textContent: words.lastChild.textContent.trim() })] : []),
      ...all('.changes tr', card ?? make('i', {}))
        .slice(0, 4)
        .map((change) =>
          make('div', {
            textContent: all('td', change)
              .map((part) => part.textContent.trim())
              .join(' '),
          }),
        ),
    );
    tip.hidden = false;
    const box = mark.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const below = box.bottom + 8;
    tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`;
    tip.style.top = `${below + size.height > innerHeight ? box.top - size.height - 8 : below}px`;
    mark.setAttribute('aria-describedby', 'tip');
  };
  const hide = () => {
    tip.hidden = true;
  };
  for (const mark of all('.m', table)) {
    mark.dataset.profile = mark.title;
    mark.removeAttribute('title');
  }
  const markOf = (event) => event.target.closest?.('.fleet .m');
  for (const name of ['pointerover', 'focusin']) {
    document.addEventListener(name, (event) => {
      const mark = markOf(event);
      if (mark) explain(mark);
      else hide();
    });
  }
  table.addEventListener('click', (event) => {
    const mark = markOf(event);
    if (!mark?.hash) return;
    event.preventDefault();
    apply(filter.group === mark.hash ? blank : { group: mark.hash });
  });

  // Of thousands of marks one takes part in the order of Tab; arrows lead to the others.
  let current;
  function rove() {
    const marks = all('a.m', table).filter((mark) => mark.closest('.off-filter') === null);
    if (marks.includes(current)) return;
    current?.setAttribute('tabindex', '-1');
    current = marks[0];
    current?.setAttribute('tabindex', '0');
  }
  for (const mark of all('a.m', table)) mark.tabIndex = -1;
  const moves = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  table.addEventListener('keydown', (event) => {
    const move = moves[event.key];
    const mark = markOf(event);
    if (move === undefined || !mark) return;
    event.preventDefault();
    const visible = rows.filter(
      ({ element }) => !element.matches('.off-filter') && element.querySelector('a.m') !== null,
    );
    const index = visible.findIndex(({ element }) => element.contains(mark));
    const marks = (row) => all('a.m', row.element);
    const own = marks(visible[index]);
    const [down, right] = move;
    const next =
      down === 0
        ? own[own.indexOf(mark) + right]
        : (marks(visible[index + down] ?? visible[index])[own.indexOf(mark)] ??
          marks(visible[index + down] ?? visible[index])[0]);
    if (next === undefined) return;
    mark.tabIndex = -1;
    next.tabIndex = 0;
    current = next;
    next.focus();
  });

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      hide();
      input.value = '';
      input.blur();
      apply(blank);
    }
    if (event.target === input || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/') {
      event.preventDefault();
      input.focus();
    }
    const step = { j: 1, k: -1 }[event.key];
    if (step === undefined) return;
    const open = cards.filter((card) => !card.matches('.off-filter') && card.matches('.card'));
    const at = open.findIndex((card) => card.contains(document.activeElement));
    const next = open[at === -1 ? (step === 1 ? 0 : open.length - 1) : at + step];
    if (next === undefined) return;
    next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: 'start' });
  });

  show();
  fromHash();
})();
