/**
 * Pictures of people: whatever was uploaded is decoded, turned upright, cut to a square and written
 * anew, so that nothing but what is seen comes through. Decoding is one at a time behind a bounded
 * queue: it is the heaviest thing that somebody can ask for.
 */
import { createHash } from "node:crypto";
import sharp from "sharp";
import { LIMITS } from "#protocol/limits.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Picture, PictureMaker } from "#server/core/people/profile-store.ts";

/** Uploads that wait; each holds up to `LIMITS.pictureUploadBytesMax`. */
const WAITING_MAX = 20;
/** Decoding takes well under a second; what takes this long was made to. */
const SECONDS_MAX = 10;
/** Better first; noise compresses badly, and a picture has a bound. */
const QUALITIES = [82, 60, 30] as const;

// Nothing else is ever tried, whatever a file says it is: an SVG could ask for other files, and every
// decoder is a way in.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadNsgifBuffer",
    "VipsForeignLoadHeifBuffer",
  ],
});
sharp.cache(false);
sharp.concurrency(1);

export class SharpPictureMaker implements PictureMaker {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  async make(upload: Uint8Array): Promise<Picture | undefined> {
    if (this.#waiting >= WAITING_MAX) {
      throw new ChatError("busy", "Too many pictures are being made. Please try again.", 5_000);
    }
    this.#waiting++;
    const made = this.#last.then(() => makeNow(upload));
    this.#last = made.catch(() => undefined);
    try {
      return await made;
    } catch {
      // Broken, too large, too slow, or no picture at all: for whoever sent it that is one thing.
      return undefined;
    } finally {
      this.#waiting--;
    }
  }
}

async function makeNow(upload: Uint8Array): Promise<Picture | undefined> {
  const open = () =>
    sharp(upload, { limitInputPixels: LIMITS.picturePixelsMax, failOn: "error" }).timeout({
      seconds: SECONDS_MAX,
    });
  const { width, height } = await open().metadata();
  // What is smaller stays so.
  const side = Math.min(LIMITS.pictureSide, width, height);
  // Turned first, so that what is cut off is what one would cut off seeing it. Metadata is left out
  // unless it is asked for, and colours become sRGB.
  const square = open().autoOrient().resize(side, side, { fit: "cover", position: "centre" });
  for (const quality of QUALITIES) {
    // oxlint-disable-next-line no-await-in-loop -- because the next is tried only if this one is too large
    const bytes = await square.clone().webp({ quality, alphaQuality: quality }).toBuffer();
    if (bytes.length <= LIMITS.pictureBytesMax) return { hash: hashOf(bytes), bytes };
  }
  return undefined;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 32);
}
