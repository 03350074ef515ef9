const LOOK_MS = 100;
/** As much sound as passes between two looks, at 44.1 kHz. */
const SAMPLES = 4096;
/** In decibels below the loudest: a quiet room, and somebody who speaks into the microphone. */
const SILENT_DB = -60;
const LOUD_DB = -12;

/**
 * Tells ten times a second how loud a microphone is, from 0 for silence to 1. Tells nothing where the browser lets no page
 * look into sound, or not before it has been tapped.
 * @returns what ends it
 */
export function followVoice(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const context = openContext();
  if (!context) return () => undefined;
  const analyser = context.createAnalyser();
  analyser.fftSize = SAMPLES;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(SAMPLES);
  const timer = setInterval(() => {
    if (context.state !== 'running') return;
    analyser.getFloatTimeDomainData(samples);
    tell(voiceLevel(samples));
  }, LOOK_MS);
  const wake = () => void context.resume().catch(() => undefined);
  document.addEventListener('click', wake);
  return () => {
    clearInterval(timer);
    document.removeEventListener('click', wake);
    void context.close().catch(() => undefined);
  };
}

/** @param samples from -1 to 1 */
export function voiceLevel(samples: Float32Array): number {
  const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
  const decibels = 10 * Math.log10(power);
  return Math.min(1, Math.max(0, (decibels - SILENT_DB) / (LOUD_DB - SILENT_DB)));
}

/** Browsers allow so many at a time, and some none. */
function openContext(): AudioContext | undefined {
  try {
    return new AudioContext();
  } catch {
    return undefined;
  }
}
