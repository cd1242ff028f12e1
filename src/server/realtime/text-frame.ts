/**
 * A text as one frame of a WebSocket (RFC 6455 §5.2), from a server: final, unmasked, uncompressed.
 */

const FINAL_TEXT = 0x81;
/** Longer texts say their length in the two, or eight, bytes that follow. */
const SHORT_MAX = 125;
const MEDIUM_MAX = 0xff_ff;

/** Header and text in one buffer, so that each socket it goes to takes one plain write. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = length <= SHORT_MAX ? 2 : length <= MEDIUM_MAX ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = FINAL_TEXT;
  if (length <= SHORT_MAX) {
    frame[1] = length;
  } else if (length <= MEDIUM_MAX) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, start);
  return frame;
}
