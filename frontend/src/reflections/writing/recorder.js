// Recording one's voice: level, pause, the longest time, listening again, and sending later. What was recorded lies in the
// phone (IndexedDB) until the server has it.

const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus', 'audio/webm'];

/** Whether this browser records. */
export function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
}

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open('weike.sounds', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('sounds');
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function inStore(mode, act) {
  const db = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const asked = act(db.transaction('sounds', mode).objectStore('sounds'));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  } finally {
    db.close();
  }
}

/** Keep, find and forget a recording on this phone; where it cannot keep one, nothing is found. */
export const kept = {
  put: (key, blob) => inStore('readwrite', (store) => store.put(blob, key)).catch(() => null),
  get: (key) => inStore('readonly', (store) => store.get(key)).catch(() => null),
  drop: (key) => inStore('readwrite', (store) => store.delete(key)).catch(() => null),
};

/** One recording. `onTick(seconds, level)` is called while it runs, `onEnd(blob)` when it is over. */
export class Recorder {
  constructor({ mostS, onTick, onEnd }) {
    Object.assign(this, { mostS, onTick, onEnd });
    this.seconds = 0;
  }

  /** Ask for the microphone and begin; rejects where the browser or the person does not give it. */
  async start() {
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: true } });
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported?.(type));
    this.recorder = new MediaRecorder(this.stream, { ...(mimeType && { mimeType }), audioBitsPerSecond: 64_000 });
    const pieces = [];
    this.recorder.ondataavailable = (event) => event.data.size && pieces.push(event.data);
    this.recorder.onstop = () => {
      clearInterval(this.timer);
      for (const track of this.stream.getTracks()) track.stop();
      this.audio?.close();
      this.onEnd(new Blob(pieces, { type: this.recorder.mimeType || mimeType || 'audio/webm' }));
    };
    this.listen();
    this.recorder.start(1000); // in pieces: they lie in this page until it stops, and only then in the phone
    let before = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      if (this.recorder.state === 'recording') this.seconds += (now - before) / 1000;
      before = now;
      this.onTick(this.seconds, this.level());
      if (this.seconds >= this.mostS) this.stop();
    }, 100);
  }

  listen() {
    const Context = window.AudioContext ?? window.webkitAudioContext;
    if (!Context) return;
    this.audio = new Context();
    this.analyser = this.audio.createAnalyser();
    this.analyser.fftSize = 512;
    this.audio.createMediaStreamSource(this.stream).connect(this.analyser);
    this.samples = new Uint8Array(this.analyser.fftSize);
  }

  /** How loud it is, 0 to 1. */
  level() {
    if (!this.analyser || this.recorder.state !== 'recording') return 0;
    this.analyser.getByteTimeDomainData(this.samples);
    let sum = 0;
    for (const one of this.samples) sum += ((one - 128) / 128) ** 2;
    return Math.min(1, 3 * Math.sqrt(sum / this.samples.length));
  }

  get paused() {
    return this.recorder.state === 'paused';
  }

  toggle() {
    if (this.paused) this.recorder.resume();
    else this.recorder.pause();
  }

  stop() {
    if (this.recorder.state !== 'inactive') this.recorder.stop();
  }
}
