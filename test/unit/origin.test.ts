/** Where a request comes from: whose page it is, and which address counts. */
import assert from "node:assert/strict";
import { BlockList } from "node:net";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { clientAddress, isLoopbackName, isOwnOrigin } from "#server/http/origin.ts";

const trustedProxies = new BlockList();
const local = { publicOrigins: [], trustedProxies, isLoopback: true };
const open = { publicOrigins: [], trustedProxies, isLoopback: false };
const published = {
  publicOrigins: ["https://chat.example"],
  trustedProxies,
  isLoopback: true,
};

describe("a page's origin", () => {
  test("on a loopback server is this very server, under a loopback name", () => {
    for (const host of ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost"]) {
      assert.ok(isOwnOrigin(`http://${host}`, host, local), host);
    }
  });

  test("of a foreign name that is made to resolve here is refused", () => {
    for (const host of ["evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example"]) {
      assert.ok(!isOwnOrigin(`http://${host}`, host, local), host);
    }
    assert.ok(isOwnOrigin("http://chat.lan:8080", "chat.lan:8080", open));
  });

  test("other than the address asked is refused", () => {
    const others = [
      "http://localhost:8081",
      "https://localhost:8080",
      "http://127.0.0.1:8080",
      "null",
      "",
      "http://localhost:8080.evil.example",
      "http://localhost:8080/",
      "HTTP://localhost:8080",
      "http://evil@localhost:8080",
      "file://",
      "http://localhost",
    ];
    for (const origin of others) assert.ok(!isOwnOrigin(origin, "localhost:8080", local), origin);
    assert.ok(!isOwnOrigin("http://undefined", undefined, open));
  });

  test("of a published address is that address and no other, whatever Host says", () => {
    assert.ok(isOwnOrigin("https://chat.example", "10.0.0.5:8080", published));
    const others = [
      "http://chat.example",
      "https://chat.example:444",
      "https://chat.example.evil.example",
      "https://evil-chat.example",
      "https://sub.chat.example",
      "http://localhost:8080",
      "null",
    ];
    for (const origin of others)
      assert.ok(!isOwnOrigin(origin, "localhost:8080", published), origin);
  });

  test("a loopback name is localhost or of 127.0.0.0/8 or ::1, with any port", () => {
    for (const name of ["localhost", "localhost:1", "127.0.0.1", "127.1.2.3:80", "[::1]:80"]) {
      assert.ok(isLoopbackName(name), name);
    }
    for (const name of ["", "0.0.0.0", "127.0.0.1.x", "localhost.x", "x.localhost", "10.0.0.1"]) {
      assert.ok(!isLoopbackName(name), name);
    }
  });
});

describe("a client's address", () => {
  const proxies = new BlockList();
  proxies.addSubnet("10.0.0.0", 8, "ipv4");
  proxies.addAddress("fd00::1", "ipv6");
  const none = new BlockList();

  test("is the connection's, whatever X-Forwarded-For claims, unless the peer is trusted", () => {
    assert.equal(clientAddress("192.0.2.1", "198.51.100.7", proxies), "192.0.2.1");
    assert.equal(clientAddress("10.0.0.1", "198.51.100.7", none), "10.0.0.1");
    assert.equal(clientAddress("10.0.0.1", "198.51.100.7", proxies), "198.51.100.7");
    assert.equal(clientAddress("fd00::1", "198.51.100.7", proxies), "198.51.100.7");
    assert.equal(clientAddress("::ffff:10.0.0.1", "198.51.100.7", proxies), "198.51.100.7");
  });

  test("is the last that is no proxy: what stands further left the client wrote itself", () => {
    const claims = "1.1.1.1, 2.2.2.2, 198.51.100.7, 10.9.9.9, 10.8.8.8";
    assert.equal(clientAddress("10.0.0.1", claims, proxies), "198.51.100.7");
    assert.equal(clientAddress("10.0.0.1", "10.1.1.1", proxies), "10.1.1.1");
    assert.equal(clientAddress("10.0.0.1", undefined, proxies), "10.0.0.1");
  });

  test("never is something that is no address", () => {
    for (const claim of [
      "",
      "unknown",
      "_hidden",
      "localhost",
      "1.2.3",
      "a, ,",
      "\0",
      "1.2.3.4:5",
    ]) {
      assert.equal(clientAddress("10.0.0.1", claim, proxies), "10.0.0.1", claim);
    }
    assert.equal(clientAddress(undefined, "1.1.1.1", proxies), "");
  });

  test("of IPv6 is its /64, which is what one customer has", () => {
    assert.equal(clientAddress("2001:db8:1:2:3:4:5:6", undefined, none), "2001:db8:1:2");
    assert.equal(clientAddress("2001:db8:1:2::9", undefined, none), "2001:db8:1:2");
    assert.equal(clientAddress("2001:db8::1", undefined, none), "2001:db8:0:0");
    assert.notEqual(
      clientAddress("2001:db8:1:2::9", undefined, none),
      clientAddress("2001:db8:1:3::9", undefined, none),
    );
    assert.equal(clientAddress("::ffff:192.0.2.1", undefined, none), "192.0.2.1");
  });

  test("cannot be chosen by the client, whatever it writes before the proxy's own entry", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (written) => {
        const header = `${written}, 198.51.100.7`;
        assert.equal(clientAddress("10.0.0.1", header, proxies), "198.51.100.7");
      }),
    );
  });
});
