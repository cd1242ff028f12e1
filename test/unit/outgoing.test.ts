/** What leaves for addresses that people gave: where to, for how long, and signed with what. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import { callbackProblem, isPublicAddress } from "#server/outgoing/public-address.ts";
import type { Resolve } from "#server/outgoing/signed-post.ts";
import { CALL_MS, SignedPost, signature } from "#server/outgoing/signed-post.ts";
import { Receiver, isSigned } from "#test/support/receiver.ts";

const PRIVATE = [
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.0",
  "10.255.255.255",
  "100.64.0.1",
  "100.100.100.200",
  "100.127.255.255",
  "127.0.0.1",
  "127.255.255.255",
  "169.254.0.1",
  "169.254.169.254",
  "172.16.0.0",
  "172.31.255.255",
  "192.0.0.192",
  "192.168.0.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "168.63.129.16",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "::ffff:7f00:1",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "3fff::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
  "",
  "localhost",
  "8.8.8.8.8",
] as const;
const PUBLIC = [
  "1.1.1.1",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "192.169.0.0",
  "223.255.255.255",
  "2606:4700:4700::1111",
  "2a00:1450:4001::1",
] as const;

describe("addresses", () => {
  for (const address of PRIVATE) {
    test(`[CB5] "${address}" is not public`, () => {
      assert.equal(isPublicAddress(address), false);
    });
  }
  for (const address of PUBLIC) {
    test(`[CB5] ${address} is public`, () => {
      assert.equal(isPublicAddress(address), true);
    });
  }

  for (const url of [
    "http://bot.example/called",
    "ftp://bot.example",
    "bot.example",
    "",
    "https://",
    "https://ada:secret@bot.example/",
    "https://bot.example/#part",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://api.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://redis/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://10.0.0.1:8443/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[fe80::1]/",
    "https://169.254.169.254/latest/meta-data/",
  ]) {
    test(`[CB5] "${url}" is no callback`, () => {
      assert.match(callbackProblem(url, false) ?? "", /^A callback [^\n]+\.$/u);
    });
  }

  test("[CB5] names and public addresses are; with the operator's leave private ones, and http", () => {
    for (const url of [
      "https://bot.example/a?b=c",
      "https://1.1.1.1/",
      "https://bot.example:8443/",
    ]) {
      assert.equal(callbackProblem(url, false), undefined, url);
    }
    for (const url of ["http://127.0.0.1:9000/", "http://bots/", "https://[fd00::1]/"]) {
      assert.equal(callbackProblem(url, true), undefined, url);
    }
    assert.notEqual(callbackProblem("file:///etc/passwd", true), undefined);
  });
});

const target = (url: string) => ({ url, secret: "s".repeat(43), scopes: [] });
const json = (bytes: number) => `{"text":"${"x".repeat(bytes - 11)}"}`;

/** A name that leads to these. */
function to(...addresses: readonly string[]): Resolve {
  return (_hostname, done) => {
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
}

describe("a call", () => {
  const open = new SignedPost({ mayBePrivate: true });
  const shut = new SignedPost({ mayBePrivate: false });

  test("[CB2] is signed over its time and its body", async () => {
    await using receiver = await Receiver.open();
    const body = '{"text":"Häll✓"}';
    assert.deepEqual(await open.call(target(receiver.url), body), { ok: true, text: undefined });
    const [received] = receiver.received;
    assert.ok(received);
    assert.equal(received.body, body);
    assert.equal(received.headers["content-type"], "application/json");
    assert.ok(isSigned(received, "s".repeat(43)));
    assert.ok(!isSigned(received, "t".repeat(43)));
    assert.ok(!isSigned({ ...received, body: `${body} ` }, "s".repeat(43)));
  });

  test("[CB2] has a signature that other programs can make", () => {
    // printf '1615480369.{}' | openssl dgst -sha256 -hmac secret
    const made = signature("secret", "{}", 1_615_480_369_999);
    const hex = "e93143f0a074a6d36e068feb8610b04e24d1d87cb27baf9dfb5e137d59f76f6d";
    assert.equal(made, `t=1615480369,v1=${hex}`);
    assert.equal(made, signature("secret", "{}", 1_615_480_369_000));
    assert.notEqual(made, signature("secret", "{}", 1_615_480_370_000));
  });

  test("[CB5] to this machine is not made, neither by number nor by any name", async () => {
    await using receiver = await Receiver.open();
    const { port } = new URL(receiver.url);
    for (const host of ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost", "2130706433"]) {
      const called = await shut.call(target(`http://${host}:${port}/`), "{}");
      assert.deepEqual(called, { ok: false, why: "its address is not public" }, host);
    }
    for (const addresses of [["127.0.0.1"], ["::1"], ["169.254.169.254", "10.0.0.1"], []]) {
      const post = new SignedPost({ mayBePrivate: false, resolve: to(...addresses) });
      const called = await post.call(target(`http://bot.example:${port}/`), "{}");
      assert.deepEqual(called, { ok: false, why: "its address is not public" });
    }
    assert.deepEqual(receiver.received, []);
  });

  test("[CB5] goes to the address that was checked, whatever else the name leads to", async () => {
    await using receiver = await Receiver.open();
    const { port } = new URL(receiver.url);
    // A name that is somewhere else each time it is asked for: only what was checked is used.
    let asked = 0;
    const resolve: Resolve = (hostname, done) => {
      asked++;
      to(asked === 1 ? "192.0.2.1" : "127.0.0.1")(hostname, done);
    };
    const post = new SignedPost({ mayBePrivate: false, resolve });
    await post.call(target(`http://bot.example:${port}/`), "{}");
    await post.call(target(`http://bot.example:${port}/`), "{}");
    assert.equal(asked, 2);
    assert.deepEqual(receiver.received, []);
  });

  test("[CB5] follows no redirect", async () => {
    await using receiver = await Receiver.open();
    await using other = await Receiver.open();
    for (const status of [301, 302, 303, 307, 308]) {
      receiver.answer = (response) => {
        response.writeHead(status, { Location: other.url }).end();
      };
      const called = await open.call(target(receiver.url), "{}");
      assert.deepEqual(called, { ok: false, why: `it answered ${status}` });
    }
    assert.deepEqual(other.received, []);
  });

  test("[CB6] that takes too long has failed, before or within the answer", async () => {
    assert.equal(CALL_MS, 5_000);
    await using receiver = await Receiver.open();
    const hasty = new SignedPost({ mayBePrivate: true, limitMs: 150 });
    const late = { ok: false, why: "it took too long" } as const;
    receiver.answer = () => undefined;
    assert.deepEqual(await hasty.call(target(receiver.url), "{}"), late);
    receiver.answer = (response) => void response.writeHead(200).write('{"text":');
    assert.deepEqual(await hasty.call(target(receiver.url), "{}"), late);
  });

  test("[CB4] brings back a text, and nothing of what is none", async () => {
    await using receiver = await Receiver.open();
    const most = LIMITS.bodyBytesMax;
    for (const [body, text] of [
      ['{"text":"Hello"}', "Hello"],
      ['{"text":"Hello","more":1}', "Hello"],
      ["", undefined],
      ["Hello", undefined],
      ["null", undefined],
      ["[]", undefined],
      ['{"text":1}', undefined],
      ['{"text":""}', undefined],
      [json(most - 1), "x".repeat(most - 12)],
      [json(most), "x".repeat(most - 11)],
      [json(most + 1), undefined],
    ] as const) {
      receiver.answer = (response) => response.end(body);
      assert.deepEqual(await open.call(target(receiver.url), "{}"), { ok: true, text });
    }
  });

  test("[CB3] that is refused, or finds nobody, has failed", async () => {
    let url: string;
    {
      await using receiver = await Receiver.open();
      receiver.replies({}, 500);
      assert.deepEqual(await open.call(target(receiver.url), "{}"), {
        ok: false,
        why: "it answered 500",
      });
      ({ url } = receiver);
    }
    const called = await open.call(target(url), "{}");
    assert.deepEqual(called, { ok: false, why: "the connection failed (ECONNREFUSED)" });
  });
});
