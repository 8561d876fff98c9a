import { foldForSearch } from '../../mime/fold-for-search.ts';
import type { TextQuery } from '../text-query.ts';
import type { FoldedSink } from './folded-text.ts';
import { TextNeedle } from './text-needle.ts';
import { wordLikeness } from './word-likeness.ts';

/** Words of a needle that count. */
const maxWords = 16;
/** Words of texts whose likeness is remembered. */
const maxRemembered = 20_000;
/** Characters of a body that are looked at: what a message is about stands at its beginning. */
const maxBodyChars = 128 * 1024;
/** A word may lie across two pieces of a body. */
const maxOverlap = 64;

const anyWord = /[\p{L}\p{N}\p{M}]+/gu;

/** Where a word counts how much, in a search of the whole message. */
const weights = { subject: 1, people: 0.9, body: 0.75, header: 0.6 } as const;
const people: readonly string[] = ['from', 'to', 'cc', 'bcc', 'sender', 'reply-to'];

/** A query whose words may be spelt differently, made ready for many messages. RFC 6203 section 3. */
export class FuzzyNeedle {
  /** Folded, each once; none: the needle has no letter or digit. */
  readonly words: readonly string[];
  readonly headLine: number;
  readonly query: TextQuery;
  readonly fieldName: string;
  private readonly remembered: Map<string, number>[];

  constructor(query: TextQuery) {
    this.query = query;
    this.words = [...new Set(foldForSearch(query.needle).match(anyWord) ?? [])].slice(0, maxWords);
    this.headLine = new TextNeedle(query).headLine;
    this.fieldName = query.in === 'header' ? query.name.toLowerCase() : '';
    this.remembered = this.words.map(() => new Map<string, number>());
  }

  /** How well the line of `email.head` that the query is about matches; 0 when it does not. */
  scoreHead(head: string): number {
    const search = new FuzzySearch(this);
    search.look(head.split('\n')[this.headLine] ?? '', 1);
    return search.score;
  }

  /** The likeness of the most alike word of a text, for word number `at`. */
  likeness(at: number, text: string): number {
    const wanted = this.words[at] ?? '';
    let best = 0;
    // As it stands: also within words, and in scripts that write no spaces.
    if (text.includes(wanted)) best = 0.9;
    for (const [word] of text.matchAll(anyWord)) {
      best = Math.max(best, this.wordLikeness(at, wanted, word));
      if (best === 1) return best;
    }
    return best;
  }

  private wordLikeness(at: number, wanted: string, word: string): number {
    const remembered = this.remembered[at];
    const known = remembered?.get(word);
    if (known !== undefined) return known;
    const likeness = wordLikeness(wanted, word);
    if (remembered !== undefined && remembered.size < maxRemembered) remembered.set(word, likeness);
    return likeness;
  }
}

/** Gathers how well one message matches. */
export class FuzzySearch implements FoldedSink {
  private readonly needle: FuzzyNeedle;
  /** By word: the best so far, with its weight. */
  private readonly best: Float64Array;
  private bodyChars = 0;
  private overlap = '';

  constructor(needle: FuzzyNeedle) {
    this.needle = needle;
    this.best = new Float64Array(needle.words.length);
  }

  header(text: string): boolean {
    const { query, fieldName } = this.needle;
    if (query.in !== 'body') {
      for (const line of text.split('\n')) {
        const colon = line.indexOf(':');
        const name = line.slice(0, Math.max(0, colon));
        if (query.in === 'text') this.look(line.slice(colon + 1), weightOf(name));
        else if (name === fieldName) this.look(line.slice(colon + 1), 1);
      }
    }
    return query.in !== 'header' && !this.isComplete(weights.body);
  }

  body(piece: string): boolean {
    const room = maxBodyChars - this.bodyChars;
    const text = this.overlap + piece.slice(0, room);
    this.bodyChars += piece.length;
    this.look(text, this.needle.query.in === 'body' ? 1 : weights.body);
    this.overlap = /[\p{L}\p{N}\p{M}]*$/u.exec(text.slice(-maxOverlap))?.[0] ?? '';
    return this.bodyChars < maxBodyChars && !this.isComplete(this.needle.query.in === 'body' ? 1 : weights.body);
  }

  look(text: string, weight: number): void {
    for (let at = 0; at < this.best.length; at++) {
      if ((this.best[at] ?? 0) >= weight) continue;
      const found = weight * this.needle.likeness(at, text);
      if (found > (this.best[at] ?? 0)) this.best[at] = found;
    }
  }

  /** 1 to 100; 0: it lacks one of the words. */
  get score(): number {
    let sum = 0;
    for (const value of this.best) {
      if (value === 0) return 0;
      sum += value;
    }
    return this.best.length === 0 ? 0 : Math.max(1, Math.round((100 * sum) / this.best.length));
  }

  /** Nothing of this weight could make it better. */
  private isComplete(weight: number): boolean {
    return this.best.every((value) => value >= weight);
  }
}

function weightOf(fieldName: string): number {
  if (fieldName === 'subject') return weights.subject;
  return people.includes(fieldName) ? weights.people : weights.header;
}
