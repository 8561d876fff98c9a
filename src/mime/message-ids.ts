import { decodeCharset } from './decode-charset.ts';
import { unfold } from './parse-header.ts';

/** Longest Message-ID that is one. */
const MAX_LENGTH = 1000;
/** Ids kept of one field, the last ones: they are the nearest ancestors. */
const MAX_IDS = 100;

/**
 * The canonical form of a Message-ID field (Latin-1): what stands between `<` and `>`, without blanks, in lower case,
 * without needless quotes. Text after the `>` is tolerated if it begins with a blank. undefined when there is no id.
 * RFC 5322 section 3.6.4.
 */
export function parseMessageId(raw: string): string | undefined {
  const text = unfold(raw);
  const start = text.indexOf('<');
  const end = text.indexOf('>', start + 1);
  if (start < 0 || end < 0) return undefined;
  const after = text[end + 1];
  return after === undefined || after === ' ' || after === '\t' ? canonical(text.slice(start + 1, end)) : undefined;
}

/** The ids of References or In-Reply-To (Latin-1), in order, canonical; text between them, cut and invalid ones are left out. */
export function parseMessageIds(raw: string): string[] {
  const ids: string[] = [];
  for (const [, inner = ''] of raw.matchAll(/<([^<>]*)>/g)) {
    const id = canonical(inner);
    if (id !== undefined) ids.push(id);
  }
  return ids.slice(-MAX_IDS);
}

// oxlint-disable-next-line no-control-regex
const BLANKS = /[\0-\x20\x7f]+/g;
// oxlint-disable-next-line no-control-regex
const NOT_ASCII = /[^\0-\x7f]/;

function canonical(inner: string): string | undefined {
  if (inner.length > MAX_LENGTH) return undefined;
  const octets = inner.replace(BLANKS, '');
  const text = NOT_ASCII.test(octets) ? decodeCharset(Buffer.from(octets, 'latin1'), '').normalize('NFC') : octets;
  const quoted = /^"((?:[^"\\]|\\.)*)"(@.*|)$/s.exec(text);
  const id = (quoted === null ? text : unquote(quoted[1] ?? '', quoted[2] ?? '', text)).toLowerCase();
  return id === '' ? undefined : id.toWellFormed();
}

/** Quotes are needless around a dot-atom. */
function unquote(content: string, rest: string, whole: string): string {
  const local = content.replace(/\\(.)/gs, '$1');
  return /^[^\s()<>[\]:;@\\,."]+(?:\.[^\s()<>[\]:;@\\,."]+)*$/.test(local) ? local + rest : whole;
}
