// Asks this node while somebody looks, and shows what it says. Text goes in as text, never as HTML.
'use strict';

const EVERY_MS = 2000;
const AT_MOST_MS = 30000;
const CLUSTER_EVERY_MS = 4000;
const CLUSTER_EVERY_MS_A_NODE = 20;
const IMAGES_EVERY_MS = 15000;
const PATIENCE_MS = 8000;
const FIRST_TRANSFERS = 5;
const MAX_NODES = 200;
const MAX_IMAGES = 50;
const TOKEN = 'tarn-token';
const WORDS = {fine: 'Fine', attention: 'Needs attention', trouble: 'In trouble'};
const RANKS = {fine: 0, attention: 1, trouble: 2};
const STATES = {ready: 'listed as ready', not_ready: 'not ready', avoided: 'fails this node'};
const SILENCES = {older: 'An older version, which does not tell', none: 'No word', skipped: 'Not asked in time'};
const AGENT = {effective: 'yes', ineffective: 'no', unknown: 'unknown', silent: 'agent silent'};
const SOURCES = [
  ['disk', 'The node’s disk'],
  ['transfer', 'A transfer under way'],
  ['containerd', 'containerd’s store'],
  ['peer', 'Another node'],
  ['upstream', 'Upstream'],
];

let token = sessionStorage.getItem(TOKEN);
let delay = EVERY_MS;
let timer = 0;
let asking = false;
let lastWord = 0;
let clusterDue = 0;
let imagesDue = 0;
const shown = {};
let status = null;
let cluster = null; // null also where the node is alone.

const $ = id => document.getElementById(id);

function element(name, content, className) {
  const made = document.createElement(name);
  if (className) made.className = className;
  for (const part of [content].flat()) if (part !== undefined && part !== null) made.append(part);
  return made;
}

/** Puts a text there only where it is another: else a screen reader would say it again. */
function text(id, value) {
  if ($(id).textContent !== value) $(id).textContent = value;
}

function row(head, ...cells) {
  const header = element('th', head);
  header.scope = 'row';
  return element('tr', [header, ...cells.map(cell => element('td', cell))]);
}

/** Puts these there, where they are others than those there: so that what somebody selected stays so. */
function put(id, made) {
  const old = [...$(id).childNodes];
  if (old.length !== made.length || made.some((node, i) => !node.isEqualNode(old[i]))) $(id).replaceChildren(...made);
}

/** Rows of a table that on a narrow screen has each cell in a line, with its column's name. */
function putRows(id, made) {
  const heads = [...$(id).closest('table').tHead.rows[0].cells].map(cell => cell.textContent);
  for (const line of made) [...line.cells].forEach((cell, i) => { cell.dataset.label = heads[i]; });
  put(id, made);
}

function state(verdict, words) {
  return element('span', words, 'state ' + verdict);
}

function bar(value, max, label) {
  const made = document.createElement('progress');
  if (max > 0) {
    made.max = max;
    made.value = Math.min(value, max);
  }
  made.setAttribute('aria-label', label);
  return made;
}

function bytes(count) {
  if (count === null || count === undefined) return 'unknown';
  let value = count;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB', 'TiB']) {
    if (value < 1024 || unit === 'TiB') return (unit === 'B' || value >= 100 ? value.toFixed(0) : value.toFixed(1)) + ' ' + unit;
    value /= 1024;
  }
}

function time(seconds) {
  if (seconds < 120) return seconds + ' s';
  if (seconds < 7200) return Math.round(seconds / 60) + ' min';
  if (seconds < 172800) return Math.round(seconds / 3600) + ' h';
  return Math.round(seconds / 86400) + ' days';
}

function ago(from, now) {
  return from === null ? 'never' : time(Math.max(0, Math.round((Date.parse(now) - Date.parse(from)) / 1000))) + ' ago';
}

function share(part, whole) {
  if (!(whole > 0)) return '–';
  const tenths = Math.floor(1000 * part / whole);
  return tenths === 0 && part > 0 ? '< 0.1 %' : (tenths / 10).toFixed(part === whole || part === 0 ? 0 : 1) + ' %';
}

const sum = counts => Object.values(counts).reduce((all, count) => all + count, 0);

async function ask(path, withToken) {
  const headers = withToken && token ? {Authorization: 'Bearer ' + token} : {};
  const response = await fetch(path, {headers, cache: 'no-store', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS)});
  if (response.ok) return response.json();
  if (response.status === 401 && withToken && token) forget('That token is not the one of this node.');
  throw Object.assign(new Error(path), {status: response.status});
}

/** One of the two answers to the question that everybody comes with. */
function answer(id, verdict, words, why) {
  $(id + '-text').parentNode.className = 'verdict ' + verdict;
  text(id + '-text', words);
  text(id + '-why', why);
}

const spoken = code => code.replaceAll('-', ' ');

function some(names, count) {
  return names.slice(0, 3).join(', ') + (count > 3 ? ' and ' + (count - 3) + ' more' : '');
}

function sentence(findings, where) {
  const reasons = findings.map(finding => {
    const what = [finding.subject, where(finding)].filter(word => word).join(' on ');
    return spoken(finding.code) + (what ? ' (' + what + ')' : '');
  }).join(', ');
  return reasons ? reasons[0].toUpperCase() + reasons.slice(1) + '.' : '';
}

function showVerdicts() {
  answer('verdict', status.verdict, WORDS[status.verdict], sentence(status.findings, () => '') || 'Nothing is wrong here.');
  const theirs = cluster?.findings ?? [];
  if (cluster !== null) {
    answer('cluster', cluster.verdict, WORDS[cluster.verdict],
      (sentence(theirs, finding => some(finding.examples, finding.nodes)) + ' ' + cluster.answered + ' of ' + cluster.total + ' nodes gave word.').trim());
  }
  const worst = RANKS[cluster?.verdict] > RANKS[status.verdict] ? cluster.verdict : status.verdict;
  document.title = WORDS[worst] + ' – Tarn';
  // What it says of itself is newer than what it told of the cluster.
  const onlyHere = finding => finding.nodes === 1 && finding.examples[0] === status.node;
  const elsewhere = theirs.filter(finding => !onlyHere(finding));
  const here = status.findings.filter(own => !elsewhere.some(finding => finding.code === own.code && finding.subject === own.subject));
  const findings = [...here, ...elsewhere].sort((a, b) => RANKS[b.severity] - RANKS[a.severity]);
  put('findings', findings.map(finding => element('li', [
    element('p', (finding.examples ? some(finding.examples, finding.nodes) + ': ' : '') + finding.text),
    element('p', finding.fix, 'quiet'),
  ], finding.severity)));
}

/** Figures of one or of all: those that matter most, where bytes were, and the others. */
function showFigures(prefix, tiles, rows, served) {
  put(prefix + 'tiles', tiles.map(([name, [hour, start]]) =>
    element('div', [element('dt', name), element('dd', hour, 'value'), element('dd', start + ' since start', 'quiet')])));
  put(prefix + 'figures', rows.map(([head, cells]) => row(head, ...cells)));
  const total = sum(served);
  put(prefix + 'mix', SOURCES.filter(([key]) => served[key] > 0).map(([key]) => {
    const part = element('span', null, key);
    part.style.flexGrow = served[key] / total;
    return part;
  }));
  put(prefix + 'sources', SOURCES.map(([key, name]) => element('li', [
    element('span', [element('i', null, key), name]), element('b', bytes(served[key])), element('span', share(served[key], total), 'quiet'),
  ])));
}

function showNodeFigures() {
  const both = [status.lastHour, status.sinceStart];
  showFigures('', [
    ['Saved', both.map(p => bytes(p.savedBytes))],
    ['Without upstream', both.map(p => share(sum(p.hits) + p.misses.peer, sum(p.hits) + sum(p.misses)))],
    ['Clients got', both.map(p => bytes(sum(p.servedBytes)))],
    ['From upstream', both.map(p => bytes(p.fetchedBytes.upstream))],
  ], [
    ['Came from other nodes', both.map(p => bytes(p.fetchedBytes.peer))],
    ['Of that, across zones', both.map(p => bytes(p.crossZoneBytes))],
    ['Sent to other nodes', both.map(p => bytes(p.sentToPeersBytes))],
    ['Requests', both.map(p => String(sum(p.hits) + sum(p.misses)))],
    ['Requests that failed', both.map(p => String(p.failures))],
  ], status.lastHour.servedBytes);
}

function showClusterFigures() {
  const both = [cluster.lastHour, cluster.sinceStart];
  showFigures('cluster-', [
    ['Saved', both.map(p => bytes(p.savedBytes))],
    ['Without upstream', both.map(p => share(p.hits + p.misses - p.upstreamMisses, p.hits + p.misses))],
    ['Clients got', both.map(p => bytes(p.servedBytes))],
    ['From upstream', both.map(p => bytes(p.upstreamBytes))],
  ], [
    ['Went across zones', both.map(p => bytes(p.crossZoneBytes))],
    ['Requests', both.map(p => String(p.hits + p.misses))],
    ['Requests that failed', both.map(p => String(p.failures))],
  ], cluster.lastHour.servedBySource);
}

/** How a registry is for all who asked it. */
function forAll(registry) {
  const heard = cluster?.registries.find(each => each.name === registry.name);
  if (heard === undefined) return '–';
  const states = [['well', heard.well], ['limited', heard.limited], ['failing', heard.failing]].filter(([, count]) => count > 0);
  const unwell = heard.limited + heard.failing;
  return state(heard.failing > 0 ? 'trouble' : heard.limited > 0 ? 'attention' : 'fine',
    states.map(([word, count]) => word + ' for ' + count).join(', ') + (unwell > 0 ? ' (' + some(heard.examples, unwell) + ')' : ''));
}

function showRegistries() {
  putRows('registries', status.registries.map(registry => {
    const tone = {failing: 'trouble', limited: 'attention', well: 'fine'}[registry.state] ?? '';
    const words = registry.state === 'failing'
      ? 'failing for ' + ago(registry.failingSince, status.time).replace(' ago', '') + ' (' + registry.lastFailure + ')'
      : registry.state === 'quiet' ? 'not asked lately' : registry.state;
    return row(registry.name, state(tone, words),
      registry.lastStatus === null ? '–' : registry.lastStatus + ', ' + ago(registry.lastAnswer, status.time),
      registry.rateLimitRemaining === null ? '–' : String(registry.rateLimitRemaining),
      forAll(registry));
  }));
}

function showZones() {
  const zones = status.members === null ? [] : status.members.zones;
  put('zones', zones.map(zone => {
    const unwell = verdict => (cluster?.nodes ?? []).filter(node => node.zone === zone.zone && node.verdict === verdict).length;
    return element('li', [element('b', zone.zone || 'no zone'), ' ' + [
      [zone.ready, 'ready'], [zone.notReady, 'not ready'], [zone.avoided, 'failing this node'],
      [unwell('trouble'), 'in trouble'], [unwell('attention'), 'to be looked at'],
    ].filter(([count, what]) => count > 0 || what === 'ready').map(([count, what]) => count + ' ' + what).join(', ')]);
  }));
}

function showLocal() {
  const store = status.store;
  const facts = [
    ['Store', [bar(store.bytes, store.limitBytes, 'Store'), bytes(store.bytes) + ' of ' + bytes(store.limitBytes) + ' in ' + store.blobs + ' blobs' + (store.squeezed ? ', squeezed by what else is on the disk' : '')]],
    ['Disk', store.totalBytes === null ? 'unknown' : bytes(store.freeBytes) + ' free of ' + bytes(store.totalBytes)],
    ['containerd comes here', status.agent === null ? 'unknown: there is no agent beside it'
      : {effective: 'yes, by the agent’s word', ineffective: 'no, by the agent’s word', unknown: 'unknown: nobody pulled yet', silent: 'unknown: the agent is silent'}[status.agent.verdict]
        + ' (' + status.agent.entries + ' entries)'],
    ['Certificate', status.certificateExpires === null ? 'none' : 'until ' + new Date(status.certificateExpires).toLocaleString()],
    ['Members', status.members === null ? 'this node alone' : status.members.ready + ' of ' + status.members.total + ' ready, by ' + status.members.source + ', told ' + time(status.members.ageSeconds) + ' ago'],
    ['Runs', 'for ' + time(status.uptimeSeconds) + ', version ' + status.version],
  ];
  put('local', facts.map(([name, value]) => element('div', [element('dt', name), element('dd', value)])));
}

function showStatus(answer) {
  status = answer;
  text('node', status.node + (status.zone ? ' in ' + status.zone : ''));
  showVerdicts();
  showNodeFigures();
  showRegistries();
  showLocal();
  showZones();
  if (!status.token) {
    $('token-form').hidden = true;
    text('images-text', 'This node has no token: set admin.tokenFile to see names of images here.');
  }
}

function showTransfers(answer) {
  $('transfers-none').hidden = answer.total > 0;
  const items = answer.transfers.map(transfer => {
    const name = transfer.registry + (transfer.repository ? '/' + transfer.repository : '');
    const digest = transfer.digest.slice(0, 19);
    const from = transfer.source === null ? 'waiting' : transfer.source === 'peer' ? 'from other nodes' : 'from upstream';
    const got = transfer.sizeBytes === null ? bytes(transfer.receivedBytes) : bytes(transfer.receivedBytes) + ' of ' + bytes(transfer.sizeBytes);
    return element('li', [
      element('div', [element('span', [element('b', name), ' ', element('span', digest, 'quiet')]), element('span', share(transfer.receivedBytes, transfer.sizeBytes))], 'ends'),
      bar(transfer.receivedBytes, transfer.sizeBytes, name + ' ' + digest),
      element('div', [element('span', got + ', ' + from), element('span', bytes(transfer.bytesPerSecond) + '/s, '
        + transfer.readers + (transfer.readers === 1 ? ' client' : ' clients'))], 'ends quiet'),
    ]);
  });
  const more = answer.total - FIRST_TRANSFERS;
  if (answer.total > items.length) items.push(element('li', 'and ' + (answer.total - items.length) + ' more', 'quiet'));
  put('transfers', items.slice(0, FIRST_TRANSFERS));
  $('more-transfers').hidden = more <= 0;
  text('more-transfers-text', more + ' more');
  put('other-transfers', items.slice(FIRST_TRANSFERS));
}

function showMembers() {
  const badness = node => node.word === 'answered' ? RANKS[node.verdict] : 1.5;
  const nodes = [...cluster.nodes].sort((a, b) => badness(b) - badness(a)).slice(0, MAX_NODES);
  const rows = nodes.map(node => {
    if (node.word !== 'answered') {
      return row(node.node, node.zone, state('attention', SILENCES[node.word] + '; ' + STATES[node.state]), '–', '–', '–', '–', '–');
    }
    return row(node.node, node.zone,
      state(node.verdict, WORDS[node.verdict] + (node.findings.length ? ': ' + node.findings.map(spoken).join(', ') : '')
        + (node.state === 'ready' ? '' : '; ' + STATES[node.state])),
      node.agent === null ? 'no agent' : AGENT[node.agent] ?? node.agent,
      share(Math.max(0, node.lastHour.servedBytes - node.lastHour.upstreamBytes), node.lastHour.servedBytes),
      bytes(node.lastHour.savedBytes), bytes(node.storeBytes),
      node.transfers === 0 ? '0' : node.transfers + ', ' + bytes(node.inFlight.bytesPerSecond) + '/s');
  });
  if (cluster.nodes.length > nodes.length) rows.push(row('and ' + (cluster.nodes.length - nodes.length) + ' more'));
  putRows('nodes', rows);
}

function showComing() {
  const coming = cluster.inFlight;
  $('cluster-transfers-none').hidden = coming.count > 0;
  put('cluster-transfers', coming.count === 0 ? [] : [
    element('div', [element('b', coming.count + (coming.count === 1 ? ' transfer' : ' transfers')), element('span', share(coming.receivedBytes, coming.sizeBytes))], 'ends'),
    bar(coming.receivedBytes, coming.sizeBytes, 'To all members'),
    element('div', [
      element('span', bytes(coming.receivedBytes) + ' of ' + bytes(coming.sizeBytes)),
      element('span', bytes(coming.bytesPerSecond) + '/s'),
    ], 'ends quiet'),
    element('div', coming.fromPeers + ' from other nodes, ' + coming.fromUpstream + ' from upstream', 'quiet'),
  ]);
}

function showCluster(answer) {
  cluster = answer.total > 1 ? answer : null;
  for (const part of document.querySelectorAll('.of-cluster')) part.hidden = cluster === null;
  showVerdicts();
  showRegistries();
  showZones();
  if (cluster === null) return;
  showClusterFigures();
  showComing();
  showMembers();
}

function showImages(answer) {
  text('images-text', answer.total + (answer.total === 1 ? ' repository' : ' repositories') + ' on this node.');
  $('images-table').hidden = false;
  for (const [id, by] of [['images', 'bytes'], ['hottest', 'requests']]) {
    const first = answer.images.filter(image => image[by] > 0).sort((a, b) => b[by] - a[by]).slice(0, MAX_IMAGES);
    putRows(id, first.map(image => row(image.registry + '/' + image.repository,
      image.tags.map(tag => tag.tag).join(', ') || '–', bytes(image.bytes), String(image.requests), bytes(image.servedBytes))));
  }
}

function forget(why) {
  token = null;
  sessionStorage.removeItem(TOKEN);
  $('forget').hidden = true;
  $('token-form').hidden = false;
  $('images-table').hidden = true;
  $('images').replaceChildren();
  $('hottest').replaceChildren();
  text('images-text', why);
}

/** Shows an answer where it is another than before. */
function update(name, answer, show) {
  const written = JSON.stringify(answer);
  if (shown[name] !== written) {
    shown[name] = written;
    show(answer);
  }
}

/** Says that the node did not say how it is. What it said before stays below, and is old. */
function silent(code) {
  const since = lastWord ? ' since ' + new Date(lastWord).toLocaleTimeString() : '';
  const below = lastWord ? ' What is below is what it said last.' : '';
  if (code === 503) answer('verdict', 'attention', 'Not ready', 'This node is starting, or is asked too much.' + below);
  else answer('verdict', 'trouble', 'No word', 'This node has not answered' + since + '.' + below);
  answer('cluster', '', 'Unknown', 'It is asked by way of this node.');
  document.title = $('verdict-text').textContent + ' – Tarn';
  delete shown.status;
  delete shown.cluster;
  clusterDue = 0;
}

/** What may fail without anything being said of it: it is asked again. */
async function also(name, path, withToken, show) {
  try {
    update(name, await ask(path, withToken), show);
    return true;
  } catch {
    return false;
  }
}

async function look() {
  clearTimeout(timer);
  if (document.hidden || asking) return;
  asking = true;
  try {
    update('status', await ask('api/v1/status'), showStatus);
    lastWord = Date.now();
    delay = EVERY_MS;
    if (!await also('transfers', 'api/v1/transfers', true, showTransfers) && token) {
      await also('transfers', 'api/v1/transfers', false, showTransfers); // The node cannot use its token just now.
    }
    if (lastWord >= clusterDue) {
      await also('cluster', 'api/v1/cluster', false, showCluster);
      clusterDue = lastWord + Math.max(CLUSTER_EVERY_MS, CLUSTER_EVERY_MS_A_NODE * (cluster?.total ?? 0));
    }
    if (token && lastWord >= imagesDue) {
      imagesDue = lastWord + IMAGES_EVERY_MS;
      if (!await also('images', 'api/v1/images', true, showImages) && token) text('images-text', 'This node cannot tell them now.');
    }
    text('footer', 'As of ' + new Date(lastWord).toLocaleTimeString() + '; asked anew every two seconds while this page is looked at.');
  } catch (error) {
    delay = Math.min(AT_MOST_MS, delay * 2);
    silent(error.status);
  } finally {
    asking = false;
    if (!document.hidden) timer = setTimeout(look, delay);
  }
}

$('token-form').addEventListener('submit', event => {
  event.preventDefault();
  token = $('token').value.trim();
  $('token').value = '';
  sessionStorage.setItem(TOKEN, token);
  $('token-form').hidden = true;
  $('forget').hidden = false;
  $('forget').focus(); // What had the focus is hidden.
  text('images-text', 'Asking …');
  imagesDue = 0;
  delete shown.images;
  look();
});
$('forget').addEventListener('click', () => {
  forget('The token is forgotten.');
  $('token').focus();
});
document.addEventListener('visibilitychange', look);
if (token) {
  $('token-form').hidden = true;
  $('forget').hidden = false;
}
look();
