/** Pictures of people: what is kept of an upload, and what is refused. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import sharp from "sharp";
import { LIMITS } from "#protocol/limits.ts";
import type { Problem } from "#protocol/errors.ts";
import type { Profile } from "#protocol/person.ts";
import { SharpPictureMaker } from "#server/pictures/picture-maker.ts";
import { Member, request } from "#test/support/member.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";

type Format = "png" | "jpeg" | "webp" | "gif" | "avif";

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#2060c0" } });

/** Left half red, right half blue, with a place and a camera in its metadata. */
async function photo(orientation = 1): Promise<Buffer> {
  const half = await sharp({ create: { width: 300, height: 400, channels: 3, background: "#f00" } })
    .png()
    .toBuffer();
  return sharp({ create: { width: 600, height: 400, channels: 3, background: "#00f" } })
    .composite([{ input: half, left: 0, top: 0 }])
    .withExif({ IFD0: { Make: "SECRETCAM" }, IFD3: { GPSLatitude: "51/1 30/1 0/1" } })
    .withMetadata({ orientation })
    .jpeg()
    .toBuffer();
}

async function bodyOf<T>(response: Response): Promise<T> {
  // oxlint-disable-next-line no-unsafe-type-assertion -- because a test says what it expects and then checks it
  return (await response.json()) as T;
}

describe("pictures", { concurrency: false }, () => {
  let redis: RedisProcess;
  let server: ServerProcess;
  let ada: Member;
  before(async () => {
    redis = await startRedis();
    server = await startServer({ args: ["--redis-url", redis.url] });
    ada = await Member.enter(server.url, "Ada");
  });
  after(async () => {
    await server.stop();
    await redis.stop();
  });

  const put = (body: Uint8Array, token = ada.token) =>
    fetch(`${server.url}/api/me/picture`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${token}` },
      body: new Uint8Array(body),
    });

  const get = (path: string) =>
    fetch(server.url + path, { headers: { Authorization: `Bearer ${ada.token}` } });

  test("[PI1] a picture is told with its person, kept by the browser, and gone when it is replaced", async () => {
    const answer = await put(await photo());
    assert.equal(answer.status, 200);
    const { id, picture } = await bodyOf<Profile>(answer);
    assert.match(picture ?? "", /^[0-9a-f]{32}$/u);
    assert.equal((await ada.call("GET", "/api/me")).json<Profile>().picture, picture);
    const path = `/api/people/${id}/picture/${picture}`;
    const shown = await get(path);
    assert.equal(shown.status, 200);
    assert.equal(shown.headers.get("Content-Type"), "image/webp");
    assert.equal(shown.headers.get("Cache-Control"), "private, max-age=31536000, immutable");
    assert.equal(shown.headers.get("X-Content-Type-Options"), "nosniff");
    assert.match(shown.headers.get("Content-Security-Policy") ?? "", /sandbox/u);
    const bytes = Buffer.from(await shown.arrayBuffer());
    assert.ok(bytes.length <= LIMITS.pictureBytesMax);
    assert.equal((await request(server.url, "GET", path)).status, 401);
    assert.equal((await get(path.replace(/.$/u, "x"))).status, 404);
    assert.equal((await get(`/api/people/${id}/picture/about`)).status, 404);
    assert.equal((await put(await plain(20, 20).png().toBuffer())).status, 200);
    assert.equal((await get(path)).status, 404);
    assert.equal((await ada.call("DELETE", "/api/me/picture")).status, 204);
    assert.equal((await ada.call("GET", "/api/me")).json<Profile>().picture, undefined);
    assert.equal(await redis.cli("EXISTS", `{user:${id}}:picture`), "0");
  });

  test("[PI3] what is no picture, or a broken one, is refused in the same words, and changes nothing", async () => {
    const brin = await Member.enter(server.url, "Brin");
    const kept = await bodyOf<Profile>(await put(await plain(9, 9).png().toBuffer(), brin.token));
    const png = await plain(300, 300).png().toBuffer();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>';
    const bad: readonly Uint8Array[] = [
      Buffer.from(svg),
      await plain(9, 9).tiff().toBuffer(),
      png.subarray(0, png.length >> 1),
      Buffer.from("hello"),
      Buffer.alloc(0),
    ];
    const details = new Set<string>();
    for (const upload of bad) {
      const answer = await put(upload, brin.token);
      assert.equal(answer.status, 422);
      const { code, detail } = await bodyOf<Problem>(answer);
      assert.equal(code, "picture-not-allowed");
      details.add(detail);
    }
    assert.equal(details.size, 1);
    assert.equal((await brin.call("GET", "/api/me")).json<Profile>().picture, kept.picture);
    assert.equal((await put(png, "no-token")).status, 401);
  });

  test("[PI3] an upload has up to 5 MiB", async () => {
    const cleo = await Member.enter(server.url, "Cleo");
    const png = await plain(9, 9).png().toBuffer();
    const most = LIMITS.pictureUploadBytesMax;
    for (const [size, status] of [
      [most - 1, 200],
      [most, 200],
      [most + 1, 413],
    ] as const) {
      // What follows the end of a PNG is no part of the picture.
      const upload = Buffer.concat([png, Buffer.alloc(size - png.length)]);
      assert.equal((await put(upload, cleo.token)).status, status, String(size));
    }
  });
});

describe("the maker of pictures", () => {
  const maker = new SharpPictureMaker();
  const make = async (upload: Uint8Array) => {
    const made = await maker.make(upload);
    assert.ok(made);
    return sharp(made.bytes);
  };

  for (const format of ["png", "jpeg", "webp", "gif", "avif"] as const satisfies Format[]) {
    test(`[PI1] makes a square WebP of a ${format}`, async () => {
      const {
        width,
        height,
        format: made,
      } = await (await make(await plain(900, 700).toFormat(format).toBuffer())).metadata();
      assert.deepEqual([width, height, made], [LIMITS.pictureSide, LIMITS.pictureSide, "webp"]);
    });
  }

  for (const [size, side] of [
    [1, 1],
    [LIMITS.pictureSide - 1, LIMITS.pictureSide - 1],
    [LIMITS.pictureSide, LIMITS.pictureSide],
    [LIMITS.pictureSide + 1, LIMITS.pictureSide],
  ] as const) {
    test(`[PI1] of ${size} pixels ${side} are left`, async () => {
      const { width, height } = await (
        await make(
          await plain(size, size + 7)
            .png()
            .toBuffer(),
        )
      ).metadata();
      assert.deepEqual([width, height], [side, side]);
    });
  }

  test("[PI2] nothing but what is seen comes through", async () => {
    const upload = await photo();
    assert.ok(upload.includes("SECRETCAM"));
    const made = await maker.make(upload);
    assert.ok(made && !Buffer.from(made.bytes).includes("SECRETCAM"));
    const { exif, icc, xmp, iptc } = await sharp(made.bytes).metadata();
    assert.deepEqual([exif, icc, xmp, iptc], [undefined, undefined, undefined, undefined]);
  });

  test("[PI1] a picture that lies on its side is turned upright", async () => {
    // Turned by a quarter to the right, what was left is above.
    const made = await make(await photo(6));
    const { data, info } = await made.removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const colour = (x: number, y: number) => {
      const at = (y * info.width + x) * info.channels;
      return (data[at] ?? 0) > (data[at + 2] ?? 0) ? "red" : "blue";
    };
    const middle = info.width >> 1;
    assert.equal(info.width, info.height);
    assert.equal(colour(middle, 20), "red");
    assert.equal(colour(middle, info.height - 20), "blue");
  });

  for (const [width, height, isMade] of [
    [9_999, 5_000, true],
    [10_000, 5_000, true],
    [10_000, 5_001, false],
  ] as const) {
    test(`[PI3] ${width} × ${height} pixels are ${isMade ? "taken" : "too many"}`, async () => {
      const upload = await plain(width, height).png({ compressionLevel: 1 }).toBuffer();
      assert.equal((await maker.make(upload)) !== undefined, isMade);
    });
  }

  test("[PI3] a picture that compresses badly is made worse until it fits", async () => {
    const noise = Buffer.alloc(512 * 512 * 4);
    let seed = 1;
    for (let i = 0; i < noise.length; i++) {
      seed = (seed * 48_271) % 2_147_483_647;
      noise[i] = seed >>> 8;
    }
    const raw = { width: 512, height: 512, channels: 4 } as const;
    const made = await maker.make(await sharp(noise, { raw }).png().toBuffer());
    assert.ok(made && made.bytes.length <= LIMITS.pictureBytesMax);
  });

  test("[PI3] with too many waiting it is busy", async () => {
    const upload = await plain(64, 64).png().toBuffer();
    const all = await Promise.allSettled(Array.from({ length: 21 }, () => maker.make(upload)));
    assert.deepEqual(
      all.map(({ status }) => status),
      [...Array<string>(20).fill("fulfilled"), "rejected"],
    );
  });
});
