'use strict';
// Shows one trace. Strings of the trace only ever become text nodes and attribute values; nothing here parses them as HTML.

const trace = JSON.parse(document.getElementById('trace').textContent);
const steps = trace.steps;
const sections = ['frames', 'entries', 'bases', 'translations', 'rights', 'others', 'differences'];
const told = ['frames', 'entries', 'bases', 'translations', 'others']; // What the list of changes tells.
const byId = id => document.getElementById(id);
const rowHeight = 40, manySteps = 2000, manyFrames = 200;

const svgNames = 'http://www.w3.org/2000/svg';
const make = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
const draw = (name, attributes = {}, ...children) => fill(document.createElementNS(svgNames, name), attributes, children);
function fill(element, attributes, children) {
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
}

// ---- states: each step says what it changed; every 64th state is kept whole ----

const kept = new Map();
function stateAt(index) {
  let from = Math.floor(index / 64) * 64;
  while (from > 0 && !kept.has(from)) from -= 64;
  const state = kept.get(from) ?? Object.fromEntries(sections.map(s => [s, new Map()]));
  const at = Object.fromEntries(sections.map(s => [s, new Map(state[s])]));
  for (let i = kept.has(from) ? from + 1 : 0; i <= index; i++) {
    for (const s of sections) {
      for (const name of steps[i].gone[s] ?? []) at[s].delete(name);
      for (const name in steps[i].set[s] ?? {}) at[s].set(name, steps[i].set[s][name]);
    }
    if (i % 64 === 0) kept.set(i, Object.fromEntries(sections.map(s => [s, new Map(at[s])])));
  }
  return at;
}

// A: there was none before; M: it is another now; D: there is none any more.
function changesOf(index) {
  if (index === 0) return [];
  const before = stateAt(index - 1), changes = [];
  for (const s of told) {
    for (const name of steps[index].gone[s] ?? []) changes.push({ mark: 'D', section: s, name, before: before[s].get(name) });
    for (const name in steps[index].set[s] ?? {})
      changes.push({ mark: before[s].has(name) ? 'M' : 'A', section: s, name, before: before[s].get(name), after: steps[index].set[s][name] });
  }
  return changes;
}

const marks = new Map();
function marksOf(index) {
  if (!marks.has(index)) {
    const count = { A: 0, M: 0, D: 0 };
    for (const change of changesOf(index)) count[change.mark]++;
    marks.set(index, count);
  }
  return marks.get(index);
}

const frameSays = f => [f.owner, f.type + (f.count == null || f.count === 0 ? '' : ` ×${f.count}`), ...f.badges,
  f.references == null ? '' : `refs ${f.references}`].filter(x => x !== '').join(' ');
const says = (section, value) => value === undefined ? '' : section === 'frames' ? frameSays(value) : value.says;

// ---- frames that are shown, and where ----

const names = [], columnOf = new Map(), touched = new Set();
for (const [i, step] of steps.entries()) {
  for (const name in step.set.frames ?? {}) {
    const frame = step.set.frames[name];
    if (!columnOf.has(name)) { names.push(name); columnOf.set(name, 5); }
    if (i > 0) touched.add(name);
    const level = frame.count === 0 ? 0 : /^L[1-4]$/.test(frame.type) ? +frame.type[1] : frame.type === 'table' ? 4 : 0;
    if (level > 0 && columnOf.get(name) === 5) columnOf.set(name, 5 - level);
  }
  for (const name in step.set.entries ?? {}) { touched.add(step.set.entries[name].from); touched.add(step.set.entries[name].to); }
  for (const name in step.set.bases ?? {}) touched.add(step.set.bases[name].to);
}
// The first domain's frames, root first, then the next one's.
const collator = new Intl.Collator('en', { numeric: true });
const rank = name => [/^d\d+\./.test(name) ? name.split('.')[0] : '', /(^|\.)root$/.test(name) ? '' : name];
names.sort((a, b) => collator.compare(rank(a)[0], rank(b)[0]) || collator.compare(rank(a)[1], rank(b)[1]));
let showsAll = names.length <= manyFrames;
const shown = () => showsAll ? names : names.filter(n => touched.has(n) || isNamed(n));
const isNamed = name => steps.some(s => s.witness !== undefined && mentions(s.witness, name));

// Whether a text speaks of a frame: "f3" is in "f3 is L1" and in "f2[0]: f3 rw", and not in "f31".
function mentions(text, name) {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const word = /[\w.:]/, next = text[at + name.length] ?? ' ';
    if (!(at > 0 && word.test(text[at - 1])) && !(/\w/.test(next))) return true;
  }
  return false;
}

// ---- the list of steps: a window of it, if it is long ----

let listed = steps.map((_, i) => i);
function renderList() {
  const scroll = byId('scroll'), list = byId('steps'), isLong = listed.length > manySteps;
  const first = isLong ? Math.max(0, Math.floor(scroll.scrollTop / rowHeight) - 20) : 0;
  const rows = isLong ? listed.slice(first, first + Math.ceil(scroll.clientHeight / rowHeight) + 40) : listed;
  list.replaceChildren(...rows.map((index, k) => {
    const row = rowOf(index);
    if (isLong) { row.style.position = 'absolute'; row.style.top = `${(first + k) * rowHeight}px`; row.style.left = row.style.right = '0'; }
    return row;
  }));
}

// The whole list is as high as if all of it were there.
function sizeList() {
  byId('steps').style.height = listed.length > manySteps ? `${listed.length * rowHeight}px` : '';
}

function rowOf(index) {
  const step = steps[index], count = marksOf(index), row = make('li', { 'data-step': index, title: step.text });
  row.append(make('span', { class: 'what' }, `${index}  ${step.actor}  ${step.text}`));
  for (const mark of ['A', 'M', 'D']) row.append(make('span', { class: `mark ${mark}` }, count[mark] > 0 ? `${mark}${count[mark]}` : ''));
  row.append(step.answer ?? '', step.expected === undefined ? '' : `   model: ${step.expected}`);
  if (step.witness !== undefined || step.expected !== undefined) row.classList.add('bad');
  if (index === current) row.setAttribute('aria-current', 'step');
  row.addEventListener('click', () => go(index));
  return row;
}

function reveal(index) {
  const scroll = byId('scroll'), at = listed.indexOf(index) * rowHeight;
  if (at < 0) return;
  if (at < scroll.scrollTop) scroll.scrollTop = at;
  else if (at + rowHeight > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = at + rowHeight - scroll.clientHeight;
}

// ---- one step ----

let current = -1, way = null;
function go(index) {
  const to = Math.max(0, Math.min(steps.length - 1, index));
  if (to !== current) way = null;
  current = to;
  byId('slider').value = current;
  byId('position').textContent = `${current} / ${steps.length - 1}`;
  reveal(current);
  renderList();
  show();
  history.replaceState(null, '', `#step=${current}`);
}

function show() {
  const state = stateAt(current), changes = changesOf(current);
  showNow(steps[current]);
  showDifferences(state);
  showRights(state);
  showGraph(state, changes);
  showChanges(changes);
  if (byId('raw').open) showRaw();
}

function showNow(step) {
  const line = (text, kind) => make('div', kind ? { class: kind } : {}, text);
  const lines = [line(`${current}  ${step.actor}  ${step.text}  ${step.answer ?? ''}`)];
  if (step.expected !== undefined) lines.push(line(`the model: ${step.expected}`, 'expected'));
  if (step.witness !== undefined) lines.push(line(`✗ ${step.witness}`, 'witness'));
  byId('now').replaceChildren(...lines);
}

function showDifferences(state) {
  const box = byId('differences');
  box.hidden = state.differences.size === 0;
  box.querySelector('table').replaceChildren(
    make('tr', {}, make('th', {}, ''), make('th', {}, 'model'), make('th', {}, trace.target ?? 'target')),
    ...[...state.differences].map(([what, d]) => make('tr', {}, make('th', {}, what), make('td', {}, d.model), make('td', {}, d.target))));
}

function showRights(state) {
  const columns = shown(), domains = [...new Set([...state.rights.values()].map(r => r.domain)
    .concat([...state.frames.values()].map(f => f.owner).filter(o => /^d\d+$/.test(o))))].sort();
  const head = make('tr', {}, make('th', {}, ''), ...columns.map(f => make('th', { scope: 'col' }, f)));
  const rows = domains.map(d => make('tr', {}, make('th', { scope: 'row' }, d), ...columns.map(f => cellOf(d, f, state.rights.get(`${d} ${f}`)))));
  byId('rights').replaceChildren(make('table', {}, head, ...rows));
  showWay(state);
}

function cellOf(domain, frame, right) {
  const text = right === undefined ? '·' : (right.write ? 'W' : 'R') + (right.bad ? '!' : '');
  const cell = make('td', { class: right === undefined ? '' : right.bad ? 'W' : right.write ? 'w' : 'r', 'data-cell': `${domain} ${frame}` });
  const button = make('button', { 'aria-label': `${domain} ${frame} ${text}` }, text);
  button.addEventListener('click', () => { way = `${domain} ${frame}`; showRights(stateAt(current)); showGraph(stateAt(current), changesOf(current)); });
  cell.append(button);
  return cell;
}

function showWay(state) {
  const right = way === null ? undefined : state.rights.get(way);
  byId('path').textContent = way === null ? 'choose a cell: the way that gives the right'
    : right === undefined ? `${way}: no way leads there` : `${way}\n${right.path.map(p => `  ${p}`).join('\n')}`;
}

function showChanges(changes) {
  byId('changes').replaceChildren(...changes.map(c => make('tr', {}, make('td', { class: c.mark }, c.mark), make('th', {}, c.name),
    make('td', {}, says(c.section, c.before)), make('td', {}, c.mark === 'D' ? '' : says(c.section, c.after)))));
}

function showRaw() {
  const state = stateAt(current);
  const plain = Object.fromEntries(sections.map(s => [s, Object.fromEntries(state[s])]));
  byId('raw').querySelector('pre').textContent = JSON.stringify(plain, null, 1);
}

// ---- the picture ----

const wide = 118, high = 62, gapX = 66, gapY = 34;
function showGraph(state, changes) {
  const places = placesOf(state), svg = draw('svg', { role: 'img', 'aria-label': 'frames and page-table entries' });
  const changed = new Set(changes.filter(c => c.section === 'frames').map(c => c.name));
  for (const c of changes) if (c.section === 'entries') changed.add((c.after ?? c.before).from);
  const witness = steps[current].witness, onWay = new Set(way === null ? [] : state.rights.get(way)?.edges ?? []);
  const boxes = draw('g'), edges = draw('g');
  for (const [name, at] of places) boxes.append(at.isVcpu ? vcpuOf(name, at) : boxOf(name, at, state.frames.get(name), changed, witness));
  for (const [name, e] of state.entries) arrow(edges, places.get(e.from), places.get(e.to), e.rw ? 'rw' : 'ro', onWay.has(name), `${name} ${e.says}`, `${e.from}>${e.to}`);
  for (const [name, b] of state.bases) arrow(edges, places.get(b.vcpu), places.get(b.to), 'base', false, `${name} ${b.to}`, `${b.vcpu}>${b.to}`);
  for (const [name, t] of state.translations)
    if (t.stale) arrow(edges, places.get(t.vcpu), places.get(t.to), 'stale', false, name, `${t.vcpu}>${t.to}`);
  svg.append(arrowHead(), boxes, edges);
  const all = [...places.values()];
  svg.setAttribute('width', Math.max(0, ...all.map(p => p.x)) + wide + 60);
  svg.setAttribute('height', Math.max(0, ...all.map(p => p.y)) + high + 60);
  byId('graph').replaceChildren(svg);
}

// vCPUs, then a column for each level of tables that there is, then memory.
function placesOf(state) {
  const places = new Map(), used = new Map(), rows = 6;
  const vcpus = [...new Set([...state.bases.values(), ...state.translations.values()].map(b => b.vcpu))].sort();
  const columns = [...new Set([...(vcpus.length > 0 ? [0] : []), ...names.map(n => columnOf.get(n))])].sort();
  const put = (name, level, isVcpu) => {
    const column = columns.indexOf(level), isLast = level === 5;
    const row = used.get(column) ?? 0;
    used.set(column, row + 1);
    const side = isLast ? Math.floor(row / rows) : 0, down = isLast ? row % rows : row;
    places.set(name, { x: 10 + (column + side) * (wide + gapX), y: 44 + down * (high + gapY), isVcpu });
  };
  for (const v of vcpus) put(v, 0, true);
  for (const name of shown()) if (state.frames.has(name)) put(name, columnOf.get(name), false);
  return places;
}

function vcpuOf(name, at) {
  return draw('g', { class: 'vcpu', 'data-vcpu': name }, draw('rect', { x: at.x, y: at.y, width: wide - 40, height: high, rx: 30 }),
    draw('text', { x: at.x + (wide - 40) / 2, y: at.y + high / 2 + 4, class: 'name' }, name));
}

function boxOf(name, at, frame, changed, witness) {
  const isWitness = witness !== undefined && mentions(witness, name);
  const owner = /^(d\d+|xen|nobody)$/.test(frame.owner) ? frame.owner : '';
  const group = draw('g', { class: `box ${owner}${changed.has(name) ? ' changed' : ''}${isWitness ? ' witness' : ''}`, 'data-frame': name });
  const middle = at.x + wide / 2, count = frame.count == null ? '' : ` t${frame.count}`, refs = frame.references == null ? '' : ` r${frame.references}`;
  group.append(draw('title', {}, `${name} ${frameSays(frame)}`), draw('rect', { x: at.x, y: at.y, width: wide, height: high, rx: 6 }),
    draw('text', { x: middle, y: at.y + 16, class: 'name' }, `${name} · ${frame.owner}`),
    draw('text', { x: middle, y: at.y + 34 }, `${frame.type}${count}${refs}`),
    draw('text', { x: middle, y: at.y + 52 }, frame.badges.join(' ')));
  return group;
}

function arrow(to, from, target, kind, isOnWay, title, edge) {
  if (!from || !target) return;
  const left = target.x > from.x, x1 = from.x + (from.isVcpu ? wide - 40 : wide), y1 = from.y + high / 2;
  const d = from === target ? `M${from.x + 30} ${from.y}c-20 -34 70 -34 50 0`
    : left ? `M${x1} ${y1}C${x1 + 40} ${y1} ${target.x - 40} ${target.y + high / 2} ${target.x} ${target.y + high / 2}`
    : `M${x1} ${y1}c50 0 50 ${(target.y - from.y) / 2} 30 ${(target.y - from.y) / 2 + 40}S${target.x + wide + 60} ${target.y + high + 30} ${target.x + wide} ${target.y + high - 12}`;
  if (isOnWay) to.append(draw('path', { d, class: 'on-path' }));
  to.append(draw('path', { d, class: kind, 'data-edge': edge, 'marker-end': 'url(#head)' }, draw('title', {}, title)));
  if (kind === 'stale') to.append(draw('path', { d, class: 'hollow' }));
}

const arrowHead = () => draw('defs', {}, draw('marker', { id: 'head', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: 'userSpaceOnUse', orient: 'auto' },
  draw('path', { d: 'M0 0L8 4L0 8z', class: 'head' })));

// ---- hands ----

function refilter() {
  const wanted = byId('filter').value.toLowerCase();
  listed = steps.map((_, i) => i).filter(i => `${i} ${steps[i].actor} ${steps[i].text} ${steps[i].answer ?? ''}`.toLowerCase().includes(wanted));
  sizeList();
  byId('scroll').scrollTop = 0;
  renderList();
}

const keys = {
  ArrowRight: () => go(current + 1), j: () => go(current + 1), ArrowLeft: () => go(current - 1), k: () => go(current - 1),
  Home: () => go(0), End: () => go(steps.length - 1), '/': () => byId('filter').focus(),
};
addEventListener('keydown', event => {
  const isTyping = event.target === byId('filter'), isSliding = event.target === byId('slider');
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping || (isSliding && event.key !== 'j' && event.key !== 'k' && event.key !== '/')) return;
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
byId('filter').addEventListener('keydown', event => { if (event.key === 'Escape') { event.target.value = ''; refilter(); event.target.blur(); } });
byId('filter').addEventListener('input', refilter);
byId('slider').addEventListener('input', event => go(+event.target.value));
byId('scroll').addEventListener('scroll', () => { if (listed.length > manySteps) renderList(); });
byId('raw').addEventListener('toggle', () => { if (byId('raw').open) showRaw(); });
byId('first').addEventListener('click', () => go(0));
byId('back').addEventListener('click', () => go(current - 1));
byId('next').addEventListener('click', () => go(current + 1));
byId('last').addEventListener('click', () => go(steps.length - 1));
byId('all').addEventListener('click', () => { showsAll = !showsAll; nameAll(); show(); });
addEventListener('hashchange', () => { const asked = stepOfHash(); if (asked !== null && asked !== current) go(asked); });

function nameAll() {
  byId('all').hidden = names.length <= manyFrames;
  byId('all').textContent = showsAll ? 'only frames that are touched' : `all ${names.length} frames`;
}

function stepOfHash() {
  const found = /^#step=(\d{1,9})$/.exec(location.hash);
  return found === null ? null : +found[1];
}

// ---- begin, at the step that breaks the property ----

const violation = steps.findIndex(s => s.witness !== undefined || s.expected !== undefined);
byId('verdict').textContent = trace.verdict.toUpperCase();
byId('verdict').className = trace.verdict === 'holds' ? '' : 'bad';
byId('property').textContent = trace.property;
byId('says').textContent = trace.says;
byId('scenario').textContent =
  (trace.scenario.startsWith(trace.kind) ? '' : `${trace.kind}: `) + trace.scenario + (trace.again === '' ? '' : `    again: ${trace.again}`);
byId('slider').max = steps.length - 1;
nameAll();
sizeList();
go(stepOfHash() ?? (violation >= 0 ? violation : steps.length - 1));
