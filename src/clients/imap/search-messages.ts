import { readEsearch, readSearch, type SearchResult } from '../../wire/imap/response/read-esearch.ts';
import { atomPart, type CommandPart } from './command.ts';
import type { ConnectionState } from './connection-state.ts';
import { criteriaParts, type SearchCriteria } from './search-criteria.ts';

export interface SearchOptions {
  /** What to tell; default all uids. With ESEARCH (RFC 4731) the server need not list them all. */
  readonly return?: readonly ('all' | 'min' | 'max' | 'count')[];
}

const nothing: SearchResult = { all: undefined, min: undefined, max: undefined, count: undefined, modseq: undefined };

/** Uids of the messages that match. RFC 9051 section 6.4.4. @throws ImapError */
export async function searchMessages(
  state: ConnectionState,
  criteria: SearchCriteria,
  options: SearchOptions,
): Promise<SearchResult> {
  state.insistSelected('SEARCH');
  const wanted = options.return ?? ['all'];
  const hasEsearch = state.capabilities.has('ESEARCH') || state.capabilities.has('IMAP4REV2');
  const returned = hasEsearch ? ` RETURN (${wanted.join(' ').toUpperCase()})` : '';
  const keys = criteriaParts(criteria);
  const result = await find(state, [`UID SEARCH${returned} ${charsetOf(keys)}`, ...keys]);
  if (!hasEsearch) return summarize(result.all ?? [], wanted, result.modseq);
  return {
    ...result,
    all: result.all ?? (wanted.includes('all') ? [] : undefined),
    count: result.count ?? (wanted.includes('count') ? 0 : undefined),
  };
}

/** Uids in the order of these keys, such as `REVERSE DATE`. RFC 5256. @throws ImapError */
export async function sortMessages(
  state: ConnectionState,
  order: readonly string[],
  criteria: SearchCriteria,
): Promise<readonly number[]> {
  state.insistSelected('SORT');
  state.insistCapability('SORT', 'SORT');
  const keys = order.flatMap((key) => key.split(' ')).map((word) => atomPart(word.toUpperCase(), 'a sort key'));
  const result = await find(state, [`UID SORT (${keys.join(' ')}) UTF-8 `, ...criteriaParts(criteria)]);
  return result.all ?? [];
}

async function find(state: ConnectionState, parts: readonly CommandPart[]): Promise<SearchResult> {
  let found: SearchResult = nothing;
  await state.run(parts, (name, values) => {
    if (name === 'ESEARCH') found = readEsearch(values);
    else if (name === 'SEARCH' || name === 'SORT') found = readSearch(values);
    else return false;
    return true;
  });
  return found;
}

/** Texts beyond ASCII are UTF-8, which has to be said (RFC 3501 section 6.4.4; with IMAP4rev2 it goes without). */
function charsetOf(keys: readonly CommandPart[]): string {
  return keys.some((key) => typeof key !== 'string') ? 'CHARSET UTF-8 ' : '';
}

function summarize(all: readonly number[], wanted: readonly string[], modseq: bigint | undefined): SearchResult {
  let min: number | undefined;
  let max: number | undefined;
  for (const uid of all) {
    min = Math.min(min ?? uid, uid);
    max = Math.max(max ?? uid, uid);
  }
  return {
    ...{ all: wanted.includes('all') ? all : undefined, min: wanted.includes('min') ? min : undefined },
    ...{
      max: wanted.includes('max') ? max : undefined,
      count: wanted.includes('count') ? all.length : undefined,
      modseq,
    },
  };
}
