/** What a person signs in with, in words made from a `User-Agent`: enough to tell one's own devices apart. */

/** Characters that are looked at; what tells browsers apart stands further in front. */
const LOOKED_AT = 200;

/** In this order: most browsers also say the names of those they want to be taken for. */
const BROWSERS: readonly (readonly [mark: RegExp, name: string])[] = [
  [/\bEdg(?:e|A|iOS)?\//u, "Edge"],
  [/\b(?:OPR|Opera|OPiOS)\//u, "Opera"],
  [/\bSamsungBrowser\//u, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//u, "Firefox"],
  [/\b(?:Chrome|Chromium|CriOS|HeadlessChrome)\//u, "Chrome"],
  [/\bSafari\//u, "Safari"],
];

const SYSTEMS: readonly (readonly [mark: RegExp, name: string])[] = [
  [/\biPhone\b/u, "iPhone"],
  [/\biPad\b/u, "iPad"],
  [/\bAndroid\b/u, "Android"],
  [/\bCrOS\b/u, "ChromeOS"],
  [/\bWindows\b/u, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/u, "Mac"],
  [/\bLinux\b/u, "Linux"],
];

/** Like "Firefox on Windows", or the name of a program. At most 60 plain characters. */
export function deviceName(userAgent = ""): string {
  const seen = userAgent.slice(0, LOOKED_AT);
  if (!seen.startsWith("Mozilla/")) {
    // A program begins with its name, and seldom says where it runs.
    return /^[A-Za-z][\w.-]{0,29}(?=[/ ]|$)/u.exec(seen)?.[0] ?? "Unknown device";
  }
  const find = (among: typeof BROWSERS) => among.find(([mark]) => mark.test(seen))?.[1];
  const browser = find(BROWSERS) ?? "Browser";
  const system = find(SYSTEMS);
  return system === undefined ? browser : `${browser} on ${system}`;
}
