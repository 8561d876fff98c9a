/** Longest id that is one. */
const maxLength = 1000;
/** Ids kept of one field: the first, where a thread begins, and the last ones, which are the nearest. */
const maxIds = 101;

// oxlint-disable-next-line no-control-regex
const blanks = /[\0-\x20\x7f]+/g;
const quotedLocalPart = /^"((?:[^"\\]|\\.)*)"(@.*)$/s;

/**
 * The ids of Message-ID, References or In-Reply-To (octets, one character each), in order, as THREAD compares them: without
 * angle brackets, blanks and quoting, in the case they are written in. RFC 5256 section 3, BASE.6.4.THREAD.
 */
export function threadIds(raw: string): string[] {
  const ids: string[] = [];
  for (let open = raw.indexOf('<'); open >= 0;) {
    const close = raw.indexOf('>', open + 1);
    if (close < 0) break;
    const inner = raw.slice(Math.max(open, raw.lastIndexOf('<', close)) + 1, close);
    if (inner.length <= maxLength) {
      const id = normalize(inner.replace(blanks, ''));
      if (id !== '') ids.push(id);
    }
    open = raw.indexOf('<', close + 1);
  }
  return ids.length <= maxIds ? ids : [...ids.slice(0, 1), ...ids.slice(1 - maxIds)];
}

function normalize(id: string): string {
  const quoted = quotedLocalPart.exec(id);
  return quoted === null ? id : (quoted[1] ?? '').replace(/\\(.)/gs, '$1') + (quoted[2] ?? '');
}
