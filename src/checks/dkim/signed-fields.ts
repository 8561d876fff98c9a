import type { Header, HeaderField } from '../../mime/parse-header.ts';

/**
 * Fields that a reader sees or a program acts on. They are named once more than they occur, so that nobody can add one
 * (RFC 6376 section 5.4.2, 8.15).
 */
const SEALED = [
  ...['from', 'to', 'cc', 'subject', 'date', 'message-id', 'reply-to', 'in-reply-to', 'references'],
  ...['mime-version', 'content-type', 'content-transfer-encoding'],
];
/** Signed when they are there; lists and forwarders may add their own. List-Unsubscribe and its Post need it (RFC 8058 section 4). */
const SIGNED = [
  ...['sender', 'list-id', 'list-help', 'list-unsubscribe', 'list-unsubscribe-post', 'list-subscribe', 'list-post'],
  ...['list-owner', 'list-archive', 'auto-submitted', 'tls-required', 'content-language'],
  ...['resent-date', 'resent-from', 'resent-to', 'resent-cc', 'resent-message-id'],
];
/** Of one name; where there are more, the first ones in the header are left unsigned. */
const MAX_SAME = 20;

/** A name of `h=`; without a field when there is none (left) of that name. */
export interface SignedField {
  readonly name: string;
  readonly field: HeaderField | undefined;
}

/** What to sign of a header, in the order of `h=`: of fields with one name the last in the header comes first. */
export function chooseFields(header: Header): readonly SignedField[] {
  const byName = new Map<string, HeaderField[]>();
  for (const field of header.fields) {
    const same = byName.get(field.name);
    if (same === undefined) byName.set(field.name, [field]);
    else same.push(field);
  }
  const choose = (name: string): SignedField[] =>
    (byName.get(name) ?? [])
      .toReversed()
      .slice(0, MAX_SAME)
      .map((field) => ({ name, field }));
  return [...SEALED.flatMap((name) => [...choose(name), { name, field: undefined }]), ...SIGNED.flatMap(choose)];
}

/** One field in the "relaxed" form, without a line end. RFC 6376 section 3.4.2. */
export function relaxField(name: string, raw: string): string {
  const value = raw.replaceAll(/\r?\n/g, '').replaceAll(/[ \t]+/g, ' ');
  return `${name.toLowerCase()}:${value.replace(/^ /, '').replace(/ $/, '')}`;
}
