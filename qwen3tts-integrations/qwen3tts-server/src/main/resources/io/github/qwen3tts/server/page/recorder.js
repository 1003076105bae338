// Records the microphone into a WAV file, so that the server needs no decoder for it.
import { wav } from './wav.js';

export class Recorder {
  get available() {
    return Boolean(navigator.mediaDevices && window.MediaRecorder);
  }

  get recording() {
    return Boolean(this.recorder);
  }

  async start() {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    const pieces = [];
    const recorder = new MediaRecorder(stream);
    recorder.ondataavailable = event => pieces.push(event.data);
    this.finished = new Promise(resolve => {
      recorder.onstop = () => {
        stream.getTracks().forEach(track => track.stop());
        resolve(new Blob(pieces, { type: recorder.mimeType }));
      };
    });
    recorder.start();
    this.recorder = recorder;
  }

  async stop() {
    this.recorder.stop();
    this.recorder = null;
    const recorded = await (await this.finished).arrayBuffer();
    const context = new OfflineAudioContext(1, 1, 48000);
    const audio = await context.decodeAudioData(recorded);
    return wav(audio.getChannelData(0), audio.sampleRate);
  }
}
