/** The list of those one may be about to name, above the box. */
import { Avatar } from "#web/widgets/avatar.tsx";
import type { MentionState, Offer } from "./mention-state.ts";

export const MENTION_LIST = "mention-list";

export function optionId(index: number): string {
  return `${MENTION_LIST}-${index}`;
}

export interface MentionListProps {
  readonly state: MentionState;
  readonly choose: (offer: Offer) => void;
}

export function MentionList({ state, choose }: MentionListProps) {
  const offers = state.offers.value;
  if (offers.length === 0) return null;
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- because no tag can show pictures
    <div class="mention-list" role="listbox" id={MENTION_LIST} aria-label="People to name">
      {offers.map((offer, index) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- because the box has the keys
        <div
          tabIndex={-1}
          key={offer.person?.id ?? offer.name}
          id={optionId(index)}
          class="mention-option"
          // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- because no tag can show pictures
          role="option"
          aria-selected={index === state.active.value}
          // Pressing must not take the focus from the box.
          onPointerDown={(event) => event.preventDefault()}
          onPointerMove={() => (state.active.value = index)}
          onClick={() => choose(offer)}
        >
          {offer.person === undefined ? (
            <span class="mention-call" aria-hidden="true">
              @
            </span>
          ) : (
            <Avatar person={offer.person} />
          )}
          <bdi>{offer.name}</bdi>
          {offer.about !== undefined && <span class="mention-about">{offer.about}</span>}
        </div>
      ))}
    </div>
  );
}
