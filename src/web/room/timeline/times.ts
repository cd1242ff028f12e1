/** Times as the reader's language and zone write them. */
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const WEEKDAY = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
});
const WITH_YEAR = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const SHORT_WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const SHORT_DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "short" });

/** @param date seconds since 1970, here and below */
export const timeOf = (date: number): string => TIME.format(date * 1_000);

export const fullTimeOf = (date: number): string => FULL.format(date * 1_000);

/** For the `datetime` attribute of a moment. */
export const isoTimeOf = (date: number): string => new Date(date * 1_000).toISOString();

/**
 * `2026-11-22`, of the reader's own day: equal for two moments of one day, and a `datetime`
 * attribute.
 */
export function dayOf(date: number): string {
  const at = new Date(date * 1_000);
  const year = String(at.getFullYear()).padStart(4, "0");
  return `${year}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
}

const twoDigits = (part: number): string => String(part).padStart(2, "0");

/**
 * "Today", "Yesterday", or the date, with its year when that is another one.
 * @param now seconds since 1970
 */
export function dayName(date: number, now: number): string {
  const day = dayOf(date);
  if (day === dayOf(now)) return "Today";
  const yesterday = new Date(now * 1_000);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day === dayOf(yesterday.getTime() / 1_000)) return "Yesterday";
  const thisYear = day.slice(0, 4) === dayOf(now).slice(0, 4);
  return (thisYear ? WEEKDAY : WITH_YEAR).format(date * 1_000);
}

/** Milliseconds from `now` to the reader's next midnight, a second past it. */
export function untilTomorrowMs(now: Date): number {
  const tomorrow = new Date(now);
  tomorrow.setHours(24, 0, 1, 0);
  return tomorrow.getTime() - now.getTime();
}

/** For a list: the time today, the weekday within a week, the date before that. */
export function briefTimeOf(date: number, now: number = Date.now() / 1_000): string {
  if (dayOf(date) === dayOf(now)) return timeOf(date);
  return (now - date < 6 * 86_400 ? SHORT_WEEKDAY : SHORT_DATE).format(date * 1_000);
}
