/**
 * The text of env-date, the first value of an ENVELOPE as mime/print-envelope.ts prints it; '' for NIL. RFC 9051 section 7.5.2.
 */
export function envelopeDate(envelope: string): string {
  const literal = /^\(\{(\d{1,9})\}\r\n/.exec(envelope);
  if (literal !== null) return envelope.slice(literal[0].length, literal[0].length + Number(literal[1]));
  const quoted = /^\("((?:[^"\\]|\\.)*)"/s.exec(envelope);
  return (quoted?.[1] ?? '').replace(/\\(.)/gs, '$1');
}
