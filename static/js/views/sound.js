/** The short sound of a new message: two notes that the browser makes itself. */
import { appearance } from "./appearance.js";

const NOTES = Object.freeze([
  { hertz: 660, at: 0 },
  { hertz: 880, at: 0.09 },
]);
const NOTE_SECONDS = 0.22;
const LOUDNESS = 0.12;

/** @type {AudioContext | null} */
let context = null;

/** Play it, where the person wants sounds and has touched the page: before that, browsers let none out. */
export function playSound() {
  if (appearance().sound === "off" || !("AudioContext" in window)) return;
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
  context ??= new AudioContext();
  void context.resume();
  for (const { hertz, at } of NOTES) playNote(context, hertz, context.currentTime + at);
}

/** @param {AudioContext} audio @param {number} hertz @param {number} start seconds */
function playNote(audio, hertz, start) {
  const tone = new OscillatorNode(audio, { type: "sine", frequency: hertz });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_SECONDS);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + NOTE_SECONDS);
}
