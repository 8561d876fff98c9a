import type { FetchItem } from '../../../wire/imap/fetch-item.ts';
import {
  isOfSelected,
  notifyEvents,
  type EventGroup,
  type NamedFilter,
  type NotifyEvent,
} from '../../../wire/imap/read-notify.ts';
import { splitSharedName } from '../sharing/shared-name.ts';

/** What is told of the selected mailbox. */
export interface SelectedRules {
  /** New and expunged messages. */
  readonly messages: boolean;
  readonly flags: boolean;
  /** EXPUNGE waits for a command that allows it. RFC 5465 section 6.1.2. */
  readonly delayed: boolean;
  /** To be fetched of new messages that others brought. */
  readonly newItems: readonly FetchItem[];
}

/** What is told of the mailboxes that a filter covers, while they are not selected; names and annotations always. */
export interface WatchedGroup {
  readonly filter: NamedFilter;
  readonly events: ReadonlySet<NotifyEvent>;
}

/** What a client wants to hear of since its last NOTIFY. */
export interface NotifyRules {
  readonly selected: SelectedRules;
  readonly groups: readonly WatchedGroup[];
}

/** RFC 5465 section 3.1: no group for the selected mailbox means SELECTED NONE. */
const nothingSelected: SelectedRules = { messages: false, flags: false, delayed: false, newItems: [] };

/** NOTIFY NONE. */
export const noRules: NotifyRules = { selected: nothingSelected, groups: [] };

/** Annotations of messages (RFC 5257) are not kept here. */
export const supportedEvents: readonly NotifyEvent[] = notifyEvents.filter((event) => event !== 'AnnotationChange');

/** True when a group asks for something that is not supported: NO [BADEVENT]. RFC 5465 section 3.1. */
export function asksTooMuch({ events, unknown }: EventGroup): boolean {
  return unknown.length > 0 || events.has('AnnotationChange');
}

export function rulesOf(groups: readonly EventGroup[]): NotifyRules {
  let selected = nothingSelected;
  const watched: WatchedGroup[] = [];
  for (const { filter, events, newItems } of groups) {
    if (isOfSelected(filter)) {
      const messages = events.has('MessageNew');
      selected = { messages, flags: events.has('FlagChange'), delayed: filter.kind === 'selected-delayed', newItems };
    } else if (events.size > 0) {
      watched.push({ filter, events });
    }
  }
  return { selected, groups: watched };
}

/** Do the groups watch this event of a mailbox? All groups count that cover it (RFC 5465 section 6). */
export function watches({ groups }: NotifyRules, event: NotifyEvent, name: string, subscribed: boolean): boolean {
  return groups.some(({ filter, events }) => events.has(event) && covers(filter, name, subscribed));
}

/** Does a group watch this event of any mailbox? */
export function watchesSome({ groups }: NotifyRules, event: NotifyEvent): boolean {
  return groups.some(({ events }) => events.has(event));
}

/** Does a group watch anything of this mailbox? */
export function watchesAny({ groups }: NotifyRules, name: string, subscribed: boolean): boolean {
  return groups.some(({ filter }) => covers(filter, name, subscribed));
}

/** Can a group cover mailboxes that others share, now or later? */
export function reachesOthers({ groups }: NotifyRules): boolean {
  return groups.some(({ filter }) => {
    if (filter.kind === 'subscribed') return true;
    return 'names' in filter && filter.names.some((name) => splitSharedName(name) !== undefined);
  });
}

/** True when subscriptions decide on what is told. */
export function usesSubscriptions({ groups }: NotifyRules): boolean {
  return groups.some(({ filter }) => filter.kind === 'subscribed');
}

/** Is this mailbox among those of the filter? RFC 5465 section 6. */
export function covers(filter: NamedFilter, name: string, subscribed: boolean): boolean {
  switch (filter.kind) {
    // Where mail may be filed cannot be known beforehand, so all mailboxes count as inboxes. RFC 5465 section 6.3.
    case 'inboxes':
    case 'personal':
      return splitSharedName(name) === undefined;
    case 'subscribed':
      return subscribed;
    case 'subtree':
      return filter.names.some((top) => name === top || name.startsWith(`${top}/`));
    case 'mailboxes':
      return filter.names.includes(name);
    default:
      return filter satisfies never;
  }
}
