/** An answer to a command: `code`, enhanced status code (RFC 3463) and one or more lines of text. */
export interface Reply {
  readonly code: number;
  /** Such as `5.1.1`; undefined for the few replies that have none (RFC 2034 section 4: 220, 250 to EHLO, 3yz). */
  readonly enhanced: string | undefined;
  readonly lines: readonly string[];
}

/** A reply of one line. */
export function reply(code: number, enhanced: string | undefined, text: string): Reply {
  return { code, enhanced, lines: [text] };
}

/**
 * `Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF` (RFC 5321 section 4.2); the
 * enhanced code stands on each line (RFC 2034 section 4). `tail` is put behind the last line, such as a session id.
 * Line ends and control characters in texts become spaces, so that no text can make a second reply.
 */
export function printReply(answer: Reply, tail = ''): string {
  const { code, enhanced, lines } = answer;
  const head = enhanced === undefined ? '' : `${enhanced} `;
  const last = lines.length - 1;
  let out = '';
  for (let i = 0; i < last; i++) out += `${code}-${head}${clean(lines[i] ?? '')}\r\n`;
  const text = clean(lines[last] ?? '');
  return `${out}${code} ${head}${text}${tail}\r\n`;
}

/** Sink writes Latin-1: what is not ASCII goes out as UTF-8 octets (RFC 6531 section 3.7.4.1 allows it after SMTPUTF8). */
function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  // oxlint-disable-next-line no-control-regex
  return Buffer.from(text.replace(/[\x00-\x1f\x7f]+/g, ' '), 'utf8').toString('latin1');
}
