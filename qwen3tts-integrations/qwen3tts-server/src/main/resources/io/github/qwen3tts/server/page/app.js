import { Player } from './player.js';
import { Recorder } from './recorder.js';
import { wav } from './wav.js';
import { Waveform } from './waveform.js';

const $ = id => document.getElementById(id);
const CLIP = '\u0000clip'; // the choice "my clip"; no voice has such a name
const MAX_INSTRUCTION = 4096;

const waveform = new Waveform($('wave'));
const recorder = new Recorder();
let player; // made by the first click: browsers allow no sound before
let cancel; // ends the speech that is coming
let clip; // the voice to clone: a blob
let voices = {};

// ---------------------------------------------------------------- talking to the server

function headers(more = {}) {
  const key = $('key').value.trim();
  return key ? { ...more, Authorization: `Bearer ${key}` } : more;
}

async function ask(path, options = {}) {
  const response = await fetch(path, { ...options, headers: headers(options.headers) });
  if (!response.ok) {
    if (response.status === 401) {
      $('key-box').open = true;
      $('key').focus();
    }
    const body = await response.json().catch(() => null);
    throw new Error(body?.error?.message ?? `the server answered ${response.status}`);
  }
  return response;
}

// The data of server-sent events, one after the other.
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = text.slice(0, end).split('\n').filter(line => line.startsWith('data: ')).map(line => line.slice(6));
      text = text.slice(end + 2);
      yield JSON.parse(data.join('\n'));
    }
  }
}

// 16-bit PCM in base64 as samples.
function samples(base64) {
  const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
  const pcm = new DataView(bytes.buffer);
  const out = new Float32Array(bytes.length / 2);
  for (let i = 0; i < out.length; i++) {
    out[i] = pcm.getInt16(2 * i, true) / 32768;
  }
  return out;
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

// ---------------------------------------------------------------- what the server has

async function load() {
  try {
    const models = await (await ask('v1/models')).json();
    voices = await (await ask('v1/audio/voices')).json();
    const name = models.data[0].id;
    $('model').textContent = `${name} · ${name === 'demo' ? 'one English voice, a demonstration' : words(voices.model_type)}`;
    $('error').hidden = true;
    fillVoices();
    fillLanguages();
    $('clone').hidden = !voices.can_clone;
    $('save-box').hidden = !voices.can_upload;
    const design = voices.model_type === 'voice_design';
    $('instructions-label').textContent = design ? 'Describe the voice' : 'How to speak';
    $('instructions').placeholder = design ? 'a calm old man with a deep, slightly hoarse voice' : 'cheerful, a little out of breath';
    $('instructions-box').hidden = !voices.takes_instructions;
  } catch (failure) {
    $('model').textContent = 'not connected';
    fail(failure);
  }
}

const words = name => ({ base: 'clones voices', custom_voice: 'preset voices', voice_design: 'voices from words' })[name] ?? name;
const title = name => name.replace(/[_-]/g, ' ').replace(/(^|\s)\p{L}/gu, letter => letter.toUpperCase());

function fillVoices(chosen = $('voice').value) {
  const options = voices.data.map(voice => new Option(title(voice.name), voice.id));
  if (clip) {
    options.unshift(new Option('My clip', CLIP));
  }
  if (options.length === 0) {
    options.push(new Option('Clone a voice first', ''));
  }
  $('voice').replaceChildren(...options);
  if (options.some(option => option.value === chosen)) {
    $('voice').value = chosen;
  }
  voiceChosen();
}

function fillLanguages() {
  const chosen = $('language').value || 'auto';
  $('language').replaceChildren(...voices.languages.map(name => new Option(title(name), name)));
  $('language').value = chosen;
}

function voiceChosen() {
  const voice = voices.data?.find(known => known.id === $('voice').value);
  $('delete').hidden = voice?.source !== 'uploaded';
}

// ---------------------------------------------------------------- speaking

async function request() {
  const body = {
    model: 'qwen3-tts',
    input: $('text').value,
    response_format: 'pcm',
    stream_format: 'sse',
    language: $('language').value || 'auto',
    speed: Number($('speed').value),
  };
  const instructions = $('instructions').value.trim().slice(0, MAX_INSTRUCTION);
  if (instructions && !$('instructions-box').hidden) {
    body.instructions = instructions;
  }
  if ($('temperature').value !== '') {
    body.temperature = Number($('temperature').value);
  }
  const voice = $('voice').value;
  if (voice === CLIP) {
    if (!$('consent').checked) {
      $('consent').focus();
      throw new Error('Clone only voices whose owners agree: tick the box.');
    }
    body.ref_audio = await base64(clip);
    body.ref_text = $('transcript').value;
  } else if (voice) {
    body.voice = voice;
  }
  const json = JSON.stringify(body);
  const seed = $('seed').value.trim();
  return /^-?\d+$/.test(seed) ? `${json.slice(0, -1)},"seed":${seed}}` : json; // 64 bits, which a number here has not
}

async function speak() {
  player ??= new Player();
  await player.start(24000);
  clear();
  cancel = new AbortController();
  speaking(true);
  say('Waiting for the first sound…');
  const asked = performance.now();
  try {
    const response = await ask('v1/audio/speech', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: await request(),
      signal: cancel.signal,
    });
    player.rate = Number(response.headers.get('X-Sample-Rate')) || 24000;
    $('used-seed').textContent = response.headers.get('X-Seed') ?? '–';
    const end = await receive(response, asked);
    finished(end);
  } catch (failure) {
    if (failure.name === 'AbortError') {
      say(player.length ? `Stopped; ${player.seconds.toFixed(1)} seconds of audio had arrived.` : 'Stopped.');
    } else {
      say('');
      fail(failure.name === 'TypeError' ? new Error('The connection broke before the speech was complete.') : failure);
    }
  } finally {
    speaking(false);
    offer();
  }
}

async function receive(response, asked) {
  let first = true;
  let end;
  for await (const event of events(response)) {
    if (event.type === 'speech.audio.delta') {
      const piece = samples(event.audio);
      player.push(piece);
      waveform.push(piece);
      const elapsed = performance.now() - asked;
      if (first && piece.length > 0) {
        first = false;
        $('ttfa').textContent = `${Math.round(elapsed)} ms`;
        say('Speaking…');
      }
      $('rtf').textContent = (elapsed / 1000 / (player.seconds * Number($('speed').value))).toFixed(2);
      $('seconds').textContent = `${player.seconds.toFixed(2)} s`;
    } else if (event.type === 'speech.audio.done') {
      end = event; // and on to the end of the answer, so that the connection stays
    } else if (event.error) {
      throw new Error(event.error.message);
    }
  }
  if (!end) {
    throw new Error('The speech ended without its end.');
  }
  return end;
}

function finished(end) {
  $('frames').textContent = end.usage.output_tokens;
  const cut = end.finish_reason === 'length' ? ' It was cut off at the limit of frames.' : '';
  say(`Complete: ${player.seconds.toFixed(1)} seconds of audio.${cut}`);
}

function offer() {
  const any = Boolean(player?.length);
  $('again').disabled = !any;
  const link = $('download');
  if (link.href) {
    URL.revokeObjectURL(link.href);
    link.removeAttribute('href');
  }
  if (any) {
    link.href = URL.createObjectURL(wav(player.samples(), player.rate));
  }
  link.classList.toggle('disabled', !any);
  link.setAttribute('aria-disabled', String(!any));
  $('wave').setAttribute('aria-label', any ? `Waveform of ${player.seconds.toFixed(1)} seconds of speech` : 'Waveform: nothing spoken yet');
}

function clear() {
  waveform.clear();
  for (const id of ['ttfa', 'rtf', 'seconds', 'frames', 'used-seed']) {
    $(id).textContent = '–';
  }
  $('error').hidden = true;
  offer();
}

function speaking(now) {
  $('speak').disabled = now;
  if (now) {
    $('stop').disabled = false;
  } else {
    cancel = null;
  }
}

function stop() {
  cancel?.abort();
  player?.stop();
}

function say(text) {
  $('status').textContent = text;
}

function fail(failure) {
  $('error').textContent = failure.message;
  $('error').hidden = false;
}

// ---------------------------------------------------------------- cloning

function takeClip(blob, name) {
  clip = blob;
  $('clip-name').textContent = name;
  const audio = $('clip-player');
  if (audio.src) {
    URL.revokeObjectURL(audio.src);
  }
  audio.src = URL.createObjectURL(blob);
  audio.hidden = false;
  fillVoices(CLIP);
}

async function record() {
  try {
    if (recorder.recording) {
      $('record').textContent = 'Record';
      $('record').setAttribute('aria-pressed', 'false');
      takeClip(await recorder.stop(), 'your recording');
    } else {
      await recorder.start();
      $('record').textContent = 'Stop recording';
      $('record').setAttribute('aria-pressed', 'true');
      $('clip-name').textContent = 'recording…';
    }
  } catch (failure) {
    fail(new Error(`The microphone cannot be used: ${failure.message}`));
  }
}

async function save() {
  try {
    if (!clip) {
      throw new Error('Choose or record a clip first.');
    }
    if (!$('consent').checked) {
      $('consent').focus();
      throw new Error('Clone only voices whose owners agree: tick the box.');
    }
    const form = new FormData();
    form.append('name', $('voice-name').value);
    form.append('consent', 'The person speaking agrees that their voice is cloned.');
    form.append('ref_text', $('transcript').value);
    form.append('audio_sample', clip, 'clip');
    const voice = await (await ask('v1/audio/voices', { method: 'POST', body: form })).json();
    await load();
    fillVoices(voice.id);
    say(`Kept as ${voice.name}. ${voice.warnings.join(' ')}`);
  } catch (failure) {
    fail(failure);
  }
}

async function remove() {
  try {
    await ask(`v1/audio/voices/${encodeURIComponent($('voice').value)}`, { method: 'DELETE' });
    await load();
    say('Deleted.');
  } catch (failure) {
    fail(failure);
  }
}

// ---------------------------------------------------------------- wiring

function count() {
  $('count').textContent = `${[...$('text').value].length} characters`;
}

function frame() {
  if (player) {
    waveform.draw(player.playing && player.seconds ? player.position / player.seconds : player.length ? 1 : 0);
    $('stop').disabled = !cancel && !player.playing;
  } else {
    waveform.draw(0);
  }
  requestAnimationFrame(frame);
}

$('form').addEventListener('submit', event => {
  event.preventDefault();
  if (!cancel) {
    speak();
  }
});
$('stop').addEventListener('click', stop);
$('again').addEventListener('click', () => player.again());
$('text').addEventListener('input', count);
$('voice').addEventListener('change', voiceChosen);
$('speed').addEventListener('input', () => {
  $('speed-value').textContent = `${Number($('speed').value).toFixed(2)}×`;
});
$('record').addEventListener('click', record);
$('record').hidden = !recorder.available;
$('file').addEventListener('change', () => {
  const file = $('file').files[0];
  if (file) {
    takeClip(file, file.name);
  }
});
$('drop').addEventListener('dragover', event => {
  event.preventDefault();
  $('drop').classList.add('over');
});
$('drop').addEventListener('dragleave', () => $('drop').classList.remove('over'));
$('drop').addEventListener('drop', event => {
  event.preventDefault();
  $('drop').classList.remove('over');
  const file = event.dataTransfer.files[0];
  if (file) {
    takeClip(file, file.name);
  }
});
$('save').addEventListener('click', save);
$('delete').addEventListener('click', remove);
$('key').value = sessionStorage.getItem('key') ?? '';
$('key').addEventListener('change', () => {
  sessionStorage.setItem('key', $('key').value);
  load();
});
document.addEventListener('keydown', event => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    $('form').requestSubmit();
  } else if (event.key === 'Escape') {
    stop();
  }
});

// For whoever looks in from outside: what is heard.
globalThis.qwen3tts = { get player() { return player; } };

count();
frame();
load();
