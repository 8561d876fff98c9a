import type { Mailbox } from '../../../store/mailbox.ts';
import type { SearchSource } from '../../../wire/imap/read-esearch.ts';
import { covers } from '../notify/notify-rules.ts';

/** What the sources of ESEARCH are looked up in. */
export interface SourceFacts {
  readonly mailboxes: readonly Mailbox[];
  readonly subscriptions: ReadonlySet<string>;
  /** Undefined: none is selected. */
  readonly selected: Mailbox['id'] | undefined;
}

/** The mailboxes that a search with these sources is about, each once, in the order of `mailboxes`. RFC 7377 section 2.2. */
export function mailboxesOf(
  sources: readonly SearchSource[],
  { mailboxes, subscriptions, selected }: SourceFacts,
): readonly Mailbox[] {
  return mailboxes.filter(({ id, name }) =>
    sources.some((source) => {
      if (source.kind === 'selected') return id === selected;
      if (source.kind !== 'subtree-one') return covers(source, name, subscriptions.has(name));
      const parent = name.slice(0, Math.max(0, name.lastIndexOf('/')));
      return source.names.some((top) => top !== '' && (name === top || parent === top));
    }),
  );
}
