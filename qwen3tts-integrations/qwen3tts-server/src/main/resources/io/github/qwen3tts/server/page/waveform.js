// Draws all audio there is, as it grows, and how far it has been heard.
const BUCKET = 240; // samples per stored pair of extremes: 10 ms

export class Waveform {
  constructor(canvas) {
    this.canvas = canvas;
    this.clear();
  }

  clear() {
    this.low = [];
    this.high = [];
    this.filled = BUCKET; // of the last pair
    this.draw(0, 1);
  }

  push(samples) {
    for (const sample of samples) {
      if (this.filled === BUCKET) {
        this.low.push(sample);
        this.high.push(sample);
        this.filled = 0;
      }
      const last = this.low.length - 1;
      this.low[last] = Math.min(this.low[last], sample);
      this.high[last] = Math.max(this.high[last], sample);
      this.filled++;
    }
  }

  // heard: fraction of the audio that has sounded.
  draw(heard) {
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const pen = canvas.getContext('2d');
    const style = getComputedStyle(canvas);
    const middle = height / 2;
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = style.getPropertyValue('--line');
    pen.fillRect(0, middle - ratio / 2, width, ratio);
    const pairs = this.low.length;
    if (pairs === 0) {
      return;
    }
    const loudest = Math.max(0.1, ...this.peaks(width));
    const bar = 2 * ratio;
    const gap = ratio;
    const bars = Math.floor(width / (bar + gap));
    for (let i = 0; i < bars; i++) {
      const from = Math.floor(i * pairs / bars);
      const to = Math.max(from + 1, Math.floor((i + 1) * pairs / bars));
      let low = 0;
      let high = 0;
      for (let p = from; p < to && p < pairs; p++) {
        low = Math.min(low, this.low[p]);
        high = Math.max(high, this.high[p]);
      }
      const top = middle - high / loudest * (middle - 4 * ratio);
      const bottom = middle - low / loudest * (middle - 4 * ratio);
      pen.fillStyle = style.getPropertyValue(i / bars < heard ? '--wave' : '--heard');
      pen.fillRect(i * (bar + gap), top, bar, Math.max(ratio, bottom - top));
    }
  }

  // The loudest of each of at most n stretches.
  peaks(n) {
    const step = Math.max(1, Math.ceil(this.low.length / n));
    const peaks = [];
    for (let i = 0; i < this.low.length; i += step) {
      let peak = 0;
      for (let p = i; p < i + step && p < this.low.length; p++) {
        peak = Math.max(peak, this.high[p], -this.low[p]);
      }
      peaks.push(peak);
    }
    return peaks;
  }
}
