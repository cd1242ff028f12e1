/**
 * Too much of everything: cut off before it is kept, so that memory does not grow with what a peer
 * sends.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { harmless, mustRefuse, openWorld } from "#test/security/world.ts";
import { Member } from "#test/support/member.ts";
import { ask, converse, upgrade } from "#test/support/raw-http.ts";
import { RawSocket } from "#test/support/raw-socket.ts";

const world = await openWorld();
const { url, port, server } = world;
const ada = await Member.enter(url, "ada");
const JSON_HEADERS = ["Content-Type: application/json", `Authorization: Bearer ${ada.token}`];
const MIB = 1024 * 1024;

/** Resident memory of the server, in bytes; `undefined` where the system does not say. */
function memory(): number | undefined {
  try {
    const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(?<kib>\d+)/u.exec(status)?.groups?.["kib"]) * 1024;
  } catch {
    return undefined;
  }
}

/**
 * Runs an attack and checks that it cost the server less than this much memory; some comes and goes
 * by itself.
 */
async function cheap(attack: () => Promise<void>, most = 40 * MIB): Promise<void> {
  const before = memory();
  await harmless(world, attack);
  const after = memory();
  if (before === undefined || after === undefined) return;
  assert(after - before < most, `grew by ${Math.round((after - before) / MIB)} MiB`);
}

test("[S02] fifty megabytes in chunks are refused at the bound, and not kept", async () => {
  await cheap(async () => {
    const head = [
      "POST /api/rooms/0/messages HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      ...JSON_HEADERS,
    ];
    const chunk = Buffer.from(`10000\r\n${"a".repeat(0x1_00_00)}\r\n`);
    const answer = await converse(port, (socket) => {
      socket.write(`${[...head, "Transfer-Encoding: chunked"].join("\r\n")}\r\n\r\n`);
      let sent = 0;
      const more = () => {
        while (sent < 50 * MIB && socket.writable) {
          sent += chunk.length;
          if (!socket.write(chunk)) return void socket.once("drain", more);
        }
        return undefined;
      };
      more();
    });
    mustRefuse(answer, "too-large");
  });
});

test("[S02] a length of many gigabytes is an announcement that nobody makes room for", async () => {
  await cheap(async () => {
    for (const length of [70_000, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
      const answer = await converse(port, (socket) => {
        const head = ["POST /api/session HTTP/1.1", `Host: 127.0.0.1:${port}`, ...JSON_HEADERS];
        socket.write(`${[...head, `Content-Length: ${length}`].join("\r\n")}\r\n\r\n`);
        socket.write("a".repeat(66_000));
      });
      mustRefuse(answer, "too-large", String(length));
    }
  });
});

test("[S02] lengths that are no number are no HTTP", async () => {
  await harmless(world, async () => {
    for (const length of ["-1", "+5", "0x10", "1e3", "5, 5", "5;", "", "9".repeat(30), "٥"]) {
      const answer = await converse(port, (socket) => {
        socket.write(
          `POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n{}`,
        );
      });
      mustRefuse(answer, "bad-request", length);
    }
  });
});

test("[S02] a compressed body is not unpacked", async () => {
  const bomb = gzipSync(Buffer.alloc(50 * MIB, " "));
  await cheap(async () => {
    for (const encoding of ["gzip", "deflate", "br", "zstd"]) {
      const headers = [...JSON_HEADERS, `Content-Encoding: ${encoding}`];
      const answer = await ask(port, "POST /api/session", headers, bomb.subarray(0, 60_000));
      mustRefuse(answer, "bad-request", encoding);
    }
  });
});

test("[S02] a hundred times the largest headers and addresses cost nothing", async () => {
  await cheap(async () => {
    for (let i = 0; i < 100; i++) {
      mustRefuse(await ask(port, "GET /", [`Cookie: ${"a".repeat(20_000)}`]), "headers-too-large");
      mustRefuse(await ask(port, `GET /${"a".repeat(10_000)}`), "url-too-long");
    }
    mustRefuse(await ask(port, `GET /${"a".repeat(200_000)}`), "headers-too-large");
    mustRefuse(await ask(port, "GET /", [`${"n".repeat(30_000)}: 1`]), "headers-too-large");
  });
});

test("[S02] a socket is never compressed, whoever offers it", async () => {
  for (const offer of [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits=15; server_no_context_takeover",
    "x-webkit-deflate-frame, permessage-deflate",
  ]) {
    const answer = await upgrade(port, [`Sec-WebSocket-Extensions: ${offer}`]);
    assert.equal(answer.status, 101);
    assert.equal(answer.headers.get("Sec-WebSocket-Extensions"), null);
  }
});

test("[S02] a frame too large is cut off with 1009, before anybody signed in too", async () => {
  await cheap(async () => {
    for (const size of [65_537, MIB, 16 * MIB]) {
      await using stranger = await RawSocket.upgraded(url);
      stranger.write("4".padEnd(size, "x"));
      assert.equal(await stranger.closed(), 1009, String(size));
      await using member = await RawSocket.signedIn(url, ada.token);
      member.write(new Uint8Array(size));
      assert.equal(await member.closed(), 1009, String(size));
    }
  });
});

test("[S02] attachments that never come are kept up to ten, and forgotten with their connection", async () => {
  await cheap(async () => {
    for (let i = 0; i < 20; i++) {
      await using line = await RawSocket.signedIn(url, ada.token);
      line.write('4510-/chat,0["send",{"_placeholder":true,"num":0}]');
      for (let part = 0; part < 9; part++) line.write(new Uint8Array(60_000));
      line.write('451-/chat,0["send",{"_placeholder":true,"num":0}]');
      await line.closed();
    }
  });
});

test("[S02] a message of the most characters in the most bytes fits, and one frame more does not", async () => {
  await using line = await RawSocket.signedIn(url, ada.token);
  const escaped = String.raw`\ud83d\ude00`.repeat(4_000);
  assert.equal(escaped.length, 48_000);
  const command = `"send",{"room":"0","cid":"escaped-long","message":"${escaped}"}`;
  assert.equal(await line.refusal(command), undefined);
  const twice = `"send",{"room":"0","cid":"escaped-more","message":"${escaped.repeat(2)}"}`;
  assert.equal(await line.refusal(twice), undefined);
  assert.equal(await line.closed(), 1009);
});
