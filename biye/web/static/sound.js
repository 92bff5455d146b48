// A sound for each outcome, told apart without looking: high for right, twice for known, low for wrong.
const TONES = { moved: [[880, 0.12]], repeated: [[660, 0.08], [660, 0.08]], sighting: [[220, 0.4]], refused: [[220, 0.4]] };
let audio;

export function sound(outcome) {
  if (!TONES[outcome] || !navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  let start = audio.currentTime;
  for (const [pitch, lasts] of TONES[outcome]) {
    const tone = audio.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(audio.destination);
    tone.start(start);
    tone.stop(start + lasts);
    start += lasts + 0.06;
  }
}
