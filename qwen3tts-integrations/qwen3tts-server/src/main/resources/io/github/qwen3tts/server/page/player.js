// Plays mono audio while it arrives: pieces are scheduled one behind the other on the clock of the sound card.
const LEAD_SECONDS = 0.03; // what a late piece is put behind now

export class Player {
  constructor() {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser(); // what is heard passes through it
    this.analyser.connect(this.context.destination);
    this.reset(24000);
  }

  // Must be called from a click or a key: browsers stay silent otherwise.
  async start(rate) {
    this.stop();
    this.reset(rate);
    await this.context.resume();
  }

  reset(rate) {
    this.rate = rate;
    this.pieces = [];
    this.length = 0;
    this.sources = new Set();
    this.begins = 0; // when the first sample sounds, on the context's clock, pauses included
    this.nextTime = 0;
  }

  push(samples) {
    if (samples.length === 0) {
      return;
    }
    this.pieces.push(samples);
    this.length += samples.length;
    this.schedule(samples);
  }

  schedule(samples) {
    const buffer = this.context.createBuffer(1, samples.length, this.rate);
    buffer.copyToChannel(samples, 0);
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.analyser);
    const earliest = this.context.currentTime + LEAD_SECONDS;
    if (this.nextTime < earliest) {
      this.begins += this.nextTime === 0 ? earliest : earliest - this.nextTime;
      this.nextTime = earliest;
    }
    source.start(this.nextTime);
    this.nextTime += buffer.duration;
    this.sources.add(source);
    source.onended = () => this.sources.delete(source);
  }

  async again() {
    const samples = this.samples();
    const rate = this.rate;
    await this.start(rate);
    this.push(samples);
  }

  // Falls silent; what has arrived stays for download and to be played again.
  stop() {
    this.sources.forEach(source => source.stop());
    this.sources.clear();
    this.nextTime = 0;
    this.begins = 0;
  }

  get playing() {
    return this.sources.size > 0;
  }

  // Seconds heard so far.
  get position() {
    return this.playing ? Math.max(0, this.context.currentTime - this.begins) : 0;
  }

  get seconds() {
    return this.length / this.rate;
  }

  // The loudest sample that sounds right now.
  get level() {
    const now = new Float32Array(this.analyser.fftSize);
    this.analyser.getFloatTimeDomainData(now);
    return now.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
  }

  samples() {
    const all = new Float32Array(this.length);
    let at = 0;
    for (const piece of this.pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
