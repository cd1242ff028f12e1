/** One message: who, when, what, and how far it has come. */
import type { Entry } from "#sdk/index.ts";
import { isThere } from "./actions/message-actions.ts";
import type { MessageActions } from "./actions/message-actions.ts";
import { Quote } from "./actions/quote.tsx";
import { Reactions } from "./actions/reactions.tsx";
import { Toolbar } from "./actions/toolbar.tsx";
import { Avatar, hueOf } from "#web/widgets/avatar.tsx";
import { Folded } from "./folded.tsx";
import { MessageText } from "./text/message-text.tsx";
import type { RoomView } from "./room-view.ts";
import { fullTimeOf, isoTimeOf, timeOf } from "./times.ts";

export interface MessageRowProps {
  readonly view: RoomView;
  readonly actions: MessageActions;
  readonly entry: Entry;
  readonly mine: boolean;
  /** Whether what came before it was read when the room was opened. */
  readonly isFirstUnread: boolean;
  /** Whether it is the newest of one's own that the other one has read. */
  readonly isLastSeen: boolean;
  /** First and last of what its author says in one go. */
  readonly opens: boolean;
  readonly closes: boolean;
  /** The one row of the list that Tab stops at. */
  readonly tabbable: boolean;
}

export function MessageRow(props: MessageRowProps) {
  const { actions, entry, mine, isFirstUnread, closes, tabbable } = props;
  const isBlocked = actions.isBlocked(entry);
  const isFolded = isBlocked && !actions.unfolded.value.has(entry.cid);
  // Shown on its own, it says whose it is.
  const opens = props.opens || (isBlocked && !isFolded);
  const id = partOf(entry);
  return (
    <li class="row" data-opens={opens}>
      {isFirstUnread && <p class="new-line">New</p>}
      <article
        class="message"
        data-cid={entry.cid}
        data-mine={mine}
        data-opens={opens}
        data-closes={closes}
        data-state={entry.state}
        data-folded={isFolded}
        data-meant={isMeant(entry, actions.port.me)}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- because arrows move here
        tabIndex={tabbable ? 0 : -1}
        aria-labelledby={`${id("who")} ${id("when")} ${id("text")} ${id("state")}`}
      >
        {isFolded ? (
          <Folded actions={actions} entry={entry} tabbable={tabbable} />
        ) : (
          <Unfolded {...props} opens={opens} />
        )}
      </article>
    </li>
  );
}

/** Ids of what names a message for screen readers. */
function partOf({ cid }: Entry): (part: string) => string {
  return (part) => `${part}-${cid}`;
}

/** All of it, but for who is not to be heard. */
function Unfolded(props: MessageRowProps) {
  const { view, actions, entry, mine, opens, tabbable } = props;
  const person = view.personOf(entry.from);
  const id = partOf(entry);
  const when = <When id={id("when")} date={entry.date} />;
  return (
    <>
      {opens && !mine && <Avatar person={person ?? { id: entry.from }} />}
      <p class={opens ? "message-head" : "message-head visually-hidden"}>
        <Author id={id("who")} view={view} from={entry.from} mine={mine} />
        {opens && when}
      </p>
      <div class="message-line">
        <div class="bubble" data-deleted={entry.deleted !== undefined}>
          <Answered view={view} actions={actions} entry={entry} tabbable={tabbable} />
          {entry.deleted === undefined ? (
            <MessageText id={id("text")} text={entry.text} tabbable={tabbable} />
          ) : (
            <p id={id("text")}>This message was deleted.</p>
          )}
          <Remarks view={view} entry={entry} />
        </div>
        {!opens && when}
      </div>
      {isThere(entry) && (
        <Reactions
          actions={actions}
          entry={entry}
          nameOf={(each) => view.nameOf(each)}
          tabbable={tabbable}
        />
      )}
      <Progress id={id("state")} view={view} entry={entry} tabbable={tabbable} />
      {props.isLastSeen && <p class="seen">Seen</p>}
      {isThere(entry) && <Toolbar actions={actions} entry={entry} />}
    </>
  );
}

/** Whether it names oneself, or calls everybody. */
function isMeant({ from, mentions, calls, deleted }: Entry, me: number): boolean {
  if (from === me || deleted !== undefined) return false;
  return calls !== undefined || mentions?.includes(me) === true;
}

type AnsweredProps = Pick<MessageRowProps, "view" | "actions" | "entry" | "tabbable">;

function Answered({ view, actions, entry, tabbable }: AnsweredProps) {
  const { replyTo, deleted } = entry;
  if (replyTo === undefined || deleted !== undefined) return null;
  return (
    <Quote
      actions={actions}
      id={replyTo}
      original={view.originalOf(replyTo)}
      nameOf={(each) => view.nameOf(each)}
      tabbable={tabbable}
    />
  );
}

function Remarks({ view, entry }: Pick<MessageRowProps, "view" | "entry">) {
  const { edited, pinned, deleted } = entry;
  if (deleted !== undefined || (edited === undefined && pinned === undefined)) return null;
  return (
    <span class="remarks">
      {edited !== undefined && <span class="edited">edited</span>}
      {pinned !== undefined && (
        <span class="pinned">pinned by {view.nameOf(pinned) ?? "somebody"}</span>
      )}
    </span>
  );
}

interface AuthorProps extends Pick<MessageRowProps, "view" | "mine"> {
  readonly id: string;
  readonly from: number;
}

/** Choosing a name opens the private chat with its owner; by keyboard the list of people does. */
function Author({ id, view, from, mine }: AuthorProps) {
  if (mine) {
    return (
      <bdi id={id} class="visually-hidden">
        You
      </bdi>
    );
  }
  const name = view.nameOf(from);
  const isBot = view.personOf(from)?.bot === true;
  const button = (
    <button
      type="button"
      class="author-button"
      tabIndex={-1}
      title={name && `Talk to ${name} in private`}
      onClick={() => view.choosePerson(from)}
    >
      <bdi id={id} class="author" data-hue={hueOf(from)}>
        {name ?? "…"}
      </bdi>
    </button>
  );
  if (!isBot) return button;
  return (
    <>
      {button}
      <span class="tag">Bot</span>
    </>
  );
}

/** Short to see, full for the pointer and for screen readers. */
function When({ id, date }: { readonly id: string; readonly date: number }) {
  const full = fullTimeOf(date);
  return (
    <time id={id} class="when" dateTime={isoTimeOf(date)} title={full}>
      <span aria-hidden="true">{timeOf(date)}</span>
      <span class="visually-hidden">{full}</span>
    </time>
  );
}

interface ProgressProps extends Pick<MessageRowProps, "view" | "entry" | "tabbable"> {
  readonly id: string;
}

/**
 * Nothing for what is stored; a word for what is on its way; words and a choice for what failed.
 */
function Progress({ id, view, entry, tabbable }: ProgressProps) {
  if (entry.state === "stored") return null;
  if (entry.state !== "failed") {
    return (
      <p id={id} class="progress">
        {view.link.value.at === "open" ? "Sending…" : "Will be sent when you are connected"}
      </p>
    );
  }
  const tabIndex = tabbable ? 0 : -1;
  return (
    <div class="failure">
      <p id={id} class="failure-words">
        Not sent. {entry.error?.detail}
      </p>
      <button type="button" tabIndex={tabIndex} onClick={() => view.room.retry(entry.cid)}>
        Retry
      </button>
      <button type="button" tabIndex={tabIndex} onClick={() => view.room.cancel(entry.cid)}>
        Remove
      </button>
    </div>
  );
}
