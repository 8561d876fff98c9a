import { parseHeader } from '../mime/parse-header.ts';
import type { Header } from '../mime/parse-header.ts';

/**
 * Bcc tells recipients of each other that should not know (RFC 5322 section 3.6.3, the first way); Return-Path is put there
 * by the last server alone (RFC 5321 section 4.4).
 */
const notSent: ReadonlySet<string> = new Set(['bcc', 'resent-bcc', 'return-path']);

/** The header without the fields that are not sent (the same object when it has none), and those for recipients that were. */
export function dropFields(header: Header): { readonly kept: Header; readonly hidden: string } {
  if (!header.fields.some(({ name }) => notSent.has(name))) return { kept: header, hidden: '' };
  let hidden = '';
  let text = '';
  let from = 0;
  for (const { name, start, end } of header.fields) {
    if (!notSent.has(name)) continue;
    text += header.text.slice(from, start);
    if (name !== 'return-path') hidden += header.text.slice(start, end);
    from = end;
  }
  return { kept: parseHeader(text + header.text.slice(from)), hidden };
}
