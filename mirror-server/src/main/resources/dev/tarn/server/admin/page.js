// Asks this node while somebody looks, and shows what it says. Text goes in as text, never as HTML.
'use strict';

const EVERY_MS = 2000;
const AT_MOST_MS = 30000;
const CLUSTER_EVERY_MS = 4000;
const CLUSTER_EVERY_MS_A_NODE = 20;
const IMAGES_EVERY_MS = 15000;
const PATIENCE_MS = 8000;
const MAX_NODES = 200;
const MAX_IMAGES = 50;
const TOKEN = 'tarn-token';
const WORDS = {fine: 'Fine', attention: 'Needs attention', trouble: 'In trouble'};
const BADNESS = {trouble: 0, attention: 1};
const STATES = {not_ready: 'not ready', avoided: 'fails this node'};
const AGENT = {effective: 'yes', ineffective: 'no', unknown: 'unknown', silent: 'agent silent'};
const SIGNS = {fine: '✓', attention: '!', trouble: '✗'};
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
let cluster = null;

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
  return whole > 0 ? (100 * part / whole).toFixed(part === whole || part === 0 ? 0 : 1) + ' %' : '–';
}

const sum = counts => Object.values(counts).reduce((all, count) => all + count, 0);

async function ask(path, withToken) {
  const headers = withToken && token ? {Authorization: 'Bearer ' + token} : {};
  const response = await fetch(path, {headers, cache: 'no-store', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS)});
  if (response.ok) return response.json();
  if (response.status === 401 && withToken && token) forget('That token is not the one of this node.');
  throw new Error(String(response.status));
}

/** Whether all is well, by this node and by what it heard of the others: the first thing that is seen. */
function showVerdict() {
  const all = cluster !== null && cluster.total > 1 ? cluster : {findings: []};
  const same = (a, b) => a.code === b.code && a.subject === b.subject;
  const here = f => f.nodes === 1 && f.examples[0] === status.node;
  const findings = [
    // What it says of itself is newer than what it told of the cluster.
    ...status.findings.filter(own => !all.findings.some(f => same(own, f) && !here(f))).map(f => ({...f, where: all.total > 1 ? ' on this node' : ''})),
    ...all.findings.filter(f => !here(f)).map(f => ({...f, where: ' on ' + (f.nodes === 1 ? f.examples[0] : f.nodes + ' nodes')})),
  ].sort((a, b) => BADNESS[a.severity] - BADNESS[b.severity]);
  const verdict = findings[0]?.severity ?? status.verdict;
  $('verdict-text').className = 'verdict ' + verdict;
  const reasons = findings.map(f => f.code.replaceAll('-', ' ') + (f.subject ? ' (' + f.subject + ')' : '') + f.where);
  text('verdict-text', SIGNS[verdict] + ' ' + WORDS[verdict] + (reasons.length ? ': ' + reasons.join(', ') : '.'));
  document.title = WORDS[verdict] + ' – Tarn';
  $('findings').replaceChildren(...findings.map(f => element('li', [
    element('p', (f.where ? f.where.trim().replace('on', 'On') + (f.nodes > 1 ? ' (' + f.examples.join(', ') + (f.nodes > f.examples.length ? ', …' : '') + ')' : '') + ': ' : '') + f.text),
    element('p', f.fix, 'quiet'),
  ], f.severity)));
}

function showSources(id, served) {
  const all = sum(served);
  $(id).replaceChildren(...SOURCES.map(([key, name]) =>
    row(name, all > 0 ? bar(served[key], all, name + ' ' + share(served[key], all)) : '–', bytes(served[key]))));
}

function showFigures() {
  const both = [status.lastHour, status.sinceStart];
  const rows = [
    ['Answered without upstream', both.map(p => share(sum(p.hits) + p.misses.peer, sum(p.hits) + sum(p.misses)))],
    ['Saved from upstream', both.map(p => bytes(p.savedBytes))],
    ['Clients got', both.map(p => bytes(sum(p.servedBytes)))],
    ['Came from upstream', both.map(p => bytes(p.fetchedBytes.upstream))],
    ['Came from other nodes', both.map(p => bytes(p.fetchedBytes.peer))],
    ['Of that, across zones', both.map(p => bytes(p.crossZoneBytes))],
    ['Sent to other nodes', both.map(p => bytes(p.sentToPeersBytes))],
    ['Requests that failed', both.map(p => String(p.failures))],
  ];
  $('figures').replaceChildren(...rows.map(([head, cells]) => row(head, ...cells)));
  showSources('sources', status.lastHour.servedBytes);
}

function forAll(registry) {
  const heard = cluster === null || cluster.total <= 1 ? undefined : cluster.registries.find(each => each.name === registry.name);
  if (heard === undefined) return '–';
  const states = [['well', heard.well], ['limited', heard.limited], ['failing', heard.failing]].filter(([, count]) => count > 0);
  const bad = heard.failing > 0 ? 'trouble' : heard.limited > 0 ? 'attention' : '';
  return element('span', states.map(([state, count]) => state + ' for ' + count).join(', ')
    + (heard.examples.length ? ' (' + heard.examples.slice(0, 3).join(', ') + (heard.examples.length > 3 ? ', …' : '') + ')' : ''), bad);
}

function showRegistries() {
  $('registries').replaceChildren(...status.registries.map(registry => {
    const bad = registry.state === 'failing' ? 'trouble' : registry.state === 'limited' ? 'attention' : '';
    const state = registry.state === 'failing'
      ? 'failing for ' + ago(registry.failingSince, status.time).replace(' ago', '') + ' (' + registry.lastFailure + ')'
      : registry.state === 'quiet' ? 'not asked lately' : registry.state;
    return row(registry.name, element('span', state, bad),
      registry.lastStatus === null ? '–' : registry.lastStatus + ', ' + ago(registry.lastAnswer, status.time),
      registry.rateLimitRemaining === null ? '–' : String(registry.rateLimitRemaining),
      forAll(registry));
  }));
}

function showZones() {
  const heard = cluster !== null && cluster.total > 1 ? cluster.nodes : [];
  const zones = status.members === null ? [] : status.members.zones;
  $('zones').replaceChildren(...zones.map(zone => {
    const unwell = verdict => heard.filter(node => node.zone === zone.zone && node.verdict === verdict).length;
    return element('li', (zone.zone || 'no zone') + ': ' + [
      [zone.ready, 'ready'], [zone.notReady, 'not ready'], [zone.avoided, 'failing this node'],
      [unwell('trouble'), 'in trouble'], [unwell('attention'), 'to be looked at'],
    ].filter(([count, what]) => count > 0 || what === 'ready').map(([count, what]) => count + ' ' + what).join(', '));
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
  $('local').replaceChildren(...facts.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
}

function showStatus(answer) {
  status = answer;
  text('node', status.node + (status.zone ? ' in ' + status.zone : ''));
  showVerdict();
  showFigures();
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
  $('transfers').replaceChildren(...answer.transfers.map(transfer => {
    const name = transfer.registry + (transfer.repository ? '/' + transfer.repository : '') + ' ' + transfer.digest.slice(0, 19);
    const from = transfer.source === null ? 'waiting' : transfer.source === 'peer' ? 'from other nodes' : 'from upstream';
    return element('li', [
      element('div', name),
      bar(transfer.receivedBytes, transfer.sizeBytes, name),
      element('div', bytes(transfer.receivedBytes) + ' of ' + bytes(transfer.sizeBytes) + ', ' + from + ', ' + bytes(transfer.bytesPerSecond) + '/s, '
        + transfer.readers + (transfer.readers === 1 ? ' client' : ' clients'), 'quiet'),
    ]);
  }));
  if (answer.total > answer.transfers.length) $('transfers').append(element('li', 'and ' + (answer.total - answer.transfers.length) + ' more', 'quiet'));
}

function showCluster(answer) {
  cluster = answer;
  const alone = cluster.total <= 1;
  $('cluster').hidden = alone;
  $('cluster-text').hidden = alone;
  if (alone) return;
  showVerdict();
  showRegistries();
  showZones();
  text('cluster-text', cluster.answered + ' of ' + cluster.total + ' nodes gave word.');
  const both = [cluster.lastHour, cluster.sinceStart];
  const rows = [
    ['Answered without upstream', both.map(p => share(p.hits + p.misses - p.upstreamMisses, p.hits + p.misses))],
    ['Saved from upstream', both.map(p => bytes(p.savedBytes))],
    ['Clients got', both.map(p => bytes(p.servedBytes))],
    ['Came from upstream', both.map(p => bytes(p.upstreamBytes))],
    ['Went across zones', both.map(p => bytes(p.crossZoneBytes))],
    ['Requests that failed', both.map(p => String(p.failures))],
  ];
  $('cluster-figures').replaceChildren(...rows.map(([head, cells]) => row(head, ...cells)));
  showSources('cluster-sources', cluster.lastHour.servedBySource);
  const coming = cluster.inFlight;
  $('cluster-transfers').replaceChildren(...coming.count === 0 ? ['Nothing.'] : [
    bar(coming.receivedBytes, coming.sizeBytes, 'On the way to all members'),
    coming.count + (coming.count === 1 ? ' transfer' : ' transfers') + ', ' + bytes(coming.receivedBytes) + ' of ' + bytes(coming.sizeBytes) + ', '
      + bytes(coming.bytesPerSecond) + '/s; ' + coming.fromPeers + ' from other nodes, ' + coming.fromUpstream + ' from upstream',
  ]);
  const worst = node => node.word !== 'answered' ? 0.5 : BADNESS[node.verdict] ?? 2;
  const nodes = [...cluster.nodes].sort((a, b) => worst(a) - worst(b)).slice(0, MAX_NODES);
  $('nodes').replaceChildren(...nodes.map(node => {
    if (node.word !== 'answered') {
      const why = {older: 'an older version, which does not tell', none: 'no word', skipped: 'not asked in time'}[node.word];
      return row(node.node, node.zone, element('span', '! ' + why + ', ' + node.state.replace('_', ' '), 'attention'), '–', '–', '–', '–', '–');
    }
    return row(node.node, node.zone,
      element('span', SIGNS[node.verdict] + ' ' + WORDS[node.verdict] + (node.findings.length ? ': ' + node.findings.join(', ').replaceAll('-', ' ') : '')
        + (node.state === 'ready' ? '' : '; ' + STATES[node.state]), node.verdict),
      node.agent === null ? 'no agent' : AGENT[node.agent] ?? node.agent,
      share(Math.max(0, node.lastHour.servedBytes - node.lastHour.upstreamBytes), node.lastHour.servedBytes),
      bytes(node.lastHour.savedBytes), bytes(node.storeBytes),
      node.transfers === 0 ? '0' : node.transfers + ', ' + bytes(node.inFlight.bytesPerSecond) + '/s');
  }));
  if (cluster.nodes.length > nodes.length) $('nodes').append(row('and ' + (cluster.nodes.length - nodes.length) + ' more', '', '', '', '', '', '', ''));
}

function showImages(answer) {
  text('images-text', answer.total + (answer.total === 1 ? ' repository' : ' repositories') + ' on this node.');
  $('images-table').hidden = false;
  for (const [id, by] of [['images', 'bytes'], ['hottest', 'requests']]) {
    const first = answer.images.filter(image => image[by] > 0).sort((a, b) => b[by] - a[by]).slice(0, MAX_IMAGES);
    $(id).replaceChildren(...first.map(image => row(image.registry + '/' + image.repository,
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

function silent() {
  const since = lastWord ? ' since ' + new Date(lastWord).toLocaleTimeString() : '';
  $('verdict-text').className = 'verdict trouble';
  text('verdict-text', '✗ No word from this node' + since + '. What is below is what it said last.');
  document.title = 'No word – Tarn';
  delete shown.status;
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
  } catch {
    delay = Math.min(AT_MOST_MS, delay * 2);
    silent();
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
