import type { FetchItem } from './fetch-item.ts';
import type { ImapReader } from './imap-reader.ts';
import { expectItem } from './read-fetch.ts';

/** Events that a group may ask for; AnnotationChange is known and not supported. RFC 5465 section 8, event-name. */
export const notifyEvents = [
  ...(['MessageNew', 'MessageExpunge', 'FlagChange', 'AnnotationChange'] as const),
  ...(['MailboxName', 'SubscriptionChange', 'MailboxMetadataChange', 'ServerMetadataChange'] as const),
] as const;

export type NotifyEvent = (typeof notifyEvents)[number];

/** filter-mailboxes-other. RFC 5465 sections 6.2 to 6.6. */
export type NamedFilter =
  | { readonly kind: 'inboxes' | 'personal' | 'subscribed' }
  | { readonly kind: 'subtree' | 'mailboxes'; readonly names: readonly string[] };

/** filter-mailboxes-selected. RFC 5465 section 6.1. */
export type SelectedFilter = { readonly kind: 'selected' } | { readonly kind: 'selected-delayed' };

/** One event-group. `newItems`: what to FETCH of new messages; only of the selected mailbox. */
export interface EventGroup {
  readonly filter: NamedFilter | SelectedFilter;
  readonly events: ReadonlySet<NotifyEvent>;
  readonly newItems: readonly FetchItem[];
  /** Names of events that nobody knows here. */
  readonly unknown: readonly string[];
}

/** The arguments of NOTIFY. */
export type NotifyArguments =
  | { readonly kind: 'none' }
  | { readonly kind: 'set'; readonly status: boolean; readonly groups: readonly EventGroup[] };

const byName: ReadonlyMap<string, NotifyEvent> = new Map(notifyEvents.map((event) => [event.toUpperCase(), event]));
const ofMessages: ReadonlySet<NotifyEvent> = new Set([
  ...(['MessageNew', 'MessageExpunge', 'FlagChange', 'AnnotationChange'] as const),
]);

/** notify = "NOTIFY" SP (notify-set / notify-none). RFC 5465 section 8. Starts at the space. */
export function expectNotify(r: ImapReader): NotifyArguments {
  r.expectSpace();
  if (r.takeWord('NONE')) return { kind: 'none' };
  if (!r.takeWord('SET')) r.fail('SET or NONE');
  r.expectSpace();
  const status = r.takeWord('STATUS');
  if (status) r.expectSpace();
  const groups: EventGroup[] = [];
  let hasSelected = false;
  do {
    const at = r.at;
    const group = expectGroup(r);
    const isSelected = isOfSelected(group.filter);
    // RFC 5465 section 6.1: only one of the two, once.
    if (isSelected && hasSelected) r.fail('one group for the selected mailbox', at);
    hasSelected ||= isSelected;
    groups.push(group);
  } while (r.takeSpace());
  return { kind: 'set', status, groups };
}

/** event-group = "(" filter-mailboxes SP events ")". RFC 5465 section 8. */
function expectGroup(r: ImapReader): EventGroup {
  r.expectChar('(');
  const filter = expectFilter(r);
  r.expectSpace();
  const at = r.at;
  const group = { filter, ...expectEvents(r, isOfSelected(filter)) };
  checkTogether(r, group, at);
  r.expectChar(')');
  return group;
}

/** filter-mailboxes. RFC 5465 section 8. */
export function expectFilter(r: ImapReader): EventGroup['filter'] {
  const at = r.at;
  const name = r.expectKeyword();
  switch (name) {
    case 'SELECTED':
      return { kind: 'selected' };
    case 'SELECTED-DELAYED':
      return { kind: 'selected-delayed' };
    case 'INBOXES':
      return { kind: 'inboxes' };
    case 'PERSONAL':
      return { kind: 'personal' };
    case 'SUBSCRIBED':
      return { kind: 'subscribed' };
    case 'SUBTREE':
      return { kind: 'subtree', names: expectNames(r) };
    case 'MAILBOXES':
      return { kind: 'mailboxes', names: expectNames(r) };
    default:
      return r.fail('mailbox filter', at);
  }
}

/** one-or-more-mailbox = mailbox / many-mailboxes. RFC 5465 section 8. Nothing in a name is a wildcard (section 6.6). */
export function expectNames(r: ImapReader): readonly string[] {
  r.expectSpace();
  return r.peek() === 40 ? r.expectList(() => r.expectMailbox(), false) : [r.expectMailbox()];
}

/** events = ("(" event *(SP event) ")") / "NONE". RFC 5465 section 8. */
function expectEvents(r: ImapReader, isSelected: boolean): Omit<EventGroup, 'filter'> {
  const events = new Set<NotifyEvent>();
  const newItems: FetchItem[] = [];
  const unknown: string[] = [];
  if (r.takeWord('NONE')) return { events, newItems, unknown };
  r.expectList(() => {
    const at = r.at;
    const name = r.expectAtom();
    const event = byName.get(name.toUpperCase());
    if (event === undefined) {
      unknown.push(name);
      return;
    }
    // RFC 5465 section 6.1.
    if (isSelected && !ofMessages.has(event)) r.fail('event of messages', at);
    events.add(event);
    if (event !== 'MessageNew' || r.text.slice(r.at, r.at + 2) !== ' (') return;
    if (!isSelected) r.fail('fetch items for the selected mailbox only');
    r.expectSpace();
    newItems.push(...r.expectList(() => expectItem(r), false));
  }, false);
  return { events, newItems, unknown };
}

/** RFC 5465 section 5: new and expunged messages are asked for together, and with them all else about messages. */
function checkTogether(r: ImapReader, { events }: EventGroup, at: number): void {
  const isNew = events.has('MessageNew');
  if (isNew !== events.has('MessageExpunge')) r.fail('MessageNew and MessageExpunge together', at);
  const hasMore = events.has('FlagChange') || events.has('AnnotationChange');
  if (hasMore && !isNew) r.fail('MessageNew and MessageExpunge with this', at);
}

/** Is it the selected mailbox that is meant? */
export function isOfSelected(filter: EventGroup['filter']): filter is SelectedFilter {
  return filter.kind === 'selected' || filter.kind === 'selected-delayed';
}
