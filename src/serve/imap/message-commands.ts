import type { Command } from './command.ts';
import { append } from './commands/append.ts';
import { cancelUpdate } from './commands/cancel-update.ts';
import { copy } from './commands/copy.ts';
import { esearch } from './commands/esearch.ts';
import { expunge } from './commands/expunge.ts';
import { fetch } from './commands/fetch.ts';
import { move } from './commands/move.ts';
import { replace } from './commands/replace.ts';
import { search } from './commands/search.ts';
import { sort } from './commands/sort.ts';
import { store } from './commands/store.ts';
import { thread } from './commands/thread.ts';
import { uidCopy } from './commands/uid-copy.ts';
import { uidExpunge } from './commands/uid-expunge.ts';
import { uidFetch } from './commands/uid-fetch.ts';
import { uidMove } from './commands/uid-move.ts';
import { uidReplace } from './commands/uid-replace.ts';
import { uidSearch } from './commands/uid-search.ts';
import { uidSort } from './commands/uid-sort.ts';
import { uidStore } from './commands/uid-store.ts';
import { uidThread } from './commands/uid-thread.ts';

/** The commands on messages: FETCH, SEARCH, ESEARCH, SORT, THREAD, STORE, COPY, MOVE, EXPUNGE, their UID forms, APPEND, and REPLACE. */
export const messageCommands: readonly Command[] = [
  ...[fetch, search, esearch, cancelUpdate, sort, thread, store, copy, move, expunge],
  ...[uidFetch, uidSearch, uidSort, uidThread, uidStore, uidCopy, uidMove, uidExpunge],
  ...[append, replace, uidReplace],
];
