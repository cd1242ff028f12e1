/** What somebody does on the page of strangers. */
import type { Browser } from "playwright-core";
import { SIZES, Visitor } from "#test/e2e/browser.ts";

/** Opens the page; a phone has a touch screen. */
export function strangerAt(
  browser: Browser,
  url: string,
  size: keyof typeof SIZES = "wide",
  colorScheme: "light" | "dark" = "light",
): Promise<Visitor> {
  return Visitor.at(browser, `${url}/strangers`, {
    viewport: SIZES[size],
    colorScheme,
    ...(size === "phone" && { hasTouch: true, isMobile: true }),
  });
}

/** Says that one is an adult and has read what this is. */
export async function agree({ page }: Visitor): Promise<void> {
  await page.getByRole("button", { name: "I am 18 or older, and I understand" }).click();
}

/** Looks for somebody; with commas between the interests. */
export async function look({ page }: Visitor, interests: string): Promise<void> {
  await page.getByLabel("Interests", { exact: true }).fill(interests);
  await page.getByRole("button", { name: "Start" }).click();
}

/** Resolves when somebody is found. */
export async function isTalking({ page }: Visitor): Promise<void> {
  await page.getByRole("textbox", { name: "Message the stranger" }).waitFor();
}

/** Both agree, and find each other by an interest that nobody else has. */
export async function meet(two: readonly [Visitor, Visitor], interest: string): Promise<void> {
  for (const each of two) {
    await agree(each);
    await look(each, interest);
  }
  await Promise.all(two.map(isTalking));
}
