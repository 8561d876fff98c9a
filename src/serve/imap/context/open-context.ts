import type { FetchItem } from '../../../wire/imap/fetch-item.ts';
import type { ImapServices } from '../services.ts';
import { AgeSchedule } from './age-schedule.ts';
import { printString } from '../../../wire/imap/print-string.ts';
import type { SearchKey, SearchReturn } from '../../../wire/imap/search-key.ts';
import type { SortCriterion } from '../../../wire/imap/sort-key.ts';
import { Bad } from '../refusal.ts';
import type { Reply } from '../respond.ts';
import type { PositionList } from '../search/position-list.ts';
import type { View } from '../view.ts';
import { freezeNumbers } from './freeze-numbers.ts';
import { SearchContexts, type SearchContext } from './search-context.ts';

/** What a command with UPDATE says of its context before it is answered. */
interface Asked {
  readonly tag: string;
  readonly byUid: boolean;
  readonly correlator?: string;
  /** Filters are expanded. */
  readonly key: SearchKey;
  readonly criteria?: readonly SortCriterion[];
  readonly items?: readonly FetchItem[] | undefined;
}

/** A context that is being opened: made before the search, so that nothing that happens meanwhile is missed. */
export class OpeningContext {
  private readonly view: View;
  private readonly start: SearchContext;

  /** @throws Bad when a context has this tag already. RFC 5267 section 4.3. */
  constructor(view: View, { tag, byUid, correlator, key, criteria, items = [] }: Asked, nowMs: number) {
    if (view.contexts?.has(tag) === true) throw new Bad('this tag has a context');
    this.view = view;
    this.start = {
      ...{ tag, byUid, criteria, items, key: freezeNumbers(key, view) },
      ...(correlator === undefined ? {} : { correlator }),
      members: new Uint32Array(),
      // Not yet known of any message: they are looked at when changes are told, right after the answer.
      ages: AgeSchedule.of(key, Math.floor(nowMs / 1000)),
      checkedModseq: view.index.highestModseq,
      checkedUid: view.length === 0 ? 0 : view.uidAt(view.length - 1),
    };
  }

  /** Opens it with what was found; or says that there will be no updates. RFC 5267 section 4.3.1. */
  open(found: PositionList, reply: Reply): void {
    const { view } = this;
    const contexts = (view.contexts ??= new SearchContexts());
    const members = found.map((position) => view.uidAt(position));
    if (!contexts.add({ ...this.start, members })) refuseUpdates(reply, this.start.tag);
  }
}

/** Undefined when UPDATE was not asked for. */
export function openingFor(
  returns: ReadonlySet<SearchReturn> | undefined,
  view: View,
  asked: Asked,
  { clock }: ImapServices,
): OpeningContext | undefined {
  return returns?.has('UPDATE') === true ? new OpeningContext(view, asked, clock.now()) : undefined;
}

export function refuseUpdates(reply: Reply, tag: string): void {
  reply.untagged(`NO [NOUPDATE ${printString(tag)}] no updates for this`);
}
