/** Calls one back to the page: a soft sound, a short vibration, the window's title. */

/** Two soft notes, made here: nothing is loaded. */
export function chime(): void {
  // A browser lets no page be heard that one has not touched, as after a reload.
  if (!navigator.userActivation?.hasBeenActive) return;
  navigator.vibrate?.(60);
  try {
    const audio = new AudioContext();
    for (const [at, hertz] of [
      [0, 523],
      [0.12, 784],
    ] as const) {
      const note = audio.createOscillator();
      const volume = audio.createGain();
      note.frequency.value = hertz;
      volume.gain.setValueAtTime(0, audio.currentTime + at);
      volume.gain.linearRampToValueAtTime(0.08, audio.currentTime + at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.4);
      note.connect(volume).connect(audio.destination);
      note.start(audio.currentTime + at);
      note.stop(audio.currentTime + at + 0.45);
    }
    setTimeout(() => void audio.close(), 1_000);
  } catch {
    // A device without sound is quiet.
  }
}

/** Who wants less to move does not want to be startled either. */
export function wantsCalm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

const FLASH_MS = 1_000;

/** What the title says while nothing calls. */
let usual = "";
let timer: ReturnType<typeof setInterval> | undefined;

/** Names the window. */
export function nameWindow(title: string): void {
  usual = title;
  if (timer === undefined) document.title = title;
}

/** Shows `words` and the usual title in turn, until somebody looks. */
export function flashTitle(words: string): void {
  clearInterval(timer);
  timer = undefined;
  if (!document.hidden) return;
  let isFlashed = false;
  const flash = () => {
    isFlashed = !isFlashed && document.hidden;
    document.title = isFlashed ? words : usual;
    if (document.hidden) return;
    clearInterval(timer);
    timer = undefined;
  };
  timer = setInterval(flash, wantsCalm() ? 10 * FLASH_MS : FLASH_MS);
  flash();
}
