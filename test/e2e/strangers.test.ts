/** Two strangers in two browsers at two servers, from the notice to the report. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { isAnswer } from "#sdk/strangers/proof.ts";
import { openBrowser } from "#test/e2e/browser.ts";
import { agree, isTalking, look, meet, strangerAt } from "#test/support/stranger-visitor.ts";
import { SwitchingProxy } from "#test/support/switching-proxy.ts";
import type { StrangerServers } from "#test/support/stranger-servers.ts";
import { strangerServers } from "#test/support/stranger-servers.ts";

/** Where pictures go, for who wants to look at them. */
const PICTURES = process.env["KLATCH_TEST_PICTURES"];

type At = Parameters<typeof strangerAt> extends [unknown, ...infer Rest] ? Rest : never;

describe("strangers", { concurrency: false }, () => {
  let world: StrangerServers;
  let browser: Browser;
  before(async () => {
    [world, browser] = await Promise.all([strangerServers(), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  const stranger = (...at: At) => strangerAt(browser, ...at);

  test("[SG34] [SG29] meet by an interest, talk, reload, and leave nothing behind", async () => {
    const asked: string[] = [];
    await using ada = await stranger(world.one.url);
    ada.page.on("request", (request) => asked.push(request.url()));
    await ada.page.reload();
    await ada.page.getByRole("heading", { name: "What is not" }).waitFor();
    await picture(ada.page, "notice-wide");
    await ada.assertAccessible("the notice");
    await agree(ada);
    await ada.assertAccessible("whom to look for");
    await picture(ada.page, "wishes-wide");
    await look(ada, "tea, chess");
    await ada.page.getByText("people who share your interests", { exact: true }).waitFor();
    await picture(ada.page, "searching-wide");
    await ada.assertAccessible("the search");

    await using brin = await stranger(world.two.url, "phone", "dark");
    await picture(brin.page, "notice-phone-dark");
    await agree(brin);
    await brin.page.getByLabel("Interests", { exact: true }).fill("Chess,");
    await picture(brin.page, "wishes-phone-dark");
    await look(brin, "rowing");
    await Promise.all([isTalking(ada), isTalking(brin)]);
    await ada.page.getByText("You both like chess.").first().waitFor();
    await brin.page.getByText("You both like Chess.").first().waitFor();
    assert.ok(!(await brin.page.content()).includes("tea"));

    await ada.say("hello");
    await brin.hears("hello");
    await brin.page.getByRole("textbox").fill("hm");
    await ada.page.getByText(/is typing…$/u).waitFor();
    await brin.page.getByRole("textbox").fill("who are you?");
    await brin.page.getByRole("button", { name: "Send" }).click();
    await ada.hears("who are you?");
    await ada.page.locator('.tick[data-state="delivered"]').waitFor();
    assert.equal(await ada.page.getByText(/is typing…$/u).count(), 0);
    await picture(ada.page, "chat-wide");
    await picture(brin.page, "chat-phone-dark");
    await ada.assertAccessible("the chat");
    await brin.assertAccessible("the chat on a phone");

    await ada.page.getByRole("button", { name: "How this chat is protected" }).click();
    await brin.page.getByRole("button", { name: "How this chat is protected" }).click();
    const phrases = await Promise.all(
      [ada, brin].map(({ page }) => page.getByLabel("Safety phrase").innerText()),
    );
    assert.equal(phrases[0], phrases[1]);
    assert.match(phrases[0] ?? "", /^[a-z]+( · [a-z]+){3}$/u);
    await picture(ada.page, "safety-wide");
    await ada.assertAccessible("the safety phrase");
    for (const { page } of [ada, brin]) await page.keyboard.press("Escape");

    await brin.page.reload();
    await isTalking(brin);
    await ada.say("welcome back");
    await brin.hears("welcome back");
    assert.deepEqual(await brin.texts(), ["welcome back"]);

    assert.deepEqual(await stored(ada.page), ["klatch:stranger"]);
    await ada.page.getByRole("button", { name: "End", exact: true }).click();
    await ada.page.getByText("You have left.").first().waitFor();
    await brin.page.getByText("The stranger has left.").first().waitFor();
    await picture(brin.page, "ended-phone-dark");
    await brin.assertAccessible("the end");
    await brin.page.getByRole("button", { name: "Change what you look for" }).click();
    const left = await brin.page.content();
    assert.ok(!left.includes("welcome back") && !left.includes("hello"));
    // Nothing from elsewhere, and nothing of who is signed in.
    assert.ok(asked.every((url) => url.startsWith(world.one.url)));
    assert.ok(
      asked.every((url) => !/\/assets\/index-|\/api\/me|\/chat/u.test(url)),
      asked.join(),
    );
    ada.assertNoComplaints();
    brin.assertNoComplaints();
  });

  test("[SG35] Esc cancels a search, and ends a chat when it is pressed twice", async () => {
    await using ada = await stranger(world.one.url);
    await agree(ada);
    await look(ada, "esc");
    await ada.page.getByText("Looking among", { exact: true }).waitFor();
    await ada.page.keyboard.press("Escape");
    await ada.page.getByRole("button", { name: "Start" }).waitFor();
    await ada.page.getByRole("button", { name: "Start" }).click();
    await using brin = await stranger(world.two.url);
    await agree(brin);
    await look(brin, "esc");
    await Promise.all([isTalking(ada), isTalking(brin)]);

    await ada.page.keyboard.press("Escape");
    await ada.page.getByRole("button", { name: "Really?" }).waitFor();
    await ada.page.getByRole("button", { name: "End", exact: true }).waitFor();
    await ada.page.getByRole("button", { name: "Report" }).click();
    await ada.page.keyboard.press("Escape");
    await ada.page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await ada.page.getByRole("button", { name: "Really?" }).count(), 0);
    await ada.page.keyboard.press("Escape");
    await ada.page.keyboard.press("Escape");
    await ada.page.getByText("You have left.").first().waitFor();
    await brin.page.getByText("The stranger has left.").first().waitFor();
    ada.assertNoComplaints();
    brin.assertNoComplaints();
  });

  test("[SG36] links are words until one asks, rude lines are covered, Next and reports work", async () => {
    const ada = await stranger(world.one.url);
    const brin = await stranger(world.two.url);
    await meet([ada, brin], "links");
    await ada.say("see https://elsewhere.example/page now");
    const link = brin.page.getByRole("button", { name: "https://elsewhere.example/page" });
    await link.waitFor();
    assert.equal(await brin.page.locator(".message a").count(), 0);
    await link.click();
    const real = brin.page.getByRole("link", { name: "Open elsewhere.example" });
    assert.equal(await real.getAttribute("href"), "https://elsewhere.example/page");
    assert.match((await real.getAttribute("rel")) ?? "", /noopener noreferrer/u);
    await ada.say("F.u.c.k this");
    await brin.page.getByText("This line may be rude.").waitFor();
    assert.equal(await brin.page.getByText("F.u.c.k this").count(), 0);
    await picture(brin.page, "covered-wide");
    await brin.page.getByRole("button", { name: "Show" }).click();
    await brin.hears("F.u.c.k this");

    await brin.page.getByRole("button", { name: "Report" }).click();
    const dialog = brin.page.getByRole("dialog");
    await dialog.getByText("see https://elsewhere.example/page now").waitFor();
    await picture(brin.page, "report-wide");
    await brin.assertAccessible("the report");
    await dialog.getByRole("button", { name: "Spam or fraud" }).click();
    await brin.page.getByText("Thank you. Your report was sent").first().waitFor();
    await ada.page.getByText("The stranger has").first().waitFor();

    await using cleo = await stranger(world.two.url);
    await agree(cleo);
    await look(cleo, "links");
    await ada.page.getByRole("button", { name: "Find someone new" }).click();
    await Promise.all([isTalking(ada), isTalking(cleo)]);
    assert.deepEqual(await ada.texts(), []);
    await ada.page.getByRole("button", { name: "Next" }).click();
    await cleo.page.getByText("The stranger is looking for somebody else.").first().waitFor();
    for (const each of [ada, brin, cleo]) each.assertNoComplaints();
    await Promise.all([ada, brin].map((each) => each[Symbol.asyncDispose]()));
  });

  test("[SG31] work that is asked for is done by a worker, beside the page", async () => {
    await using ada = await stranger(world.one.url);
    const { page } = ada;
    const challenge = { nonce: NONCE, bits: 14 };
    const isAnswered = Promise.withResolvers<boolean>();
    await page.context().routeWebSocket(/\/socket\.io\//u, (socket) => {
      const server = socket.connectToServer();
      let isAsked = false;
      socket.onMessage((message) => {
        // The server may ask for work of its own; it knows nothing of this one.
        const [proof = "", answer] = PROOF.exec(String(message)) ?? [];
        if (answer !== undefined) isAnswered.resolve(isAnswer(challenge, answer));
        server.send(proof === "" ? message : String(message).replace(proof, ""));
      });
      server.onMessage((message) => {
        const waiting = /^(43\/strangers,\d+)\[\{"state":"waiting".*$/u.exec(String(message))?.[1];
        const proof = JSON.stringify([{ state: "proof", challenge }]);
        socket.send(waiting === undefined || isAsked ? message : `${waiting}${proof}`);
        isAsked ||= waiting !== undefined;
      });
    });
    const worker = page.waitForEvent("worker");
    await page.reload();
    await agree(ada);
    await look(ada, "work");
    assert.match((await worker).url(), /\/assets\/proof-worker-/u);
    assert.ok(await isAnswered.promise);
    await page.getByText("people who share your interests", { exact: true }).waitFor();
    ada.assertNoComplaints();
  });

  test("[SG22] whose server is killed comes back to the same stranger, at another one", async () => {
    const third = await world.another();
    await using proxy = await SwitchingProxy.to(third.port);
    await using ada = await stranger(world.one.url);
    await using brin = await stranger(proxy.url);
    await meet([ada, brin], "servers");
    await ada.say("before");
    await brin.hears("before");
    // Nobody takes new connections yet.
    proxy.target = 1;
    await third.stop("SIGKILL");
    await brin.say("while it was gone");
    // Whoever says something learns at once that nobody hears it.
    await ada.say("are you there?");
    await ada.page.getByText("Connection lost – waiting").waitFor();
    await picture(ada.page, "away-wide");
    await ada.assertAccessible("waiting for who is away");
    proxy.target = world.two.port;
    await ada.page.getByRole("button", { name: "Keep waiting" }).click();
    await Promise.all([ada.hears("while it was gone"), brin.hears("are you there?")]);
    const all = ["before", "while it was gone", "are you there?"];
    assert.deepEqual((await brin.texts()).toSorted(), all.toSorted());
    await ada.page.getByText("Connection lost – waiting").waitFor({ state: "detached" });
    ada.assertNoComplaints();
  });
});

const NONCE = "a nonce of this test";
const PROOF = new RegExp(`,"proof":\\{"nonce":"${NONCE}","answer":"(\\d+)"\\}`, "u");

/** Keys of everything that the page stores. */
function stored(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(async () => [
    ...Object.keys(sessionStorage),
    ...Object.keys(localStorage),
    ...(await indexedDB.databases()).map(({ name }) => name),
    ...(await caches.keys()),
  ])()`);
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
