// Draws peaks on a canvas as rounded bars, with the part that was heard in the accent colour.

const BAR = 3;
const GAP = 2;

/** `peaks` 0 to 255 in any number; `done` 0 to 1. Its colour is that of the canvas,
 * that of what was heard the colour of its outline, which is not drawn. */
export function drawWave(canvas, peaks, done = 0) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (width === 0) return;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const style = getComputedStyle(canvas);
  const pen = canvas.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const bars = Math.max(1, Math.floor((width + GAP) / (BAR + GAP)));
  for (let bar = 0; bar < bars; bar += 1) {
    const peak = peakOf(peaks, bar / bars, (bar + 1) / bars);
    const tall = Math.max(BAR, Math.sqrt(peak / 255) * height);
    const left = bar * (BAR + GAP);
    pen.fillStyle = (bar + 0.5) / bars <= done ? style.outlineColor : style.color;
    pen.beginPath();
    pen.roundRect(left, (height - tall) / 2, BAR, tall, BAR / 2);
    pen.fill();
  }
}

function peakOf(peaks, from, to) {
  if (peaks.length === 0) return 0;
  const first = Math.floor(from * peaks.length);
  const last = Math.max(first + 1, Math.ceil(to * peaks.length));
  let most = 0;
  for (let i = first; i < last && i < peaks.length; i += 1) most = Math.max(most, peaks[i]);
  return most;
}
