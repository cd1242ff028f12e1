/** The page itself, in a real browser: it asks nobody but its own server, and keeps no word (P13). */
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "#test/e2e/browser.ts";
import type { Finding } from "#test/forget/findings.ts";
import { told } from "#test/forget/findings.ts";
import type { ForgetWorld } from "#test/forget/world.ts";
import { meet, strangerAt } from "#test/support/stranger-visitor.ts";

/** All that a page could keep, as text; of the cookies and the session's store it is looked at, too. */
const KEPT = `(async () => JSON.stringify({
  local: { ...localStorage },
  session: Object.keys(sessionStorage),
  cookies: document.cookie,
  databases: (await indexedDB.databases()).map(({ name }) => name),
  caches: await caches.keys(),
  address: location.href,
  history: history.state,
}))()`;

export async function pageFindings(world: ForgetWorld): Promise<readonly Finding[]> {
  await using browser = await openBrowser();
  return await inBrowser(world, browser);
}

async function inBrowser(world: ForgetWorld, browser: Browser): Promise<readonly Finding[]> {
  const { one, two, canaries } = world;
  const asked: string[] = [];
  await using ada = await strangerAt(browser, one.url);
  await using bob = await strangerAt(browser, two.url, "phone");
  // From the very first request: the page is loaded again while it is watched.
  for (const { page } of [ada, bob]) {
    page.context().on("request", (request) => asked.push(request.url()));
    page.on("websocket", (socket) => asked.push(socket.url()));
    await page.reload();
  }
  await meet([ada, bob], canaries.make("interest"));
  const text = canaries.make("text").replaceAll("\n", " ");
  await ada.page.getByRole("textbox").fill(text);
  await ada.page.getByRole("button", { name: "Send" }).click();
  await bob.page
    .getByText(/zqtext/u)
    .first()
    .waitFor();
  const own = new Set([one.url, two.url].map((url) => new URL(url).host));
  const foreign = asked.filter(
    (url) => !/^(?:data|blob):/u.test(url) && !own.has(new URL(url).host),
  );
  const policy = (await fetch(`${one.url}/strangers`)).headers.get("content-security-policy") ?? "";
  const loose = ["default-src 'none'", "connect-src 'self'"].filter(
    (each) => !policy.includes(each),
  );
  const kept = await Promise.all([keptBy(ada.page), keptBy(bob.page)]);
  const finder = canaries.finder();
  return [
    {
      promise: "P13",
      how: "where the page of strangers asks for anything, and what its policy lets it",
      looked: `${asked.length} requests and sockets`,
      hits: [...foreign, ...loose.map((each) => `the policy has no ${each}`)],
    },
    {
      promise: "P13",
      how: "what the page keeps in the browser, beside the token of its tab",
      looked: `${kept.join("").length} bytes`,
      hits: kept.flatMap((each) =>
        finder.in(Buffer.from(each)).map((hit) => told(hit, "a browser")),
      ),
    },
  ];
}

function keptBy(page: Page): Promise<string> {
  return page.evaluate<string>(KEPT);
}
