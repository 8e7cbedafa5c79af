/* global document, EventSource, location, requestAnimationFrame, setInterval */
// Draws what the engine tells. All text goes in as text: what applications send is never markup.

/** As many as the engine keeps. */
const MOST = 2000;
/** Drawn at once; older ones are a filter away. */
const DRAWN = 300;
const KIND = {
  rest: 'REST',
  twiml: 'TwiML',
  callback: 'Callback',
  sound: 'Sound',
  problem: 'Problem',
};

const $ = (id) => document.getElementById(id);
/** Newest first. */
let entries = [];
const open = new Set();
/** Our clock is the same machine's, but the page may have slept: times are the engine's. */
let live = { now: 0, calls: [], rooms: [], identities: [] };
/** Came since the last frame, newest first. */
let fresh = [];

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== ''));
  return element;
}

function sid(value) {
  const pick = () => {
    $('sid').value = value;
    drawTraffic();
  };
  return make(
    'button',
    { class: 'sid', type: 'button', title: 'Show only what is about it', onclick: pick },
    value,
  );
}

const mark = (text, colour) => make('span', { class: `mark ${colour}` }, text);
const quiet = (text) => make('span', { class: 'quiet' }, text);
const empty = (text) => make('p', { class: 'empty' }, text);

function clock(at) {
  const date = new Date(at);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** A length that goes on growing: drawn again every second. */
function since(at) {
  return make('time', { 'data-since': at, class: 'quiet' }, lasted(at));
}

function lasted(at) {
  const seconds = Math.max(0, Math.floor((Date.now() - at) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function drawLive() {
  $('calls-count').textContent = live.calls.length;
  $('rooms-count').textContent = live.rooms.length;
  $('browsers-count').textContent = live.identities.reduce((sum, one) => sum + one.browsers, 0);
  $('calls').replaceChildren(
    ...(live.calls.length > 0 ? live.calls.map(callItem) : [empty('No calls right now.')]),
  );
  $('rooms').replaceChildren(
    ...(live.rooms.length > 0 ? live.rooms.map(roomItem) : [empty('No rooms right now.')]),
  );
  $('browsers').replaceChildren(
    ...(live.identities.length > 0
      ? live.identities.map(({ identity, browsers }) =>
          make(
            'div',
            { class: 'item line' },
            make('strong', null, identity),
            browsers > 1 ? quiet(`${browsers} browsers`) : null,
          ),
        )
      : [empty('No browser is registered.')]),
  );
}

function callItem(call) {
  const talking = call.status === 'in-progress';
  return make(
    'div',
    { class: 'item' },
    make(
      'div',
      { class: 'line' },
      make('strong', null, `${call.from} → ${call.to || 'the application'}`),
      mark(call.status, talking ? 'good' : 'quiet'),
      quiet(call.direction),
      since(call.answeredAt ?? call.createdAt),
    ),
    make(
      'div',
      { class: 'line' },
      sid(call.sid),
      call.parentCallSid ? quiet('dialled by') : null,
      call.parentCallSid ? sid(call.parentCallSid) : null,
    ),
  );
}

function roomItem(room) {
  return make(
    'div',
    { class: 'item' },
    make(
      'div',
      { class: 'line' },
      make('strong', null, room.name),
      mark(room.status, room.status === 'in-progress' ? 'good' : 'quiet'),
      room.recordings.length > 0 ? mark('recording', 'bad') : null,
      since(room.createdAt),
    ),
    make('div', { class: 'line' }, sid(room.sid), room.recordings.map(sid)),
    make(
      'ul',
      { class: 'people' },
      room.participants.map((one) =>
        make(
          'li',
          null,
          make(
            'span',
            { class: 'line' },
            make('span', null, one.label ? `${one.label}: ${one.who}` : one.who),
            one.status === 'connected' ? null : mark(one.status, 'quiet'),
            one.muted ? mark('muted', 'bad') : null,
            one.hold ? mark('on hold', 'bad') : null,
            one.coaching ? mark('coaching', 'quiet') : null,
          ),
        ),
      ),
    ),
  );
}

const failed = (entry) => entry.error !== '' || (entry.status ?? 0) >= 400;

function filter() {
  const about = $('sid').value.trim().toLowerCase();
  const kinds = new Set(
    [...document.querySelectorAll('[name=kind]:checked')].map((box) => box.value),
  );
  const onlyFailed = $('failed').checked;
  return (entry) =>
    kinds.has(entry.kind) &&
    (!onlyFailed || failed(entry)) &&
    (about === '' || entry.sids.some((one) => one.toLowerCase().startsWith(about)));
}

/** All of it: after a change of the filter. */
function drawTraffic() {
  fresh = [];
  const list = entries.filter(filter());
  const nodes = list.slice(0, DRAWN).map(entryItem);
  if (list.length > DRAWN) nodes.push(empty(`And ${list.length - DRAWN} older ones.`));
  if (entries.length === 0) {
    nodes.push(empty('Nothing yet. Requests appear here as soon as they are made.'));
  } else if (list.length === 0) nodes.push(empty('Nothing fits this filter.'));
  $('entries').replaceChildren(...nodes);
}

/** Only what is new, so that what somebody reads stays where it is. */
function drawFresh() {
  const nodes = fresh.filter(filter()).map(entryItem);
  fresh = [];
  if (nodes.length === 0) return;
  const box = $('entries');
  if (box.querySelector('.entry') === null) box.replaceChildren();
  box.prepend(...nodes);
  while (box.querySelectorAll('.entry').length > DRAWN)
    box.querySelector('.entry:last-of-type').remove();
}

function entryItem(entry) {
  const bad = failed(entry);
  const status = entry.kind === 'problem' ? (entry.code ?? '') : (entry.status ?? 'none');
  const details = make(
    'details',
    { class: 'entry', open: open.has(entry.id) ? '' : false },
    make(
      'summary',
      null,
      quiet(clock(entry.at)),
      make('span', { class: bad ? 'bad' : '' }, KIND[entry.kind]),
      make('span', { class: 'method' }, entry.kind === 'problem' ? '' : entry.method),
      make('span', { class: 'url', title: entry.url }, headline(entry)),
      make('span', { class: `number ${bad ? 'bad' : 'good'}` }, String(status)),
      make(
        'span',
        { class: 'number took quiet' },
        entry.ms === null ? '' : `${entry.ms < 10 ? entry.ms.toFixed(1) : Math.round(entry.ms)} ms`,
      ),
    ),
  );
  // What is inside is drawn when somebody looks.
  const fill = () => {
    if (details.open && details.childElementCount === 1) details.append(inside(entry));
  };
  details.addEventListener('toggle', () => {
    if (details.open) open.add(entry.id);
    else open.delete(entry.id);
    fill();
  });
  fill();
  return details;
}

/** What a row says in one line: the path below the account, and which event it is about. */
function headline({ kind, url, error, parameters }) {
  if (kind === 'problem') return error;
  if (kind === 'rest') return url.replace(/^\/2010-04-01\/Accounts\/AC[0-9a-f]{32}/i, '');
  const value = Object.fromEntries(parameters);
  const event = value.StatusCallbackEvent ?? value.RecordingStatus ?? value.CallStatus ?? '';
  return kind === 'callback' && event !== '' ? `${event} → ${url}` : url;
}

function inside(entry) {
  const rows = (pairs) =>
    make(
      'dl',
      null,
      pairs.flatMap(([name, value]) => [make('dt', null, name), make('dd', null, value)]),
    );
  const facts = [];
  if (entry.error) {
    facts.push(['Error', entry.code === null ? entry.error : `${entry.code}: ${entry.error}`]);
  }
  if (entry.url) facts.push(['Address', `${entry.method} ${entry.url}`]);
  if (entry.signature) facts.push(['X-Twilio-Signature', entry.signature]);
  return make(
    'div',
    { class: 'inside' },
    rows(facts),
    entry.sids.length > 0
      ? make('div', { class: 'line' }, quiet('About'), entry.sids.map(sid))
      : null,
    entry.parameters.length > 0 ? make('h3', null, 'Parameters') : null,
    entry.parameters.length > 0 ? rows(entry.parameters) : null,
    entry.response ? make('h3', null, `Answer (${entry.responseType || 'no type'})`) : null,
    entry.response ? make('pre', { tabindex: '0' }, pretty(entry)) : null,
  );
}

function pretty({ response, responseType }) {
  if (!responseType.includes('json')) return response;
  try {
    return JSON.stringify(JSON.parse(response), null, 2);
  } catch {
    return response;
  }
}

function listen() {
  const source = new EventSource('/inspector/events');
  const state = $('connection');
  source.addEventListener('begin', ({ data }) => {
    state.textContent = `Connected to ${location.host}`;
    state.className = '';
    if (JSON.parse(data).keepsEntriesBefore === 0) {
      entries = [];
      open.clear();
      drawTraffic();
    }
  });
  source.addEventListener('traffic', ({ data }) => {
    const entry = JSON.parse(data);
    entries.unshift(entry);
    entries.length = Math.min(entries.length, MOST);
    if (fresh.length === 0) requestAnimationFrame(drawFresh);
    fresh.unshift(entry);
  });
  source.addEventListener('live', ({ data }) => {
    live = JSON.parse(data);
    drawLive();
  });
  source.addEventListener('error', () => {
    state.textContent = 'The engine does not answer. Trying again…';
    state.className = 'lost';
  });
}

$('sid').addEventListener('input', drawTraffic);
$('failed').addEventListener('change', drawTraffic);
for (const box of document.querySelectorAll('[name=kind]')) {
  box.addEventListener('change', drawTraffic);
}
$('clear').addEventListener('click', () => {
  entries = [];
  open.clear();
  drawTraffic();
});
setInterval(() => {
  for (const time of document.querySelectorAll('[data-since]')) {
    time.textContent = lasted(Number(time.dataset.since));
  }
}, 1000);
drawLive();
drawTraffic();
listen();
