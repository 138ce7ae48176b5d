// Hears what a page plays: whatever a worklet sends to the loudspeaker is recorded on the way.

/** To be run in the page before its own scripts. */
export function ear() {
  const heard = { rate: 0, pieces: [] };
  window.heard = heard;
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function listen(target, ...more) {
    if (this instanceof AudioWorkletNode && target instanceof AudioDestinationNode) {
      const tap = this.context.createScriptProcessor(2048, 1, 1);
      heard.rate = this.context.sampleRate;
      tap.onaudioprocess = ({ inputBuffer }) => heard.pieces.push(inputBuffer.getChannelData(0).slice());
      connect.call(this, tap);
      connect.call(tap, target);
      window.heardTap = tap;
    }
    return connect.call(this, target, ...more);
  };
}

/** Forgets what was heard so far. */
export function deaf(page) {
  return page.evaluate(() => { window.heard.pieces.length = 0; });
}

/** What was heard since: rate and samples. */
export async function whatWasHeard(page) {
  const { rate, base64 } = await page.evaluate(async () => {
    const { rate, pieces } = window.heard;
    const url = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(new Blob(pieces));
    });
    return { rate, base64: url.slice(url.indexOf(',') + 1) };
  });
  const bytes = Buffer.from(base64, 'base64');
  return { rate, samples: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)) };
}
