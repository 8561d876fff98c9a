import type { Annotation } from '../../../store/annotation.ts';
import { readFilter } from '../../../wire/imap/read-search.ts';
import type { SearchKey } from '../../../wire/imap/search-key.ts';
import { Bad, No } from '../refusal.ts';
import type { Session } from '../session.ts';

/** Filters within filters: deeper ones, and loops, count as not there. RFC 5466 section 3.1 wants three at least. */
const maxDepth = 5;
/** Octets of all values that one search brings in, each as often as it is used. */
const maxOctets = 64 * 1024;

/**
 * The key with the criteria of named filters in their places. RFC 5466 section 3.1. @throws No UNDEFINED-FILTER @throws Bad
 * BADCHARSET beside another charset than UTF-8
 */
export async function expandFilters(session: Session, key: SearchKey): Promise<SearchKey> {
  if (!hasFilter(key)) return key;
  const target = { accountId: session.currentAccount().id, mailboxId: undefined };
  return new Expansion(await session.services.store.readAnnotations(target)).expand(key, 0);
}

function hasFilter(key: SearchKey): boolean {
  if (key.kind === 'and' || key.kind === 'or') return key.keys.some(hasFilter);
  return key.kind === 'not' || key.kind === 'fuzzy' ? hasFilter(key.key) : key.kind === 'filter';
}

class Expansion {
  private readonly values = new Map<string, string>();
  private octetsLeft = maxOctets;

  constructor(annotations: readonly Annotation[]) {
    // A private filter counts before a shared one of the same name.
    for (const root of ['/shared/filters/values/', '/private/filters/values/']) {
      for (const { entry, value } of annotations) {
        if (!entry.startsWith(root)) continue;
        const octets = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        this.values.set(entry.slice(root.length), octets.toString('latin1'));
      }
    }
  }

  expand(key: SearchKey, depth: number): SearchKey {
    switch (key.kind) {
      case 'and':
        return { kind: 'and', keys: key.keys.map((each) => this.expand(each, depth)) };
      case 'or':
        return { kind: 'or', keys: [this.expand(key.keys[0], depth), this.expand(key.keys[1], depth)] };
      case 'not':
      case 'fuzzy':
        return { kind: key.kind, key: this.expand(key.key, depth) };
      case 'filter':
        if (key.charset !== undefined) throw new Bad('filters are in UTF-8', 'BADCHARSET (US-ASCII UTF-8)');
        return this.criteriaOf(key.name, depth + 1);
      default:
        return key;
    }
  }

  private criteriaOf(name: string, depth: number): SearchKey {
    const undefinedFilter = (text: string): No => new No(text, `UNDEFINED-FILTER ${name}`);
    const value = this.values.get(name.toLowerCase());
    if (value === undefined) throw undefinedFilter('no such filter');
    this.octetsLeft -= value.length;
    if (depth > maxDepth || this.octetsLeft < 0) throw undefinedFilter('too many filters within filters');
    const read = readFilter(value);
    if (!read.ok) throw undefinedFilter(`filter is broken: expected ${read.error.expected} at ${read.error.at}`);
    return this.expand(read.value, depth);
  }
}
