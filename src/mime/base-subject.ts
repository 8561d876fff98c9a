import { cutText } from './cut-text.ts';

/** What a thread is told by. */
export interface BaseSubject {
  /** Without reply and forward markers, lower case, blanks collapsed. */
  readonly text: string;
  /** There was a reply or forward marker (`subj-refwd`, `(fwd)` or `[fwd: …]`). */
  readonly isReplyOrForward: boolean;
}

/** Longest subject looked at; the rest is cut off. */
const MAX_LENGTH = 2000;

const BLOB = /\[[^[\]]*\]\s*/y;
const REFWD = /(?:re|fwd?)\s*(?:\[[^[\]]*\])?:/iy;
const TRAILER = /\(fwd\)$/i;

/** Where a match of the sticky pattern at `at` ends, or -1. */
function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** The base subject of a decoded subject, by the steps of RFC 5256 section 2.1. */
export function baseSubject(subject: string): BaseSubject {
  // (1) The value is decoded already; blanks of all kinds become one space.
  let text = cutText(subject, MAX_LENGTH).replace(/\s+/g, ' ').trim();
  let isReplyOrForward = false;
  for (;;) {
    // (2) Remove all trailing `subj-trailer`.
    for (; TRAILER.test(text); text = text.slice(0, -5).trimEnd()) isReplyOrForward = true;
    // (3)–(5) Remove leaders, and a blob as long as something stays, until neither matches.
    const start = skipLeaders(text);
    isReplyOrForward ||= start.isReplyOrForward;
    text = text.slice(start.at);
    // (6) `[fwd: …]` is what some programs make of a forwarded subject.
    if (!/^\[fwd:/i.test(text) || !text.endsWith(']')) break;
    isReplyOrForward = true;
    text = text.slice(5, -1).trim();
  }
  return { text: text.toLowerCase(), isReplyOrForward };
}

function skipLeaders(text: string): { at: number; isReplyOrForward: boolean } {
  let at = 0;
  let isReplyOrForward = false;
  for (;;) {
    if (text[at] === ' ') {
      at++;
      continue;
    }
    // subj-leader = (*subj-blob subj-refwd) / WSP
    let next = at;
    for (let end = next; end >= 0; end = matchEnd(BLOB, text, next)) next = end;
    const afterMarker = matchEnd(REFWD, text, next);
    if (afterMarker >= 0) {
      at = afterMarker;
      isReplyOrForward = true;
      continue;
    }
    const afterBlob = matchEnd(BLOB, text, at);
    if (afterBlob < 0 || afterBlob >= text.length) return { at, isReplyOrForward };
    at = afterBlob;
  }
}
